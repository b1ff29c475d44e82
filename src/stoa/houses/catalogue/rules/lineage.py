# SPDX-License-Identifier: EUPL-1.2
"""What a dataset that is made from others inherits from them: how closed it must be, and which licence fits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.houses.catalogue.terms import Access

_CLOSED = {Access.OPEN: 0, Access.ENTITLED: 1, Access.ON_REQUEST: 2, Access.INTERNAL: 3}


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as these rules need it."""

    slug: str
    access: Access
    department_id: int
    licence: str = ""


def common_licence(licences: Iterable[str]) -> str:
    """The licence that all have; empty where they differ."""
    found = set(licences)
    return found.pop() if len(found) == 1 else ""


def least_closed(sources: Iterable[SourceFacts]) -> Access:
    """The most open access that a dataset made from these may have: that of the most closed of them."""
    return max((source.access for source in sources), key=_CLOSED.__getitem__, default=Access.OPEN)


def objections(access: Access, department_id: int, sources: Sequence[SourceFacts]) -> list[Problem]:
    """Why a dataset of this department with this access may not be made from these; empty: it may."""
    found = []
    if _CLOSED[access] < _CLOSED[least_closed(sources)]:
        found.append(
            Problem(
                "sql.view_too_open",
                say("The view would be more open than what it is made from."),
                say("Whoever may not read a source may not read it through a question either."),
                say("Give it the access of its most closed source, or leave that source out."),
                "access",
            )
        )
    if any(
        s.access in {Access.ON_REQUEST, Access.INTERNAL} and s.department_id != department_id for s in sources
    ):
        found.append(
            Problem(
                "sql.view_department_other",
                say("The view would belong to another department than a source that is not open."),
                say("People of that department would see rows that were never meant for them."),
                say("Choose the department of the source."),
                "department",
            )
        )
    return found


def would_loop(view: int, sources: Iterable[int], made_from: Mapping[int, Iterable[int]]) -> bool:
    """Whether a view would be made from itself, directly or through other views."""
    waiting, seen = list(sources), set[int]()
    while waiting:
        one = waiting.pop()
        if one == view:
            return True
        if one not in seen:
            seen.add(one)
            waiting += made_from.get(one, ())
    return False
