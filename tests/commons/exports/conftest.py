# SPDX-License-Identifier: EUPL-1.2
"""A small lake with versions that hold everything a column can hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from stoa.commons.lake import door as lake
from stoa.commons.lake.values import Layout, StagedTable, VersionRef
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
COLUMNS = (
    ColumnSpec("nr", "Nr.", Kind.INTEGER),
    ColumnSpec("art", "=Art", Kind.TEXT, description="Species of the tree"),
    ColumnSpec("hoehe", "Höhe [m]", Kind.NUMBER, unit="m"),
    ColumnSpec("gesund", "Gesund", Kind.BOOLEAN),
    ColumnSpec("am", "Gepflanzt", Kind.DATE),
    ColumnSpec("um", "Geprüft", Kind.DATETIME),
    ColumnSpec("zeit", "Zeit", Kind.TIME),
)
ROWS: list[tuple[Any, ...]] = [
    (
        1,
        'Linde, "groß"',
        12.5,
        True,
        date(1999, 12, 31),
        datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        time(6, 30),
    ),
    (
        2,
        "=1+1",
        -0.1,
        False,
        date(1850, 1, 1),
        datetime(2026, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC),
        time(23, 59, 59),
    ),
    (-(2**62), "-5", 1e-7, None, None, None, None),
    (None, None, None, True, date(2024, 2, 29), datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), time(0, 0)),
    (
        5,
        "two\nlines\ttab",
        1e20,
        False,
        date(2026, 3, 29),
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
        time(12, 0),
    ),
    (6, "", 0.1 + 0.2, True, date(1900, 3, 1), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), time(1, 2, 3)),
]
POINTS: list[tuple[float, float] | None] = [
    (7.625, 51.96),
    (7.6, 51.9),
    None,
    (7.123456789012, 51.5),
    (7.7, 52.0),
    (7.61, 51.95),
]
SHAPES = [
    "POLYGON ((7.6 51.9, 7.7 51.9, 7.7 52, 7.6 51.9))",
    "MULTIPOLYGON (((7 51, 7.1 51, 7.1 51.1, 7 51)))",
    "LINESTRING (7.123456789 51, 8 52)",
    None,
    "POINT (7.5 51.5)",
    "POLYGON ((7.6 51.9, 7.7 51.9, 7.7 52, 7.6 51.9))",
]

Put = Callable[..., VersionRef]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "cache").mkdir()
    return Layout(tmp_path / "lake", tmp_path / "cache", memory_mib=200, threads=1)


@pytest.fixture
def put(layout: Layout, tmp_path: Path) -> Put:
    numbers = itertools.count(1)

    def write(
        columns: tuple[ColumnSpec, ...] = COLUMNS,
        rows: list[tuple[Any, ...]] = ROWS,
        points: list[tuple[float, float] | None] | None = None,
        shapes: list[str | None] | None = None,
        key: tuple[str, ...] = (),
    ) -> VersionRef:
        data: dict[str, pa.Array] = {}
        for place, column in enumerate(columns):
            data[column.name] = pa.array([row[place] for row in rows], ARROW[column.kind])
        form = "none"
        if points is not None:
            form = "lonlat"
            data["_lon"] = pa.array([point and point[0] for point in points], pa.float64())
            data["_lat"] = pa.array([point and point[1] for point in points], pa.float64())
        if shapes is not None:
            form = "wkb"
            data["_wkb"] = pa.array([text and shapely.from_wkt(text).wkb for text in shapes], pa.binary())
        number = next(numbers)
        staged = tmp_path / f"staged-{number}.parquet"
        pq.write_table(pa.table(data), staged)
        return lake.write_version(
            layout,
            StagedTable(staged, len(rows), form),
            path=f"town/trees/v{number}",
            columns=columns,
            key=key,
        ).ref

    return write
