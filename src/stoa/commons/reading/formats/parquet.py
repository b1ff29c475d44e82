# SPDX-License-Identifier: EUPL-1.2
"""Parquet and GeoParquet: rewritten batch by batch, objects flattened, geometry as WKB."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.archives import check_unfolded
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.columns import plain_columns
from stoa.commons.reading.formats.raw import TypedTable
from stoa.commons.reading.formats.vectors import Shapes, plain_geometry, shape_warnings
from stoa.ground.problems import Problem
from stoa.ground.words import say

BATCH = 20_000
ERRORS = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, TypeError, NotImplementedError)


def open_parquet(path: Path, asked: Asked) -> TypedTable:
    """Read a Parquet file into the work folder."""
    try:
        return _rewrite(path, asked)
    except ERRORS as error:
        raise refusals.damaged("parquet", refusals.short(error)) from None


def _rewrite(path: Path, asked: Asked) -> TypedTable:
    with pq.ParquetFile(path) as source:
        _check(source, path, asked)
        geometry, crs, warnings = _geometry(source)
        headings: tuple[str, ...] = ()
        shapes, rows = Shapes(), 0
        target, writer = asked.workdir / "records.parquet", None
        try:
            for batch in source.iter_batches(BATCH):
                headings, table = _plain(pa.Table.from_batches([batch]), geometry, shapes)
                rows += table.num_rows
                writer = writer or pq.ParquetWriter(target, table.schema, compression="lz4")
                writer.write_table(table)
            if writer is None:
                headings, table = _plain(source.schema_arrow.empty_table(), geometry, shapes)
                writer = pq.ParquetWriter(target, table.schema, compression="lz4")
        finally:
            if writer is not None:
                writer.close()
    return TypedTable(
        "parquet",
        "",
        target,
        headings,
        rows,
        crs,
        tuple(sorted(shapes.types)),
        {},
        (*warnings, *shape_warnings(shapes)),
    )


def _check(source: Any, path: Path, asked: Asked) -> None:
    facts = source.metadata
    if facts.num_columns > asked.limits.columns:
        raise refusals.too_many_columns(facts.num_columns, asked.limits.columns)
    if facts.num_rows > asked.limits.rows:
        raise refusals.too_many_rows(asked.limits.rows)
    total = sum(facts.row_group(n).total_byte_size for n in range(facts.num_row_groups))
    check_unfolded(total, max(path.stat().st_size, total // asked.limits.unpack_ratio), asked.limits)


def _geometry(source: Any) -> tuple[str, str, tuple[Problem, ...]]:
    """The geometry column and its coordinate system, as GeoParquet's `geo` entry says."""
    raw = (source.schema_arrow.metadata or {}).get(b"geo")
    if not raw:
        return "", "", ()
    try:
        geo = json.loads(raw)
        name = str(geo["primary_column"])
        column = geo["columns"][name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", "", ()
    if str(column.get("encoding", "WKB")).upper() != "WKB" or name not in source.schema_arrow.names:
        problem = Problem(
            "reading.geometry_not_taken",
            what=say("The geometry is written in a form that is not read here."),
            do=say("Write the GeoParquet file with WKB geometry."),
        )
        return "", "", (problem,)
    return name, _crs(column), ()


def _crs(column: dict[str, Any]) -> str:
    """Missing means longitude and latitude, null means unknown (GeoParquet 1.1)."""
    if "crs" not in column:
        return "OGC:CRS84"
    crs = column["crs"]
    if not isinstance(crs, dict):
        return ""
    known = crs.get("id")
    if isinstance(known, dict) and {"authority", "code"} <= known.keys():
        return f"{known['authority']}:{known['code']}"
    return json.dumps(crs)


def _plain(table: Any, geometry: str, shapes: Shapes) -> tuple[tuple[str, ...], Any]:
    names = [name for name in table.column_names if name != geometry]
    headings, columns = plain_columns([(name, table.column(name)) for name in names])
    called = [f"c{place}" for place in range(len(columns))]
    if geometry:
        columns = [*columns, plain_geometry(table.column(geometry), shapes)]
        called.append("_wkb")
    return headings, pa.table(columns, names=called)
