# SPDX-License-Identifier: EUPL-1.2
"""Rolling closed days into the lake, exactly once, and merging them into months.

The order makes it safe to be killed anywhere. (1) The file is written beside all others; nobody reads it yet.
(2) One transaction takes the day out of the hot table and enters the file in `HistoryFile`, which is what readers
go by. (3) The Iceberg table of other engines is made to agree with `HistoryFile`. A kill before (2) leaves a file
nobody knows, which is swept; a kill before (3) leaves the table one run behind.

Whether something was written to the span or removed from it while its file was made is seen at the end, when no
write is under way: by the number of rows, and by when the newest came in. It is then left for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, F, Max
from django.db.models.functions import Greatest
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.queries import all_cities
from stoa.commons.history import writing
from stoa.commons.history.values import Key, SeriesFile
from stoa.commons.lake.place import layout
from stoa.houses.observations.models import (
    Datastream,
    HistoryFile,
    Observation,
    RemovedObservation,
    SeriesState,
)
from stoa.houses.observations.queries.buckets import LEFT_OUT
from stoa.houses.observations.rules.instants import midnight
from stoa.houses.observations.terms import NO_RESULT_TIME, ROLLING_LOCK, WRITING_LOCK

HOT_DAYS = 30
"""So many whole days stay in PostgreSQL beside the day that runs."""
SLOWEST_WRITE = timedelta(minutes=5)
"""Between the moment that a write bears as its time and its end lies less than this."""
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rolled:
    """What one run did with one span of days."""

    begins: date
    ends: date
    rows: int
    is_done: bool
    """False: something was written to it meanwhile; it is left for the next run."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that stands ready, and how many of its rows came from the hot table."""

    file: SeriesFile
    hot: int
    lost: dict[int, int]
    """By series: rows that were counted and are no more, as corrections of rows in the lake or as expired."""
    removed: int
    """Removed observations that were left out."""


@contextmanager
def _no_counting() -> Iterator[None]:
    """While this lasts no hours are counted, in any process."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [ROLLING_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [ROLLING_LOCK])


def roll_day(day: date) -> Rolled:
    """Move one day of all cities from the hot table to the lake; may be called again and again."""
    with _no_counting():
        return _roll_day(day)


def merge_span(city_id: int, begins: date, ends: date) -> Rolled:
    """Make one file of all that lies in a span of one city: files of days, late rows, without what was removed."""
    with _no_counting():
        return _merge_span(city_id, begins, ends)


def _roll_day(day: date) -> Rolled:
    ends, began = day + timedelta(days=1), _no_writer_before()
    spans = {city.pk: _widened(city.pk, day, ends) for city in all_cities()}
    made = {
        city: written for city, span in spans.items() for written in [_write_span(city, *span)] if written
    }
    rows = sum(written.file.rows for written in made.values())
    with transaction.atomic(), ExitStack() as inside:
        _stop_writers()
        if any(_has_changed(city, *span, made.get(city), began) for city, span in spans.items()):
            return Rolled(day, ends, rows, is_done=False)
        for city, written in made.items():
            inside.enter_context(acting_in(city))
            _enter(city, written)
            _take_out(city, written.file.begins, written.file.ends, but=day)
        with connection.cursor() as cursor:
            cursor.execute("select observations_drop_day(%s)", [day])
    return Rolled(day, ends, rows, is_done=True)


def _merge_span(city_id: int, begins: date, ends: date) -> Rolled:
    began = _no_writer_before()
    begins, ends = _widened(city_id, begins, ends)
    written = _write_span(city_id, begins, ends)
    if written is None:
        return Rolled(begins, ends, 0, is_done=True)
    with transaction.atomic():
        _stop_writers()
        if _has_changed(city_id, begins, ends, written, began):
            return Rolled(begins, ends, written.file.rows, is_done=False)
        with acting_in(city_id):
            _enter(city_id, written)
            _take_out(city_id, begins, ends)
    return Rolled(begins, ends, written.file.rows, is_done=True)


def _no_writer_before() -> datetime:
    """A moment before which every write has ended: what comes in later bears a later time."""
    with transaction.atomic():
        _stop_writers()
        return timezone.now() - SLOWEST_WRITE


def _has_changed(city_id: int, begins: date, ends: date, written: Written | None, began: datetime) -> bool:
    """Whether the hot table holds anything else in the span than when it was read; asked while nobody writes."""
    with acting_in(city_id):
        found = Observation.objects.filter(city_id=city_id, at__gte=midnight(begins), at__lt=midnight(ends))
        told = found.aggregate(rows=Count("*"), newest=Max("received_at"))
        removed = RemovedObservation.objects.filter(
            city_id=city_id, at__gte=midnight(begins), at__lt=midnight(ends)
        ).count()
    if (told["rows"], removed) != ((written.hot, written.removed) if written else (0, 0)):
        return True
    return told["newest"] is not None and told["newest"] >= began


def _widened(city_id: int, begins: date, ends: date) -> tuple[date, date]:
    """The span grown to the borders of the files that it touches: a file is replaced as a whole."""
    with acting_in(city_id):
        files = _files(city_id, begins, ends)
    return min([begins, *(file.begins for file in files)]), max([ends, *(file.ends for file in files)])


def _files(city_id: int, begins: date, ends: date) -> list[HistoryFile]:
    found = HistoryFile.objects.filter(city_id=city_id, replaced_at=None, begins__lt=ends, ends__gt=begins)
    return list(found.order_by("begins"))


def _write_span(city_id: int, begins: date, ends: date) -> Written | None:
    """A new file for the span; None when there is nothing in it."""
    from stoa.houses.observations.queries.hot import hot_rows  # brings pyarrow, needed at night only

    place = layout()
    with acting_in(city_id):
        known = _files(city_id, begins, ends)
        newest = (
            HistoryFile.objects.filter(city_id=city_id, begins=begins, ends=ends)
            .order_by("-generation")
            .first()
        )
        generation = (newest.generation if newest else 0) + 1
        path = writing.file_name(city_id, begins, ends, generation)
        target = place.lake / path
        fresh = target.with_suffix(".fresh")
        lost: dict[int, int] = {}
        removed: list[Key] = []
        try:
            hot = writing.write_sorted(place, hot_rows(city_id, midnight(begins), midnight(ends)), fresh)
            removed = _removed(city_id, begins, ends)
            if not hot and not known:
                return None
            expired = _expired(city_id, ends)
            if known or removed or expired:
                older = [place.lake / file.path for file in known]
                lost = writing.merge(
                    place,
                    older=older,
                    newer=fresh,
                    target=target,
                    removed=removed,
                    expired=expired,
                    known=_series(city_id),
                ).lost
            else:
                fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    writing.write_hours(place, path, left_out=LEFT_OUT, older=[file.path for file in known], expired=expired)
    return Written(writing.described(place, path, begins, ends), hot, lost, len(removed))


def _series(city_id: int) -> list[int]:
    """Series that there are: rows of others, which were removed as a whole, are not written any more."""
    return list(Datastream.objects.filter(city_id=city_id).values_list("pk", flat=True))


def _expired(city_id: int, ends: date) -> dict[int, int]:
    """Series whose single values are kept no longer than before `ends` today: number, and the moment in microseconds."""
    today = timezone.now().date()
    kept = Datastream.objects.filter(city_id=city_id, keep_days__isnull=False).values_list("pk", "keep_days")
    cuts = {series: month_of(today - timedelta(days=days or 0)) for series, days in kept}
    return {series: _us(midnight(cut)) for series, cut in cuts.items() if ends <= cut}


def _removed(city_id: int, begins: date, ends: date) -> list[Key]:
    found = RemovedObservation.objects.filter(
        city_id=city_id, at__gte=midnight(begins), at__lt=midnight(ends)
    )
    return [
        Key(series, _us(at), None if result_at == NO_RESULT_TIME else _us(result_at))
        for series, at, result_at in found.values_list("datastream_id", "at", "result_at")
    ]


def month_of(day: date) -> date:
    """First day of its month."""
    return day.replace(day=1)


def _us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


_FEATURES = """
insert into observations_featureseries (city_id, feature_id, datastream_id)
select distinct o.city_id, f.id, d.id from observations_observation o
  join observations_featureofinterest f on f.id = o.feature_id join observations_datastream d on d.id = o.datastream_id
