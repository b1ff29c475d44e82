# SPDX-License-Identifier: EUPL-1.2
"""The formats of downloads: for whom each is good, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from stoa.houses.catalogue.pages.public.opening import Opened

CSV_FOR_EXCEL = "csv-excel"
DICTIONARY = "dictionary"


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to take the data away."""

    code: str
    name: str
    good_for: str
    url: str
    bytes: int | None = None


def offers_of(opened: Opened, *, pairs: tuple[tuple[str, str], ...] = ()) -> list[Offer]:
    """Every format of the version, or of a filtered view of it."""
    words = _words()
    codes = [code for code in words if opened.shown.geometry_types or code not in {"geojson", "gpkg"}]
    size = {} if pairs else {"parquet": opened.shown.bytes}
    return [
        Offer(code, *words[code], opened.url("dataset-download", code, pairs=pairs), size.get(code))
        for code in codes
    ]


def _words() -> dict[str, tuple[str, str]]:
    return {
        "xlsx": (
            "Excel",
            gettext(
                "For everybody with a spreadsheet program: dates, numbers and a sheet that explains the columns."
            ),
        ),
        CSV_FOR_EXCEL: (
            gettext("CSV for Excel"),
            gettext("Plain text that Excel opens with the right letters by a double click."),
        ),
        "csv": ("CSV", gettext("Plain text that every program and every language reads.")),
        "geojson": ("GeoJSON", gettext("For web maps: every row with its place.")),
        "gpkg": (
            "GeoPackage",
            gettext("For QGIS, ArcGIS and other map programs: drag the file into the map."),
        ),
        "json": ("JSON", gettext("For programmers: one list of objects.")),
        "jsonl": (
            gettext("JSON lines"),
            gettext("For programmers: one object a line, good for large files."),
        ),
        "parquet": (
            "Parquet",
            gettext("For analysis with Python, R or DuckDB: small, quick, with types and places."),
        ),
    }
