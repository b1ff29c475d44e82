# SPDX-License-Identifier: EUPL-1.2
"""What all series came to by the hour: read from the lake as it was counted when days were rolled.

What was written to or removed from rolled days since, and what is not rolled yet, is counted on the spot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby

import pyarrow as pa
from django.db import connection

from stoa.commons.cities.models import City
from stoa.commons.history import reading
from stoa.commons.history.schema import HOUR_SCHEMA
from stoa.commons.lake.place import layout
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Datastream, HistoryFile
from stoa.houses.observations.queries.buckets import COUNTED, LEFT_OUT, counted_now
from stoa.houses.observations.rules.instants import midnight
from stoa.houses.observations.rules.periods import HOUR, Span, begin_of
from stoa.houses.observations.terms import Width

Hour = tuple[int, datetime]
"""A series and the begin of an hour."""
EARLIEST, LATEST = datetime(1000, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def hours_of_all(
    *,
    city: City,
    by: Principal,
    since: datetime,
    until: datetime,
    series: Collection[int] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Hours (UTC) that begin from `since` on and before `until`, exact at this moment, in no order: HOUR_SCHEMA.

    `series`: of these only, as far as they may be read; None: of all.
    At least two queries, two more for each unbroken span of files and one for each gap between them, two for each
    series that was changed after its day was rolled. The lake is read while the answer is fetched.
    """
    span = Span(max(_full_hour(since), EARLIEST), min(_full_hour(until), LATEST))
    visible = Datastream.objects.filter(city=city).visible_to(by)
    if series is not None:
        visible = visible.filter(pk__in=series)
    seen = set(visible.values_list("pk", flat=True))
    found = HistoryFile.objects.filter(
        city=city,
        replaced_at=None,
        begins__lt=span.end.date() + timedelta(days=1),
        ends__gt=span.begin.date(),
    )
    files = list(found.order_by("begins").values_list("path", "begins", "ends"))
    rolled = list(_unbroken((Span(midnight(begins), midnight(ends)) for _, begins, ends in files), span))
    changed = {hour for one in rolled for hour in _changed(city, one)}
    beside = [
        _counted_again(city, {hour for hour in changed if hour[0] in seen}),
        *(_hot(city, gap, seen, None if series is None else sorted(seen)) for gap in _gaps(rolled, span)),
    ]
    lake = reading.hours(
        layout(),
        [path for path, _, _ in files],
        begins=span.begin,
        ends=span.end,
        left_out=LEFT_OUT,
        among=reading.Among(sorted(seen), changed),
    )
    return chain((batch for batch in beside if batch.num_rows), lake)


def _full_hour(moment: datetime) -> datetime:
    """The first full hour that is not before a moment."""
    begin = begin_of(moment, Width.HOUR, "UTC")
    return begin if begin == moment else begin + HOUR


def _unbroken(spans: Iterable[Span], within: Span) -> Iterator[Span]:
    """Spans in their order, cut, those that touch each other put together."""
    last: Span | None = None
    for begin, end in spans:
        begin, end = max(begin, within.begin), min(end, within.end)  # noqa: PLW2901 - what is left of it
        if begin >= end:
            continue
        if last is not None and last.end < begin:
            yield last
            last = None
        last = Span(begin, end) if last is None else Span(last.begin, end)
    if last is not None:
        yield last


def _gaps(rolled: Iterable[Span], within: Span) -> Iterator[Span]:
    begin = within.begin
    for span in rolled:
        if begin < span.begin:
            yield Span(begin, span.begin)
        begin = span.end
    if begin < within.end:
        yield Span(begin, within.end)


_CHANGED = """
select distinct datastream_id, date_trunc('hour', at, 'UTC') from observations_observation
  where city_id = %s and at >= %s and at < %s
union
select distinct datastream_id, date_trunc('hour', at, 'UTC') from observations_removedobservation
  where city_id = %s and at >= %s and at < %s
"""
_HOT = f"""
select datastream_id, date_trunc('hour', at, 'UTC'), count(*), sum(number), sum(number * number), min(number), max(number)
from observations_observation where city_id = %s and at >= %s and at < %s and {COUNTED}
  and (%s::bigint[] is null or datastream_id = any(%s)) group by 1, 2
"""


def _changed(city: City, span: Span) -> list[Hour]:
    """Hours of rolled days to which something came, or of which something was removed."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [city.pk, *span, city.pk, *span])
        found: list[Hour] = cursor.fetchall()
        return found


def _counted_again(city: City, changed: set[Hour]) -> pa.RecordBatch:
    rows = []
    for series, hours in groupby(sorted(changed), key=lambda hour: hour[0]):
        spans = [Span(start, start + HOUR) for _, start in hours]
        rows += [(series, *bucket[:6]) for bucket in counted_now(city.pk, series, spans)]
    return _batch(rows)


def _hot(city: City, span: Span, seen: set[int], only: list[int] | None) -> pa.RecordBatch:
    with connection.cursor() as cursor:
        cursor.execute(_HOT, [city.pk, *span, only, only])
        return _batch([row for row in cursor.fetchall() if row[0] in seen])


def _batch(rows: Sequence[tuple[object, ...]]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) or [()] * len(HOUR_SCHEMA)
    return pa.RecordBatch.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, HOUR_SCHEMA, strict=True)],
        schema=HOUR_SCHEMA,
    )
