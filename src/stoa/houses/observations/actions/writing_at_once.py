# SPDX-License-Identifier: EUPL-1.2
"""Writing a few rows that nobody has sent before, without a look at any result: one way to the database and back.

What nearly all rows are goes in one statement, which is its own transaction: it costs a third of what its parts cost
one after the other. `writing` says what the parts mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.actions import writing
from stoa.houses.observations.actions.states import TOLD, keep_states, renewal, state_arrays, told_of
from stoa.houses.observations.actions.writing import Cursor, Marks, Written
from stoa.houses.observations.rules.news import news_of
from stoa.houses.observations.rules.rows import Row, Summaries, hours, one_of_each, summaries


def write_new(
    cursor: Cursor, rows: Sequence[Row], *, received: int, marks: Marks, origin: str = ""
) -> Written:
    """Write judged rows, on a connection that passes by row-level security and commits by itself.

    Nothing was written where it raises: UniqueViolation when something was there already, DivisionByZero when the
    counter has taken hours since, so that marks must be set anew, or when a series has no state yet.
    """
    once = one_of_each(rows)
    states = summaries(once)
    if states.are_plain:
        _in_one(cursor, once, states, received=received, marks=marks, origin=origin)
    else:
        _in_parts(cursor, once, states, received=received, marks=marks, origin=origin)
    return Written(frozenset(), frozenset(), tuple(once), was_merged=False)


_ENTERED = "select 1 / (observations_enter() = %s)::int"
_PARTS = (
    TOLD,
    f"entered as materialized ({_ENTERED} as epoch)",
    f"written as ({writing.INSERT_PLAIN})",
    f"renewed as ({renewal(after='written, entered')})",
)
"""States wait for the rows, as on every way of writing: two that write wait for each other in no circle."""


@cache
def _statement(*, marks: bool, wakes: bool) -> str:
    parts = [*_PARTS]
    if marks:
        parts.append(f"marked as ({writing.MARK})")
    if wakes:
        parts.append(f"woken as ({writing.WAKE})")
    return (
        f"with {', '.join(parts)} select 1 / (count(*) = %s)::int,"
        f" (select count(*) from ({writing.TELL}) t) from renewed"
    )


def _in_one(
    cursor: Cursor, rows: list[Row], states: Summaries, *, received: int, marks: Marks, origin: str
) -> None:
    """Numbers at instants."""
    missing = marks.missing(marks.epoch, hours(rows, received, are_plain=True))
    woken = writing.wake_arrays(states, marks)
    told: list[Any] = [*told_of(received), marks.epoch, *writing.plain_arrays(rows), *state_arrays(states)]
    told += [*(writing.mark_arrays(missing) if missing else ()), *woken]
    told += [len(states.latest), pk.texts_or_none(news_of(rows, origin, are_plain=True))]
    cursor.execute(_statement(marks=bool(missing), wakes=bool(woken)), told)


def _in_parts(
    cursor: Cursor, rows: list[Row], states: Summaries, *, received: int, marks: Marks, origin: str
) -> None:
    with cursor.connection.pipeline(), cursor.connection.transaction():
        cursor.execute(_ENTERED, [marks.epoch])
        cursor.execute(writing.INSERT, writing.row_arrays(rows, received))
        keep_states(cursor, states, received)
        writing.mark(cursor, marks.missing(marks.epoch, hours(rows, received)))
        writing.wake(cursor, states, marks)
        writing.tell(cursor, rows, origin)
