# SPDX-License-Identifier: EUPL-1.2
"""What an opened table looks like before anybody has guessed anything about it.

Two shapes only. A `TextTable` is a grid of text cells whose headings, units, footers and kinds must still be found
(delimited text; spreadsheets, whose cells are turned into canonical text: numbers with a decimal point and no
grouping, dates ISO 8601, booleans `true`/`false`, empty cells empty). A `TypedTable` has named columns and types
of its own (GeoJSON and all other vector formats, Parquet, JSON records).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stoa.commons.reading.formats.pieces import Pieces
from stoa.commons.reading.report import FileFacts, Skipped, TableOffer
from stoa.ground.problems import Problem
from stoa.ground.words import Saying

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a text table are data. Rows are records (a quoted line break does not end one), from 1."""

    first: int
    """The first data row, after preamble and headings."""
    skip: tuple[int, ...] = ()
    footer: int = 0


@dataclass(frozen=True, slots=True)
class PlainFile:
    """The data rows only: UTF-8, line feeds, no headings; ready for DuckDB's reader with the given dialect."""

    pieces: Pieces
    """One file, or several that go on where the one before ends."""
    separator: str
    quote: str
    width: int
    """The greatest number of cells in a row, as far as known without parsing everything."""
    by_lines: bool = False
    """No cell holds a line break."""

    @property
    def path(self) -> Path:
        """The file where there is only one."""
        (only,) = self.pieces
        return only


@dataclass(frozen=True, slots=True)
class TextTable:
    """A grid of text cells."""

    format: str
    name: str
    """As in `TableOffer.name`."""
    head: tuple[Cells, ...]
    """The first 500 rows, ragged as they are, cells not trimmed."""
    tail: tuple[Cells, ...]
    """The last 50 rows (of the whole table, may overlap with `head` in a short one)."""
    rows: int
    """All rows of the grid, headings and empty ones included."""
    write_plain: Callable[[Cut, Path], PlainFile]
    """Write the data rows to a new file in the given folder."""
    write_pieces: Callable[[Cut, Path], PlainFile]
    """The same, but a large table is written in pieces while others go on."""
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged ranges of a spreadsheet: first row, first column, last row, last column, from 1. The value stands in
    the first cell only; `head` already repeats it over the range where it lies above the data."""
    reasons: Mapping[str, Saying] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """Rows that were left out already when many files were put together."""


@dataclass(frozen=True, slots=True)
class TypedTable:
    """Named columns with types, as a Parquet file in the work folder; geometry, if any, in `_wkb` (BLOB)."""

    format: str
    name: str
    path: Path
    headings: tuple[str, ...]
    """The names in the source; the Parquet columns are called `c0`, `c1` ... in this order (then `_wkb`)."""
    rows: int
    crs: str = ""
    """As the file says, `EPSG:25832` or a WKT text; empty: it does not say."""
    geometry_types: tuple[str, ...] = ()
    reasons: Mapping[str, Saying] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that could be opened."""

    file: FileFacts
    tables: tuple[TableOffer, ...]
    table: TextTable | TypedTable
    """The one that was asked for, else the first offer that looks like a table."""
