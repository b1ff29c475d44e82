# SPDX-License-Identifier: EUPL-1.2
"""Each family of formats behind the same two questions: which tables are there, and open that one.

A reader is imported when a file needs it: all of them together take longer to load than most files to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.reading.formats.archives import gunzip
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.contents import ADVICE, not_taken, recognise
from stoa.commons.reading.formats.delimited import open_delimited
from stoa.commons.reading.formats.raw import TextTable, TypedTable
from stoa.commons.reading.formats.shapes import placed, shape_encoding
from stoa.commons.reading.formats.xml_guard import ROOT_FORMATS, check_xml
from stoa.commons.reading.report import TableOffer
from stoa.ground.words import N_, say

if TYPE_CHECKING:
    from stoa.commons.reading.formats.vectors import MapFile

SPREADSHEETS = frozenset({"xlsx", "xls", "xlsb", "ods"})
MAPS = frozenset({"geojson", "gpkg", "shp", "fgb", "dbf"})
Table = TextTable | TypedTable


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of one file, and how to open one of them."""

    format: str
    offers: tuple[TableOffer, ...]
    open: Callable[[str], Table]


def look_into(path: Path, family: str, asked: Asked) -> Found:
    """The tables of a file of a recognised family."""
    if family in SPREADSHEETS:
        from stoa.commons.reading.formats.sheets import open_workbook

        book = open_workbook(path, family, asked)
        return Found(family, book.offers, book.open)
    if family in MAPS:
        return map_of(path, family, asked)
    if family in READERS:
        return READERS[family](path, asked)
    return _text(path, asked)


def map_of(path: Path, format_: str, asked: Asked, parts: dict[str, Path] | None = None) -> Found:
    """The layers of a map file; `parts` are a shapefile's other files by ending."""
    from stoa.commons.reading.formats.vectors import open_map

    main = placed(path, format_, asked.workdir, parts)
    encoding = shape_encoding(main) if format_ == "shp" else None
    layers = open_map(main, format_, asked, encoding)
    return Found(format_, _single(layers.offers, format_), lambda name: _layer(layers, name))


def _layer(layers: MapFile, name: str) -> TypedTable:
    return replace(layers.open(name or layers.offers[0].name), name=name)


def _single(offers: tuple[TableOffer, ...], format_: str) -> tuple[TableOffer, ...]:
    """Formats that hold one layer by nature name it after the file, which says nothing."""
    if len(offers) == 1 and format_ in {"shp", "dbf", "geojson", "fgb"}:
        return (replace(offers[0], name=""),)
    return offers


def _text(path: Path, asked: Asked) -> Found:
    table = open_delimited(path, asked)
    offer = TableOffer("", table.rows, None, True, say("The file is one table."))
    return Found("csv", (offer,), lambda _name: table)


def _json(path: Path, asked: Asked) -> Found:
    from stoa.commons.reading.formats.records import looks_like_json, open_records

    kind = looks_like_json(path, asked)
    if kind == "geojson":
        return map_of(path, "geojson", asked)
    if kind == "text":
        return _text(path, asked)
    found = open_records(path, kind, asked)
    return Found(found.format, found.offers, found.open)


def _xml(path: Path, asked: Asked) -> Found:
    root = check_xml(path, asked.limits.xml_depth)
    if root in ROOT_FORMATS:
        return map_of(path, ROOT_FORMATS[root], asked)
    if root == "osm":
        raise not_taken(N_("a map extract of OpenStreetMap (XML)"), ADVICE["osm"])
    raise not_taken(N_("an XML file that is not a map (KML or GML)"), ADVICE["other"])


def _parquet(path: Path, asked: Asked) -> Found:
    from stoa.commons.reading.formats.parquet import open_parquet

    table = open_parquet(path, asked)
    offer = TableOffer("", table.rows, len(table.headings), True, say("The file is one table."))
    return Found("parquet", (offer,), lambda _name: table)


def _gzip(path: Path, asked: Asked) -> Found:
    inner = gunzip(path, asked.workdir / "unpacked", asked.limits)
    name = asked.name[:-3] if asked.name.lower().endswith(".gz") else asked.name
    family = recognise(inner, name)
    if family in {"gzip", "zip"}:
        raise not_taken(N_("an archive in an archive"), ADVICE["archive"])
    return look_into(inner, family, replace(asked, name=name))


def _zip(path: Path, asked: Asked) -> Found:
    from stoa.commons.reading.formats.members import look_into_zip

    return look_into_zip(path, asked)


READERS: dict[str, Callable[[Path, Asked], Found]] = {
    "json": _json,
    "xml": _xml,
    "parquet": _parquet,
    "gzip": _gzip,
    "zip": _zip,
}
