# SPDX-License-Identifier: EUPL-1.2
"""How well the typed columns are filled: counted from the staged copy, never from the text again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.lake.values import files_of
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.staging import Source, parquet_scan, staged_scan
from stoa.commons.reading.staging_casts import name
from stoa.commons.reading.staging_typing import doubtful_places, odd_name

EXACT = 10_000
TOP = 20
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Filled:
    """One kept column of the staged table, counted."""

    empty: int
    """Cells without a value, unreadable ones included."""
    distinct: int
    least: str
    most: str
    is_unique: bool = False


def profile(
    connection: duckdb.DuckDBPyConnection, staged: Path, recipe: Recipe, rows: int
) -> dict[str, Filled]:
    """Empty cells, different values, least and greatest value of every kept column."""
    columns = [column.name for column in recipe.kept]
    if not columns or not rows:
        return {}
    parts = []
    for column in columns:
        cell = name(column)
        parts.append(
            f"count({cell}), approx_count_distinct({cell}), min({cell})::VARCHAR, max({cell})::VARCHAR"
        )
    scan = staged_scan(staged)
    flat = connection.execute(f"SELECT {', '.join(parts)} FROM {scan}").fetchall()[0]
    rough = {column: flat[n * 4 : n * 4 + 4] for n, column in enumerate(columns)}
    few = [column for column, (_, distinct, _, _) in rough.items() if distinct <= EXACT * 1.2]
    full = [
        column
        for column, (filled, distinct, _, _) in rough.items()
        if column not in few and filled == rows and distinct > 0.85 * rows
    ]
    exact = _exact(connection, scan, [*few, *_without_repetition(connection, staged, full)])
    return {
        column: Filled(
            rows - filled,
            exact.get(column, distinct),
            least or "",
            most or "",
            filled == rows and exact.get(column) == rows,
        )
        for column, (filled, distinct, least, most) in rough.items()
    }


def _without_repetition(connection: duckdb.DuckDBPyConnection, staged: Path, columns: list[str]) -> list[str]:
    """Those in whose first file no value comes twice: others are no key, and need not be counted to the end."""
    if not columns:
        return []
    asked = ", ".join(f"count(DISTINCT {name(column)}) = count(*)" for column in columns)
    flat = connection.execute(f"SELECT {asked} FROM {parquet_scan(files_of(staged)[:1])}").fetchall()[0]
    return [column for column, is_single in zip(columns, flat, strict=True) if is_single]


def _exact(connection: duckdb.DuckDBPyConnection, scan: str, columns: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in columns:
        row = connection.execute(f"SELECT count(DISTINCT {name(column)}) FROM {scan}").fetchone()
        found[column] = int(row[0]) if row else 0
    return found


def top_values(
    connection: duckdb.DuckDBPyConnection, staged: Path, column: str
) -> tuple[tuple[str, int], ...]:
    """The most frequent values of one column."""
    return tuple(
        (str(value), int(rows))
        for value, rows in connection.execute(
            f"SELECT {name(column)}::VARCHAR, count(*) AS n FROM {staged_scan(staged)} "
            f"WHERE {name(column)} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP}"
        ).fetchall()
    )


def unreadable(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, staged: Path
) -> dict[str, int]:
    """How many cells of each column hold something that its kind cannot be read from; columns with none left out."""
    places = doubtful_places(source, recipe)
    if not places:
        return {}
    counts = ", ".join(f"count({odd_name(place)})" for place in places)
    flat = connection.execute(f"SELECT {counts} FROM {staged_scan(staged)}").fetchall()[0]
    return {recipe.columns[place].name: int(n) for place, n in zip(places, flat, strict=True) if n}


def unreadable_examples(connection: duckdb.DuckDBPyConnection, place: int, staged: Path) -> tuple[str, ...]:
    """Up to five different cells that could not be read, commonest first."""
    odd = odd_name(place)
    rows = connection.execute(
        f"SELECT {odd} AS v, count(*) AS n FROM {staged_scan(staged)} WHERE {odd} IS NOT NULL "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {EXAMPLES}"
    ).fetchall()
    return tuple(str(row[0]) for row in rows)
