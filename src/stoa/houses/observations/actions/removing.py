# SPDX-License-Identifier: EUPL-1.2
"""Removing observations, with everything that was counted from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.history.reading import Sought
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.actions.hiding import Hidden, Look, hide, look_for
from stoa.houses.observations.actions.keeping import psycopg_connection
from stoa.houses.observations.actions.writing import enter, mark_hours
from stoa.houses.observations.models import Observation, SeriesState
from stoa.houses.observations.queries.history import LAST_MOMENT, in_lake, newest
from stoa.houses.observations.queries.series_facts import series_by_id
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.ids import Key
from stoa.houses.observations.rules.instants import hour_of
from stoa.houses.observations.rules.judging import Series
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import NO_RESULT_TIME

Latest = dict[int, tuple[int | None, int | None]]
"""Phenomenon time and result time of the latest by series."""

_GONE = " returning o.datastream_id, o.city_id, o.at, o.number is not null, o.result_at"


@transaction.atomic
def remove_observations(*, city: City, by: Principal, keys: Sequence[Key]) -> int:
    """Remove single observations; says how many there were. Unknown ones are passed over."""
    if not keys:
        return 0
    wanted, series = list(set(keys)), {key.series for key in keys}
    with packing_cursor_of() as cursor:
        _allowed(cursor, series, by)
        look = look_for(city.pk, wanted)
        latest = _lock_states(cursor, series)
        cursor.execute(
            "delete from observations_observation o using unnest(%s, %s, %s) g(s, a, r)"
            f" where o.datastream_id = g.s and o.at = g.a and o.result_at = g.r{_GONE}",
            [
                pk.wholes([key.series for key in wanted]),
                pk.moments([key.at for key in wanted]),
                pk.moments([key.result_at for key in wanted]),
            ],
        )
        gone = [*cursor.fetchall(), *hide(cursor, city.pk, look)]
        return _account_for(cursor, gone, latest, city, by)


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
    sought = Sought(since or NO_RESULT_TIME, until or LAST_MOMENT, series=sorted(set(series)))
    with packing_cursor_of() as cursor:
        _allowed(cursor, set(series), by)
        look = Look(sought, in_lake(city.pk, sought))
        latest = _lock_states(cursor, set(series))
        cursor.execute(
            "delete from observations_observation o where o.datastream_id = any(%s)"
            " and (%s::timestamptz is null or o.at >= %s::timestamptz)"
            f" and (%s::timestamptz is null or o.at < %s::timestamptz){_GONE}",
            [pk.wholes(sorted(set(series))), since, since, until, until],
        )
        gone = [*cursor.fetchall(), *hide(cursor, city.pk, look)]
        return _account_for(cursor, gone, latest, city, by)


@transaction.atomic
def remove_observations_of_feature(*, city: City, by: Principal, feature: int) -> int:
    """Remove all observations that were told to speak of a feature of interest; says how many there were."""
    sought = Sought(NO_RESULT_TIME, LAST_MOMENT, feature=feature)
    with packing_cursor_of() as cursor:
        cursor.execute(
            "select distinct datastream_id from observations_observation where city_id = %s and feature_id = %s",
            [city.pk, feature],
        )
        hot = {found[0] for found in cursor.fetchall()}
        look = Look(sought, in_lake(city.pk, sought))
        series = hot | set(series_by_id(cursor, {one.key.datastream_id for one in look.seen.found}))
        _allowed(cursor, series, by)
        latest = _lock_states(cursor, series)
        cursor.execute(
            "delete from observations_observation o where o.city_id = %s and o.feature_id = %s"
            f" and o.datastream_id = any(%s){_GONE}",
            [city.pk, feature, pk.wholes(sorted(series))],
        )
        gone = [*cursor.fetchall(), *hide(cursor, city.pk, look, only=lambda key: key.series in series)]
        return _account_for(cursor, gone, latest, city, by)


def _show_latest_of_lake(city: City, series: Sequence[int]) -> None:
    """The latest of these series, which was removed, may be one that lies in the lake."""
    hot = Observation.objects.filter(datastream_id=OuterRef("pk")).order_by().values("datastream_id")
    rolled = SeriesState.objects.filter(city=city, pk__in=series).annotate(
        hot=Coalesce(Subquery(hot.annotate(rows=Count("*")).values("rows")), 0)
    )
    for state in rolled.filter(count__gt=F("hot")):
        for latest in newest(city_id=city.pk, series=state.pk):
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


def _lock_states(cursor: psycopg.Cursor[Any], series: set[int]) -> Latest:
    """Writers of these series wait from here on, in the order in which they lock states too."""
    enter(cursor)
    cursor.execute(
        "select datastream_id, at, result_at from observations_seriesstate where datastream_id = any(%s)"
        " order by datastream_id for update",
        [pk.wholes(sorted(series))],
    )
    return {found[0]: found[1:] for found in cursor.fetchall()}


_STATE = """
with g as (select *, series = any(%(beheaded)s) as is_beheaded from unnest(%(series)s, %(n)s) as g(series, n)),
f as (
  select g.series, count(o.at) as hot, min(o.at) as first_at, max(coalesce(o.until, o.at)) as last_until,
    min(o.result_at) filter (where o.result_at <> %(none)s) as first_result_at,
    max(o.result_at) filter (where o.result_at <> %(none)s) as last_result_at
  from g left join observations_observation o on o.datastream_id = g.series group by g.series
),
l as (
  select g.series, g.n, g.is_beheaded, o.* from g left join lateral (
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
  at = case when l.is_beheaded then l.at else s.at end,
  result_at = case when l.is_beheaded then l.result_at else s.result_at end,
  until = case when l.is_beheaded then l.until else s.until end,
  number = case when l.is_beheaded then l.number else s.number end,
  text = case when l.is_beheaded then l.text else s.text end,
  json = case when l.is_beheaded then l.json else s.json end,
  quality = case when l.is_beheaded then coalesce(l.quality, 2) else s.quality end,
  received_at = case when l.is_beheaded then l.received_at else s.received_at end
from l, f where s.datastream_id = l.series and f.series = l.series
"""
"""What lies in the lake (there are more than are here) keeps the first; for the latest see below."""


def _account_for(
    cursor: psycopg.Cursor[Any], gone: Sequence[Hidden], latest: Latest, city: City, by: Principal
) -> int:
    """A correction of what lies in the lake was counted by itself, but to whoever removes it, it is one observation."""
    counts = Counter(one[0] for one in gone)
    known = {(one[0], one[2], one[4]) for one in gone}
    if counts:
        series = sorted(counts)
        beheaded = [one for one in series if (one, *latest.get(one, ())) in known]
        told = {
            "series": pk.wholes(series),
            "beheaded": pk.wholes(beheaded),
            "n": pk.wholes([counts[one] for one in series]),
            "none": NO_RESULT_TIME,
        }
        cursor.execute(_STATE, told)
        _show_latest_of_lake(city, beheaded)
        mark_hours(cursor, [(one[0], hour_of(one[2]), one[1]) for one in gone if one[3]])
        record(
            city_id=city.pk,
            by=by,
            verb="observations.removed",
            thing="datastream",
            thing_id=",".join(str(one) for one in series[:20]),
            facts={"count": len(known), "series": len(series)},
        )
    return len(known)
