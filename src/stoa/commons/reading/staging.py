# SPDX-License-Identifier: EUPL-1.2
"""The engine room: one DuckDB, one pass over the source, one typed Parquet file."""

from __future__ import annotations

import csv
import mmap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.lake.values import files_of
from stoa.commons.reading.formats.pieces import Pieces
from stoa.commons.reading.formats.raw import PlainFile, TypedTable
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.staging_casts import literal, typed_native

MEMORY = "500MB"
THREADS = 2
SPARE = 16
"""Columns behind those that the beginning and the end of a text have: the engine drops further cells silently."""
MOST_CELLS = 4000
"""Of one row; a row of more is damaged, and what lies behind is only told of."""


@contextmanager
def engine(workdir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of our own that spills into the work folder and loads nothing by itself."""
    spill = workdir / "spill"
    spill.mkdir(exist_ok=True)
    connection = duckdb.connect(
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_unsigned_extensions": True,  # for our own file only: `load_spatial` ends it
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def _as_it_is(width: int) -> Source:
    raise ValueError(width)


def _unknown(path: Path) -> int:
    raise ValueError(path)


def _nothing(_path: Path) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Source:
    """Something with columns `c0`, `c1` ... that DuckDB can scan."""

    headings: tuple[str, ...]
    rows: int
    """How many rows should come, before empty and repeated ones are left out."""
    scan_of: Callable[[Sequence[Path]], str]
    """What stands behind FROM, for one piece of the source or several."""
    pieces: Pieces
    """The files of the source; a large text is written while its beginning is looked at."""
    native: tuple[str, ...] = ()
    """The SQL types where the file has types of its own; empty for text."""
    has_wkb: bool = False
    are_points: bool = False
    """Every shape is a single point."""
    where: str = ""
    """Which rows count; others are counted as skipped."""
    width: int = 0
    """How many columns a text source is scanned with; those after the headings have no name."""
    widened: Callable[[int], Source] = _as_it_is
    """The same text scanned with so many columns."""
    widest: Callable[[Path], int] = _unknown
    """The greatest number of cells in a row of one piece, counted row by row."""
    may_hide: Callable[[Path], bool] = _nothing
    """Whether a row of one piece may hold something behind so many empty cells that the scan does not reach it."""

    @property
    def scan(self) -> str:
        """The whole source; waits until it is all there."""
        return self.scan_of(self.pieces.all())

    @property
    def beginning(self) -> str:
        """The first piece, in which the first rows stand."""
        return self.scan_of([self.pieces.first])

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(f"c{place}" for place in range(len(self.headings)))

    @property
    def beyond(self) -> str:
        """SQL for the cells of a row behind the last heading, as one text; empty where there can be none."""
        extra = [f"c{place}" for place in range(len(self.headings), self.width)]
        there = " OR ".join(f"{cell} IS NOT NULL" for cell in extra)
        return f"CASE WHEN {there} THEN nullif(concat_ws(' | ', {', '.join(extra)}), '') END" if extra else ""

    def native_of(self, place: int) -> str:
        return self.native[place] if self.native else "VARCHAR"


def text_source(
    plain: PlainFile,
    headings: tuple[str, ...],
    rows: int,
    *,
    width: int = 0,
    repeated: tuple[str, ...] = (),
) -> Source:
    """A plain text file as a source.

    `width` is how many cells a row may have (more than headings where nameless ones are empty); `repeated`
    is the last heading row, left out wherever it comes again.
    """
    # Two threads cannot pad short rows where cells hold line breaks.
    is_broken = not plain.by_lines and _has_line_breaks(plain.path, rows)

    def widened(width: int) -> Source:
        return Source(
            headings,
            rows,
            lambda paths: _read_csv(paths, plain, width, is_broken=is_broken),
            plain.pieces,
            where=_data_only(headings, repeated),
            width=width,
            widened=widened,
            widest=lambda path: _widest_row(path, plain),
            may_hide=lambda path: _may_hide(path, plain, width),
        )

    return widened(max(width, len(headings)) + SPARE)


def _read_csv(paths: Sequence[Path], plain: PlainFile, width: int, *, is_broken: bool) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    quote = literal(plain.quote)
    options = (
        f"columns = {{{columns}}}, auto_detect = false, header = false, "
        f"delim = {literal(plain.separator)}, quote = {quote}, escape = {quote}, new_line = '\\n', "
        f"strict_mode = false, null_padding = true, store_rejects = true{', parallel = false' * is_broken}"
    )
    return f"read_csv([{', '.join(literal(str(path)) for path in paths)}], {options})"


def _widest_row(path: Path, plain: PlainFile) -> int:
    """Parsed row by row: only for a piece in which a row is known to be too wide."""
    quoting = {"quotechar": plain.quote, "doublequote": True} if plain.quote else {"quoting": csv.QUOTE_NONE}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=plain.separator, **quoting)
        try:
            return min(max((len(row) for row in rows), default=0), MOST_CELLS)
        except csv.Error:
            return MOST_CELLS


def _may_hide(path: Path, plain: PlainFile, width: int) -> bool:
    """Look for as many separators in a row as a row needs to pass over all spare columns unseen.

    Such a run is found at the speed of memory; only where there is one the lines are counted, since sparse tables
    have them too.
    """
    separator, quote = plain.separator.encode(), plain.quote.encode()
    runs = (separator * (SPARE + 1), (separator + quote * 2) * SPARE + separator)
    if not path.stat().st_size:
        return False
    with path.open("rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            if all(whole.find(run) < 0 for run in runs):
                return False
        return not plain.by_lines or any(line.count(separator) >= width for line in file)


def _has_line_breaks(path: Path, rows: int) -> bool:
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            lines += chunk.count(b"\n")
    return lines > rows


def _data_only(headings: tuple[str, ...], repeated: tuple[str, ...]) -> str:
    """The condition that leaves out empty rows and headings that come again.

    Written so that the first column decides for nearly every row.
    """
    where = f"({' OR '.join(f'c{place} IS NOT NULL' for place in range(len(headings)))})"
    other = [
        f"c{place} IS DISTINCT FROM {literal(text)}"
        for place, text in enumerate(repeated[: len(headings)])
        if text.strip()
    ]
    if len(other) >= 2:
        where += f" AND ({' OR '.join(other)})"
    return where


def typed_source(
    connection: duckdb.DuckDBPyConnection, table: TypedTable, headings: tuple[str, ...]
) -> Source:
    """A Parquet file with types of its own as a source."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {parquet_scan([table.path])}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    native = tuple(types.get(f"c{place}", "VARCHAR") for place in range(len(headings)))
    return Source(
        headings,
        table.rows,
        parquet_scan,
        Pieces(table.path),
        native,
        has_wkb="_wkb" in types,
        are_points=table.geometry_types == ("Point",),
    )


def parquet_scan(paths: Sequence[Path]) -> str:
    """Parquet files one after the other, for FROM."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}])"


def staged_scan(staged: Path) -> str:
    """The staged table, for FROM."""
    return parquet_scan(files_of(staged))


def expressions(source: Source, recipe: Recipe) -> tuple[str, ...]:
    """The SQL that types each recipe column, untreated; `recipe.columns` stand in the order of the source."""
    return tuple(
        typed_native(f"c{place}", source.native_of(place), column, recipe.missing, recipe.zone)
        for place, column in enumerate(recipe.columns)
    )
