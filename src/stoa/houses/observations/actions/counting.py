# SPDX-License-Identifier: EUPL-1.2
"""Counting time buckets anew where something changed: hours and their days soon, months and years in quiet hours.

Marks are taken for an instant in which nobody writes; what changes during the count is marked again. One count at a
time in the whole database, and none while days are rolled into the lake. Killed anywhere, the marks that were taken
are still there and come first next time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from django.db import OperationalError, connection
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.actions.hiding import count_once, look_for
from stoa.houses.observations.actions.keeping import psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.writing import enter
from stoa.houses.observations.models import DirtyBucket, HistoryFile
from stoa.houses.observations.queries.buckets import (
    COUNTED,
    NUMBERS,
    Bucket,
    counted_now,
    counted_thinned,
    limits_of,
)
from stoa.houses.observations.rules.ids import Key
from stoa.houses.observations.rules.instants import midnight
from stoa.houses.observations.rules.periods import HOUR, Span, end_of, touched
from stoa.houses.observations.terms import ROLLING_LOCK, Width

AT_ONCE = 2_000
"""Marks that are taken at once: the transaction stays short."""
NO_REST = timedelta(0)
WAIT_MOST = "150ms"
"""So long writers may be held up; when one of them takes longer, the count is tried again later."""


class Mark(NamedTuple):
    """A bucket of a series that is to be counted anew."""

    series: int
    width: Width
    start: datetime


def count_hours(
    *, city: City, before: datetime | None = None, most: int = AT_ONCE, rest: timedelta = NO_REST
) -> int:
    """Count changed hours that begin before (else: that are over), and the days they lie in; says how many.

    `rest`: hours into which something came so lately, and is likely to go on coming, are left for another time.
    """
    return _count(city, (Width.HOUR,), before or timezone.now() - HOUR, most, rest)


def count_long(*, city: City, before: datetime | None = None, most: int = 200) -> int:
    """Count changed months and years that begin before (else: all); says how many."""
    return _count(city, (Width.MONTH, Width.YEAR), before or timezone.now(), most)


def _count(
    city: City, widths: Collection[Width], before: datetime, most: int, rest: timedelta = NO_REST
) -> int:
    with _alone() as is_alone:
        if not is_alone or not _take(city, widths, before, most, rest):
            return 0
        with acting_in(city):
            marks = [
                Mark(series, Width(width), start)
                for series, width, start in DirtyBucket.objects.filter(
                    city=city, taken=True, width__in=[int(width) for width in widths]
                ).values_list("datastream_id", "width", "start")
            ]
            _count_marks(city, marks)
            DirtyBucket.objects.filter(city=city, taken=True, width__in=[int(w) for w in widths]).delete()
        return len(marks)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else counts or rolls; as long as the block lasts nobody begins to."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [ROLLING_LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [ROLLING_LOCK])


_CHOOSE = """
select datastream_id, width, start from observations_dirtybucket d
where city_id = %(city)s and not taken and width = any(%(widths)s) and start < %(before)s
  and (%(since)s::timestamptz is null or not exists (
    select from observations_seriesstate s where s.datastream_id = d.datastream_id
      and s.received_at > %(since)s and s.at >= d.start and s.at < d.start + interval '1 hour'))
