# SPDX-License-Identifier: EUPL-1.2
"""`stoa token create`: a key for a program, printed once."""

from __future__ import annotations

import argparse
from typing import Any

from stoa.site.asking import in_django, operator, say, say_refusal, the_city


def register(subparsers: Any) -> None:
    """Options of `stoa token`."""
    parser = subparsers.add_parser("token", help="make a key for a program")
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="print a new key once")
    create.add_argument("--city", default="", help="short name of the city (if there are several)")
    create.add_argument("--role", required=True, help="officer, steward, reader or manager")
    create.add_argument(
        "--department", default="", help="short name of the department; empty: the whole city"
    )
    create.add_argument("--note", required=True, help="what it is for")
    parser.set_defaults(run=run)


@in_django
def run(args: argparse.Namespace) -> int:
    """Print the key on stdout, nothing else."""
    from stoa.commons.cities.acting import acting_in
    from stoa.commons.people.actions import department_named, make_token
    from stoa.ground.problems import Refused

    city = the_city(args.city)
    if city is None:
        return 1
    try:
        with acting_in(city):
            department = department_named(city, args.department) if args.department else None
            key = make_token(city=city, role=args.role, note=args.note, by=operator(), department=department)
    except Refused as refusal:
        return say_refusal(refusal)
    say(key)
    return 0
