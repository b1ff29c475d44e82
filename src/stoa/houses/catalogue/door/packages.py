# SPDX-License-Identifier: EUPL-1.2
"""What travels with the rows of a dataset: the dictionary of the CSV file, and the stored file with its checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.lake.exports import door as exports
from stoa.commons.lake.exports.values import About, Format, Wanted
from stoa.commons.lake.place import layout
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_reader_language
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.queries import datasets as reads
from stoa.houses.catalogue.queries import rows as row_reads
from stoa.standards.vocabularies import LICENCES


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The file of the current version as it lies in the lake: the download in Parquet, byte for byte."""

    bytes: int
    sha256: str


def data_package(*, city: City, by: Principal, slug: str, page: str) -> dict[str, Any]:
    """The `datapackage.json` of the CSV file, in the reader's language; `NotFound` if the rows may not be read.

    `page` is the absolute address of the dataset's page.
    """
    dataset, version = _open(city, by, slug)
    about, wanted = _about(dataset, version, page), Wanted(zone=city.zone or "UTC")
    file = exports.export_dictionary(layout(), version.ref, None, Format.CSV, about=about, wanted=wanted)
    found: dict[str, Any] = json.loads(file.path.read_text(encoding="utf-8"))
    return found


def stored_file(*, city: City, by: Principal, slug: str) -> StoredFile:
    """Size and checksum of the stored file; `NotFound` if the rows may not be read, or the file is gone."""
    _dataset, version = _open(city, by, slug)
    try:
        file = exports.export(layout(), version.ref, None, Format.PARQUET, about=About(slug))
        return StoredFile(file.bytes, _sha256(file.path))
    except OSError:
        raise NotFound("file", slug) from None


def _open(city: City, by: Principal, slug: str) -> tuple[Dataset, Version]:
    dataset = reads.dataset_for(city=city, principal=by, slug=slug)
    row_reads.need_rows(dataset, by)
    return dataset, reads.version_of(dataset, by)


def _about(dataset: Dataset, version: Version, page: str) -> About:
    licence = LICENCES.get(dataset.licence)
    return About(
        name=dataset.slug,
        title=in_reader_language(dataset.title),
        description=in_reader_language(dataset.description),
        publisher=in_reader_language(dataset.department.name),
        licence=gettext(licence.label) if licence else "",
        licence_spdx=licence.spdx if licence else "",
        licence_link=licence.link if licence else "",
        source_url=page,
        version=str(version.number),
        issued=version.made_at.isoformat(),
    )


@lru_cache(maxsize=4096)
def _sha256(path: Path) -> str:
    """Files of versions never change, so one reading is enough."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
