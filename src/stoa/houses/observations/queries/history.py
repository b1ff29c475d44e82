# SPDX-License-Identifier: EUPL-1.2
"""Observations of some series, wherever they lie: hot table and lake read as one.

A row of the hot table that has the key of one in the lake is its correction and wins; what was removed after it was
rolled is left out.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any

from django.db.models import QuerySet

from stoa.commons.history import reading
from stoa.commons.lake.place import layout
from stoa.houses.observations.models import HistoryFile, Observation, RemovedObservation
from stoa.houses.observations.rules.instants import midnight
from stoa.houses.observations.terms import NO_RESULT_TIME

_Key = tuple[int, datetime, datetime]
LAST_MOMENT = datetime(9999, 12, 31, tzinfo=UTC)
WALK_SECONDS = 1800
PORTION = 50_000
"""Rows that are fetched at once when a long series is walked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One observation as it is kept."""

    series: int
    at: datetime
    result_at: datetime
    """The year 1000: not told."""
    until: datetime | None
    number: float | None
    text: str | None
    json: Any
    quality: int
    feature: int | None
    extra: Any
    received_at: datetime
    revision: int

    @property
    def order(self) -> tuple[datetime, int, datetime]:
        return (self.at, self.series, self.result_at)


def readings(
    *,
    city_id: int,
    series: Sequence[int],
    since: datetime,
    until: datetime,
    most: int,
    newest_first: bool = False,
) -> list[Reading]:
    """Observations from `since` on and before `until`, by time; at most four queries and one look into the lake."""
    hot = _hot(city_id, series, since, until, most, newest_first=newest_first)
    lake = _lake(city_id, series, since, until, most, newest_first=newest_first)
    both = heapq.merge(hot, lake, key=lambda row: row.order, reverse=newest_first)
    return list(islice(both, most))


def walk(*, city_id: int, series: int, since: datetime, until: datetime) -> Iterator[Reading]:
    """All observations of one series, oldest first, in portions: memory stays small however long it is.

    TimeoutError where the reader is so slow that it would never end: what was sent must not look whole.
    """
    last: Reading | None = None
    ends = monotonic() + WALK_SECONDS
    while True:
        if monotonic() > ends:
            raise TimeoutError("reading a whole series takes too long")
        begin = last.at if last else since
        portion = readings(city_id=city_id, series=[series], since=begin, until=until, most=PORTION)
        fresh = [row for row in portion if last is None or row.order > last.order]
        yield from fresh
        if not fresh or len(portion) < PORTION:
            return
        last = fresh[-1]


def newest(*, city_id: int, series: int) -> list[Reading]:
    """The newest observation of a series, if it has any; files are looked into one by one, the youngest first."""
    hot = _hot(city_id, [series], NO_RESULT_TIME, LAST_MOMENT, 1, newest_first=True)
    spans = _files(city_id, hot[0].at if hot else NO_RESULT_TIME, LAST_MOMENT).values_list("begins", "ends")
    for begins, ends in reversed(list(spans)):
        found = _lake(city_id, [series], midnight(begins), midnight(ends), 1, newest_first=True)
        if found:
            return sorted([*hot, *found], key=lambda row: row.order)[-1:]
    return hot


def numbers_in_lake(
    *, city_id: int, series: int, since: datetime, until: datetime, but: Sequence[int]
) -> list[tuple[datetime, float]]:
    """Times and numbers of one series that lie in the lake, without those of a quality in `but`."""
    rows = _lake(city_id, [series], since, until, 10_000_000, newest_first=False)
    return [(row.at, row.number) for row in rows if row.number is not None and row.quality not in but]


def rolled_rows(
    *, city_id: int, series: Sequence[int], since: datetime, until: datetime, most: int
) -> list[Reading] | None:
    """What lies in the lake of some series and still counts, oldest first; None if the span holds more than `most`."""
    paths = list(_files(city_id, since, until).values_list("path", flat=True))
    if reading.count(layout(), paths, begins=since, ends=until) > most:
        return None
    return _lake(city_id, series, since, until, most, newest_first=False)


@dataclass(frozen=True, slots=True)
class InLake:
    """What a look into the lake found, and in which files: as long as those count, it holds."""

    files: frozenset[int]
    found: Sequence[reading.Found]


def files_now(city_id: int, since: datetime, until: datetime) -> frozenset[int]:
    """The files that count for a span; one query."""
    return frozenset(_files(city_id, since, until).values_list("pk", flat=True))


def in_lake(city_id: int, sought: reading.Sought) -> InLake:
    """What of this lies in the lake, removed and corrected observations too; one query and one look."""
    files = dict(_files(city_id, sought.begins, sought.ends).values_list("pk", "path"))
    return InLake(frozenset(files), reading.keys(layout(), list(files.values()), sought))


def _files(city_id: int, since: datetime, until: datetime) -> QuerySet[HistoryFile]:
    ends = until.date() + timedelta(days=1) if until.date() < date.max else date.max
    return HistoryFile.objects.filter(
        city_id=city_id, replaced_at=None, begins__lt=ends, ends__gt=since.date()
    ).order_by("begins")


def _hot(
    city_id: int, series: Sequence[int], since: datetime, until: datetime, most: int, *, newest_first: bool
) -> list[Reading]:
    order = ("-at", "-datastream_id", "-result_at") if newest_first else ("at", "datastream_id", "result_at")
    found = Observation.objects.filter(
        city_id=city_id, datastream_id__in=list(series), at__gte=since, at__lt=until
    ).order_by(*order)
    return [
        Reading(
            row.datastream_id, row.at, row.result_at, row.until, row.number, row.text, row.json,
            row.quality, row.feature_id, row.extra, row.received_at, row.revision,
        )
        for row in found[:most]
    ]  # fmt: skip


def _lake(
    city_id: int, series: Sequence[int], since: datetime, until: datetime, most: int, *, newest_first: bool
) -> list[Reading]:
    files = list(_files(city_id, since, until).values_list("path", "begins", "ends"))
    if not files:
        return []
    over = _overruled(city_id, series, max(since, midnight(files[0][1])), min(until, midnight(files[-1][2])))
    found = reading.rows(
        layout(),
        [path for path, _, _ in files],
        series=series,
        begins=since,
        ends=until,
        most=most + len(over),
        newest_first=newest_first,
    )
    rows = (_reading(row) for row in found.to_pylist())
    return [row for row in rows if (row.series, row.at, row.result_at) not in over][:most]


def _overruled(city_id: int, series: Sequence[int], since: datetime, until: datetime) -> set[_Key]:
    """Keys that the lake may hold but does not speak for any more: corrected in the hot table, or removed."""
    span = {"city_id": city_id, "datastream_id__in": list(series), "at__gte": since, "at__lt": until}
    names = ("datastream_id", "at", "result_at")
    corrected = Observation.objects.filter(**span).values_list(*names)
    removed = RemovedObservation.objects.filter(**span).values_list(*names)
    return {*corrected, *removed}


def _reading(row: dict[str, Any]) -> Reading:
    return Reading(
        row["datastream_id"], row["at"], row["result_at"] or NO_RESULT_TIME, row["until"], row["number"], row["text"],
        None if row["json"] is None else json.loads(row["json"]), row["quality"], row["feature_id"],
        None if row["extra"] is None else json.loads(row["extra"]), row["received_at"], row["revision"],
    )  # fmt: skip
