# SPDX-License-Identifier: EUPL-1.2
"""The way into the catalogue for gates, commands and houses on higher streets.

Every function takes the city and the principal (`by`), asks for the right, and hands out frozen values. Call
them inside `acting_in(city)`, except for `hand_in`, which reads the file between two transactions of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.actions import chunks_of
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Comparison, GroupBy, Groups, Page, Query
from stoa.commons.people.models import Department
from stoa.commons.reading.door import waiting_cell
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Refused
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.actions import delivering, describing, discarding, opening, publishing
from stoa.houses.catalogue.cards import DatasetCard, ReadingCard, SearchCard, VersionCard
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.queries import datasets as reads
from stoa.houses.catalogue.queries import kept
from stoa.houses.catalogue.queries import rows as row_reads
from stoa.houses.catalogue.queries import search as searching
from stoa.houses.catalogue.rules.table_questions import read_question
from stoa.houses.catalogue.terms import Origin

__all__ = [
    "DatasetCard",
    "ReadingCard",
    "SearchCard",
    "VersionCard",
    "compare",
    "dataset",
    "describe",
    "draft",
    "groups",
    "hand_in",
    "is_known",
    "let_file_go",
    "publish",
    "question",
    "reading",
    "release",
    "rows",
    "search",
    "send_to_review",
    "set_source",
    "take",
    "versions",
]


def search(
    *,
    city: City,
    by: Principal,
    text: str = "",
    chosen: Mapping[str, str] | None = None,
    order: str = "",
    page: int = 1,
) -> SearchCard:
    """Published datasets that have these words and pass these filters, one page of twenty."""
    asked = searching.Asked(text, dict(chosen or {}), order, page)
    found = searching.search(city=city, principal=by, asked=asked, now=timezone.now())
    return SearchCard(
        tuple(DatasetCard.of(d) for d in found.datasets),
        found.total,
        found.pages,
        found.facets,
        found.is_guess,
    )


def dataset(*, city: City, by: Principal, slug: str) -> DatasetCard:
    """One dataset; `NotFound` if there is none that this principal may know of."""
    if kept.is_public(by):
        return reads.kept_for(city=city, slug=slug).made(DatasetCard.of)
    return DatasetCard.of(reads.dataset_for(city=city, principal=by, slug=slug))


def versions(*, city: City, by: Principal, slug: str) -> tuple[VersionCard, ...]:
    """All versions of a dataset whose rows may be read, newest first."""
    found = reads.dataset_for(city=city, principal=by, slug=slug)
    row_reads.need_rows(found, by)
    return tuple(VersionCard.of(version) for version in reads.versions_of(found, by))


def _version(city: City, by: Principal, slug: str, number: int | None, on: datetime | None = None) -> Version:
    if kept.is_public(by):
        found = reads.kept_for(city=city, slug=slug).shared
    else:
        found = reads.dataset_for(city=city, principal=by, slug=slug)
    row_reads.need_rows(found, by)
    return reads.version_of(found, by, number=number, as_it_was_on=on)


def rows(
    *,
    city: City,
    by: Principal,
    slug: str,
    query: Query,
    limit: int = 100,
    after: str = "",
    before: str = "",
    version: int | None = None,
    on: datetime | None = None,
) -> Page:
    """Rows of a dataset by a query, as of now, of a version, or as it was on a day."""
    found = _version(city, by, slug, version, on)
    return row_reads.table_page(found, query, limit=limit, after=after, before=before)


def question(
    *,
    city: City,
    by: Principal,
    slug: str,
    pairs: Iterable[tuple[str, str]],
    version: int | None = None,
    on: datetime | None = None,
) -> Query:
    """The query that the parameters of an address ask for (`f.column.op=value`, `q`, `sort`, `columns`).

    The columns are those of the version that is looked at, which may have had others than today's.
    Raises `Refused` with everything that cannot be understood.
    """
    asked = read_question(pairs, _version(city, by, slug, version, on).specs)
    if asked.problems:
        raise Refused(*asked.problems)
    return asked.query


def groups(
    *, city: City, by: Principal, slug: str, query: Query, question: GroupBy, version: int | None = None
) -> Groups:
    """Counts, sums, means of a dataset by a column."""
    return lake.group(
        layout(), _version(city, by, slug, version).ref, row_reads.in_city_time(query), question
    )


def compare(
    *, city: City, by: Principal, slug: str, old: int, new: int, limit: int = 50, offset: int = 0
) -> Comparison:
    """What changed between two versions."""
    before, after = _version(city, by, slug, old), _version(city, by, slug, new)
    return lake.compare(layout(), before.ref, after.ref, limit=limit, offset=offset)


def is_known(*, city: City, slug: str) -> bool:
    """Whether the short name is taken; for loaders that may run twice."""
    return Dataset.objects.filter(city=city, slug=slug).exists()


def draft(
    *, city: City, by: Principal, department: str, title: LanguageText, slug: str = "", **said: Any
) -> DatasetCard:
    """A new draft of a department."""
    found = Department.objects.filter(city=city, slug=department).first()
    if found is None:
        raise NotFound("department", department)
    return DatasetCard.of(
        describing.draft_dataset(city=city, department=found, title=title, by=by, slug=slug, **said)
    )


def describe(*, city: City, by: Principal, slug: str, **said: Any) -> DatasetCard:
    """Change what is said about a dataset."""
    found = reads.dataset_to_edit(city=city, principal=by, slug=slug)
    return DatasetCard.of(describing.describe_dataset(dataset=found, by=by, **said))


def open_history(*, city: City, by: Principal, slug: str) -> None:
    """Let the readers of a dataset read all its versions, also those made while fewer people could read it."""
    opening.open_history(dataset=reads.dataset_to_edit(city=city, principal=by, slug=slug), by=by)


def set_source(
    *,
    city: City,
    by: Principal,
    slug: str,
    kind: str,
    place: str,
    every_minutes: int = 1440,
    pattern: str = "*",
    publishes_itself: bool = True,
) -> None:
    """Say where new versions of a dataset come from by themselves."""
    found = reads.dataset_to_edit(city=city, principal=by, slug=slug)
    describing.set_source(
        dataset=found,
        kind=kind,
        place=place,
        by=by,
        every_minutes=every_minutes,
        pattern=pattern,
        publishes_itself=publishes_itself,
    )


def take(
    *,
    city: City,
    by: Principal,
    slug: str,
    chunks: Iterable[bytes],
    name: str,
    choices: Mapping[str, Any] | None = None,
    publishes_itself: bool = False,
    note: str = "",
) -> ReadingCard:
    """Take a file for a dataset; it is read in the background."""
    found = reads.dataset_to_edit(city=city, principal=by, slug=slug)
    delivery = delivering.take_file(
        dataset=found,
        chunks=chunks,
        name=name,
        by=by,
        origin=Origin.UPLOAD,
        choices=choices,
        publishes_itself=publishes_itself,
        note=note,
    )
    return ReadingCard.of(delivery)


def hand_in(
    *,
    city: City,
    by: Principal,
    slug: str,
    path: Path,
    name: str = "",
    choices: Mapping[str, Any] | None = None,
    note: str = "",
    progress: Any = None,
) -> ReadingCard:
    """Take a file from this machine and read it at once; call it outside a transaction."""
    with waiting_cell() as cell:
        with acting_in(city):
            found = reads.dataset_to_edit(city=city, principal=by, slug=slug)
            delivery = delivering.take_file(
                dataset=found,
                chunks=chunks_of(path),
                name=name or path.name,
                by=by,
                origin=Origin.COMMAND,
                choices=choices,
                note=note,
                reads_itself=False,
            )
        delivering.read_delivery(city_id=city.pk, delivery_id=delivery.pk, progress=progress, cell=cell)
    with acting_in(city):
        return reading(city=city, by=by, reading_id=delivery.pk)


def reading(*, city: City, by: Principal, reading_id: int) -> ReadingCard:
    """How far a file is, and what was understood of it."""
    return ReadingCard.of(reads.delivery_for(city=city, principal=by, delivery_id=reading_id))


def release(*, city: City, by: Principal, slug: str, reading_id: int, reason: str) -> list[str]:
    """Release every column with personal data of a file by name, with one reason; returns the columns."""
    delivery = reads.delivery_for(city=city, principal=by, delivery_id=reading_id)
    found = delivery.inspection.personal if delivery.inspection else {}
    for column, findings in found.items():
        kinds = sorted({str(finding.kind) for finding in findings})
        publishing.release_personal(
            dataset=delivery.dataset, column=column, kinds=kinds, reason=reason, by=by
        )
    return sorted(found)


def send_to_review(*, city: City, by: Principal, slug: str) -> DatasetCard:
    """The owner is done; a steward is to look."""
    found = reads.dataset_to_edit(city=city, principal=by, slug=slug)
    return DatasetCard.of(publishing.send_to_review(dataset=found, by=by))


def publish(
    *, city: City, by: Principal, reading_id: int, note: str = "", made_at: datetime | None = None
) -> VersionCard | None:
    """Make the next version from a file that was read, at once; None if nothing changed.

    `made_at` dates a version back, for loading a history; only an operator may.
    """
    delivery = reads.delivery_for(city=city, principal=by, delivery_id=reading_id)
    version = publishing.publish_delivery(delivery=delivery, by=by, note=note)
    if version is None:
        return None
    if made_at is not None and by.is_operator:
        with transaction.atomic():
            publishing.date_back(version=version, made_at=made_at, by=by)
    return VersionCard.of(version)


def let_file_go(*, city: City, by: Principal, reading_id: int) -> bool:
    """Give back the room of a file that the caller made itself and that stands in a version; says whether it went."""
    delivery = reads.delivery_for(city=city, principal=by, delivery_id=reading_id)
    return discarding.let_file_go(delivery=delivery, by=by)
