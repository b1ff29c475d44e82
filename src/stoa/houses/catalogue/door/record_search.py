# SPDX-License-Identifier: EUPL-1.2
"""The catalogue as a list of records that can be searched by words, place and time, page after page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.cards import DatasetCard
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.queries.datasets import dataset_for
from stoa.houses.catalogue.queries.search import with_words
from stoa.houses.catalogue.terms import State

MOST_TERMS = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; what has no place or no time belongs to every place and time."""

    terms: Sequence[str] = ()
    """Words; those of one term must all be there, one term of several is enough."""
    slugs: Collection[str] = ()
    """Empty: all."""
    box: Box | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """One page of them."""

    cards: tuple[DatasetCard, ...]
    total: int
    next_after: int | None
    """Where the next page begins; None on the last."""


def search(*, city: City, by: Principal, wanted: Wanted, limit: int, after: int = 0) -> Records:
    """Published datasets that this principal may know of, oldest first (two queries)."""
    hits = _chosen(Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(by), city, wanted)
    page = list(hits.filter(pk__gt=after).select_related("department", "current").order_by("pk")[: limit + 1])
    shown = page[:limit]
    cards = tuple(DatasetCard.of(dataset) for dataset in shown)
    return Records(cards, hits.count(), shown[-1].pk if len(page) > limit else None)


def record(*, city: City, by: Principal, slug: str) -> DatasetCard:
    """One published or retired dataset as it may be described (one query); else `NotFound`."""
    found = dataset_for(city=city, principal=by, slug=slug)
    if found.state not in {State.PUBLISHED, State.RETIRED}:
        raise NotFound("record", slug)
    return DatasetCard.of(found)


def _chosen(hits: DatasetQuerySet, city: City, wanted: Wanted) -> DatasetQuerySet:
    terms = [term for term in wanted.terms if term.strip()][:MOST_TERMS]
    if terms:
        having = Q()
        for term in terms:
            found = with_words(Dataset.objects.filter(city=city), term, list(city.languages))
            having |= Q(pk__in=found.values("pk"))
        hits = hits.filter(having)
    if wanted.slugs:
        hits = hits.filter(slug__in=wanted.slugs)
    if wanted.box:
        hits = hits.filter(Q(box=None) | _within(wanted.box))
    if wanted.since:
        hits = hits.filter(Q(period_to=None) | Q(period_to__gte=wanted.since))
    if wanted.until:
        hits = hits.filter(Q(period_from=None) | Q(period_from__lte=wanted.until))
    return hits


def _within(box: Box) -> Q:
    parts = [box]
    if box.west > box.east:
        parts = [Box(box.west, box.south, 180, box.north), Box(-180, box.south, box.east, box.north)]
    found = Q()
    for part in parts:
        found |= Q(
            box__0__lte=part.east, box__1__lte=part.north, box__2__gte=part.west, box__3__gte=part.south
        )
    return found
