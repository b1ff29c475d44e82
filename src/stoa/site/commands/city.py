# SPDX-License-Identifier: EUPL-1.2
"""`stoa city create`, `department`, `person`, `hosts`: the first steps of a real install."""

from __future__ import annotations

import argparse
import getpass
import math
import os
import sys
from typing import Any

from stoa.site.asking import REFUSED, in_django, operator, say, say_error, say_refusal, the_city

PASSWORD_LEAST = 12


def register(subparsers: Any) -> None:
    """Options of `stoa city`."""
    parser = subparsers.add_parser("city", help="set up a city, departments and people")
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="set up a city")
    create.add_argument("slug", help="short name, e.g. musterstadt")
    create.add_argument("--name", required=True)
    create.add_argument("--languages", default="en", help="by commas, the main one first, e.g. de,en")
    create.add_argument("--zone", default="UTC", help="e.g. Europe/Berlin")
    create.add_argument("--area", default="", help="west,south,east,north in degrees")
    department = verbs.add_parser("department", help="set up a department")
    department.add_argument("slug")
    department.add_argument("--city", default="")
    department.add_argument("--name", required=True)
    department.add_argument("--parent", default="")
    department.add_argument("--email", default="")
    person = verbs.add_parser("person", help="invite somebody and give a role")
    person.add_argument("email")
    person.add_argument("--city", default="")
    person.add_argument("--name", default="")
    rights = person.add_mutually_exclusive_group(required=True)
    rights.add_argument("--role", help="officer, steward, reader or manager")
    rights.add_argument(
        "--operator", action="store_true", help="runs the whole install and sees all of its cities"
    )
    person.add_argument("--department", default="", help="for which department; empty: the whole city")
    person.add_argument(
        "--no-password", action="store_true", help="they sign in with OpenID Connect, or ask for a link"
    )
    hosts = verbs.add_parser("hosts", help="let a city answer to host names of its own")
    hosts.add_argument("slug")
    hosts.add_argument("hosts", nargs="*", metavar="HOST", help="the main one first; none: only /c/SLUG/")
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """Set up what was asked for."""
    from stoa.ground.problems import Refused

    try:
        verbs = {"create": _create, "department": _department, "person": _person, "hosts": _hosts}
        return verbs[args.verb](args)
    except Refused as refusal:
        return say_refusal(refusal)


def _create(args: argparse.Namespace) -> int:
    from stoa.commons.people.actions import set_up_city

    languages = [code.strip() for code in args.languages.split(",") if code.strip()]
    fields: dict[str, Any] = {"name": {languages[0]: args.name}, "languages": languages, "zone": args.zone}
    if args.area:
        fields["area"] = [_degrees(part) for part in args.area.split(",")]
    set_up_city(slug=args.slug, by=operator(), **fields)
    say(f"The city is there: /c/{args.slug}/")
    return 0


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan  # which is no edge of an area


def _hosts(args: argparse.Namespace) -> int:
    from stoa.commons.people.actions import answer_to_hosts

    city = the_city(args.slug)
    if city is None:
        return 1
    hosts = answer_to_hosts(city=city, hosts=args.hosts, by=operator())
    say(f"{city.slug} answers to: {', '.join(hosts) or f'/c/{city.slug}/ only'}")
    return 0


def _department(args: argparse.Namespace) -> int:
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.people.actions import set_up_department

    city = the_city(args.city)
    if city is None:
        return 1
    with acting_in(city):
        name = {(list(city.languages) or ["en"])[0]: args.name}
        set_up_department(
            city=city, slug=args.slug, name=name, by=operator(), parent=args.parent, email=args.email
        )
    say(f"The department is there: /departments/{args.slug}")
    return 0


def _person(args: argparse.Namespace) -> int:
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.people.actions import department_named, give_role, invite_person, make_operator
    from stoa.commons.people.models import Person

    city = the_city(args.city)
    if city is None:
        return 1
    with acting_in(city):
        is_known = Person.objects.filter(email__iexact=args.email).exists()
        department = department_named(city, args.department) if args.department else None
    password = None if is_known or args.no_password else _new_password()
    if password is not None and len(password) < PASSWORD_LEAST:
        say_error(f"The password is too short: {PASSWORD_LEAST} letters or more.")
        return REFUSED
    with acting_in(city):
        person = invite_person(
            city=city,
            email=args.email,
            by=operator(),
            name=args.name,
            language=(list(city.languages) or ["en"])[0],
            password=password,
        )
        if args.operator:
            make_operator(city=city, person=person, by=operator())
        else:
            give_role(city=city, person=person, role=args.role, by=operator(), department=department)
    say(f"{args.email} may sign in at /account/login/")
    return 0


def _new_password() -> str:
    """From the environment, else asked for; empty where nobody can be asked."""
    given = os.environ.get("STOA_NEW_PASSWORD", "")
    if given or not sys.stdin.isatty():
        if not given:
            say_error(
                "Nobody can be asked for a password here: set STOA_NEW_PASSWORD, or take --no-password."
            )
        return given
    return getpass.getpass(f"Password ({PASSWORD_LEAST} letters or more): ")
