# SPDX-License-Identifier: EUPL-1.2
"""Datasets by any condition, from any place on, with counts by field: what other catalogues' languages ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.cards import DatasetCard
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.queries import finding as reads
from stoa.houses.catalogue.queries.finding import Reach
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.queries.rows import sees_rows
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.finding import (
    ORDERS,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Everything,
    Field,
    Is,
    NoneOf,
    Words,
)

__all__ = [
    "ORDERS",
    "AllOf",
    "AnyOf",
    "Between",
    "Condition",
    "DepartmentEntry",
    "Entry",
    "Everything",
    "Field",
    "Found",
    "Is",
    "NoneOf",
    "Reach",
    "Words",
    "counts",
    "departments",
    "departments_to_fill",
    "entry",
    "entry_of_ids",
    "find",
    "names",
]

MOST_ROWS = 1000
MOST_START = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One dataset, with what a catalogue entry needs beyond its card."""

    card: DatasetCard
    rows_are_open: bool
    """To whoever asked."""
    created_at: datetime
    department_about: DepartmentEntry

    @classmethod
    def of(cls, dataset: Dataset, by: Principal) -> Entry:
        with_origins([dataset])
        department = DepartmentEntry.of(dataset.department)
        return cls(DatasetCard.of(dataset), sees_rows(dataset, by), dataset.created_at, department)


@dataclass(frozen=True, slots=True)
class DepartmentEntry:
    """A department, with how many datasets of its own are offered to whoever asked."""

    slug: str
    name: LanguageText
    email: str
    parent: str
    """Short name of the one above; empty at the top."""
    datasets: int = 0

    @classmethod
    def of(cls, department: Department, datasets: int = 0) -> DepartmentEntry:
        above = department.path.split("/")[-3:-2]
        return cls(department.slug, department.name, department.email, "".join(above), datasets)


@dataclass(frozen=True, slots=True)
class Found:
    """Some of the datasets that were found."""

    entries: tuple[Entry, ...]
    total: int
    counts: Mapping[Field, list[tuple[str, int]]]
    """Values of the fields that were asked to be counted, most frequent first."""


def find(
    *,
    city: City,
    by: Principal,
    condition: Condition,
    order: Sequence[tuple[str, bool]] = (),
    start: int = 0,
    rows: int = 20,
    count_by: Sequence[Field] = (),
    reach: Reach | None = None,
) -> Found:
    """Datasets that meet a condition: three queries, and one for each field to be counted.

    `order` names entries of `ORDERS` and whether they go down; by default what fits best, then the newest.
    """
    hits = reads.reached(city=city, principal=by, reach=reach or Reach())
    hits = reads.matching(hits, condition, list(city.languages))
    sorted_by = [*order] or [("relevance", True), ("updated", True)]
    shown = reads.page_of(hits, sorted_by, start=min(start, MOST_START), rows=min(rows, MOST_ROWS))
    counts = {field: reads.counts_by(hits, field) for field in count_by}
    return Found(tuple(Entry.of(dataset, by) for dataset in shown), hits.count(), counts)


def counts(*, city: City, by: Principal, field: Field) -> list[tuple[str, int]]:
    """How many published datasets have each value of a field (one query)."""
    return reads.counts_by(reads.reached(city=city, principal=by, reach=Reach()), field)


def names(
    *, city: City, by: Principal, reach: Reach | None = None, start: int = 0, most: int | None = None
) -> list[str]:
    """Short names in alphabetical order (one query)."""
    hits = reads.reached(city=city, principal=by, reach=reach or Reach())
    listed = hits.order_by("slug").values_list("slug", flat=True)
    return list(listed[start : None if most is None else start + most])


def entry(*, city: City, by: Principal, name: str) -> Entry:
    """One dataset by its short name or its id, in whatever state (one query); `NotFound` if there is none."""
    reach = Reach(with_internal=True, with_drafts=True, with_retired=True)
    hits = reads.reached(city=city, principal=by, reach=reach).select_related("department", "current")
    try:
        found = hits.filter(uid=UUID(name)).first()
    except ValueError:
        found = None
    found = found or hits.filter(slug=name).first()
    if found is None:
        raise NotFound("dataset", name)
    return Entry.of(found, by)


def departments(*, city: City, by: Principal) -> list[DepartmentEntry]:
    """All departments in tree order with what each offers itself (two queries)."""
    offered = dict(counts(city=city, by=by, field=Field.DEPARTMENT))
    listed = Department.objects.filter(city=city).order_by("path")
    return [DepartmentEntry.of(department, offered.get(department.slug, 0)) for department in listed]


def departments_to_fill(*, city: City, by: Principal) -> frozenset[str]:
    """Short names of the departments for which whoever asks may bring in datasets (one query)."""
    reached = by.departments_with(Permission.ADD_DATASET)
    hits = Department.objects.filter(city=city)
    hits = hits if reached is None else hits.filter(pk__in=sorted(reached))
    return frozenset(hits.values_list("slug", flat=True))


def entry_of_ids(*, city: City, by: Principal, ids: Sequence[UUID]) -> Entry:
    """The one dataset that has one of these ids (one query); `NotFound` if none has."""
    reach = Reach(with_internal=True, with_drafts=True, with_retired=True)
    hits = reads.reached(city=city, principal=by, reach=reach).filter(uid__in=list(ids))
    found = hits.select_related("department", "current").first()
    if found is None:
        raise NotFound("dataset")
    return Entry.of(found, by)
