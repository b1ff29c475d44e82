# SPDX-License-Identifier: EUPL-1.2
"""All datasets one after the other, for exports of the whole catalogue: bounded memory, stable order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.cards import DatasetCard
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.terms import State

CHUNK = 500
UNTOLD = ("search", "search_text", "sort_key", "recipe", "current__recipe", "current__least_most")
"""Large columns that no card shows."""


def _published(city: City, by: Principal, department: str, changed_since: datetime | None) -> DatasetQuerySet:
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(by)
    if department:
        paths = Department.objects.filter(city=city, slug=department).values_list("path", flat=True)
        hits = hits.filter(department__path__startswith=paths[0]) if paths else hits.none()
    if changed_since is not None:
        hits = hits.filter(updated_at__gt=changed_since)
    return hits


def count(*, city: City, by: Principal, department: str = "", changed_since: datetime | None = None) -> int:
    """How many published datasets `walk` yields (one query)."""
    return _published(city, by, department, changed_since).count()


def walk(
    *,
    city: City,
    by: Principal,
    department: str = "",
    changed_since: datetime | None = None,
    after: int = 0,
    most: int | None = None,
) -> Iterator[tuple[int, DatasetCard]]:
    """Published datasets that this principal may know of, each with its number, oldest first.

    Go on `after` the last number seen; `department` includes those below it. One query for 500
    datasets, three more where some of them were harvested.
    """
    hits = _published(city, by, department, changed_since).select_related("department", "current")
    hits = hits.defer(*UNTOLD)
    left = most
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        chunk = with_origins(list(hits.filter(pk__gt=after).order_by("pk")[:size]))
        for dataset in chunk:
            yield dataset.pk, DatasetCard.of(dataset)
        if len(chunk) < size:
            return
        after = chunk[-1].pk
        left = None if left is None else left - len(chunk)


def names(*, city: City, by: Principal, offset: int = 0, limit: int | None = None) -> list[str]:
    """Short names of all published datasets in alphabetical order (one query)."""
    slugs = _published(city, by, "", None).order_by("slug").values_list("slug", flat=True)
    return list(slugs[offset : None if limit is None else offset + limit])
