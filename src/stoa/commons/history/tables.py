# SPDX-License-Identifier: EUPL-1.2
"""A table of some series as people know it, made by DuckDB and written to Parquet: columns only, no row is Python's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stoa.commons.history.values import ROW_GROUP, Key
from stoa.commons.history.writing import keys_table
from stoa.commons.lake.engine import engine_name, identifier, open_engine, quoted
from stoa.commons.lake.values import Layout

ROWS_AT_ONCE = 400_000
"""So many are sorted at once, with their names and places; a series of more is sorted by itself."""


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
    by_series: Mapping[int, int]
    """How many rows of each series there are."""


class TableWriter:
    """Looks at the rows of some series first, and writes them only when somebody wants them."""

    def __init__(self, layout: Layout, rows: Rows, series: pa.Table, scratch: Path) -> None:
        """`series`: `datastream_id` and whatever is to be told of each; sorted as the table is to be."""
        self._engine = open_engine(layout, spatial=False, scratch=scratch)
        self._series = series.append_column("place", pa.array(range(series.num_rows), pa.int64()))
        self._told = _merged(layout, rows)
        self._engine.register("gone", keys_table(rows.removed))

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._engine.close()

    def look(self) -> Told:
        """One pass over the narrow columns."""
        self._engine.register("facts", self._series)
        found = self._engine.execute(
            'SELECT datastream_id, count(*), sum(hash("at", result_at, received_at, revision, quality))::VARCHAR'
            f" FROM ({self._told}) AS told GROUP BY 1 ORDER BY 1"
        ).fetchall()
        by_series = {int(series): int(count) for series, count, _ in found}
        facts = [engine_name(), [[*row] for row in found], self._series.to_pylist()]
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()
        return Told(sum(by_series.values()), digest, by_series)

    def write(self, told: Told, columns: Sequence[tuple[str, str]], target: Path) -> bool:
        """Write the table, some series at a time, so that never all of it is sorted.

        `columns`: the name of each, and of what it is made (SQL over `told` and `facts`). Says whether no series has
        two rows of the same time.
        """
        shown = ", ".join(f"{made} AS {identifier(name)}" for name, made in columns)
        writer: pq.ParquetWriter | None = None
        is_once = True
        try:
            for part in self._parts(told):
                self._engine.register("facts", part)
                is_once = is_once and self._has_each_time_once()
                reader = self._engine.execute(
                    f"SELECT {shown} FROM ({self._told}) AS told JOIN facts USING (datastream_id)"
                    ' ORDER BY facts.place, told."at", told.result_at NULLS FIRST'
                ).to_arrow_reader(ROW_GROUP)
                for batch in reader:
                    writer = writer or pq.ParquetWriter(target, batch.schema, compression="zstd")
                    writer.write_batch(batch, row_group_size=ROW_GROUP)
        finally:
            if writer is not None:
                writer.close()
        return is_once

    def _parts(self, told: Told) -> Iterator[pa.Table]:
        """Series that follow each other, with not too many rows together."""
        first = rows = 0
        for place, series in enumerate(self._series.column("datastream_id").to_pylist()):
            count = told.by_series.get(series, 0)
            if rows and rows + count > ROWS_AT_ONCE:
                yield self._series.slice(first, place - first)
                first, rows = place, 0
            rows += count
        yield self._series.slice(first)

    def _has_each_time_once(self) -> bool:
        found = self._engine.execute(
            f'SELECT 1 FROM ({self._told}) AS told GROUP BY datastream_id, "at" HAVING count(*) > 1 LIMIT 1'
        ).fetchone()
        return found is None


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
