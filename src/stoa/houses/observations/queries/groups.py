# SPDX-License-Identifier: EUPL-1.2
"""Groups of series: which series are in one, in which groups a series is, and what could be a group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream, SeriesGroup
from stoa.houses.observations.models.series import DatastreamQuerySet
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.grouping import Member
from stoa.houses.observations.terms import Access, GroupKind, ResultType

OFFERED_MOST = 50
CHOOSABLE_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A property of a department that is no group yet."""

    department: Department
    property_id: int
    property: str
    series: int


def series_in(group: SeriesGroup) -> DatastreamQuerySet:
    """The series that are in a group at this moment, whoever may see them."""
    found: DatastreamQuerySet = Datastream.objects.filter(
        city_id=group.city_id, thing__department_id=group.department_id
    )
    if group.kind == GroupKind.PROPERTY:
        return found.filter(observed_property_id=group.observed_property_id)
    if group.kind == GroupKind.THINGS:
        return found.filter(thing__types__contains=[group.entity_type])
    return found.filter(grouped__group=group)


def members_of(group: SeriesGroup) -> list[Member]:
    """The series of a group as its dataset tells of them, in the order of the table; one query."""
    found = series_in(group).select_related("thing", "observed_property")
    return [_member(one) for one in found.order_by("thing__name", "observed_property__name", "name", "pk")]


def _member(series: Datastream) -> Member:
    longitude, latitude = _middle(series.thing.place, series.thing.box)
    return Member(
        series.pk,
        str(series.uid),
        series.thing.name,
        series.observed_property.name,
        series.unit_symbol or series.unit_name,
        longitude,
        latitude,
        ResultType.JSON if series.multi else series.result_type,
        Access.INTERNAL not in {series.access, series.thing.access},
    )


def _middle(place: Any, box: Any) -> tuple[float | None, float | None]:
    """A point itself; of anything else the middle of its extent."""
    if isinstance(place, dict) and place.get("type") == "Point":
        longitude, latitude = place["coordinates"][:2]
        return float(longitude), float(latitude)
    if box is None:
        return None, None
    west, south, east, north = box
    return (west + east) / 2, (south + north) / 2


def openness(city_id: int, series: Iterable[int]) -> dict[int, bool]:
    """Of each of these series that there still is, whether everybody may read it; one query."""
    found = Datastream.objects.filter(city_id=city_id, pk__in=list(series))
    return {
        pk: Access.INTERNAL not in {own, thing}
        for pk, own, thing in found.values_list("pk", "access", "thing__access")
    }


def groups_for(*, city: City, by: Principal) -> list[SeriesGroup]:
    """The groups that this person looks after; one query."""
    found = SeriesGroup.objects.filter(city=city).changeable_by(by)
    return list(found.select_related("department", "observed_property").order_by("department__path", "pk"))


def group_for(*, city: City, by: Principal, uid: UUID) -> SeriesGroup:
    """One of them; else `NotFound`. One query."""
    found = SeriesGroup.objects.filter(city=city, uid=uid).changeable_by(by)
    group = found.select_related("department", "observed_property", "city").first()
    if group is None:
        raise NotFound("group", str(uid))
    return group


def groups_of(series: Datastream) -> list[SeriesGroup]:
    """The groups with a dataset that a series is in; one query. `series.thing` is there already."""
    thing = series.thing
    mine = (
        Q(kind=GroupKind.PROPERTY, observed_property=series.observed_property_id)
        | Q(kind=GroupKind.THINGS, entity_type__in=thing.types)
        | Q(kind=GroupKind.CHOSEN, chosen__datastream=series)
    )
    found = SeriesGroup.objects.filter(mine, city_id=series.city_id, department_id=thing.department_id)
    return list(found.exclude(dataset="").distinct().order_by("pk"))


def due_groups(city: City, since: datetime) -> list[int]:
    """Numbers of the groups that nobody has looked at since then; one query."""
    found = SeriesGroup.objects.filter(Q(tried_at=None) | Q(tried_at__lt=since), city=city)
    return list(found.order_by("pk").values_list("pk", flat=True))


def offers_for(*, city: City, by: Principal) -> list[Offer]:
    """Properties of this person's departments that are no group yet, those of most series first; three queries."""
    taken = set(
        SeriesGroup.objects.filter(city=city, kind=GroupKind.PROPERTY).values_list(
            "department_id", "observed_property_id"
        )
    )
    found = (
        Datastream.objects.filter(city=city)
        .filter(of_departments(by, Permission.CHANGE_THING, "thing__department_id"))
        .values_list("thing__department_id", "observed_property_id", "observed_property__name")
        .annotate(series=Count("pk"))
        .order_by("-series", "observed_property__name")
    )
    departments = Department.objects.in_bulk({row[0] for row in found})
    return [
        Offer(departments[department], prop, name, series)
        for department, prop, name, series in found
        if (department, prop) not in taken
    ][:OFFERED_MOST]


def kinds_of_things(*, city: City, by: Principal) -> list[str]:
    """The entity types of the things of this person's departments; one query."""
    found: QuerySet[Any] = Datastream.objects.filter(city=city).filter(
        of_departments(by, Permission.CHANGE_THING, "thing__department_id")
    )
    return sorted(
        {kind for types in found.values_list("thing__types", flat=True).distinct() for kind in types}
    )


def choosable(*, city: City, by: Principal) -> list[Datastream]:
    """The series of this person's departments by name, at most a thousand; one query."""
    found = Datastream.objects.filter(city=city).filter(
        of_departments(by, Permission.CHANGE_THING, "thing__department_id")
    )
    return list(
        found.select_related("thing", "observed_property").order_by("thing__name", "name", "pk")[
            :CHOOSABLE_MOST
        ]
    )


def properties_for(*, city: City, by: Principal) -> list[tuple[int, str]]:
    """The properties that this person's departments measure; one query."""
    found = Datastream.objects.filter(city=city).filter(
        of_departments(by, Permission.CHANGE_THING, "thing__department_id")
    )
    named = found.values_list("observed_property_id", "observed_property__name").distinct()
    return sorted(named, key=lambda one: one[1].casefold())
