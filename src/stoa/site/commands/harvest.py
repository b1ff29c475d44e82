# SPDX-License-Identifier: EUPL-1.2
"""`stoa harvest`: other catalogues that flow in; run one, and read the report. `stoa portals`: where ours flow out."""

from __future__ import annotations

import argparse
from typing import Any

from stoa.site.asking import in_django, operator, say, say_error, say_refusal, the_city


def register(subparsers: Any) -> None:
    """Options of `stoa harvest` and `stoa portals`."""
    harvest = subparsers.add_parser("harvest", help="other catalogues that flow in: list, run, report")
    verbs = harvest.add_subparsers(dest="verb", required=True)
    for name, told in (
        ("list", "all of them with their last run"),
        ("run", "run through one of them now and wait for the end"),
        ("report", "what the last run of one of them did"),
    ):
        verb = verbs.add_parser(name, help=told)
        verb.add_argument("--city", default="")
        if name != "list":
            verb.add_argument("name", help="short name, as `stoa harvest list` prints it")
    harvest.set_defaults(run=run)
    portals = subparsers.add_parser(
        "portals", help="other portals that show our data and tell how it was used"
    )
    steps = portals.add_subparsers(dest="verb", required=True)
    for name, told in (("list", "those that are accepted"), ("ask", "ask all of them now")):
        steps.add_parser(name, help=told).add_argument("--city", default="")
    accept = steps.add_parser("accept", help="accept counts from a Stoa that harvests this one")
    accept.add_argument("url", help="where that portal begins")
    accept.add_argument("known_as", metavar="OUR_ADDRESS", help="how our address begins that it harvests")
    accept.add_argument("--name", default="", help="what people call it")
    accept.add_argument("--city", default="")
    forget = steps.add_parser("forget", help="take no more counts from one, and delete those it gave")
    forget.add_argument("url")
    forget.add_argument("--city", default="")
    portals.set_defaults(run=run_portals)


@in_django
def run(args: argparse.Namespace) -> int:
    """List, run or report."""
    from stoa.ground.problems import NotFound, Refused
    from stoa.houses.catalogue.door import harvesting

    city = the_city(args.city)
    if city is None:
        return 1
    try:
        if args.verb == "list":
            for one in harvesting.sources(city=city):
                say(f"{one.slug}  {one.kind}  {one.url}  {_told(one.last)}")
            return 0
        if args.verb == "run":
            harvesting.run_now(city=city, by=operator(), slug=args.name)
        report = harvesting.report(city=city, slug=args.name)
    except NotFound:
        say_error(f"There is no catalogue called {args.name}. `stoa harvest list` prints all of them.")
        return 1
    except Refused as refusal:
        return say_refusal(refusal)
    say(_told(report))
    for name, why in report.notes if report else ():
        say(f"  {name}: {why}" if name else f"  {why}")
    return 0 if report and report.state == "done" else 2


def _told(report: Any) -> str:
    if report is None:
        return "never run"
    counts = ", ".join(f"{value} {name}" for name, value in report.counts.items())
    return f"{report.state} {report.started_at:%Y-%m-%d %H:%M} UTC: {counts}" + (
        f"; {report.problem.what}" if report.problem else ""
    )


@in_django
def run_portals(args: argparse.Namespace) -> int:
    """List, accept, ask or forget."""
    from stoa.commons.cities.acting import acting_in
    from stoa.ground.problems import NotFound, Refused
    from stoa.houses.catalogue.door import federation

    city = the_city(args.city)
    if city is None:
        return 1
    try:
        with acting_in(city):
            if args.verb == "accept":
                federation.accept(
                    city=city, by=operator(), title=args.name, url=args.url, known_as=args.known_as
                )
            elif args.verb == "forget":
                federation.forget(city=city, by=operator(), url=args.url)
            known = federation.portals(city=city)
    except NotFound:
        say_error("This portal was never accepted. `stoa portals list` prints all of them.")
        return 1
    except Refused as refusal:
        return say_refusal(refusal)
    if args.verb == "ask":
        for one in known:
            say(f"{one.title}: {federation.ask(city=city, portal_id=one.id)} lines")
        with acting_in(city):
            known = federation.portals(city=city)
    for one in known:
        say(f"{one.title}  {one.url}  {one.problem.what if one.problem else one.looked_at or 'never asked'}")
    return 2 if any(one.problem for one in known) else 0
