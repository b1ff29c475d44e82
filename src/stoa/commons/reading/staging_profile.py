# SPDX-License-Identifier: EUPL-1.2
"""How well the typed columns are filled: counted from the staged copy, never from the text again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.staging import Source, typed_alone
from stoa.commons.reading.staging_casts import is_missing, literal, name
from stoa.ground.tables import Kind

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
    scan = f"read_parquet({literal(str(staged))})"
    flat = connection.execute(f"SELECT {', '.join(parts)} FROM {scan}").fetchall()[0]
    rough = {column: flat[n * 4 : n * 4 + 4] for n, column in enumerate(columns)}
    exact = _exact(
        connection,
        scan,
        [c for c, (n, d, _, _) in rough.items() if d <= EXACT * 1.2 or (n == rows and d > 0.85 * rows)],
    )
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
            f"SELECT {name(column)}::VARCHAR, count(*) AS n FROM read_parquet({literal(str(staged))}) "
            f"WHERE {name(column)} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {TOP}"
        ).fetchall()
    )


def unreadable(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, empty: dict[str, int], rows: int
) -> dict[str, int]:
    """How many cells of each column hold something that its kind cannot be read from.

    Empty in the typed table but not in the source; only columns with empty cells need the second look.
    """
    looked = [
        (place, column)
        for place, column in enumerate(recipe.columns)
        if column.is_kept
        and column.kind is not Kind.TEXT
        and empty.get(column.name)
        and source.native_of(place) == "VARCHAR"
    ]
    if not looked:
        return {}
    where = f" WHERE {source.where}" if source.where else ""
    counts = ", ".join(
        f"count(*) FILTER (NOT {is_missing(f'c{place}', recipe.missing)})" for place, _ in looked
    )
    flat = connection.execute(f"SELECT {counts} FROM {source.scan}{where}").fetchall()[0]
    found = {}
    for (_, column), filled in zip(looked, flat, strict=True):
        found[column.name] = max(0, int(filled) - (rows - empty[column.name]))
    return {column: count for column, count in found.items() if count}


def unreadable_examples(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, place: int
) -> tuple[str, ...]:
    """Up to five different cells that could not be read, commonest first."""
    cell = f"c{place}"
    where = f"{source.where} AND " if source.where else ""
    rows = connection.execute(
        f"SELECT trim({cell})[:80] AS v, count(*) AS n FROM {source.scan} WHERE {where} {cell} IS NOT NULL "
        f"AND NOT {is_missing(cell, recipe.missing)} "
        f"AND ({typed_alone(cell, source, recipe, place)}) IS NULL "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {EXAMPLES}"
    ).fetchall()
    return tuple(str(row[0]) for row in rows)
