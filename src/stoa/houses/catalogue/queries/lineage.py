# SPDX-License-Identifier: EUPL-1.2
"""What a dataset is made from, and what is made from it."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset, SavedQuery
from stoa.houses.catalogue.terms import State


@dataclass(frozen=True, slots=True)
class LineageOf:
    """The neighbours of a dataset that this reader may know of."""

    statement: str
    """The question that it answers; empty: it was brought in."""
    made_from: tuple[Dataset, ...]
    used_by: tuple[Dataset, ...]
    saved: SavedQuery | None = None


def lineage_of(*, dataset: Dataset, principal: Principal) -> LineageOf:
    """Sources and what is made of it, published ones that may be known of (three queries)."""
    known = Dataset.objects.filter(city_id=dataset.city_id, state__in=[State.PUBLISHED, State.RETIRED])
    seen = known.visible_to(principal).order_by("sort_key", "pk")
    saved = SavedQuery.objects.filter(dataset=dataset).first()
    sources = tuple(seen.filter(used_by__dataset=dataset).distinct()) if saved else ()
    return LineageOf(
        saved.statement if saved else "",
        sources,
        tuple(seen.filter(made_from__source=dataset).distinct()[:50]),
        saved,
    )
