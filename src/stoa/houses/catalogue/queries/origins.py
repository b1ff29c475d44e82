# SPDX-License-Identifier: EUPL-1.2
"""Where all the data of a city comes from: its departments, and other catalogues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset, HarvestSource
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.terms import HarvestKind, State


@dataclass(frozen=True, slots=True)
class OtherCatalogue:
    """Another catalogue whose datasets this reader finds here."""

    title: str
    url: str
    """Empty where it is a folder on the server."""
    datasets: int
    looked_at: datetime | None


def _published(city: City, principal: Principal) -> DatasetQuerySet:
    return Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)


def other_catalogues(*, city: City, principal: Principal) -> list[OtherCatalogue]:
    """Those with at least one dataset that this reader may find, the largest first (one query)."""
    lines = (
        HarvestSource.objects.filter(city=city, harvested__dataset__in=_published(city, principal))
        .values("title", "url", "kind", "looked_at")
        .annotate(n=Count("harvested__dataset"))
        .order_by("-n", "title")
    )
    return [
        OtherCatalogue(
            one["title"], "" if one["kind"] == HarvestKind.FOLDER else one["url"], one["n"], one["looked_at"]
        )
        for one in lines
    ]


def last_update(*, city: City, principal: Principal) -> datetime | None:
    """When any of the datasets that this reader may find last changed (one query)."""
    found: datetime | None = _published(city, principal).aggregate(at=Max("updated_at"))["at"]
    return found


def example_of(*, city: City, has_map: bool) -> Dataset | None:
    """An open dataset with rows of our own, newest first, that examples may speak of (one query)."""
    open_ones = Dataset.objects.filter(
        city=city, state=State.PUBLISHED, access="open", is_remote=False, rows__gt=0
    )
    return (open_ones.filter(has_map=True) if has_map else open_ones).order_by("-updated_at", "pk").first()
