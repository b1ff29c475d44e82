# SPDX-License-Identifier: EUPL-1.2
"""Hours of chosen series in the order of time, page by page; and all of them at once with what the series are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.hours import hours_of_all
from stoa.houses.observations.rules.periods import HOUR

if TYPE_CHECKING:
    import pyarrow as pa

CELLS_MOST = 10_000_000
"""Series times hours that are sent at once: a year of a thousand series."""
_WIDER = 4
"""So many times wider is the next look where an earlier one found too little."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which series; what is empty does not narrow."""

    series: tuple[UUID, ...] = ()
    thing: UUID | None = None
    measures: str = ""
    """Name or definition of the observed property."""

    @property
    def is_all(self) -> bool:
        return not (self.series or self.thing or self.measures)


@dataclass(frozen=True, slots=True)
class SeriesLabel:
    """What a series is called."""

    number: int
    uid: UUID
    name: str
    thing: str
    measures: str
    unit: str


@dataclass(frozen=True, slots=True)
class HourRow:
    """What one series came to in one hour (UTC); bad and missing values are not in it."""

    number: int
    start: datetime
    count: int
    total: float
    low: float
    high: float

    @property
    def mean(self) -> float:
        return self.total / self.count


@dataclass(frozen=True, slots=True)
class HourPage:
    """Some hours by time, then by series; `after` asks for the next, empty: that was all."""

    rows: tuple[HourRow, ...]
    labels: dict[int, SeriesLabel]
    after: str


def hour_page(
    *, city: City, by: Principal, chosen: Chosen, since: datetime, until: datetime, limit: int, after: str
) -> HourPage:
    """At most `limit` hours. Two queries and, for each look, those of `hours_of_all`: looks grow wider where little lies.

    Raises NotFound where nothing that may be known of is chosen, Refused for an `after` that nobody gave.
    """
    numbers = _numbers(city, by, chosen)
    last = _place(after) if after else None
    begin = max(since, last[0]) if last else since
    found: list[HourRow] = []
    width = max(1, limit // max(1, len(numbers)))
    while begin < until and len(found) <= limit:
        end = min(until, begin + timedelta(hours=width))
        told = hours_of_all(
            city=city, by=by, since=begin, until=end, series=None if chosen.is_all else numbers
        )
        found += [row for row in _sorted(told) if last is None or (row.start, row.number) > last]
        begin, width = end, width * _WIDER
    rows = tuple(found[:limit])
    more = f"{int(rows[-1].start.timestamp())}.{rows[-1].number}" if len(found) > limit else ""
    return HourPage(rows, labels_of(city, {row.number for row in rows}), more)


def hour_portions(
    *, city: City, by: Principal, chosen: Chosen, since: datetime, until: datetime
) -> tuple[dict[int, SeriesLabel], Iterator[pa.RecordBatch]]:
    """All hours (HOUR_SCHEMA, in no order), and what their series are called. Raises NotFound, Refused."""
    numbers = _numbers(city, by, chosen)
    if len(numbers) * max(1, (until - since) // HOUR) > CELLS_MOST:
        raise _too_many(len(numbers))
    only = None if chosen.is_all else numbers
    told = hours_of_all(city=city, by=by, since=since, until=until, series=only)
    return labels_of(city, numbers), told


def labels_of(city: City, numbers: Iterable[int]) -> dict[int, SeriesLabel]:
    """What series are called, for whoever may see them already. One query."""
    rows = Datastream.objects.filter(city=city, pk__in=list(numbers)).values_list(
        "pk", "uid", "name", "thing__name", "observed_property__name", "unit_symbol"
    )
    return {row[0]: SeriesLabel(*row) for row in rows}


def _numbers(city: City, by: Principal, chosen: Chosen) -> list[int]:
    found = Datastream.objects.filter(city=city).visible_to(by)
    if chosen.series:
        found = found.filter(uid__in=chosen.series)
    if chosen.thing:
        found = found.filter(thing__uid=chosen.thing)
    if chosen.measures:
        named = Q(observed_property__name=chosen.measures) | Q(observed_property__definition=chosen.measures)
        found = found.filter(named)
    numbers = list(found.values_list("pk", flat=True))
    if not numbers and not chosen.is_all:
        raise NotFound("datastream")
    return numbers


def _sorted(told: Iterator[pa.RecordBatch]) -> Sequence[HourRow]:
    import pyarrow as pa  # large: only who reads files needs it

    from stoa.commons.history.schema import HOUR_SCHEMA

    order = [("start", "ascending"), ("datastream_id", "ascending")]
    table = pa.Table.from_batches(told, schema=HOUR_SCHEMA).sort_by(order)
    columns: list[list[Any]] = [
        table.column(name).to_pylist() for name in ("datastream_id", "start", "count", "total", "low", "high")
    ]
    return [HourRow(*cells) for cells in zip(*columns, strict=True)]


def _place(after: str) -> tuple[datetime, int]:
    seconds, _, number = after.partition(".")
    if not (seconds.isdecimal() and number.isdecimal() and len(seconds) < 12 and len(number) < 19):
        raise Refused(
            Problem(
                "observations.after_unknown",
                say("The place after which to go on cannot be read."),
                say("Rows would be missing, or come twice."),
                say("Take `after` as it stands in the answer before, or leave it out to begin anew."),
                field="after",
            )
        )
    return datetime.fromtimestamp(int(seconds), UTC), int(number)


def _too_many(series: int) -> Refused:
    return Refused(
        Problem(
            "observations.hours_too_many",
            say("The hours of %(series)s series over this time are too many at once.", series=series),
            say("More than ten million rows would keep the portal busy for everybody else."),
            say("Ask for a shorter time or fewer series, and put the answers together."),
            field="to",
        )
    )
