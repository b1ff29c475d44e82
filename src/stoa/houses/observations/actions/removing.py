# SPDX-License-Identifier: EUPL-1.2
"""Removing observations, with everything that was counted from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.actions.keeping import psycopg_connection
from stoa.houses.observations.actions.writing import enter, mark_hours
from stoa.houses.observations.models import Observation, RemovedObservation, SeriesState
from stoa.houses.observations.queries.history import in_lake, readings
from stoa.houses.observations.queries.series_facts import series_by_id
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.ids import Key
from stoa.houses.observations.rules.instants import hour_of, moment_of, us_of
from stoa.houses.observations.rules.judging import Series
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import NO_RESULT_TIME

Gone = tuple[int, int, int, bool, int]
"""Series, city, phenomenon time, whether it was a number, result time."""

LAST_MOMENT = datetime(9999, 12, 31, tzinfo=UTC)
_GONE = " returning o.datastream_id, o.city_id, o.at, o.number is not null, o.result_at"


@transaction.atomic
def remove_observations(*, city: City, by: Principal, keys: Sequence[Key]) -> int:
    """Remove single observations; says how many there were. Unknown ones are passed over."""
    with packing_cursor_of() as cursor:
        _allowed(cursor, {key.series for key in keys}, by)
        _lock_states(cursor, {key.series for key in keys})
        cursor.execute(
            "delete from observations_observation o using unnest(%s, %s, %s) g(s, a, r)"
            f" where o.datastream_id = g.s and o.at = g.a and o.result_at = g.r{_GONE}",
            [
                pk.wholes([key.series for key in keys]),
                pk.moments([key.at for key in keys]),
                pk.moments([key.result_at for key in keys]),
            ],
        )
        gone = cursor.fetchall()
        wanted = {(key.series, key.at, key.result_at) for key in keys}
        rolled = _hide_rolled(city, [(series, at, at + 1) for series, at, _ in sorted(wanted)], wanted)
        return _account_for(cursor, [*gone, *rolled], city, by)


@transaction.atomic
def remove_series_observations(
    *,
    city: City,
    by: Principal,
    series: Sequence[int],
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Remove all observations of these series from `since` on and before `until`; says how many there were."""
    with packing_cursor_of() as cursor:
        _allowed(cursor, set(series), by)
        _lock_states(cursor, set(series))
        cursor.execute(
            "delete from observations_observation o where o.datastream_id = any(%s)"
            " and (%s::timestamptz is null or o.at >= %s::timestamptz)"
            f" and (%s::timestamptz is null or o.at < %s::timestamptz){_GONE}",
            [pk.wholes(sorted(set(series))), since, since, until, until],
        )
        begin, end = us_of(since or NO_RESULT_TIME), us_of(until or LAST_MOMENT)
        rolled = _hide_rolled(city, [(one, begin, end) for one in sorted(set(series))])
        return _account_for(cursor, [*cursor.fetchall(), *rolled], city, by)


@transaction.atomic
def remove_observations_of_feature(*, city: City, by: Principal, feature: int) -> int:
    """Remove all observations that speak of a feature of interest; says how many there were."""
    with packing_cursor_of() as cursor:
        enter(cursor)
        cursor.execute(
            "select distinct datastream_id from observations_observation where city_id = %s and feature_id = %s",
            [city.pk, feature],
        )
        series = {found[0] for found in cursor.fetchall()}
        _allowed(cursor, series, by)
        _lock_states(cursor, series)
        cursor.execute(
            f"delete from observations_observation o where o.city_id = %s and o.feature_id = %s{_GONE}",
            [city.pk, feature],
        )
        return _account_for(cursor, cursor.fetchall(), city, by)


def _hide_rolled(
    city: City, spans: Iterable[tuple[int, int, int]], only: Collection[tuple[int, int, int]] | None = None
) -> list[Gone]:
    """Have nobody read what lies in the lake in these spans of series; files are written without it at night."""
    hidden = [
        row
        for series, begin, end in spans
        for row in in_lake(city_id=city.pk, series=series, since=moment_of(begin), until=moment_of(end))
        if only is None or (row.series, us_of(row.at), us_of(row.result_at)) in only
    ]
    RemovedObservation.objects.bulk_create(
        (
            RemovedObservation(city=city, datastream_id=row.series, at=row.at, result_at=row.result_at)
            for row in hidden
        ),
        batch_size=5_000,
        ignore_conflicts=True,
    )
    return [
        (row.series, city.pk, us_of(row.at), row.number is not None, us_of(row.result_at)) for row in hidden
    ]


