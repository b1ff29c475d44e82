# SPDX-License-Identifier: EUPL-1.2
"""Judged observations on their way into the table, and what a batch of them means for its series. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, groupby
from operator import itemgetter
from typing import NamedTuple

from stoa.houses.observations.rules.instants import HOUR_US, NO_RESULT_US, YOUNG_US
from stoa.houses.observations.terms import Quality


class Row(NamedTuple):
    """One judged observation. Moments in microseconds since 1970; `json` and `extra` are encoded JSON."""

    series: int
    at: int
    result_at: int
    city: int
    number: float | None
    quality: int = int(Quality.NOT_EVALUATED)
    until: int | None = None
    text: str | None = None
    json: bytes | None = None
    feature: int | None = None
    extra: bytes | None = None


NOTHING_ELSE = (None, None, None, None, None)
_new, _UNJUDGED = tuple.__new__, int(Quality.NOT_EVALUATED)


def plain_row(series: int, at: int, city: int, number: float) -> Row:
    """A number at an instant: quicker than `Row(...)`, for there are millions of them.

    >>> plain_row(7, 5, 1, 0.5) == Row(7, 5, NO_RESULT_US, 1, 0.5)
    True
    """
    return _new(Row, (series, at, NO_RESULT_US, city, number, _UNJUDGED, None, None, None, None, None))


@dataclass(slots=True)
class Summaries:
    """What new rows come to for the states of their series: in each list one place for each series, in their order."""

    latest: list[Row]
    counts: list[int]
    first_at: list[int]
    last_until: list[int]
    first_result_at: list[int | None]
    last_result_at: list[int | None]
    are_plain: bool = False
    """All of them numbers at instants, new, and without a time of their results."""

    def of(self, chosen: Sequence[bool]) -> Summaries:
        """Only those."""
        return Summaries(
            list(compress(self.latest, chosen)),
            list(compress(self.counts, chosen)),
            list(compress(self.first_at, chosen)),
            list(compress(self.last_until, chosen)),
            list(compress(self.first_result_at, chosen)),
            list(compress(self.last_result_at, chosen)),
        )


def are_plain(rows: Sequence[Row]) -> bool:
    """Numbers at instants, and nothing else."""
    return all(row[6:] == NOTHING_ELSE and row[4] is not None for row in rows)


def one_of_each(rows: Sequence[Row]) -> list[Row]:
    """In the order of their keys; of several with the same key only the last that came."""
    found = dict(zip(map(_key, rows), rows, strict=True))
    return [found[key] for key in sorted(found)]


_key = itemgetter(0, 1, 2)
_series, _at, _told, _city = itemgetter(0), itemgetter(1), itemgetter(2), itemgetter(3)


def summaries(rows: Sequence[Row], new: frozenset[tuple[int, ...]] | None = None) -> Summaries:
    """One for each series, in the order of the series; `rows` come sorted by key.

    `new` holds the keys that were not there before (None: all); the others are corrections and count no more.
    """
    if new is None and {NO_RESULT_US}.issuperset(map(_told, rows)) and are_plain(rows):
        return _plain_summaries(rows)
    return _summaries(rows, new)


def _plain_summaries(rows: Sequence[Row]) -> Summaries:
    """The same for what nearly all rows are, without a look at each of them."""
    series = [*map(_series, rows)]
    latest = dict(zip(series, rows, strict=True))
    if len(latest) == len(rows):
        return _one_each(list(rows))
    first_at = dict(zip(reversed(series), map(_at, reversed(rows)), strict=True))
    last = [*latest.values()]
    none: list[int | None] = [None] * len(last)
    return Summaries(
        last,
        [*Counter(series).values()],
        [first_at[pk] for pk in latest],
        [*map(_at, last)],
        none,
        none,
        are_plain=True,
    )


def _one_each(rows: list[Row]) -> Summaries:
    """Every row is of another series."""
    none: list[int | None] = [None] * len(rows)
    at = [*map(_at, rows)]
    return Summaries(rows, [1] * len(rows), at, at, none, none, are_plain=True)


def _summaries(rows: Iterable[Row], new: frozenset[tuple[int, ...]] | None) -> Summaries:
    found = Summaries([], [], [], [], [], [])
    for _, group in groupby(rows, _series):
        mine = list(group)
        told = [row.result_at for row in mine if row.result_at != NO_RESULT_US]
        found.latest.append(mine[-1])
        found.counts.append(len(mine) if new is None else sum(row[:3] in new for row in mine))
        found.first_at.append(mine[0].at)
        found.last_until.append(max(row.at if row.until is None else row.until for row in mine))
        found.first_result_at.append(min(told, default=None))
        found.last_result_at.append(max(told, default=None))
    return found


def hours(rows: Sequence[Row], received: int, *, are_plain: bool = False) -> set[tuple[int, int, int]]:
    """Which hours of which series are to be counted anew: series, begin of the hour, city; each once.

    Those of numbers; and of anything that may lie in the lake already, so that whoever counts looks there.
    `are_plain`: all of them are known to be numbers.
    """
    if are_plain:  # few moments stand for many rows
        at = [*map(_at, rows)]
        begin = {moment: moment - moment % HOUR_US for moment in set(at)}
        return set(zip(map(_series, rows), map(begin.__getitem__, at), map(_city, rows), strict=True))
    rolled = received - YOUNG_US
    return {
        (row[0], row[1] - row[1] % HOUR_US, row[3]) for row in rows if row[4] is not None or row[1] < rolled
    }
