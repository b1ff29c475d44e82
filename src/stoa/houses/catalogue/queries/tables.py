# SPDX-License-Identifier: EUPL-1.2
"""Datasets as tables of SQL: by the names that stand in a statement, and as a list to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries.rows import sees_rows
from stoa.houses.catalogue.rules.table_names import slug_candidates
from stoa.houses.catalogue.terms import State


def _published(city: City, principal: Principal) -> DatasetQuerySet:
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED, current__dropped_at=None)
    return hits.exclude(current=None).visible_to(principal).select_related("current", "department")


def datasets_by_table_name(
    *, city: City, principal: Principal, names: Sequence[str], aliases: Mapping[str, str]
) -> dict[str, Dataset]:
    """The published dataset behind each name as written whose rows may be read; unknown names are left out (one query)."""
    wanted = {name: slug_candidates(aliases.get(name, name)) for name in names}
    slugs = {slug for candidates in wanted.values() for slug in candidates}
    found = {d.slug: d for d in _published(city, principal).filter(slug__in=slugs) if sees_rows(d, principal)}
    hits = {}
    for name, candidates in wanted.items():
        slug = next((slug for slug in candidates if slug in found), None)
        if slug is not None:
            hits[name] = found[slug]
    return hits


def datasets_as_tables(
    *, city: City, principal: Principal, text: str = "", most: int = 100, only: Iterable[str] = ()
) -> list[Dataset]:
    """Published datasets whose rows may be read, by short name or keyword, open ones first come first (one query)."""
    hits = _published(city, principal)
    if slugs := list(only):
        hits = hits.filter(slug__in=slugs)
    for word in text.lower().replace("_", "-").split()[:5]:
        hits = hits.filter(search_text__contains=word) | hits.filter(slug__contains=word)
    return [d for d in hits.order_by("sort_key", "pk")[: 4 * most] if sees_rows(d, principal)][:most]
