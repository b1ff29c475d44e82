# SPDX-License-Identifier: EUPL-1.2
"""A look at the first rows: shapes and values of every column, counted by DuckDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb

from stoa.commons.reading.rules.samples import SHAPE_LENGTH, ColumnSample, Shape
from stoa.commons.reading.staging import THREADS, Source
from stoa.commons.reading.staging_casts import literal, trimmed

SAMPLE_ROWS = 30_000
MOST_SHAPES = 400
MOST_VALUES = 5_000
TABLE = "sampled"


def take_sample(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """Keep the first rows as text in a table of the engine's memory; returns how many there are."""
    # A second thread would read on behind the limit for nothing.
    connection.execute("SET threads = 1")
    counted = _fill(connection, source, source.beginning)
    connection.execute(f"SET threads = {THREADS}")
    if counted < SAMPLE_ROWS and source.beginning != source.scan:
        # Rows may be so wide, or so many of them empty, that the first piece does not hold enough.
        counted = _fill(connection, source, source.scan)
    return counted


def _fill(connection: duckdb.DuckDBPyConnection, source: Source, scan: str) -> int:
    where = f" WHERE {source.where}" if source.where else ""
    cells = ", ".join(
        f"{trimmed(cell) if source.native_of(place) == 'VARCHAR' else f'trim({cell}::VARCHAR)'} AS {cell}"
        for place, cell in enumerate(source.cells)
    )
    found = connection.execute(
        f"CREATE OR REPLACE TABLE {TABLE} AS SELECT {cells} FROM {scan}{where} LIMIT {SAMPLE_ROWS}"
    ).fetchone()
    return int(found[0]) if found else 0


def samples(
    connection: duckdb.DuckDBPyConnection, source: Source, rows: int, missing: tuple[str, ...]
) -> tuple[ColumnSample, ...]:
    """Count the shapes and values of every column; words for 'no value' count as empty.

    So few rows keep one processor busy only, whatever is asked of them: two columns are counted at a time.
    """

    def counted(cell: str, heading: str) -> ColumnSample:
        with connection.cursor() as cursor:
            return _column(cursor, cell, heading, rows, missing)

    with ThreadPoolExecutor(THREADS) as pool:
        return tuple(pool.map(counted, source.cells, source.headings))


def _column(
    connection: duckdb.DuckDBPyConnection, cell: str, heading: str, rows: int, missing: tuple[str, ...]
) -> ColumnSample:
    words = ", ".join(literal(word) for word in ("", *missing))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE one AS SELECT {cell} AS v, count(*) AS n FROM {TABLE} "
        f"WHERE {cell} NOT IN ({words}) GROUP BY 1"
    )
    filled, distinct = connection.execute("SELECT coalesce(sum(n), 0)::BIGINT, count(*) FROM one").fetchall()[
        0
    ]
    shapes = connection.execute(
        f"SELECT CASE WHEN v[1] = '0' AND length(v) > 1 THEN 'Z' || s[2:] ELSE s END AS shape, "
        f"sum(n)::BIGINT AS rows, min(v) "
        f"FROM (SELECT v, n, translate(v[:{SHAPE_LENGTH}], '0123456789', '9999999999') AS s FROM one) "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_SHAPES}"
    ).fetchall()
    values = connection.execute(f"SELECT v, n FROM one ORDER BY n DESC, v LIMIT {MOST_VALUES}").fetchall()
    return ColumnSample(
        heading, rows, int(filled), tuple(Shape(*row) for row in shapes), tuple(values), int(distinct)
    )
