# SPDX-License-Identifier: EUPL-1.2
"""`stoa city create` and `stoa person add`: the first steps of a real install."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import Any

from stoa.site.asking import in_django, operator, say, say_error, say_refusal, the_city


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
    person.add_argument(
        "--role", default="", help="officer, steward, reader or manager; empty: operator of the install"
    )
    person.add_argument("--department", default="")
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
        fields["area"] = [float(part) for part in args.area.split(",")]
    set_up_city(slug=args.slug, by=operator(), **fields)
    say(f"The city is there: /c/{args.slug}/")
    return 0


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
    from stoa.commons.people.actions import give_role, invite_person
    from stoa.commons.people.models import Department

    city = the_city(args.city)
    if city is None:
        return 1
    password = os.environ.get("STOA_NEW_PASSWORD") or getpass.getpass("Password (12 letters or more): ")
    if len(password) < 12:
        say_error("The password is too short: 12 letters or more.")
        return 2
    with acting_in(city):
        person = invite_person(
            city=city,
            email=args.email,
            by=operator(),
            name=args.name,
            language=(list(city.languages) or ["en"])[0],
            password=password,
        )
        if args.role:
            department = Department.objects.get(city=city, slug=args.department) if args.department else None
            give_role(city=city, person=person, role=args.role, by=operator(), department=department)
        else:
            person.is_operator = True
            person.save(update_fields=["is_operator"])
    say(f"{args.email} may sign in at /account/login/")
    return 0
