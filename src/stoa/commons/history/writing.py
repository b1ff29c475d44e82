# SPDX-License-Identifier: EUPL-1.2
"""Writing a file of history: from sorted rows as they come, or merged with files that it replaces.

A file appears under its name only when it is complete and on the disk; nothing is ever changed in place.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stoa.commons.history.values import ROW_GROUP, Key, SeriesFile
from stoa.commons.lake.engine import open_engine, quoted
from stoa.commons.lake.values import Layout

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER, HOURS = "series", "hours"


def file_name(city_id: int, begins: date, ends: date, generation: int) -> str:
    """Path of a file within the lake; every generation has a name of its own.

    >>> file_name(3, date(2026, 11, 21), date(2026, 11, 22), 2)
    'series/3/2026-11/20261121-20261122-0002.parquet'
    """
    span = f"{begins:%Y%m%d}-{ends:%Y%m%d}-{generation:04d}"
    return f"{FOLDER}/{city_id}/{begins:%Y-%m}/{span}.parquet"


def hours_name(path: str) -> str:
    """Path of the file with the hours of a file of single values.

    >>> hours_name('series/3/2026-11/20261121-20261122-0002.parquet')
    'hours/3/2026-11/20261121-20261122-0002.parquet'
    """
    return f"{HOURS}{path.removeprefix(FOLDER)}"


def write_sorted(layout: Layout, batches: Iterable[pa.RecordBatch], target: Path) -> int:
    """Write rows, sorted already by series, time and result time, to a file; returns how many."""
    import pyarrow.parquet as pq  # large: it comes when a file is written

    from stoa.commons.history.schema import SCHEMA

    rows = 0
    with _appearing(target) as aside, pq.ParquetWriter(
        aside, SCHEMA, compression="zstd", use_dictionary=["datastream_id", "text", "quality"], write_statistics=True
    ) as writer:  # fmt: skip
        for group in _groups(batches):
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in pieces of one row group."""
    import pyarrow as pa

    from stoa.commons.history.schema import SCHEMA

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count >= ROW_GROUP:
            table = pa.Table.from_batches(waiting, schema=SCHEMA)
            whole = count - count % ROW_GROUP
            yield table.slice(0, whole)
            waiting, count = table.slice(whole).to_batches(), count - whole
    if count:
        yield pa.Table.from_batches(waiting, schema=SCHEMA)


class Merged(NamedTuple):
    """What came of merging files."""

    rows: int
    lost: dict[int, int]
    """By series: rows that were told twice (corrections of what lay in the lake) or whose time is over."""


def merge(
    layout: Layout,
    *,
    older: Sequence[Path],
    newer: Path | None,
    target: Path,
    removed: Iterable[Key] = (),
    expired: Mapping[int, int] | None = None,
    known: Iterable[int] | None = None,
) -> Merged:
    """Make one file of several: of rows with one key the one of the newest file wins.

    `older` is in the order in which the files were made. Left out are `removed` keys of the older files, and what is
    before the moment (microseconds since 1970) that `expired` tells for a series, and series that are not `known`.
    """
    import pyarrow as pa

    from stoa.commons.history.schema import SCHEMA

    files = [*older, *([newer] if newer else [])]
    ranks = " UNION ALL BY NAME ".join(
        f"SELECT *, {rank} AS rank FROM read_parquet({quoted(str(path))})" for rank, path in enumerate(files)
    )
    engine = open_engine(layout, spatial=False)
    try:
        engine.register("gone", keys_table(removed))
        engine.register("over_by", _over(expired or {}))
        if known is not None:
            engine.register("known", pa.table([pa.array(list(known), pa.int64())], names=["datastream_id"]))
            ranks = f"SELECT * FROM ({ranks}) AS r SEMI JOIN known USING (datastream_id)"
        reader = engine.execute(_MERGED.format(ranks=ranks, newest=len(older))).to_arrow_reader(ROW_GROUP)
        rows = write_sorted(layout, (batch.cast(SCHEMA) for batch in reader), target)
        lost = engine.execute(
            _LOST.format(ranks=ranks, newest=len(older), target=quoted(str(target)))
        ).fetchall()
        return Merged(rows, {series: count for series, count in lost if count})
    finally:
        engine.close()


