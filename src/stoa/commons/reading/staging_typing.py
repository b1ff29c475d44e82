# SPDX-License-Identifier: EUPL-1.2
"""The whole table typed: one pass over the source, written as Parquet files in the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.reading.recipe import Recipe, Treatment
from stoa.commons.reading.rules.dates import BETWEEN
from stoa.commons.reading.staging import THREADS, Source, parquet_scan
from stoa.commons.reading.staging_casts import (
    has_offset,
    instant,
    is_missing,
    literal,
    local_moment,
    name,
    treated,
    typed_native,
)
from stoa.commons.reading.staging_zone import Steps, steps_of
from stoa.ground.tables import Kind

EXAMPLES = 5
BEYOND = "_beyond"
"""The column beside the typed ones that keeps the cells behind the last heading."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of typing the table."""

    rows: int
    broken: int = 0
    """Lines that are no row at all."""
    broken_examples: tuple[str, ...] = ()


def write_staged(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    place: tuple[str, ...],
    target: Path,
) -> Typed:
    """Type every row once; leaves Parquet files in the new folder `target`, in the order of their names."""
    target.mkdir()
    has_times = any(True for _ in _moments(source, recipe))
    steps = steps_of(connection, recipe.zone) if has_times else Steps()
    before, behind = _select(source, recipe, place, steps)
    if source.native:
        return Typed(_copy(connection, before + source.scan + behind, target / part_name(0)))
    # The engine would write one table in order with one thread. So each thread takes whole pieces for itself.
    connection.execute("SET threads = 1")

    def type_piece(numbered: tuple[int, Path]) -> Typed:
        number, path = numbered
        part = target / part_name(number)
        with connection.cursor() as cursor:
            rows = _copy(cursor, before + source.scan_of([path]) + behind, part)
            broken = _broken(cursor)
            width = source.widest(path) if _goes_beyond(cursor, part) or source.may_hide(path) else 0
            if width > source.width:
                wide = source.widened(width)
                start, end = _select(wide, recipe, place, steps)
                _copy(cursor, start + wide.scan_of([path]) + end, part)
        return Typed(rows, *broken)

    with ThreadPoolExecutor(THREADS) as pool:
        typed = [
            future.result() for future in [pool.submit(type_piece, each) for each in enumerate(source.pieces)]
        ]
    connection.execute(f"SET threads = {THREADS}")
    examples = dict.fromkeys(line for each in typed for line in each.broken_examples)
    return Typed(
        sum(each.rows for each in typed), sum(each.broken for each in typed), tuple(examples)[:EXAMPLES]
    )


def _goes_beyond(cursor: duckdb.DuckDBPyConnection, part: Path) -> bool:
    """Does a row of this piece hold cells behind the last heading?"""
    row = cursor.execute(f"SELECT count({BEYOND}) FROM {parquet_scan([part])}").fetchone()
    return bool(row and row[0])


def part_name(number: int) -> str:
    """The files of a staged table stand in the order of their names."""
    return f"part-{number:05}.parquet"


def _select(source: Source, recipe: Recipe, place: tuple[str, ...], steps: Steps) -> tuple[str, str]:
    """The query over the source: what stands before the scan, and behind it."""
    shown = [
        f"{treated(f'v{n}', column, recipe.zone)} AS {name(column.name)}"
        for n, column in enumerate(recipe.columns)
        if column.is_kept
    ]
    doubtful, moments = doubtful_places(source, recipe), dict(_moments(source, recipe))
    shown += [f"{_odd(n, recipe)} AS {odd_name(n)}" for n in doubtful]
    shown += [
        f"{steps.doubtful(f'm{n}', _is_certain(n, recipe))} AS {clock_name(n)}"
        for n in local_times(source, recipe)
    ]
    shown += [f"{source.beyond} AS {BEYOND}"] if source.beyond else []
    # Every column dropped: a table must have one to have rows.
    shown = [*shown, *place] or ["NULL::VARCHAR AS _nothing"]
    inner = [
        f"{_value(source, recipe, n, steps, is_moment=n in moments)} AS v{n}"
        for n in range(len(recipe.columns))
    ]
    texts = sorted({*doubtful, *range(len(source.headings), source.width)})
    inner += [f"c{n}" for n in texts] + [f"m{n}" for n in moments] + ["_wkb"] * source.has_wkb
    innermost = ", ".join(["*", *(f"{sql} AS m{n}" for n, sql in moments.items())])
    where = f" WHERE {source.where}" if source.where else ""
    before = f"SELECT {', '.join(shown)} FROM (SELECT {', '.join(inner)} FROM (SELECT {innermost} FROM "
    return before, f"{where}))"


def _moments(source: Source, recipe: Recipe) -> Iterator[tuple[int, str]]:
    """The local times of a text, by the place of their column; each is read once."""
    for place, column in enumerate(recipe.columns):
        if column.kind is Kind.DATETIME and source.native_of(place) == "VARCHAR":
            yield place, local_moment(f"c{place}", column)


def _value(source: Source, recipe: Recipe, place: int, steps: Steps, *, is_moment: bool) -> str:
    column = recipe.columns[place]
    if is_moment:
        return instant(f"c{place}", column, steps.to_utc(f"m{place}"))
    return typed_native(f"c{place}", source.native_of(place), column, recipe.missing, recipe.zone)


def local_times(source: Source, recipe: Recipe) -> list[int]:
    """Places of the kept columns whose texts are local times of a zone that may change its clocks."""
    return [
        place
        for place, _ in _moments(source, recipe)
        if recipe.zone != "UTC"
        and recipe.columns[place].is_kept
        and recipe.columns[place].treatment is Treatment.KEEP
    ]


def clock_name(place: int) -> str:
    """The column beside the typed ones that says which local times never were (0) or were twice (2)."""
    return f"_clock{place}"


def _is_certain(place: int, recipe: Recipe) -> str:
    """True where a cell says its offset from UTC."""
    return has_offset(f"c{place}") if "" in recipe.columns[place].date_format.split(BETWEEN) else "false"


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
    # One case within the other: the engine is free to look at both sides of an AND, for every cell.
    told = f"CASE WHEN NOT coalesce({missing}, true) THEN trim({cell})[:80] END"
    return f"CASE WHEN v{place} IS NULL THEN {told} END"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    rows = connection.execute(
        f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION lz4, "
        "DICTIONARY_SIZE_LIMIT 5000, WRITE_BLOOM_FILTER false)"
    ).fetchone()
    return int(rows[0]) if rows else 0


def _broken(cursor: duckdb.DuckDBPyConnection) -> tuple[int, tuple[str, ...]]:
    """Lines that the reader refused: a bad line is told once for each cell that it lacks."""
    row = cursor.execute(
        f"SELECT count(DISTINCT line), list(DISTINCT csv_line[:200])[:{EXAMPLES}] FROM reject_errors "
        "WHERE scan_id = (SELECT max(scan_id) FROM reject_errors)"
    ).fetchone()
    return (int(row[0]), tuple(row[1] or ())) if row else (0, ())
