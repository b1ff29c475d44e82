# SPDX-License-Identifier: EUPL-1.2
"""Time buckets of one series: those that are counted, and counted on the spot where something changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import sqrt
from operator import itemgetter
from typing import Any, NamedTuple, cast

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg.pq import Format

from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.history import numbers_in_lake
from stoa.houses.observations.rules.instants import midnight
from stoa.houses.observations.rules.periods import Span, begin_of, touched
from stoa.houses.observations.terms import NO_RESULT_TIME, PERCENTILES, Quality, Width

LEFT_OUT = (int(Quality.FAIL), int(Quality.MISSING))
"""Results that are known to be bad count in no average."""
_PERCENTILES = ", ".join(f"{p / 100}" for p in PERCENTILES)
NUMBERS = (
    "count(*), sum(number), sum(number * number), min(number), max(number),"
    f" percentile_cont(array[{_PERCENTILES}]::float8[]) within group (order by number)"
)
COUNTED = f"number is not null and quality not in {LEFT_OUT}"


_new = tuple.__new__


class Bucket(NamedTuple):
    """What a series came to in one span of time."""

    start: datetime
    count: int  # type: ignore[assignment]  # a tuple counts too, but nobody asks this one to
    total: float
    squares: float
    low: float
    high: float
    percentiles: tuple[float | None, ...]
    """Below them lie 5, 25, 50, 75 and 95 percent; None: single values are kept no more, so it cannot be said."""

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def deviation(self) -> float:
        """Standard deviation of the values that there are."""
        return sqrt(max(0.0, self.squares / self.count - self.mean**2))


def buckets_of(
    *, city_id: int, series: int, width: Width, since: datetime, until: datetime, zone: str, most: int
) -> list[Bucket]:
    """Buckets that begin from `since` on and before `until`, exact at this moment; two or three queries."""
    first = begin_of(since, width, zone)
    changed = touched(_changed(series, first, until), width, zone)
    with _binary_cursor() as cursor:
        cursor.execute(
            "select start, count, total, squares, low, high, p05, p25, p50, p75, p95 from observations_seriesbucket"
            " where datastream_id = %s and width = %s and start >= %s and start < %s order by start limit %s",
            [series, int(width), first, until, most],
        )
        found = cursor.fetchall()
    fresh = [span for span in changed if first <= span.begin < until]
    stale = {span.begin for span in fresh}
    # `Bucket(...)` for each of thousands of rows would take longer than all the rest.
    kept = [_new(Bucket, (r[0], r[1], r[2], r[3], r[4], r[5], r[6:])) for r in found if r[0] not in stale]
    if not fresh:
        return kept
    limit = limits_of([series]).get(series, NO_RESULT_TIME)
    whole = [span for span in fresh if span.begin >= limit]
    now = list(counted_now(city_id, series, whole)) if whole else []
    now += counted_thinned(city_id, series, width, [span for span in fresh if span.begin < limit])
    return sorted([*kept, *now], key=itemgetter(0))[:most]


def limits_of(series: Collection[int]) -> dict[int, datetime]:
    """Of series whose single values are kept for a while only: before this moment some may be gone; one query."""
    today = timezone.now().astimezone(UTC).date()
    found = Datastream.objects.filter(pk__in=series, keep_days__isnull=False)
    return {
        pk: midnight(today - timedelta(days=days or 0)) for pk, days in found.values_list("pk", "keep_days")
    }


def counted_thinned(city_id: int, series: int, width: Width, spans: Sequence[Span]) -> list[Bucket]:
    """Buckets of which single values may be gone: months and years from their days, which were counted in time.

    Of hours and days what was counted once stays, unless more values are there now.
    """
    if not spans:
        return []
    if width in {Width.MONTH, Width.YEAR}:
        return _of_days(series, spans)
    fresh = {bucket.start: bucket for bucket in counted_now(city_id, series, spans)}
    begins = [span.begin for span in spans]
    with connection.cursor() as cursor:
        cursor.execute(
            "select start, count, total, squares, low, high, array[p05, p25, p50, p75, p95]"
            " from observations_seriesbucket where datastream_id = %s and width = %s and start = any(%s)",
            [series, int(width), begins],
        )
        known = {bucket.start: bucket for bucket in map(_read, cursor.fetchall())}
    return [
        fresh[begin] if begin not in known or fresh[begin].count > known[begin].count else known[begin]
        for begin in begins
        if begin in fresh
    ] + [known[begin] for begin in begins if begin in known and begin not in fresh]


def _of_days(series: int, spans: Sequence[Span]) -> list[Bucket]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.begin, sum(b.count)::bigint, sum(b.total), sum(b.squares), min(b.low), max(b.high),"
            " array_fill(null::float8, array[5])"
            " from unnest(%s::timestamptz[], %s::timestamptz[]) s(begin, done) join observations_seriesbucket b"
            " on b.datastream_id = %s and b.width = %s and b.start >= s.begin and b.start < s.done group by 1",
            [[s.begin for s in spans], [s.end for s in spans], series, int(Width.DAY)],
        )
        return [_read(found) for found in cursor.fetchall()]


def _binary_cursor() -> psycopg.Cursor[Any]:
    """A year has thousands of rows: the binary form is read in a fraction of the time."""
    connection.ensure_connection()
    cursor = psycopg.Cursor(cast("psycopg.Connection[Any]", connection.connection))
    cursor.format = Format.BINARY
    return cursor


def _changed(series: int, since: datetime, until: datetime) -> list[tuple[Width, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct width, start from observations_dirtybucket where datastream_id = %s"
            " and start > %s - interval '367 days' and start < %s + interval '367 days'",
            [series, since, until],
        )
        return [(Width(width), start) for width, start in cursor.fetchall()]


def counted_now(city_id: int, series: int, spans: Sequence[Span]) -> Iterable[Bucket]:
    """Buckets of these spans from the observations themselves, those in the lake among them."""
    since, until = min(span.begin for span in spans), max(span.end for span in spans)
    lake = numbers_in_lake(city_id=city_id, series=series, since=since, until=until, but=LEFT_OUT)
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.begin, n.* from unnest(%s::timestamptz[], %s::timestamptz[]) s(begin, done),"
            f" lateral (select {NUMBERS} from (select number from observations_observation"
            f"  where datastream_id = %s and at >= s.begin and at < s.done and {COUNTED}"
            "   union all select l.number from unnest(%s::timestamptz[], %s::float8[]) l(at, number)"
            "   where l.at >= s.begin and l.at < s.done) told having count(*) > 0) n",
            [
                [span.begin for span in spans],
                [span.end for span in spans],
                series,
                [at for at, _ in lake],
                [number for _, number in lake],
            ],
        )
        return [_read(found) for found in cursor.fetchall()]


def short_buckets_of(
    *, series: int, seconds: int, since: datetime, until: datetime, most: int
) -> list[Bucket]:
    """Buckets shorter than an hour, from the observations themselves; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select date_bin(%s::interval, at, '2000-01-01 00:00:00+00') as start, {NUMBERS} from observations_observation"
            f" where datastream_id = %s and at >= %s and at < %s and {COUNTED} group by 1 order by 1 limit %s",
            [f"{seconds} seconds", series, since, until, most],
        )
        return [_read(found) for found in cursor.fetchall()]


def _read(found: Sequence[Any]) -> Bucket:
    start, count, total, squares, low, high, percentiles = found
    return Bucket(start, count, total, squares, low, high, tuple(percentiles))
