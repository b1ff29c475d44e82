# SPDX-License-Identifier: EUPL-1.2
"""What one request may cost, however many questions it asks: one deadline, one number of entities."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import DataError, OperationalError, connection, transaction

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.pieces import TOO_COSTLY, refused
from stoa.houses.observations.queries.asking.questions import Found, FoundPage

SECONDS = 20
MOST_WRITTEN = 50_000
"""Entities in all answers to one request, each counted at every place where it stands."""


@dataclass
class Budget:
    """What is left of a request's time (seconds) and entities."""

    ends: float = field(default_factory=lambda: monotonic() + SECONDS)
    entities: int = MOST_WRITTEN
    brought: int = MOST_WRITTEN
    places: dict[Hashable, tuple[list[int], Any]] = field(default_factory=dict)
    """Ids and geometries by the question that found them: one request reads a table of places once."""

    def left(self) -> float:
        """Seconds that are left; Refused where there are none."""
        found = self.ends - monotonic()
        if found <= 0:
            raise too_costly()
        return found

    def bring(self, count: int) -> None:
        """Entities that a relation brings along."""
        self.brought -= count
        if self.brought < 0:
            raise too_costly()

    def write(self, told: Found | FoundPage) -> None:
        """All that stands in an answer."""
        self.entities -= _size(told, {})
        if self.entities < 0:
            raise too_costly()


_current: ContextVar[Budget | None] = ContextVar("budget of a request", default=None)


@contextmanager
def one_budget() -> Iterator[Budget]:
    """A block whose questions share one budget: that of the block around it, if there is one."""
    known = _current.get()
    if known is not None:
        yield known
        return
    token = _current.set(Budget())
    try:
        yield _current.get() or Budget()
    finally:
        _current.reset(token)


@contextmanager
def timed() -> Iterator[Budget]:
    """A block of queries that ends with the request's time; what cannot be counted with is refused."""
    try:
        with one_budget() as budget, transaction.atomic():
            limit_statements()
            yield budget
            if budget.left() < SECONDS - 1:
                _limit(SECONDS)  # the transaction may go on with what is no question
    except DataError:
        raise refused(say("A value in the question is outside of what can be counted with.")) from None
    except OperationalError as error:
        if "statement timeout" not in str(error):
            raise
        raise too_costly() from None


def limit_statements() -> None:
    """From now on a statement has no more than the time that is left."""
    budget = _current.get()
    _limit(SECONDS if budget is None else budget.left())


def check_time() -> None:
    """Refused where the request has no time left."""
    budget = _current.get()
    if budget is not None and budget.left() < SECONDS - 1:
        _limit(budget.left())


def known_places() -> dict[Hashable, tuple[list[int], Any]]:
    """Places that this request has read already."""
    budget = _current.get()
    return {} if budget is None else budget.places


def _limit(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('statement_timeout', %s, true)", [f"{max(1, round(seconds * 1000))}ms"]
        )


def _size(told: Found | FoundPage | None, known: dict[int, int]) -> int:
    """How many entities are written; one that stands at many places is looked through once."""
    if told is None:
        return 0
    if isinstance(told, FoundPage):
        return sum(_size(one, known) for one in told.entities)
    if id(told) not in known:
        known[id(told)] = 1 + sum(_size(one, known) for one in told.related.values())
    return known[id(told)]


def too_costly() -> Refused:
    what = say("The question takes too long.")
    do = say("Ask for a shorter time, for fewer series or with a simpler condition.")
    return Refused(Problem(TOO_COSTLY, what, do=do))
