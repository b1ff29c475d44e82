# SPDX-License-Identifier: EUPL-1.2
"""The whole table as CSV, beside DuckDB writing the same columns."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import duckdb
from tests.perf.figures import Figure, within
from tests.perf.workshop import workshop

from stoa.commons.lake import dictionary
from stoa.commons.lake.exports import door as exports
from stoa.commons.lake.exports.values import About, Format
from stoa.commons.lake.values import Layout, VersionRef

ANSWERS = ("download",)
RUNS = 3


def measure(scale: float) -> list[Figure]:
    """In turn, so that both meet the same machine; the kept file is removed before each of ours."""
    shop = workshop()
    slug, ref = shop.dataset(scale)
    ours, floors, size = [], [], 0
    _ours(shop.layout, ref, slug)
    for _ in range(RUNS):
        floors.append(_floor(shop.layout, ref, shop.base / "floor.csv"))
        seconds, size = _ours(shop.layout, ref, slug)
        ours.append(seconds)
    note = (
        f"{ref.rows:,} rows, {size / 1e6:.0f} MB, in the order of the source, formulas made harmless; "
        "the floor: COPY of the GeoParquet without order and without its geometry"
    )
    return [
        within("download", statistics.median(ours), "s", times=2, peer=statistics.median(floors), note=note)
    ]


def _ours(layout: Layout, ref: VersionRef, slug: str) -> tuple[float, int]:
    began = time.perf_counter()
    file = exports.export(layout, ref, None, Format.CSV, about=About(slug))
    spent = time.perf_counter() - began
    file.path.unlink()
    return spent, file.bytes


def _floor(layout: Layout, ref: VersionRef, target: Path) -> float:
    columns = ", ".join(f'"{column.name}"' for column in ref.columns)
    source = dictionary.data_file(layout, ref)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        began = time.perf_counter()
        connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet('{source}')) TO '{target}' (FORMAT csv, HEADER true)"
        )
        spent = time.perf_counter() - began
    target.unlink()
    return spent
