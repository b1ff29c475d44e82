# SPDX-License-Identifier: EUPL-1.2
"""A small lake and a way to put rows into it as the readers would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stoa.commons.lake import door
from stoa.commons.lake.values import Layout, StagedTable, Written
from stoa.ground.tables import ColumnSpec, Kind

ARROW = {
    Kind.TEXT: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us", tz="UTC"),
    Kind.TIME: pa.time64("us"),
}


def stage(
    folder: Path, columns: Sequence[ColumnSpec], rows: Sequence[Sequence[Any]], place: str = "none"
) -> StagedTable:
    """Rows as the readers leave them; behind the columns stand `_lon, _lat` or `_wkb` if `place` says so."""
    names = [column.name for column in columns]
    types = [ARROW[column.kind] for column in columns]
    names += {"none": [], "lonlat": ["_lon", "_lat"], "wkb": ["_wkb"]}[place]
    types += {"none": [], "lonlat": [pa.float64(), pa.float64()], "wkb": [pa.binary()]}[place]
    arrays = [pa.array([row[i] for row in rows], type=kind) for i, kind in enumerate(types)]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"staged-{len(list(folder.iterdir()))}.parquet"
    pq.write_table(pa.Table.from_arrays(arrays, names=names), file, compression="lz4")
    return StagedTable(file, len(rows), place)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "lake").mkdir()
    return Layout(tmp_path / "lake", tmp_path / "cache", memory_mib=200, threads=2)


@pytest.fixture
def stage_rows(tmp_path: Path) -> Callable[..., StagedTable]:
    """Rows as the readers leave them, not yet written."""
    return lambda columns, rows, place="none": stage(tmp_path / "staged", columns, rows, place)


@pytest.fixture
def put(layout: Layout, tmp_path: Path) -> Callable[..., Written]:
    """Write rows as the next version and give back what was written."""
    counter = iter(range(1, 1000))

    def _put(
        columns: Sequence[ColumnSpec],
        rows: Sequence[Sequence[Any]],
        *,
        place: str = "none",
        key: tuple[str, ...] = (),
    ) -> Written:
        staged = stage(tmp_path / "staged", columns, rows, place)
        return door.write_version(
            layout, staged, path=f"city/set/v{next(counter):06d}", columns=tuple(columns), key=key
        )

    return _put
