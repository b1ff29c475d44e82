# SPDX-License-Identifier: EUPL-1.2
"""Reading files of history in place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from stoa.commons.history.values import Key
from stoa.commons.history.writing import counted_hours, hours_name, keys_table, listed
from stoa.commons.lake.engine import open_engine
from stoa.commons.lake.values import Layout

if TYPE_CHECKING:
    import pyarrow as pa

AT_ONCE = 122_880
"""Rows of one portion of an answer."""


def rows(
    layout: Layout,
    paths: Sequence[str],
    *,
    series: Sequence[int],
    begins: datetime,
    ends: datetime,
    most: int,
    newest_first: bool = False,
) -> pa.Table:
    """Observations of some series from `begins` until before `ends`, by time, series and result time."""
    from stoa.commons.history.schema import SCHEMA

    order = "DESC" if newest_first else ""
    statement = f"""
        SELECT * FROM {listed(layout, paths)}
        WHERE datastream_id IN (SELECT unnest(?)) AND "at" >= ? AND "at" < ?
        ORDER BY "at" {order}, datastream_id {order}, result_at {order} NULLS {"LAST" if newest_first else "FIRST"}
        LIMIT ?
    """
    return _ask(layout, paths, statement, [list(series), begins, ends, most]).cast(SCHEMA)


def count(layout: Layout, paths: Sequence[str], *, begins: datetime, ends: datetime) -> int:
    """How many observations lie in the files from `begins` until before `ends`, whether they still count or not."""
    if not paths:
        return 0
    statement = f'SELECT count(*) AS rows FROM {listed(layout, paths)} WHERE "at" >= ? AND "at" < ?'
    found: int = _ask(layout, paths, statement, [begins, ends])["rows"][0].as_py()
    return found


def hours(
    layout: Layout,
    paths: Sequence[str],
    *,
    begins: datetime,
    ends: datetime,
    left_out: Sequence[int],
    among: Among,
) -> Iterator[pa.RecordBatch]:
    """Hours (HOUR_SCHEMA, in no order) that begin from `begins` on and before `ends`, both on the hour (UTC).

    Read from the files of hours; where one is missing, counted from single values without those `left_out`.
    """
    import pyarrow as pa

    from stoa.commons.history.schema import HOUR_SCHEMA

    if not paths:
        return
    ready = [hours_name(path) for path in paths if (layout.lake / hours_name(path)).exists()]
    bare = [path for path in paths if hours_name(path) not in ready]
    tables, values = [], []
    if ready:
        tables.append(f"SELECT * FROM {listed(layout, ready)} WHERE start >= ? AND start < ?")
        values += [begins, ends]
    if bare:
        tables.append(counted_hours(listed(layout, bare), left_out, ' AND "at" >= ? AND "at" < ?'))
        values += [begins, ends]
    statement = f"SELECT h.* FROM ({' UNION ALL '.join(tables)}) AS h SEMI JOIN among USING (datastream_id)"
    engine = open_engine(layout, spatial=False)
    try:
        engine.execute("SET preserve_insertion_order=false")
        engine.register("among", pa.table({"datastream_id": pa.array(among.series, pa.int64())}))
        if among.but:
            engine.register("but", _hours_table(among.but))
            statement += " ANTI JOIN but ON but.datastream_id = h.datastream_id AND but.start = h.start"
        for batch in engine.execute(statement, values).to_arrow_reader(AT_ONCE):
            yield batch.cast(HOUR_SCHEMA)
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class Among:
    """Of which series, and which hours of them not."""

    series: Sequence[int]
    but: Collection[tuple[int, datetime]] = ()


def _hours_table(hours: Collection[tuple[int, datetime]]) -> pa.Table:
    import pyarrow as pa

    from stoa.commons.history.schema import MOMENT

    told = sorted(hours)
    return pa.table(
        {
            "datastream_id": pa.array([series for series, _ in told], pa.int64()),
            "start": pa.array([start for _, start in told], MOMENT),
        }
    )


@dataclass(frozen=True, slots=True)
class Sought:
    """Which observations: these keys, or all of some series or of a feature of interest in a span."""

    begins: datetime
    ends: datetime
    keys: Collection[Key] | None = None
    series: Sequence[int] | None = None
    feature: int | None = None


class Found(NamedTuple):
    """An observation that lies in a file."""

    key: Key
    is_number: bool


def keys(layout: Layout, paths: Sequence[str], sought: Sought) -> list[Found]:
    """Observations that lie in the files, whether they still count or not; one look."""
    if not paths or (sought.keys is not None and not sought.keys):
        return []
    where = ['"at" >= ?', '"at" < ?']
    values: list[Any] = [sought.begins, sought.ends]
    if sought.series is not None:
        where.append("datastream_id IN (SELECT unnest(?))")
        values.append(list(sought.series))
    if sought.feature is not None:
        where.append("feature_id = ?")
        values.append(sought.feature)
    engine = open_engine(layout, spatial=False)
    try:
        joined = ""
        if sought.keys is not None:
            engine.register("sought", keys_table(sought.keys))
            joined = (
                ' SEMI JOIN sought AS s ON s.datastream_id = f.datastream_id AND s.at_us = epoch_us(f."at")'
                " AND s.result_us IS NOT DISTINCT FROM epoch_us(f.result_at)"
            )
        asked = (
            'SELECT datastream_id, epoch_us("at"), epoch_us(result_at), number IS NOT NULL'
            f" FROM {listed(layout, paths)} AS f{joined} WHERE {' AND '.join(where)}"
        )
        return [Found(Key(*told[:3]), told[3]) for told in engine.execute(asked, values).fetchall()]
    finally:
        engine.close()


def _ask(layout: Layout, paths: Sequence[str], statement: str, values: list[Any]) -> pa.Table:
    if not paths:
        raise ValueError("no files to read")
    engine = open_engine(layout, spatial=False)
    try:
        return engine.execute(statement, values).to_arrow_table()
    finally:
        engine.close()
