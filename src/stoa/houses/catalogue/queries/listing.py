# SPDX-License-Identifier: EUPL-1.2
"""The published catalogue as lists for other catalogues and readers: pages of it, its state, its latest changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, DateTimeField, F, Max, Min
from django.db.models.functions import Coalesce, Greatest

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.terms import State


def published(city: City, principal: Principal, department: str = "") -> DatasetQuerySet:
    """Published datasets that this principal may know of, of a department with those below it (no query yet)."""
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    if department:
        paths = Department.objects.filter(city=city, slug=department).values_list("path", flat=True)[:1]
        path = next(iter(paths), None)
        hits = hits.none() if path is None else hits.filter(department__path__startswith=path)
    return hits


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """How the published catalogue stands."""

    count: int
    changed_at: datetime | None
    """When a description or content last changed."""
    began_at: datetime | None
    """When the first of its datasets was published."""
    hvd_categories: tuple[str, ...]
    """Categories of high-value datasets in it."""


def state_of(*, city: City, principal: Principal, department: str = "") -> CatalogueState:
    """Count, latest change and high-value categories (two queries, one more for a department)."""
    hits = published(city, principal, department)
    changed = Greatest("updated_at", "described_at", "published_at", output_field=DateTimeField())
    found = hits.aggregate(n=Count("pk"), changed=Max(changed), began=Min("published_at"))
    categories = hits.exclude(hvd_category="").order_by("hvd_category").values_list("hvd_category", flat=True)
    return CatalogueState(found["n"], found["changed"], found["began"], tuple(categories.distinct()))


def page_of(*, city: City, principal: Principal, offset: int, size: int) -> Sequence[Dataset]:
    """Published datasets, oldest first, some of them (one query, three more where some were harvested)."""
    hits = published(city, principal).select_related("department", "current").order_by("pk")
    return with_origins(list(hits[offset : offset + size]))


def changes_of(
    *, city: City, principal: Principal, department: str = "", slug: str = "", most: int = 50
) -> list[Version]:
    """The newest versions of published datasets, newest first (one query, one more for a department)."""
    hits = published(city, principal, department)
    if slug:
        hits = hits.filter(slug=slug)
    versions = Version.objects.filter(
        dataset__in=hits, number__gte=F("dataset__readable_from")
    ).select_related("dataset__department")
    return list(versions.order_by("-made_at", "-pk")[:most])


def slugs_with_days(
    *, city: City, principal: Principal, offset: int, most: int
) -> list[tuple[str, datetime]]:
    """Short names and days of the latest change, oldest first (one query)."""
    changed = Coalesce(Greatest("updated_at", "described_at", "published_at"), "created_at")
    hits = published(city, principal).annotate(changed=changed).order_by("pk")
    return list(hits.values_list("slug", "changed")[offset : offset + most])
