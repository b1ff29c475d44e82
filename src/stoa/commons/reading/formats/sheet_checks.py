# SPDX-License-Identifier: EUPL-1.2
"""What is checked of a spreadsheet's bytes before a reader unfolds them.

The reader keeps a sheet as one dense block from its first to its last cell: two cells in opposite corners are
enough to ask for hundreds of gigabytes. So the corners are measured first.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from stoa.commons.reading.door import Limits
from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.archives import check_archive, open_zip
from stoa.ground.words import say

MOST_CELLS = 60_000_000
CELL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})\d{1,7}"')
ANY_CELL = re.compile(rb'\br="([A-Z]{1,3})\d')
"""As quick as can be, and never less than what is there: text may look like a cell too."""
ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{1,7})"')
PIECE = 4 * 1024 * 1024
RELATION = re.compile(r'Target="[^"]*pivotTable')
SHEET = re.compile(r'<sheet [^>]*?name="([^"]*)"[^>]*?r:id="([^"]*)"')
TARGET = re.compile(r"<Relationship [^>]*?>")


def check_workbook(path: Path, format_: str, limits: Limits) -> None:
    """Refuse a workbook that would unfold beyond the limits."""
    if format_ not in {"xlsx", "xlsb", "ods"}:
        return
    with open_zip(path) as archive:
        check_archive(archive, path, limits)
        if format_ != "xlsx":
            return
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                _check_corners(archive, name, limits)


def _corners(archive: zipfile.ZipFile, name: str, cell: re.Pattern[bytes]) -> tuple[int, int]:
    """The last column and row that a sheet names."""
    columns = rows = 0
    try:
        with archive.open(name) as file:
            rest = b""
            while chunk := file.read(PIECE):
                chunk = rest + chunk
                columns = max(columns, max(map(_column, set(cell.findall(chunk))), default=0))
                rows = max(rows, max(map(int, ROW.findall(chunk)), default=0))
                rest = chunk[-200:]
    except (OSError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise refusals.damaged("xlsx", refusals.short(error)) from None
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise refusals.damaged("xlsx", "") from None
    return columns, rows


def _check_corners(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    columns, rows = _corners(archive, name, ANY_CELL)
    if columns <= limits.columns and columns * rows <= MOST_CELLS:
        return
    columns, rows = _corners(archive, name, CELL)
    if columns > limits.columns:
        raise refusals.too_many_columns(columns, limits.columns)
    if columns * rows > MOST_CELLS:
        raise refusals.refused(
            "sheet_too_large",
            say("A sheet reaches to row %(rows)s and column %(columns)s.", rows=rows, columns=columns),
            say("Taken as one block, that is more cells than can be read."),
            say("Delete far-away cells and empty rows, or save the sheet as CSV."),
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def sheets_with_pivots(path: Path, format_: str) -> frozenset[str]:
    """Names of the sheets of an xlsx file that hold a pivot table."""
    if format_ != "xlsx":
        return frozenset()
    try:
        with open_zip(path) as archive:
            names = set(archive.namelist())
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
            targets = dict(filter(None, map(_id_and_target, TARGET.findall(relations))))
            found = set()
            for name, identity in SHEET.findall(book):
                part = targets.get(identity, "").lstrip("/").removeprefix("xl/")
                rels = "xl/" + part.replace("worksheets/", "worksheets/_rels/") + ".rels"
                if rels in names and RELATION.search(archive.read(rels).decode("utf-8", "replace")):
                    found.add(name)
            return frozenset(found)
    except (KeyError, OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return frozenset()


def _id_and_target(relation: str) -> tuple[str, str] | None:
    identity, target = re.search(r'\bId="([^"]*)"', relation), re.search(r'\bTarget="([^"]*)"', relation)
    return (identity[1], target[1]) if identity and target else None