where o.city_id = %s and o.feature_id is not null and o.at >= %s and o.at < %s on conflict do nothing
"""


def _enter(city_id: int, written: Written) -> None:
    """The file counts from now on, and those it replaces do not."""
    file = written.file
    with connection.cursor() as cursor:
        cursor.execute(_FEATURES, [city_id, midnight(file.begins), midnight(file.ends)])
    for series, count in written.lost.items():
        SeriesState.objects.filter(datastream_id=series).update(count=Greatest(0, F("count") - count))
    old = HistoryFile.objects.filter(
        city_id=city_id, replaced_at=None, begins__gte=file.begins, ends__lte=file.ends
    )
    generation = int(Path(file.path).stem.rpartition("-")[2])
    old.update(replaced_at=timezone.now(), is_registered=False)
    HistoryFile.objects.create(
        city_id=city_id,
        begins=file.begins,
        ends=file.ends,
        generation=generation,
        path=file.path,
        rows=file.rows,
        bytes=file.bytes,
    )


def _take_out(city_id: int, begins: date, ends: date, *, but: date | None = None) -> None:
    """What stands in the file now goes out of the hot table; not the day `but`, whose part is dropped as a whole."""
    span = {"at__gte": midnight(begins), "at__lt": midnight(ends)}
    if but is None or (begins, ends) != (but, but + timedelta(days=1)) or not _has_part(but):
        Observation.objects.filter(city_id=city_id, **span).delete()
    RemovedObservation.objects.filter(city_id=city_id, **span).delete()


def _has_part(day: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [f"observations_observation_{day:%Y%m%d}"])
        return bool(cursor.fetchone()[0])


def _stop_writers() -> None:
    """Wait until every write under way has ended, and let none begin before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITING_LOCK])


def spans_to_roll(today: date) -> Sequence[date]:
    """Days that have a part of their own and are over for long enough, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select right(relname, 8) from pg_class where relname ~ '^observations_observation_[0-9]{8}$' and relkind = 'r'"
        )
        days = [datetime.strptime(name, "%Y%m%d").replace(tzinfo=UTC).date() for (name,) in cursor.fetchall()]
    return sorted(day for day in days if day < today - timedelta(days=HOT_DAYS))
