# SPDX-License-Identifier: EUPL-1.2
"""What several commands ask for: which city, in whose name, and a way to say a refusal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoa.commons.cities.models import City
    from stoa.commons.roles.values import Principal
    from stoa.ground.problems import Refused

REFUSED = 2
Run = Callable[[argparse.Namespace], int]


def in_django(run: Run) -> Run:
    """The command with a database that answers and Django set up around it."""

    @wraps(run)
    def with_everything(args: argparse.Namespace) -> int:
        from stoa.site.cli import with_django

        with with_django():
            return run(args)

    return with_everything


def operator() -> Principal:
    """Whoever may run commands on the machine runs the install."""
    from stoa.commons.roles.values import Principal

    return Principal(name="operator", is_operator=True, channel="command")


def the_city(slug: str) -> City | None:
    """The city with this short name, or the only one; says on stderr what is missing."""
    from stoa.commons.cities.queries import all_cities, city_for

    city = city_for(slug=slug)
    if city is None:
        known = ", ".join(c.slug for c in all_cities())
        say_error(
            f"Which city? --city is one of: {known}"
            if known
            else "There is no city yet. Try: stoa demo, or stoa city create"
        )
    return city


def say(text: str = "") -> None:
    print(text, flush=True)


def say_error(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def say_refusal(refusal: Refused) -> int:
    """Each problem in its three sentences with its code; the exit code of a refusal."""
    for problem in refusal.problems:
        say_error(f"Refused ({problem.code})")
        for part in (problem.what, problem.why, problem.do):
            if part.text:
                say_error(f"  {part}")
    return REFUSED