def write_hours(
    layout: Layout,
    path: str,
    *,
    left_out: Sequence[int],
    older: Sequence[str] = (),
    expired: Mapping[int, int] | None = None,
) -> None:
    """Write beside a finished file what its series came to by the hour: HOUR_SCHEMA, sorted by series and hour.

    Values of a quality in `left_out` do not count. Hours of values that `expired` cut off (as in `merge`) are taken
    over from the hours of the `older` files.
    """
    known = [hours_name(one) for one in older if (layout.lake / hours_name(one)).exists()]
    over = expired if expired and known else {}
    engine = open_engine(layout, spatial=False)
    try:
        engine.register("over_by", _over(over))
        kept = _KEPT_HOURS.format(files=listed(layout, known)) if over else ""
        with _appearing(layout.lake / hours_name(path)) as aside:
            asked = _HOURS.format(
                counted=counted_hours(listed(layout, [path]), left_out), kept=kept, target=quoted(str(aside))
            )
            engine.execute(asked)
    finally:
        engine.close()


def listed(layout: Layout, paths: Sequence[str]) -> str:
    """Files of the lake as a table of DuckDB's."""
    return f"read_parquet([{', '.join(quoted(str(layout.lake / path)) for path in paths)}])"


def counted_hours(files: str, left_out: Sequence[int], where: str = "") -> str:
    """The query of the hours of single values."""
    bad = f" AND quality NOT IN ({', '.join(str(int(one)) for one in left_out)})" if left_out else ""
    return _COUNTED.format(files=files, bad=bad, where=where)


_COUNTED = """
    SELECT datastream_id, make_timestamptz(hour * 3600000000) AS start, count, total, squares, low, high FROM (
      SELECT datastream_id, epoch_us("at") // 3600000000 AS hour, count(*)::INTEGER AS count, sum(number) AS total,
             sum(number * number) AS squares, min(number) AS low, max(number) AS high
      FROM {files} WHERE number IS NOT NULL{bad}{where} GROUP BY 1, 2
    ) AS counted
"""
_KEPT_HOURS = """
    UNION ALL
    SELECT h.datastream_id, h.start, h.count, h.total, h.squares, h.low, h.high
    FROM {files} AS h JOIN over_by USING (datastream_id) WHERE epoch_us(h.start) < over_by.until_us
"""
_HOURS = """
    COPY ({counted} {kept} ORDER BY datastream_id, start) TO {target}
    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)
"""

_MERGED = """
    SELECT * EXCLUDE (rank, place) FROM (
      SELECT *, row_number() OVER (PARTITION BY datastream_id, "at", result_at ORDER BY rank DESC) AS place
      FROM ({ranks})
    ) AS told
    WHERE place = 1
      AND NOT EXISTS (SELECT 1 FROM gone WHERE told.rank < {newest} AND gone.datastream_id = told.datastream_id
        AND gone.at_us = epoch_us(told."at") AND gone.result_us IS NOT DISTINCT FROM epoch_us(told.result_at))
      AND NOT EXISTS (SELECT 1 FROM over_by WHERE over_by.datastream_id = told.datastream_id
        AND epoch_us(told."at") < over_by.until_us)
    ORDER BY datastream_id, "at", result_at NULLS FIRST
"""


_LOST = """
    SELECT datastream_id, told.rows - coalesce(kept.rows, 0) - coalesce(gone.rows, 0)
    FROM (SELECT datastream_id, count(*) AS rows FROM ({ranks}) GROUP BY 1) AS told
    LEFT JOIN (SELECT datastream_id, count(*) AS rows FROM read_parquet({target}) GROUP BY 1) AS kept USING (datastream_id)
    LEFT JOIN (
      SELECT datastream_id, count(*) AS rows FROM ({ranks}) AS r SEMI JOIN gone ON gone.datastream_id = r.datastream_id
        AND gone.at_us = epoch_us(r."at") AND gone.result_us IS NOT DISTINCT FROM epoch_us(r.result_at)
      WHERE r.rank < {newest} GROUP BY 1
    ) AS gone USING (datastream_id)
"""


def keys_table(told: Iterable[Key]) -> pa.Table:
    """Keys as a table for DuckDB: datastream_id, at_us, result_us."""
    import pyarrow as pa

    keys = list(told)
    columns = [pa.array([key[place] for key in keys], pa.int64()) for place in range(3)]
    return pa.table(columns, names=["datastream_id", "at_us", "result_us"])


def _over(expired: Mapping[int, int]) -> pa.Table:
    import pyarrow as pa

    columns = [pa.array(values, pa.int64()) for values in (expired.keys(), expired.values())]
    return pa.table(columns, names=["datastream_id", "until_us"])


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A path beside the target; what was written there takes the target's name at the end, all or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
    try:
        yield aside
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        aside.unlink(missing_ok=True)


def described(layout: Layout, path: str, begins: date, ends: date) -> SeriesFile:
    """What stands in a finished file."""
    import pyarrow.parquet as pq

    file = layout.lake / path
    return SeriesFile(path, begins, ends, pq.read_metadata(file).num_rows, file.stat().st_size)
