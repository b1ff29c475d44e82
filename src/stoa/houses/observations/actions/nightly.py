# SPDX-License-Identifier: EUPL-1.2
"""What is done with history every night: days rolled, months merged, the retention rule, other engines told."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, F, Q

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.actions import expiring, registering, rolling
from stoa.houses.observations.actions.quarantining import KEPT_DAYS
from stoa.houses.observations.models import (
    Datastream,
    HistoryFile,
    Observation,
    Quarantined,
    RemovedObservation,
)
from stoa.houses.observations.rules.instants import midnight

AHEAD_DAYS = 3
"""Parts of the table are made so many days ahead, so that no observation waits for one."""


def make_days(today: date) -> int:
    """Make the parts of the days to come; returns how many were missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) filter (where observations_make_day(day::date))"
            " from generate_series(%s::date, %s::date, '1 day') day",
            [today - timedelta(days=1), today + timedelta(days=AHEAD_DAYS)],
        )
        return int(cursor.fetchone()[0])


def roll(today: date) -> list[rolling.Rolled]:
    """Roll every day that is over for long enough, oldest first."""
    return [rolling.roll_day(day) for day in rolling.spans_to_roll(today)]


def merge_months(city: City, today: date) -> list[rolling.Rolled]:
    """Make one file a month where several lie, where late rows or removals wait, or where values are kept no longer."""
    with acting_in(city):
        months = sorted(
            _unmerged(city, today) | _late(city, today) | _kept_too_long(city, today) | _stale(city)
        )
    return [rolling.merge_span(city.pk, month, _next_month(month)) for month in months]


def expire(city: City, today: date) -> int:
    """Have new series of a group keep their values as it says, and take out of the hot table what is over."""
    with acting_in(city):
        expiring.keep_by_groups(city)
    return expiring.expire_hot(city, today)


def tidy(city: City) -> None:
    """Tell other engines what changed, and clear replaced files."""
    registering.register(city.pk)
    registering.clear(city.pk)


def forget_quarantined(city: City, now: datetime) -> int:
    """Erase what was put aside and is settled, or has lain there for 30 days; returns how many."""
    with acting_in(city):
        old = Q(settled_at__isnull=False) | Q(at__lt=now - timedelta(days=KEPT_DAYS))
        return Quarantined.objects.filter(old, city=city).delete()[0]


def _unmerged(city: City, today: date) -> set[date]:
    """Months that are over for long enough and lie in several files."""
    found = (
        HistoryFile.objects.filter(city=city, replaced_at=None)
        .values(year=F("begins__year"), month=F("begins__month"))
        .annotate(files=Count("pk"))
        .filter(files__gt=1)
    )
    months = {date(row["year"], row["month"], 1) for row in found}
    return {month for month in months if _next_month(month) <= today - timedelta(days=rolling.HOT_DAYS)}


def _late(city: City, today: date) -> set[date]:
    """Months to which something came, or from which something was removed, after they were rolled."""
    before = midnight(rolling.month_of(today - timedelta(days=rolling.HOT_DAYS)))
    rows = Observation.objects.filter(city_id=city.pk, at__lt=before).dates("at", "month")
    removed = RemovedObservation.objects.filter(city=city, at__lt=before).dates("at", "month")
    return set(rows) | set(removed)


def _kept_too_long(city: City, today: date) -> set[date]:
    """Months with a series whose single values are not kept that long, and that were not written since."""
    limits = set(
        Datastream.objects.filter(city=city, keep_days__isnull=False)
        .values_list("keep_days", flat=True)
        .distinct()
    )
    files = HistoryFile.objects.filter(city=city, replaced_at=None)
    return {
        rolling.month_of(begins)
        for begins, ends, made_at in files.values_list("begins", "ends", "made_at")
        for days in limits
        if ends <= rolling.month_of(today - timedelta(days=days or 0))
        and rolling.month_of(made_at.date() - timedelta(days=days or 0)) < ends
    }


def _stale(city: City) -> set[date]:
    """Months with a series that was removed as a whole."""
    found = HistoryFile.objects.filter(city=city, replaced_at=None, is_stale=True)
    return {rolling.month_of(begins) for begins in found.values_list("begins", flat=True)}


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