order by start limit %(most)s
"""
_TAKE = """
with gone as (
  delete from observations_dirtybucket d
  using unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) p(datastream_id, width, start)
  where d.datastream_id = p.datastream_id and d.width = p.width and d.start = p.start and not d.taken
  returning d.datastream_id, d.width, d.start, d.city_id
)
insert into observations_dirtybucket (datastream_id, width, start, city_id, taken)
select datastream_id, width, start, city_id, true from gone on conflict do nothing
"""


def _take(city: City, widths: Collection[Width], before: datetime, most: int, rest: timedelta) -> bool:
    """Turn marks into work, while nobody writes; False when a writer takes too long, or there is nothing."""
    numbers = [int(width) for width in widths]
    since = timezone.now() - rest if rest else None
    asked: dict[str, Any] = {
        "city": city.pk,
        "widths": numbers,
        "before": before,
        "since": since,
        "most": most,
    }
    with acting_in(city), connection.cursor() as cursor:
        cursor.execute(_CHOOSE, asked)
        chosen = cursor.fetchall()
        if not chosen:
            return DirtyBucket.objects.filter(city=city, width__in=numbers, taken=True).exists()
    try:
        with acting_in(city), connection.cursor() as cursor:
            cursor.execute("select set_config('lock_timeout', %s, true)", [WAIT_MOST])
            cursor.execute("select observations_take_alone()")
            cursor.execute(_TAKE, [list(column) for column in zip(*chosen, strict=True)])
    except OperationalError:  # LockNotAvailable
        return False
    return True


def _count_marks(city: City, marks: list[Mark]) -> None:
    """Count these buckets and the days of hours among them; mark the months and years above."""
    hours = [mark for mark in marks if mark.width is Width.HOUR]
    days = _above(hours, Width.DAY, city.zone)
    rolled, corrected = _rolled(city), set[tuple[int, Span]]()
    limits = limits_of({mark.series for mark in marks})
    for width in (Width.HOUR, Width.DAY, Width.MONTH, Width.YEAR):
        wanted = days if width is Width.DAY else [mark for mark in marks if mark.width is width]
        spans = {(mark.series, Span(mark.start, end_of(mark.start, width, city.zone))) for mark in wanted}
        thinned = {one for one in spans if one[0] in limits and one[1].begin < limits[one[0]]}
        in_lake = {one for one in spans if any(one[1].begin < r.end and r.begin < one[1].end for r in rolled)}
        _count_hot(city, width, sorted(spans - in_lake - thinned))
        _count_with_lake(city, width, sorted(in_lake - thinned))
        corrected |= in_lake if width is Width.HOUR else set()
        _count_thinned(city, width, sorted(thinned))
    DirtyBucket.objects.bulk_create(
        (
            DirtyBucket(city=city, datastream_id=mark.series, width=int(mark.width), start=mark.start)
            for width in (Width.MONTH, Width.YEAR)
            for mark in _above(hours, width, city.zone)
        ),
        ignore_conflicts=True,
    )
    if corrected:
        _count_corrections_once(city, sorted(corrected))


def _above(hours: Iterable[Mark], width: Width, zone: str) -> list[Mark]:
    """The longer buckets in which these hours lie, each once."""
    found = {(h.series, span) for h in hours for span in touched([(Width.HOUR, h.start)], width, zone)}
    return [Mark(series, width, span.begin) for series, span in sorted(found)]


def _rolled(city: City) -> list[Span]:
    """Spans of days that lie in the lake."""
    files = HistoryFile.objects.filter(city=city, replaced_at=None).values_list("begins", "ends")
    return [Span(midnight(begins), midnight(ends)) for begins, ends in files]


_COLUMNS = "count, total, squares, low, high, p05, p25, p50, p75, p95"
_REPLACE = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", "))
_HOT = f"""
with spans as (select * from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) s(series, begin, done)),
fresh as (
  select s.series, s.begin, n.* from spans s, lateral (
    select {NUMBERS} from observations_observation o
    where o.datastream_id = s.series and o.at >= s.begin and o.at < s.done and {COUNTED} having count(*) > 0
  ) n(count, total, squares, low, high, p)
), gone as (
  delete from observations_seriesbucket b using spans s
  where b.datastream_id = s.series and b.width = %s and b.start = s.begin
    and not exists (select from fresh f where f.series = s.series and f.begin = s.begin)
)
insert into observations_seriesbucket (datastream_id, city_id, width, start, {_COLUMNS})
select series, %s, %s, begin, count, total, squares, low, high, p[1], p[2], p[3], p[4], p[5] from fresh
on conflict (datastream_id, width, start) do update set {_REPLACE}
"""


def _count_hot(city: City, width: Width, spans: list[tuple[int, Span]]) -> None:
    """Buckets whose observations all lie in the hot table: one statement."""
    if not spans:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _HOT,
            [
                [series for series, _ in spans],
                [span.begin for _, span in spans],
                [span.end for _, span in spans],
                int(width),
                city.pk,
                int(width),
            ],
        )


_PUT = f"""
insert into observations_seriesbucket (datastream_id, city_id, width, start, {_COLUMNS})
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
on conflict (datastream_id, width, start) do update set {_REPLACE}
"""


def _count_with_lake(city: City, width: Width, spans: list[tuple[int, Span]]) -> None:
    """Buckets with observations in the lake: one series after another."""
    by_series: dict[int, list[Span]] = {}
    for series, span in spans:
        by_series.setdefault(series, []).append(span)
    with connection.cursor() as cursor:
        for series, listed in by_series.items():
            found = {bucket.start: bucket for bucket in counted_now(city.pk, series, listed)}
            empty = [span.begin for span in listed if span.begin not in found]
            cursor.execute(
                "delete from observations_seriesbucket where datastream_id = %s and width = %s and start = any(%s)",
                [series, int(width), empty],
            )
            cursor.executemany(_PUT, [_values(city, series, width, bucket) for bucket in found.values()])


def _count_thinned(city: City, width: Width, spans: list[tuple[int, Span]]) -> None:
    """Buckets of which single values may be gone: what was counted of more values than there are now stays."""
    with connection.cursor() as cursor:
        for series, span in spans:
            for bucket in counted_thinned(city.pk, series, width, [span]):
                cursor.execute(_PUT, _values(city, series, width, bucket))


def _values(city: City, series: int, width: Width, bucket: Bucket) -> list[int | float | datetime | None]:
    told = [bucket.count, bucket.total, bucket.squares, bucket.low, bucket.high, *bucket.percentiles]
    return [series, city.pk, int(width), bucket.start, *told]


def _count_corrections_once(city: City, hours: list[tuple[int, Span]]) -> None:
    """What came without a look into the lake, in great numbers, and was there already, counts once from now on."""
    with packing_cursor(psycopg_connection()) as cursor:
        told = [
            [series for series, _ in hours],
            [span.begin for _, span in hours],
            [span.end for _, span in hours],
        ]
        known = _keys(cursor, told)
        if not known:
            return
        look = look_for(city.pk, known)
        enter(cursor)
        cursor.execute(
            "select from observations_seriesstate where datastream_id = any(%s) order by datastream_id for update",
            [sorted({key.series for key in known})],
        )
        count_once(cursor, city.pk, look, only=set(_keys(cursor, told)).__contains__)


_STANDING = """
select o.datastream_id, o.at, o.result_at from unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) s(series, begin, done)
join observations_observation o on o.datastream_id = s.series and o.at >= s.begin and o.at < s.done
"""


def _keys(cursor: psycopg.Cursor[Any], hours: list[Any]) -> list[Key]:
    """Keys of what stands in the hot table in some hours."""
    cursor.execute(_STANDING, hours)
    return [Key(*found) for found in cursor.fetchall()]
