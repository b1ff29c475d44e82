# SPDX-License-Identifier: EUPL-1.2
"""The published catalogue as lists: pages of it, how it stands, what changed last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.cards import DatasetCard
from stoa.houses.catalogue.door.walking import CHUNK, walk
from stoa.houses.catalogue.queries import listing as reads
from stoa.houses.catalogue.queries.listing import CatalogueState

__all__ = ["CatalogueState", "Change", "changes", "page", "state", "stream", "whereabouts"]


def state(*, city: City, by: Principal, department: str = "") -> CatalogueState:
    """How many published datasets there are, when one last changed, which high-value categories there are."""
    return reads.state_of(city=city, principal=by, department=department)


def page(*, city: City, by: Principal, number: int, size: int) -> tuple[DatasetCard, ...]:
    """A page of the published catalogue, counted from 1, oldest datasets first; empty behind the last."""
    found = reads.page_of(city=city, principal=by, offset=(number - 1) * size, size=size)
    return tuple(DatasetCard.of(dataset) for dataset in found)


def stream(*, city: City, by: Principal) -> Iterator[DatasetCard]:
    """The whole published catalogue, oldest first, for an answer that is sent while it is read.

    Each 500 datasets in a transaction of their own: a slow reader must not keep one open. Call it from outside.
    """
    last: int = 0
    while True:
        with acting_in(city):
            chunk = list(walk(city=city, by=by, after=last, most=CHUNK))
        for last, card in chunk:  # noqa: B007 - the last number is where the next chunk begins
            yield card
        if len(chunk) < CHUNK:
            return


@dataclass(frozen=True, slots=True)
class Change:
    """A version that was published."""

    uid: UUID
    slug: str
    title: LanguageText
    description: LanguageText
    department: LanguageText
    version: int
    note: str
    """What changed, in the owner's words."""
    rows: int
    made_at: datetime


def changes(
    *, city: City, by: Principal, department: str = "", slug: str = "", most: int = 50
) -> tuple[Change, ...]:
    """The newest versions of published datasets: of all, of a department with those below it, or of one dataset."""
    found = reads.changes_of(city=city, principal=by, department=department, slug=slug, most=most)
    return tuple(
        Change(
            one.dataset.uid,
            one.dataset.slug,
            one.dataset.title,
            one.dataset.description,
            one.dataset.department.name,
            one.number,
            one.note,
            one.rows,
            one.made_at,
        )
        for one in found
    )


def whereabouts(*, city: City, by: Principal, offset: int, most: int) -> list[tuple[str, datetime]]:
    """Short name and time of the latest change of published datasets, oldest datasets first."""
    return reads.slugs_with_days(city=city, principal=by, offset=offset, most=most)
