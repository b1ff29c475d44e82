# SPDX-License-Identifier: EUPL-1.2
"""What the catalogue hands out at its door: frozen values, no tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from stoa.commons.lake.values import VersionRef
from stoa.commons.reading.report import Inspection
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem
from stoa.ground.tables import ColumnSpec
from stoa.ground.words import LanguageText
from stoa.houses.catalogue.models import Dataset, Delivery, Harvested, RemoteFile, Version


@dataclass(frozen=True, slots=True)
class VersionCard:
    """One version of a dataset."""

    number: int
    made_at: datetime
    by: str
    note: str
    rows: int
    bytes: int
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    geometry_types: tuple[str, ...]
    box: Box | None
    content_hash: str
    is_kept: bool
    """False when its files were removed by the retention rule."""
    ref: VersionRef

    @classmethod
    def of(cls, version: Version) -> VersionCard:
        return cls(
            version.number,
            version.made_at,
            version.by_name,
            version.note,
            version.rows,
            version.bytes,
            version.specs,
            tuple(version.key),
            tuple(version.geometry_types),
            version.bounds,
            version.content_hash,
            version.dropped_at is None,
            version.ref,
        )


@dataclass(frozen=True, slots=True)
class OriginCard:
    """Which other catalogue a dataset was harvested from."""

    source: str
    """Name of that catalogue."""
    source_url: str
    remote_id: str
    remote_uri: str
    """The dataset's own web name, kept as it is; empty if it has none."""
    landing_page: str
    publisher: str
    """Who published it first, in the words of that catalogue."""
    modified_at: datetime | None
    """When it last changed, as that catalogue says."""
    seen_at: datetime

    @classmethod
    def of(cls, harvested: Harvested) -> OriginCard:
        return cls(
            harvested.source.title,
            harvested.source.url,
            harvested.remote_id,
            harvested.remote_uri,
            harvested.landing_page,
            harvested.publisher,
            harvested.remote_modified,
            harvested.seen_at,
        )


@dataclass(frozen=True, slots=True)
class RemoteFileCard:
    """A file or service of a dataset that stands elsewhere."""

    title: str
    description: str
    url: str
    is_download: bool
    """The address leads to the file itself, not to a page or service."""
    format: str
    """Short name as that catalogue writes it, upper case; may be empty."""
    media_type: str
    licence: str
    bytes: int | None

    @classmethod
    def of(cls, file: RemoteFile) -> RemoteFileCard:
        return cls(
            file.title,
            file.description,
            file.url,
            file.is_download,
            file.format,
            file.media_type,
            file.licence,
            file.bytes,
        )


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """One dataset as it may be described to whoever asked."""

    uid: UUID
    slug: str
    title: LanguageText
    description: LanguageText
    department: str
    department_name: LanguageText
    theme: str
    keywords: tuple[str, ...]
    licence: str
    contact: str
    frequency: str
    spatial: str
    period: tuple[date | None, date | None]
    source_note: str
    access: str
    state: str
    rows: int
    has_map: bool
    box: Box | None
    quality: int | None
    published_at: datetime | None
    updated_at: datetime | None
    due_at: datetime | None
    version: VersionCard | None
    """None for what was harvested and is not mirrored: there are `remote_files` instead."""
    languages: tuple[str, ...]
    """Of the data itself, as two-letter codes."""
    hvd_category: str
    """Code of the high-value category; empty: none."""
    conforms_to: str
    landing_page: str
    described_at: datetime | None
    """When what is said about it last changed; None: never since it was made."""
    origin: OriginCard | None = None
    remote_files: tuple[RemoteFileCard, ...] = ()

    @classmethod
    def of(cls, dataset: Dataset) -> DatasetCard:
        """The card; of remote datasets fetch `queries.remote.with_origins` first where there are many."""
        harvested: Harvested | None = getattr(dataset, "harvested", None) if dataset.is_remote else None
        files = dataset.remote_files.all() if dataset.is_remote else ()
        department = dataset.department
        return cls(
            dataset.uid,
            dataset.slug,
            dataset.title,
            dataset.description,
            department.slug,
            department.name,
            dataset.theme,
            tuple(dataset.keywords),
            dataset.licence,
            dataset.contact or department.email,
            dataset.frequency,
            dataset.spatial,
            (dataset.period_from, dataset.period_to),
            dataset.source_note,
            dataset.access,
            dataset.state,
            dataset.rows,
            dataset.has_map,
            dataset.bounds,
            dataset.quality,
            dataset.published_at,
            dataset.updated_at,
            dataset.due_at,
            VersionCard.of(dataset.current) if dataset.current else None,
            tuple(dataset.languages),
            dataset.hvd_category,
            dataset.conforms_to,
            dataset.landing_page,
            dataset.described_at,
            OriginCard.of(harvested) if harvested else None,
            tuple(RemoteFileCard.of(file) for file in files),
        )


@dataclass(frozen=True, slots=True)
class ReadingCard:
    """A file that came for a dataset, and what became of it."""

    id: int
    slug: str
    name: str
    state: str
    step: str
    share: float
    inspection: Inspection | None
    problem: Problem | None

    @classmethod
    def of(cls, delivery: Delivery) -> ReadingCard:
        return cls(
            delivery.pk,
            delivery.dataset.slug,
            delivery.name,
            delivery.state,
            delivery.step,
            delivery.share,
            delivery.inspection,
            delivery.refusal,
        )


@dataclass(frozen=True, slots=True)
class SearchCard:
    """One page of a search."""

    datasets: tuple[DatasetCard, ...]
    total: int
    pages: int
    facets: Mapping[str, list[tuple[str, int]]]
    is_guess: bool
