# SPDX-License-Identifier: EUPL-1.2
"""The engine room: one DuckDB, one pass over the source, one typed Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.reading.formats.raw import PlainFile, TypedTable
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.staging_casts import is_missing, literal, name, treated, typed_native
from stoa.ground.tables import Kind

MEMORY = "500MB"
THREADS = 2


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
        }
    )
    try:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Source:
    """Something with columns `c0`, `c1` ... that DuckDB can scan."""

    scan: str
    """What stands behind FROM."""
    headings: tuple[str, ...]
    rows: int
    """How many rows should come, before empty and repeated ones are left out."""
    native: tuple[str, ...] = ()
    """The SQL types where the file has types of its own; empty for text."""
    has_wkb: bool = False
    are_points: bool = False
    """Every shape is a single point."""
    where: str = ""
    """Which rows count; others are counted as skipped."""
    width: int = 0
    """How many columns a text source has in all; those after the headings have no name and were empty."""

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(f"c{place}" for place in range(len(self.headings)))

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
    width = max(width, len(headings))
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    quote = literal(plain.quote)
    scan = (
        f"read_csv({literal(str(plain.path))}, columns = {{{columns}}}, auto_detect = false, header = false, "
        f"delim = {literal(plain.separator)}, quote = {quote}, escape = {quote}, new_line = '\\n', "
        f"strict_mode = false, "
        f"null_padding = true, store_rejects = true"
    )
    scan += ", parallel = false)" if _has_line_breaks(plain.path, rows) else ")"
    return Source(scan, headings, rows, where=_data_only(headings, repeated), width=width)


def _has_line_breaks(path: Path, rows: int) -> bool:
    """Do cells hold line breaks? Two threads cannot pad short rows then."""
    lines = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            lines += chunk.count(b"\n")
    return lines > rows


def _data_only(headings: tuple[str, ...], repeated: tuple[str, ...]) -> str:
    """The condition that leaves out empty rows and headings that come again."""
    cells = [f"c{place}" for place in range(len(headings))]
    where = f"coalesce({', '.join(cells)}) IS NOT NULL"
    same = [f"{cell} = {literal(text)}" for cell, text in zip(cells, repeated, strict=False) if text.strip()]
    if len(same) >= 2:
        where += f" AND ({' AND '.join(same)}) IS NOT TRUE"
    return where


def typed_source(
    connection: duckdb.DuckDBPyConnection, table: TypedTable, headings: tuple[str, ...]
) -> Source:
    """A Parquet file with types of its own as a source."""
    scan = f"read_parquet({literal(str(table.path))})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    native = tuple(types.get(f"c{place}", "VARCHAR") for place in range(len(headings)))
    return Source(
        scan,
        headings,
        table.rows,
        native,
        has_wkb="_wkb" in types,
        are_points=table.geometry_types == ("Point",),
    )


def expressions(source: Source, recipe: Recipe) -> tuple[str, ...]:
    """The SQL that types each recipe column, untreated; `recipe.columns` stand in the order of the source."""
    return tuple(
        typed_native(f"c{place}", source.native_of(place), column, recipe.missing, recipe.zone)
        for place, column in enumerate(recipe.columns)
    )


def write_staged(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    place: tuple[str, ...],
    target: Path,
) -> int:
    """Write the typed table in one pass; returns the number of rows."""
    shown = [
        f"{treated(f'v{n}', column, recipe.zone)} AS {name(column.name)}"
        for n, column in enumerate(recipe.columns)
        if column.is_kept
    ]
    inner = [f"{sql} AS v{n}" for n, sql in enumerate(expressions(source, recipe))]
    doubtful = doubtful_places(source, recipe)
    inner += [f"c{n}" for n in doubtful]
    shown += [f"{_odd(n, recipe)} AS {odd_name(n)}" for n in doubtful]
    if source.has_wkb:
        inner.append("_wkb")
    where = f" WHERE {source.where}" if source.where else ""
    scan = f"(SELECT {', '.join(inner)} FROM {source.scan}{where})"
    columns = ", ".join([*shown, *place])
    if not columns:
        columns = "NULL::VARCHAR AS _nothing"  # every column dropped: a table must have one to have rows
    # Counting rows here would keep one of two threads idle; a Parquet file knows its row numbers.
    return _copy(connection, f"SELECT {columns} FROM {scan}", target)


def doubtful_places(source: Source, recipe: Recipe) -> list[int]:
    """Places of the columns whose cells may hold something that their kind cannot be read from."""
    return [
        place
        for place, column in enumerate(recipe.columns)
        if column.is_kept and column.kind is not Kind.TEXT and source.native_of(place) == "VARCHAR"
    ]


def odd_name(place: int) -> str:
    """The column beside the typed ones that keeps what could not be read; nearly always empty, so nearly free."""
    return f"_odd{place}"


def _odd(place: int, recipe: Recipe) -> str:
    """The cell itself where it holds something and its value is empty."""
    cell = f"c{place}"
    missing = is_missing(cell, recipe.missing)
    return f"CASE WHEN v{place} IS NULL AND NOT coalesce({missing}, true) THEN trim({cell})[:80] END"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    rows = connection.execute(
        f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION lz4)"
    ).fetchone()
    return int(rows[0]) if rows else 0
