# SPDX-License-Identifier: EUPL-1.2
"""What the exported description of a dataset says, as facts for its assessment."""

from __future__ import annotations

from dataclasses import replace

from stoa.houses.catalogue.models import Dataset, RemoteFile
from stoa.houses.catalogue.rules.metadata_quality import DistributionFacts, MetadataFacts
from stoa.houses.catalogue.terms import Access

NOT_STATED = {"", "OP_DATPRO"}
MACHINE_READABLE = {
    "CSV",
    "GEOJSON",
    "GML",
    "GPKG",
    "JSON",
    "KML",
    "PARQUET",
    "TSV",
    "XLSX",
    "ODS",
    "XML",
    "SHP",
    "XLS",
}
PROPRIETARY = {"XLS", "XLSX", "SHP", "DOC", "DOCX"}
LISTED = MACHINE_READABLE | {"DOCX", "HTML", "KMZ", "PDF", "PNG", "TIFF", "TXT", "ZIP"}


def metadata_facts(dataset: Dataset) -> MetadataFacts:
    """The facts of a dataset whose department and current version are at hand (one query for files elsewhere, if
    it was harvested)."""
    return MetadataFacts(
        has_keywords=any(word.strip() for word in dataset.keywords),
        has_theme=bool(dataset.theme),
        has_area=True,  # the city's own where no other is said
        has_period=bool(dataset.period_from or dataset.period_to),
        has_access_level=bool(dataset.access),
        has_contact=bool(dataset.contact or dataset.department.email),
        has_publisher=True,
        has_issued=dataset.published_at is not None,
        has_modified=dataset.updated_at is not None,
        distributions=_distributions(dataset),
    )


def _distributions(dataset: Dataset) -> tuple[DistributionFacts, ...]:
    licensed = dataset.licence not in NOT_STATED
    files = list(dataset.remote_files.all()) if dataset.is_remote else []
    if files:
        return tuple(_elsewhere(file, licensed=licensed) for file in files)
    if dataset.access != Access.OPEN or dataset.current is None:
        # Its page answers and says whom to ask; there is no file.
        closed = DistributionFacts(
            access_works=True, has_licence=licensed, has_known_licence=licensed, has_rights=True
        )
        return (closed,)
    return (_stored(dataset, licensed=licensed), _as_csv(dataset, licensed=licensed))


def _as_csv(dataset: Dataset, *, licensed: bool) -> DistributionFacts:
    return DistributionFacts(
        access_works=True, has_download=True, download_works=True, has_format=True, has_media_type=True,
        is_from_vocabulary=True, is_open_format=True, is_machine_readable=True, has_licence=licensed,
        has_known_licence=licensed, has_rights=bool(dataset.source_note), has_size=False,
    )  # fmt: skip


def _stored(dataset: Dataset, *, licensed: bool) -> DistributionFacts:
    """The Parquet file, whose size is known."""
    return replace(_as_csv(dataset, licensed=licensed), has_size=True)


def _elsewhere(file: RemoteFile, *, licensed: bool) -> DistributionFacts:
    form = file.format.upper()
    has_licence = licensed or file.licence not in NOT_STATED
    return DistributionFacts(
        has_download=file.is_download,
        has_format=form in LISTED,
        has_media_type=bool(file.media_type),
        is_from_vocabulary=form in LISTED,
        is_open_format=form in LISTED - PROPRIETARY,
        is_machine_readable=form in MACHINE_READABLE,
        has_licence=has_licence,
        has_known_licence=has_licence,
        has_size=file.bytes is not None,
    )
