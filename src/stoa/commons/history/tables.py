# SPDX-License-Identifier: EUPL-1.2
"""A table of some series as people know it, written to a Parquet file by DuckDB: no row passes through Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from stoa.commons.history.values import Key
from stoa.commons.history.writing import keys_table
from stoa.commons.lake.engine import engine_name, identifier, open_engine, quoted
from stoa.commons.lake.values import Layout


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of history a table holds; `hot` rows win over those of `paths` with the same key."""

    paths: Sequence[str]
    """Files of the lake, relative to it."""
    hot: Path
    """A file of the same columns with what is not in the lake yet."""
    since: datetime
    until: datetime
    removed: Iterable[Key] = ()
    """Keys that the lake still holds but that count no more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What would stand in the table."""

    rows: int
    digest: str
    """Of the content: another one means that something is different."""
    is_once: bool
    """No series has two rows of the same time."""


class TableWriter:
    """Looks at the rows of some series first, and writes them only when somebody wants them."""

    def __init__(self, layout: Layout, rows: Rows, series: pa.Table, scratch: Path) -> None:
        """`series`: `datastream_id` and whatever is to be told of each; sorted as the table is to be."""
        self._engine = open_engine(layout, spatial=False, scratch=scratch)
        self._series = series
        self._engine.register("gone", keys_table(rows.removed))
        self._engine.register(
            "facts", series.append_column("place", pa.array(range(series.num_rows), pa.int64()))
        )
        self._engine.execute(f"CREATE VIEW told AS {_merged(layout, rows)}", [])

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._engine.close()

    def look(self) -> Told:
        """One pass over the narrow columns."""
        found = self._engine.execute(
            'SELECT count(*), coalesce(sum(hash(datastream_id, "at", result_at, received_at, revision, quality)), 0)'
            " FROM told"
        ).fetchone()
        once = self._engine.execute(
            'SELECT 1 FROM told GROUP BY datastream_id, "at" HAVING count(*) > 1 LIMIT 1'
        ).fetchone()
        rows, total = found or (0, 0)
        facts = [engine_name(), int(rows), str(total), self._series.to_pylist()]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
        return Told(int(rows), digest, once is None)

    def write(self, columns: Sequence[tuple[str, str]], target: Path) -> None:
        """Write the table: the name of each column, and of what it is made (SQL over `told` and `facts`)."""
        shown = ", ".join(f"{made} AS {identifier(name)}" for name, made in columns)
        self._engine.execute(
            f"COPY (SELECT {shown} FROM told JOIN facts USING (datastream_id)"
            f' ORDER BY facts.place, told."at", told.result_at) TO {quoted(str(target))}'
            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )


def _merged(layout: Layout, rows: Rows) -> str:
    """The rows of the series, of each key the one that counts."""
    since, until = (f"TIMESTAMPTZ '{moment.isoformat()}'" for moment in (rows.since, rows.until))
    own = "datastream_id IN (SELECT datastream_id FROM facts)"
    hot = f"SELECT * FROM read_parquet({quoted(str(rows.hot))}) WHERE {own}"
    hot += f' AND "at" >= {since} AND "at" < {until}'
    if not rows.paths:
        return hot
    listed = ", ".join(quoted(str(layout.lake / path)) for path in rows.paths)
    same = 'o.datastream_id = l.datastream_id AND o."at" = l."at" AND o.result_at IS NOT DISTINCT FROM l.result_at'
    gone = (
        'g.datastream_id = l.datastream_id AND g.at_us = epoch_us(l."at")'
        " AND g.result_us IS NOT DISTINCT FROM epoch_us(l.result_at)"
    )
    return (
        f"{hot} UNION ALL BY NAME SELECT l.* FROM read_parquet([{listed}]) AS l"
        f' WHERE l.{own} AND l."at" >= {since} AND l."at" < {until}'
        f" AND NOT EXISTS (SELECT 1 FROM read_parquet({quoted(str(rows.hot))}) AS o WHERE {same})"
        f" AND NOT EXISTS (SELECT 1 FROM gone AS g WHERE {gone})"
    )
