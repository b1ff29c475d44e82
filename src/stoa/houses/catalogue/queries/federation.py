# SPDX-License-Identifier: EUPL-1.2
"""What is told to the publishers of what was harvested, and what other portals told us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Dataset, Harvested, Republisher, UsageDay, UsedElsewhere
from stoa.houses.catalogue.terms import Access, HarvestKind, State, UsageKind
from stoa.standards.usagereport import MOST_USES, Uses, merged

MOST_DAYS = 60


def uses_for_origin(*, city: City, origin: str, since: date) -> list[Uses]:
    """Uses by day of what was harvested from one other Stoa and is open to all (two queries).

    `origin` is how the address of that portal begins. Days that are not over, and those long ago, are left out;
    what came here by two ways is told in one line.
    """
    today = timezone.localdate()
    first = max(since, today - timedelta(days=MOST_DAYS))
    begins = origin.rstrip("/")
    from_there = Q(source__url=begins) | Q(source__url__startswith=f"{begins}/")
    names: dict[int | None, str] = dict(
        Harvested.objects.filter(
            from_there,
            city=city,
            source__kind=HarvestKind.STOA,
            dataset__state=State.PUBLISHED,
            dataset__access=Access.OPEN,
        ).values_list("dataset_id", "remote_id")
    )
    counted = UsageDay.objects.filter(city=city, day__gte=first, day__lt=today, dataset__in=names)
    summed = counted.values_list("dataset_id", "day", "kind", "program").annotate(Sum("uses"), Sum("rows"))
    return merged(
        Uses(names[dataset], day, kind, program, uses, rows)
        for dataset, day, kind, program, uses, rows in summed.order_by("day", "dataset_id")[:MOST_USES]
    )


def republishers(*, city: City) -> list[Republisher]:
    """Portals that the city accepts counts from (one query)."""
    return list(Republisher.objects.filter(city=city).order_by("title", "pk"))


def republisher_of(*, city: City, pk: int) -> Republisher:
    """One of them (one query); `NotFound` if it was never accepted."""
    found = Republisher.objects.filter(city=city, pk=pk).first()
    if found is None:
        raise NotFound("portal", str(pk))
    return found


@dataclass(frozen=True, slots=True)
class UsedThrough:
    """What one other portal made of ours in a period, map tiles left out."""

    title: str
    url: str
    people: int
    programs: int
    rows: int


def used_through(*, city: City, since: date, dataset: Dataset | None = None) -> list[UsedThrough]:
    """Sums by portal, most used first (one query)."""
    hits = UsedElsewhere.objects.filter(city=city, day__gte=since).exclude(kind=UsageKind.TILE)
    hits = hits.filter(dataset=dataset) if dataset else hits
    summed = hits.values_list("republisher__title", "republisher__url").annotate(
        people=Sum("uses", filter=Q(program=False), default=0),
        programs=Sum("uses", filter=Q(program=True), default=0),
        handed_out=Sum("rows"),
    )
    found = [UsedThrough(*line) for line in summed]
    return sorted(found, key=lambda one: (-one.people - one.programs, one.title))
