# SPDX-License-Identifier: EUPL-1.2
"""Figures of a series over periods, counted value by value: for what does not lie where SQL can count it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any

from stoa.houses.observations.rules.entities import plain_number
from stoa.standards.ngsild.histories import Aggregate, TemporalQuery
from stoa.standards.ngsild.kinds import moment_text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Tally:
    """What is counted of one period."""

    first: datetime
    last: datetime
    count: int = 0
    distinct: set[Any] = field(default_factory=set)
    """Only filled where somebody asks for it."""
    numbers: int = 0
    total: float = 0.0
    squares: float = 0.0
    low: float | None = None
    high: float | None = None

    def note(self, at: datetime, value: Any) -> None:
        self.first, self.last = min(self.first, at), max(self.last, at)
        self.count += 1
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.numbers += 1
            self.total += value
            self.squares += value * value
            self.low = value if self.low is None else min(self.low, value)
            self.high = value if self.high is None else max(self.high, value)

    def figure(self, method: str) -> float | None:
        """One figure by the standard's name; None if there is no number."""
        if method == "totalCount":
            return self.count
        if method == "distinctCount":
            return len(self.distinct)
        if not self.numbers:
            return None
        mean = self.total / self.numbers
        figures = {
            "sum": self.total,
            "avg": mean,
            "min": self.low,
            "max": self.high,
            "stddev": sqrt(max(0.0, self.squares / self.numbers - mean * mean)),
            "sumsq": self.squares,
        }
        return figures[method]


def begin_of(at: datetime, query: TemporalQuery) -> datetime | None:
    """Begin of the period of an instant: counted from what is asked, else from 1970; None: there is only one."""
    length = query.length
    if length.is_everything:
        return None
    if length.months:
        month = at.astimezone(UTC)
        months = month.year * 12 + month.month - 1
        months -= months % length.months
        return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
    origin = query.period.begins or EPOCH
    step = timedelta(seconds=length.seconds)
    return origin + (at - origin) // step * step


def span_of(
    start: datetime | None, there: tuple[datetime, datetime], query: TemporalQuery
) -> tuple[str, str]:
    """From when to when a figure speaks; `there` are the first and the last instant."""
    if start is None:
        return moment_text(query.period.begins or there[0]), moment_text(query.period.ends or there[1])
    if query.length.months:
        month = start.month - 1 + query.length.months
        end = start.replace(year=start.year + month // 12, month=month % 12 + 1)
        return moment_text(start), moment_text(end)
    return moment_text(start), moment_text(start + timedelta(seconds=query.length.seconds))


def figures(
    values: Iterable[tuple[datetime, Any]], query: TemporalQuery, most: int
) -> dict[str, list[Aggregate]]:
    """Figures by method, oldest period first; periods without a value are left out.

    Ends at one period more than `most`, which tells that there are too many.
    """
    tallies: dict[datetime | None, Tally] = {}
    is_distinct = "distinctCount" in query.methods
    for at, value in values:
        start = begin_of(at, query)
        if start not in tallies:
            if len(tallies) > most:
                break
            tallies[start] = Tally(at, at)
        tallies[start].note(at, value)
        if is_distinct:
            tallies[start].distinct.add(value if isinstance(value, int | float | str) else repr(value))
    found: dict[str, list[Aggregate]] = {method: [] for method in query.methods}
    for start, tally in sorted(tallies.items(), key=lambda item: item[0] or EPOCH):
        span = span_of(start, (tally.first, tally.last), query)
        for method in query.methods:
            if (figure := tally.figure(method)) is not None:
                found[method].append(Aggregate(plain_number(float(figure)), *span))
    return found
