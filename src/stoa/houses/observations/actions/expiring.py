# SPDX-License-Identifier: EUPL-1.2
"""How long single values are kept: said by groups for their series, and carried out every night.

What lies in the hot table goes the night after its time is over. What lies in the lake goes with its month: as soon
as a whole month is over, its file is written without the values. Buckets of time stay for ever.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.models import Datastream, HistoryFile, SeriesGroup, SeriesState
from stoa.houses.observations.queries.groups import series_in

AT_ONCE = 200_000


def keep_by_groups(city: City, freed: Collection[int] = ()) -> int:
    """Have every series keep its values as long as the strictest of its groups says; says how many changed.

    `freed`: series whose group says nothing any more; they keep their values for ever unless another one says it.
    """
    wanted: dict[int, int | None] = dict.fromkeys(freed)
    for group in SeriesGroup.objects.filter(city=city, keep_days__isnull=False):
        for pk in series_in(group).values_list("pk", flat=True):
            known = wanted.get(pk)
            wanted[pk] = group.keep_days if known is None else min(known, group.keep_days or known)
    changed = 0
    for days in set(wanted.values()):
        listed = [pk for pk, told in wanted.items() if told == days]
        found = Datastream.objects.filter(city=city, pk__in=listed).exclude(keep_days=days)
        if days is None:
            found = Datastream.objects.filter(city=city, pk__in=listed, keep_days__isnull=False)
        changed += found.update(keep_days=days, modified_at=timezone.now())
    if changed:
        mark_files(city, timezone.now().date())
    return changed


def mark_files(city: City, today: date) -> None:
    """Files that hold values whose time is over already are written anew at night, however young they are."""
    limits = Datastream.objects.filter(city=city, keep_days__isnull=False).order_by("keep_days")
    for days, first in limits.values_list("keep_days", "state__first_at"):
        if first is not None:
            HistoryFile.objects.filter(
                city=city,
                replaced_at=None,
                ends__gt=first.date(),
                ends__lte=(today - timedelta(days=days or 0)).replace(day=1),
            ).update(is_stale=True)


def over_before(keep_days: int, today: date) -> datetime:
    """Single values before this moment are kept no more: a midnight (UTC)."""
    return datetime.combine(today - timedelta(days=keep_days), time(), tzinfo=UTC)


_EXPIRE = """
with over as (
  select o.datastream_id, o.at, o.result_at from observations_observation o
  where o.city_id = %s and o.datastream_id = any(%s) and o.at < %s
    and not exists (select from observations_dirtybucket d where d.datastream_id = o.datastream_id
      and d.width = 1 and d.start = date_trunc('hour', o.at, 'UTC'))
  limit %s
), gone as (
  delete from observations_observation o using over v
  where o.datastream_id = v.datastream_id and o.at = v.at and o.result_at = v.result_at returning o.datastream_id
)
select datastream_id, count(*) from gone group by 1
"""
"""Values whose hour is to be counted still wait for that."""


def expire_hot(city: City, today: date) -> int:
    """Take out of the hot table what is kept no longer; says how many values. Killed anywhere, it goes on next time."""
    with acting_in(city):
        kept = Datastream.objects.filter(city=city, keep_days__isnull=False).values_list("keep_days", "pk")
        limits: dict[int, list[int]] = {}
        for days, pk in kept:
            limits.setdefault(days or 0, []).append(pk)
    count = 0
    for days, listed in sorted(limits.items()):
        while gone := _expire(city, listed, over_before(days, today)):
            count += gone
    return count


def _expire(city: City, listed: list[int], before: datetime) -> int:
    """One portion, in one transaction with the counts of the series."""
    with acting_in(city), connection.cursor() as cursor:
        cursor.execute("select observations_enter()")
        cursor.execute(_EXPIRE, [city.pk, listed, before, AT_ONCE])
        gone = cursor.fetchall()
        for series, lost in gone:
            SeriesState.objects.filter(datastream_id=series).update(count=Greatest(0, F("count") - lost))
    return sum(lost for _, lost in gone)