def _show_latest_of_lake(city: City, series: Sequence[int]) -> None:
    """The latest of a series that has rows in the lake may be one of these."""
    hot = Observation.objects.filter(datastream_id=OuterRef("pk")).order_by().values("datastream_id")
    rolled = SeriesState.objects.filter(city=city, pk__in=series).annotate(
        hot=Coalesce(Subquery(hot.annotate(rows=Count("*")).values("rows")), 0)
    )
    for state in rolled.filter(count__gt=F("hot")):
        found = readings(
            city_id=city.pk,
            series=[state.pk],
            since=NO_RESULT_TIME,
            until=LAST_MOMENT,
            most=1,
            newest_first=True,
        )
        for latest in found:
            SeriesState.objects.filter(pk=state.pk).update(
                at=latest.at,
                result_at=latest.result_at,
                until=latest.until,
                number=latest.number,
                text=latest.text,
                json=latest.json,
                quality=latest.quality,
                received_at=latest.received_at,
                last_until=Greatest(F("last_until"), latest.until or latest.at),
            )


def packing_cursor_of() -> psycopg.Cursor[Any]:
    return pk.packing_cursor(psycopg_connection())


def _allowed(cursor: psycopg.Cursor[Any], series: set[int], by: Principal) -> None:
    known: dict[int, Series] = series_by_id(cursor, series)
    for number in sorted(series):
        found = known.get(number)
        if found is None:
            raise NotFound("datastream", str(number))
        if not by.may(Permission.DELETE_OBSERVATION, found.department):
            if not (found.is_open or by.may(Permission.SEE_INTERNAL, found.department)):
                raise NotFound("datastream", str(number))
            raise Refused(problem_of("observations.removal_not_allowed", {}))


def _lock_states(cursor: psycopg.Cursor[Any], series: set[int]) -> None:
    """Writers of these series wait from here on, in the order in which they lock states too."""
    enter(cursor)
    cursor.execute(
        "select from observations_seriesstate where datastream_id = any(%s) order by datastream_id for update",
        [pk.wholes(sorted(series))],
    )


_STATE = """
with g as (select * from unnest(%(series)s, %(n)s) as g(series, n)),
f as (
  select g.series, count(o.at) as hot, min(o.at) as first_at, max(coalesce(o.until, o.at)) as last_until,
    min(o.result_at) filter (where o.result_at <> %(none)s) as first_result_at,
    max(o.result_at) filter (where o.result_at <> %(none)s) as last_result_at
  from g left join observations_observation o on o.datastream_id = g.series group by g.series
),
l as (
  select g.series, g.n, o.* from g left join lateral (
    select at, result_at, until, number, text, json, quality, received_at from observations_observation o
    where o.datastream_id = g.series order by at desc, result_at desc limit 1) o on true
)
update observations_seriesstate s set
  count = greatest(0, s.count - l.n),
  first_at = case when s.count - l.n > f.hot then s.first_at else f.first_at end,
  first_result_at = case when s.count - l.n > f.hot then s.first_result_at else f.first_result_at end,
  last_until = case when s.count - l.n > f.hot then coalesce(f.last_until, s.last_until) else f.last_until end,
  last_result_at =
    case when s.count - l.n > f.hot then coalesce(f.last_result_at, s.last_result_at) else f.last_result_at end,
  at = l.at, result_at = l.result_at, until = l.until, number = l.number, text = l.text, json = l.json,
  quality = coalesce(l.quality, 2), received_at = l.received_at
from l, f where s.datastream_id = l.series and f.series = l.series
"""
"""What lies in the lake (there are more than are here) keeps the first; for the latest see below."""


def _account_for(cursor: psycopg.Cursor[Any], gone: Iterable[Gone], city: City, by: Principal) -> int:
    listed = list(gone)
    counts = Counter(one[0] for one in listed)
    if counts:
        series = sorted(counts)
        told = {
            "series": pk.wholes(series),
            "n": pk.wholes([counts[one] for one in series]),
            "none": NO_RESULT_TIME,
        }
        cursor.execute(_STATE, told)
        _show_latest_of_lake(city, series)
        mark_hours(cursor, [(one[0], hour_of(one[2]), one[1]) for one in listed if one[3]])
        record(
            city_id=city.pk,
            by=by,
            verb="observations.removed",
            thing="datastream",
            thing_id=",".join(str(one) for one in series[:20]),
            facts={"count": len(listed), "series": len(series)},
        )
    return len(listed)
