# SPDX-License-Identifier: EUPL-1.2
"""Rules for the desk: lists, one rule with its alerts, series to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Alert, Datastream, Rule, RuleSeries
from stoa.houses.observations.roles import Permission

RULES_SHOWN = 500
ALERTS_SHOWN = 20
FOUND_MOST = 40


def rules_for(*, city: City, by: Principal) -> list[Rule]:
    """Rules that may be seen, by title, with `series` and `open_alerts` counted. One query.

    `unit` and `other_unit` are the same where all its series have one unit.
    """
    is_open = Q(alerts__ended_at=None, alerts__isnull=False, alerts__is_drill=False)
    found = Rule.objects.filter(city=city).visible_to(by).select_related("department")
    counted = found.annotate(
        series=Count("watched", distinct=True),
        open_alerts=Count("alerts", filter=is_open, distinct=True),
        unit=Min("watched__datastream__unit_symbol"),
        other_unit=Max("watched__datastream__unit_symbol"),
    )
    return list(counted.order_by("title", "pk")[:RULES_SHOWN])


def rule_for(*, city: City, by: Principal, uid: UUID) -> Rule:
    """A rule; else `NotFound`. One query."""
    found = (
        Rule.objects.filter(city=city, uid=uid).visible_to(by).select_related("department", "city").first()
    )
    if found is None:
        raise NotFound("rule", str(uid))
    return found


def watched_of(rule: Rule) -> list[RuleSeries]:
    """The series it watches, in the order of their letters or names. One query."""
    found = RuleSeries.objects.filter(rule=rule).select_related("datastream__thing", "rule__city")
    return list(found.order_by("letter", "datastream__thing__name", "datastream__name", "pk"))


def alerts_of(rule: Rule) -> list[Alert]:
    """Its newest alerts. One query."""
    found = Alert.objects.filter(rule=rule).select_related("datastream__thing")
    return list(found.order_by("-noticed_at", "-pk")[:ALERTS_SHOWN])


def rules_of_series(*, series: Datastream, by: Principal) -> list[Rule]:
    """Rules that watch a series, of those that may be seen. One query."""
    found = Rule.objects.filter(city_id=series.city_id, watched__datastream=series).visible_to(by)
    return list(found.order_by("title", "pk")[:ALERTS_SHOWN])


def series_named(*, city: City, by: Principal, uids: Iterable[str]) -> list[Datastream]:
    """Series by their uids, in that order; what may not be seen is left out. One query."""
    wanted = []
    for uid in uids:
        try:
            wanted.append(UUID(uid))
        except ValueError:
            continue
    found = Datastream.objects.filter(city=city, uid__in=wanted).visible_to(by).select_related("thing")
    by_uid = {one.uid: one for one in found}
    return [by_uid[uid] for uid in dict.fromkeys(wanted) if uid in by_uid]


def series_found(*, city: City, by: Principal, asked: str) -> list[Datastream]:
    """Series whose name, place or property has these words; those of one's own departments first. One query."""
    found = Datastream.objects.filter(city=city).visible_to(by).select_related("thing", "observed_property")
    for word in asked.split()[:6]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(thing__name__icontains=word)
            | Q(observed_property__name__icontains=word)
        )
    return list(found.order_by("thing__name", "name", "pk")[:FOUND_MOST])


def departments_for(*, city: City, by: Principal) -> list[Department]:
    """Departments for which this person may set up rules, in tree order. One query."""
    held = by.departments_with(Permission.KEEP_RULES)
    found = Department.objects.filter(city=city).order_by("path")
    return list(found if held is None else found.filter(pk__in=sorted(held)))
