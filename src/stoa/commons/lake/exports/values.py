# SPDX-License-Identifier: EUPL-1.2
"""What can be asked of a download, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """The formats of downloads; the value is the ending of the file."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    """One array of objects."""
    JSON_LINES = "jsonl"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    PARQUET = "parquet"
    XLSX = "xlsx"


MEDIA_TYPE = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.TSV: "text/tab-separated-values; charset=utf-8",
    Format.JSON: "application/json",
    Format.JSON_LINES: "application/jsonl",
    Format.GEOJSON: "application/geo+json",
    Format.GEOPACKAGE: "application/geopackage+sqlite3",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
STREAMED = frozenset({Format.CSV, Format.TSV, Format.JSON, Format.JSON_LINES, Format.GEOJSON})
"""Formats whose first bytes can be sent before the last row is read."""


class Headings(StrEnum):
    """What stands over the columns."""

    NAME = "name"
    LABEL = "label"
    """As the owner wrote it."""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of the dataset in every file that has room for it: plain text in the reader's language."""

    name: str
    """The slug; the file is named after it."""
    title: str = ""
    description: str = ""
    publisher: str = ""
    licence: str = ""
    licence_spdx: str = ""
    licence_link: str = ""
    source_url: str = ""
    """The dataset's page."""
    version: str = ""
    issued: str = ""
    """ISO 8601."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a download is to look."""

    headings: Headings = Headings.NAME
    zone: str = "UTC"
    """IANA name: instants are written in its local time with their offset; `Z` for UTC."""
    for_excel: bool = False
    """Delimited text begins with a byte order mark, without which Excel takes it for an old encoding."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one download may cost."""

    rows: int = 100_000_000
    sheet_rows: int = 1_048_575
    """A sheet of a workbook has 1,048,576 rows, and one is the heading."""
    sheet_cells: int = 20_000_000
    bytes: int = 20 * 1024**3
    seconds: float = 600


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file, fit to be sent in parts."""

    path: Path
    media_type: str
    filename: str
    bytes: int
