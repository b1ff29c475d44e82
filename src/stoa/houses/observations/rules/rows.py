# SPDX-License-Identifier: EUPL-1.2
"""Judged observations on their way into the table, and what a batch of them means for its series. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stoa.houses.observations.rules.instants import NO_RESULT_US, hour_of
from stoa.houses.observations.terms import Quality


class Row(NamedTuple):
    """One judged observation. Moments in microseconds since 1970; `json` and `extra` are encoded JSON."""

    series: int
    at: int
    result_at: int
    city: int
    number: float | None
    quality: int = Quality.NOT_EVALUATED
    until: int | None = None
    text: str | None = None
    json: bytes | None = None
    feature: int | None = None
    extra: bytes | None = None

    @property
    def is_plain(self) -> bool:
        """A number at an instant, and nothing else: what nearly all are."""
        return self[4] is not None and self[6:] == _NOTHING_ELSE


_NOTHING_ELSE = (None, None, None, None, None)


@dataclass(slots=True)
class Summary:
    """What new rows come to for the state of one series."""

    latest: Row
    count: int
    first_at: int
    last_until: int
    first_result_at: int | None
    last_result_at: int | None


def one_of_each(rows: Sequence[Row]) -> list[Row]:
    """In the order of their keys; of several with the same key only the last that came."""
    found = {row[:3]: row for row in rows}
    return sorted(found.values(), key=_key) if len(found) > 1 else list(found.values())


def _key(row: Row) -> tuple[int, ...]:
    return row[:3]


def summaries(rows: Iterable[Row], new: frozenset[tuple[int, ...]] | None = None) -> list[Summary]:
    """One for each series, in the order of the series; `rows` come sorted by key.

    `new` holds the keys that were not there before (None: all); the others are corrections and count no more.
    """
    found: list[Summary] = []
    before = None
    for row in rows:
        counts = 1 if new is None or row[:3] in new else 0
        end = row.at if row.until is None else row.until
        told = None if row.result_at == NO_RESULT_US else row.result_at
        if row.series != before:
            before = row.series
            found.append(Summary(row, counts, row.at, end, told, told))
            continue
        summary = found[-1]
        summary.latest = row
        summary.count += counts
        summary.last_until = max(summary.last_until, end)
        if told is not None:
            summary.first_result_at = min(told, summary.first_result_at or told)
            summary.last_result_at = max(told, summary.last_result_at or told)
    return found


def hours(rows: Iterable[Row]) -> list[tuple[int, int, int]]:
    """Which hours of which series are to be counted anew: series, begin of the hour, city; sorted, each once."""
    return sorted({(row.series, hour_of(row.at), row.city) for row in rows if row.number is not None})
