# SPDX-License-Identifier: EUPL-1.2
"""Things and their series for pages: lists with filters, one thing with all about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Collate

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream, Device, HistoricalLocation, ObservedProperty, Thing
from stoa.houses.observations.models.series import DatastreamQuerySet
from stoa.houses.observations.queries.now import SeriesNow, listed

TEXT_MOST = 100
SERIES_MOST = 500
FILTERS_MOST = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for among series."""

    text: str = ""
    observed_property: int | None = None
    department: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A page of series, how many there are in all, and how many for each filter."""

    series: list[SeriesNow]
    total: int
    by_property: list[tuple[int, str, int]]
    by_department: list[tuple[str, Any, int]]


def find(*, city: City, by: Principal, asked: Asked, size: int) -> Found:
    """Series by the names of their things, with the figures of the filters; four queries."""
    everything = _by_words(Datastream.objects.filter(city=city).visible_to(by), asked.text)
    of_property = Q(observed_property=asked.observed_property) if asked.observed_property else Q()
    of_department = Q(thing__department__slug=asked.department) if asked.department else Q()
    # By bytes, as the index has it: readers of a list of thousands use the search.
    in_order = everything.filter(of_property, of_department).order_by(Collate("thing__name", "C"), "pk")
    total, by_property, by_department = _figures(city, everything, asked)
    return Found(listed(in_order, size, (asked.page - 1) * size), total, by_property, by_department)


def _figures(
    city: City, everything: DatastreamQuerySet, asked: Asked
) -> tuple[int, list[tuple[int, str, int]], list[tuple[str, Any, int]]]:
    """How many there are, and how many for each filter: counted once for all three; three queries."""
    departments = {pk: (slug, name) for pk, slug, name in _departments(city)}
    properties: Counter[int] = Counter()
    slugs: Counter[str] = Counter()
    total = 0
    counted = everything.order_by().values_list("observed_property", "thing__department")
    for of_property, department, many in counted.annotate(n=Count("pk")):
        slug = departments[department][0]
        is_property = asked.observed_property in {None, of_property}
        is_department = asked.department in {"", slug}
        properties[of_property] += many * is_department
        slugs[slug] += many * is_property
        total += many * is_property * is_department
    names = dict(ObservedProperty.objects.filter(city=city, pk__in=+properties).values_list("pk", "name"))
    titles = dict(departments.values())
    by_property = sorted(
        ((pk, names[pk], n) for pk, n in (+properties).items()), key=lambda one: (-one[2], one[1])
    )
    by_department = sorted(
        ((slug, titles[slug], n) for slug, n in (+slugs).items()), key=lambda one: (-one[2], one[0])
    )
    return total, by_property[:FILTERS_MOST], by_department[:FILTERS_MOST]


def _departments(city: City) -> Any:
    return Department.objects.filter(city=city).values_list("pk", "slug", "name")


def _by_words(found: DatastreamQuerySet, text: str) -> DatastreamQuerySet:
    for word in text[:TEXT_MOST].split()[:6]:
        found = found.filter(
            Q(thing__name__icontains=word)
            | Q(name__icontains=word)
            | Q(observed_property__name__icontains=word)
        )
    return found


def thing_of(*, city: City, by: Principal, uid: UUID) -> Thing:
    """One thing with its department; else `NotFound`. One query."""
    found = Thing.objects.filter(city=city, uid=uid).visible_to(by).select_related("department").first()
    if found is None:
        raise NotFound("thing", str(uid))
    return found


def series_of_thing(*, thing: Thing, by: Principal) -> list[SeriesNow]:
    """What of it is observed, by name; one query."""
    visible = Datastream.objects.filter(city_id=thing.city_id, thing=thing).visible_to(by)
    return listed(visible.order_by("name", "pk"), SERIES_MOST)


def places_of(*, thing: Thing) -> list[tuple[datetime, str]]:
    """From when on it stood where, newest first; one query."""
    found = HistoricalLocation.objects.filter(thing=thing).order_by("-time", "-pk")
    return [*found.values_list("time", F("locations__name"))[:50]]


def devices_of(*, thing: Thing, by: Principal) -> list[Device]:
    """What sends for it, for whoever may set it up; one query."""
    return [*Device.objects.filter(thing=thing).visible_to(by).order_by("name", "pk")[:20]]
