# SPDX-License-Identifier: EUPL-1.2
"""Reading files of history in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from stoa.commons.history.values import SCHEMA
from stoa.commons.lake.engine import open_engine, quoted
from stoa.commons.lake.values import Layout


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
    order = "DESC" if newest_first else ""
    statement = f"""
        SELECT * FROM {_files(layout, paths)}
        WHERE datastream_id IN (SELECT unnest(?)) AND "at" >= ? AND "at" < ?
        ORDER BY "at" {order}, datastream_id {order}, result_at {order} NULLS {"LAST" if newest_first else "FIRST"}
        LIMIT ?
    """
    return _ask(layout, paths, statement, [list(series), begins, ends, most]).cast(SCHEMA)


def hours(layout: Layout, paths: Sequence[str], *, begins: datetime, ends: datetime) -> pa.Table:
    """Count, sum, smallest and largest number of every series and hour (UTC) from `begins` until before `ends`.

    Columns: datastream_id, hour (hours since 1970), count, total, low, high.
    """
    statement = f"""
        SELECT datastream_id, epoch_us("at") // 3600000000 AS hour, count(number) AS count, sum(number) AS total,
               min(number) AS low, max(number) AS high
        FROM {_files(layout, paths)} WHERE "at" >= ? AND "at" < ? GROUP BY ALL
    """
    return _ask(layout, paths, statement, [begins, ends])


def _files(layout: Layout, paths: Sequence[str]) -> str:
    listed = ", ".join(quoted(str(layout.lake / path)) for path in paths)
    return f"read_parquet([{listed}])"


def _ask(layout: Layout, paths: Sequence[str], statement: str, values: list[Any]) -> pa.Table:
    if not paths:
        raise ValueError("no files to read")
    engine = open_engine(layout, spatial=False)
    try:
        return engine.execute(statement, values).to_arrow_table()
    finally:
        engine.close()
