# SPDX-License-Identifier: EUPL-1.2
"""The one way into a file of any format: recognise it, offer its tables, open the one that is wanted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from stoa.commons.reading.door import Order
from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.contents import recognise
from stoa.commons.reading.formats.families import Found, Table, look_into
from stoa.commons.reading.formats.raw import Opened, TextTable
from stoa.commons.reading.report import FileFacts, TableOffer
from stoa.ground.problems import Problem
from stoa.ground.words import say

ENDINGS = {
    "csv": {"csv", "tsv", "txt", "tab", "dat", "asc", "text"},
    "xlsx": {"xlsx", "xlsm", "xltx", "xltm"},
    "json": {"json", "geojson", "topojson"},
    "geojson": {"json", "geojson", "geojsonl", "geojsons", "jsonl", "ndjson"},
    "jsonl": {"jsonl", "ndjson", "json", "geojsonl", "geojsons", "txt"},
    "zip": {"zip", "kmz", "shz"},
    "kml": {"kml", "xml"},
    "gml": {"gml", "xml", "xsd"},
    "parquet": {"parquet", "geoparquet", "pq"},
}


def open_table(order: Order) -> Opened:
    """Open the table that was asked for, else the first that looks like one; or refuse with a reason."""
    size = order.path.stat().st_size
    if size > order.limits.file_bytes:
        raise refusals.too_large(size, order.limits.file_bytes)
    asked = Asked.of(order)
    family = recognise(order.path, order.name)
    found = look_into(order.path, family, asked)
    name, warnings = _wanted(found, asked)
    table = found.open(name)
    warnings += _ending_warning(order.name, family, found.format)
    if warnings:
        table = replace(table, warnings=(*table.warnings, *warnings))
    facts = FileFacts(order.name, size, order.sha256 or _digest(order.path), found.format)
    return Opened(facts, _with_facts(found.offers, name, table), table)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _wanted(found: Found, asked: Asked) -> tuple[str, tuple[Problem, ...]]:
    """The name of the table to open; an unknown name is refused unless only one table can be meant."""
    names = [offer.name for offer in found.offers]
    good = [offer.name for offer in found.offers if offer.is_table]
    if asked.table in names:
        return asked.table, ()
    if asked.table and (asked.insists or len(good) != 1):
        raise refusals.refused(
            "table_unknown",
            say("There is no table “%(name)s” in this file.", name=asked.table[:100]),
            say("It holds: %(names)s.", names=", ".join(names[:30]) or "-"),
            say("Choose one of these."),
        )
    if not good:
        raise refusals.refused(
            "no_table_found",
            say("No table was found in this file."),
            say("It holds: %(names)s.", names="; ".join(f"{o.name} ({o.reason})" for o in found.offers[:10])),
            say("Choose one of them by name if it is a table all the same, or send the table alone."),
        )
    if not asked.table:
        return good[0], ()
    renamed = Problem(
        "reading.table_renamed",
        what=say("The table is now called “%(now)s”; it was “%(before)s”.", now=good[0], before=asked.table),
        why=say("It is the only table in the file, so it was taken."),
    )
    return good[0], (renamed,)


def _ending_warning(name: str, family: str, found: str) -> tuple[Problem, ...]:
    """Say so when the name promises another kind of file."""
    name = name.lower().removesuffix(".gz")
    ending = name.rpartition(".")[2] if "." in name else ""
    known = {e for endings in ENDINGS.values() for e in endings} | {
        "xls",
        "xlsb",
        "ods",
        "gpkg",
        "shp",
        "pdf",
        "png",
    }
    if (
        ending not in known
        or ending in ENDINGS.get(found, {found})
        or ending in ENDINGS.get(family, {family})
    ):
        return ()
    problem = Problem(
        "reading.file_ending_differs",
        what=say("The name ends with “%(ending)s”, but the file is %(kind)s.", ending=ending, kind=found),
        why=say("It was read as what it is."),
        do=say("Give it the right ending, so that others can open it."),
    )
    return (problem,)


def _with_facts(offers: tuple[TableOffer, ...], name: str, table: Table) -> tuple[TableOffer, ...]:
    """The offers, completed by what is known of the one that was opened."""
    width = max(map(len, table.head), default=0) if isinstance(table, TextTable) else len(table.headings)
    return tuple(replace(o, rows=table.rows, columns=width) if o.name == name else o for o in offers)
