# SPDX-License-Identifier: EUPL-1.2
"""Maps (GeoJSON, GeoPackage, shapefile, KML, GML, FlatGeobuf) by GDAL, layer by layer, streamed to Parquet.

GDAL is given a plain local path in our own folder with the right ending, never a text from outside, so that
none of its network or archive drivers can come into play; schema downloads are off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyogrio.raw import open_arrow

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.columns import plain_columns
from stoa.commons.reading.formats.raw import TypedTable
from stoa.commons.reading.report import TableOffer
from stoa.ground.problems import Problem
from stoa.ground.words import say

OPTIONS: dict[str, dict[str, Any]] = {
    "gml": {"DOWNLOAD_SCHEMA": "NO", "GFS_TEMPLATE": "", "WRITE_GFS": "NO", "FORCE_SRS_DETECTION": "YES"},
    "geojson": {"NATIVE_DATA": "NO"},
}
ERRORS = (
    DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, pa.ArrowException,
    RuntimeError, ValueError, OSError, OverflowError, KeyError,
)  # fmt: skip
BATCH = 20_000
_BOX = {"lowerCorner", "upperCorner"}
NAMES = {
    0: "Point", 1: "LineString", 2: "LinearRing", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString",
    6: "MultiPolygon", 7: "GeometryCollection",
}  # fmt: skip

pyogrio.set_gdal_config_options(
    {
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{nothing}",
        "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
        "GDAL_HTTP_MAX_RETRY": "0",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO",
    }
)


@dataclass(frozen=True, slots=True)
class MapFile:
    """An open map file and its layers."""

    path: Path
    format: str
    offers: tuple[TableOffer, ...]
    asked: Asked
    encoding: str | None = None

    def open(self, name: str) -> TypedTable:
        return _read_layer(self, name)


@dataclass(slots=True)
class Shapes:
    """What was seen of the geometry while a layer streamed by."""

    types: set[str] = field(default_factory=set)
    unreadable: int = 0


def open_map(path: Path, format_: str, asked: Asked, encoding: str | None = None) -> MapFile:
    """List the layers of a map file, which must already stand in our folder under its right ending."""
    layers = _guarded(format_, lambda: pyogrio.list_layers(path))
    offers = []
    for name, kind in layers[: asked.limits.members]:
        facts = _guarded(format_, partial(_facts, path, str(name), format_, encoding))
        rows = int(facts["features"]) if facts["features"] >= 0 else None
        columns = len(facts["fields"])
        reason = say("A layer without geometry.") if kind is None else say("A layer of a map.")
        offers.append(
            TableOffer(
                str(name), rows, columns, rows != 0, reason if rows != 0 else say("The layer is empty.")
            )
        )
    if not offers:
        raise refusals.damaged(format_, "")
    return MapFile(path, format_, tuple(offers), asked, encoding)


def _facts(path: Path, layer: str, format_: str, encoding: str | None) -> dict[str, Any]:
    options = OPTIONS.get(format_, {})
    facts: dict[str, Any] = pyogrio.read_info(
        path, layer, encoding=encoding, force_feature_count=False, **options
    )
    return facts


@contextmanager
def _restored_index(format_: str) -> Iterator[None]:
    """While a shapefile is open, a missing index (.shx) is made anew; for nobody else in this process."""
    if format_ != "shp":
        yield
        return
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _guarded(format_: str, call: Callable[[], Any]) -> Any:
    try:
        with _restored_index(format_):
            return call()
    except ERRORS as error:
        raise refusals.damaged(format_, refusals.short(error)) from None


def _read_layer(map_file: MapFile, layer: str) -> TypedTable:
    facts = _guarded(
        map_file.format, lambda: _facts(map_file.path, layer, map_file.format, map_file.encoding)
    )
    names = _fields(facts["fields"], map_file.format)
    if len(names) > map_file.asked.limits.columns:
        raise refusals.too_many_columns(len(names), map_file.asked.limits.columns)
    target = map_file.asked.workdir / "layer.parquet"
    shapes = Shapes()
    headings, rows = _guarded(map_file.format, lambda: _stream(map_file, layer, names, target, shapes))
    crs = str(facts.get("crs") or "") if facts.get("geometry_type") is not None else ""
    return TypedTable(
        map_file.format, layer, target, headings, rows, crs, tuple(sorted(shapes.types)),
        {"geometry": say("The format itself carries the geometry.")}, shape_warnings(shapes),
    )  # fmt: skip


def _fields(told: Iterable[object], format_: str) -> list[str]:
    """Names of the columns. The box that a WFS writes around each feature in GML is no column of anybody's table."""
    names = [str(name) for name in told]
    boxed = format_ == "gml" and set(names) >= _BOX
    return [name for name in names if not (boxed and name in _BOX)]


def _stream(
    map_file: MapFile, layer: str, names: list[str], target: Path, shapes: Shapes
) -> tuple[tuple[str, ...], int]:
    """Write a layer to Parquet batch by batch; the headings and the number of rows."""
    options = OPTIONS.get(map_file.format, {})
    rows, writer, headings = 0, None, tuple(names)
    with open_arrow(
        map_file.path, layer, encoding=map_file.encoding, batch_size=BATCH, use_pyarrow=True, **options
    ) as (meta, reader):
        geometry = meta["geometry_name"] or "wkb_geometry"
        try:
            for batch in _batches(reader):
                rows += batch.num_rows
                if rows > map_file.asked.limits.rows:
                    raise refusals.too_many_rows(map_file.asked.limits.rows)
                headings, table = _plain_batch(batch, names, geometry, shapes)
                writer = writer or pq.ParquetWriter(target, table.schema, compression="lz4")
                writer.write_table(table)
            if writer is None:
                headings, table = _plain_batch(reader.schema.empty_table(), names, geometry, shapes)
                writer = pq.ParquetWriter(target, table.schema, compression="lz4")
        finally:
            if writer is not None:
                writer.close()
    return headings, rows


def _batches(reader: Any) -> Iterator[Any]:
    yield from reader


def _plain_batch(
    batch: Any, names: list[str], geometry: str, shapes: Shapes
) -> tuple[tuple[str, ...], pa.Table]:
    table = batch if isinstance(batch, pa.Table) else pa.Table.from_batches([batch])
    wanted = [name for name in names if name in table.column_names]
    headings, columns = plain_columns([(name, table.column(name)) for name in wanted])
    names_out = [f"c{place}" for place in range(len(columns))]
    if geometry in table.column_names:
        columns = [*columns, plain_geometry(table.column(geometry), shapes)]
        names_out.append("_wkb")
    return headings, pa.table(columns, names=names_out)


def plain_geometry(column: Any, shapes: Shapes) -> Any:
    """Two-dimensional WKB that every reader takes; what cannot be read becomes empty."""
    raw = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.ChunkedArray) else column
    given = np.array([value is not None for value in raw], dtype=bool)
    parsed = shapely.force_2d(shapely.from_wkb(raw, on_invalid="ignore"))
    kinds = shapely.get_type_id(parsed)
    parsed[kinds > 7] = None
    parsed[(kinds >= 0) & shapely.is_empty(parsed)] = None
    shapes.unreadable += int(np.count_nonzero(given & (kinds < 0)) + np.count_nonzero(kinds > 7))
    shapes.types |= {NAMES[kind] for kind in np.unique(shapely.get_type_id(parsed)) if kind in NAMES}
    return pa.array(shapely.to_wkb(parsed), type=pa.binary())


def shape_warnings(shapes: Shapes) -> tuple[Problem, ...]:
    if not shapes.unreadable:
        return ()
    problem = Problem(
        "reading.geometry_unreadable",
        what=say("%(n)s geometries could not be read and were left empty.", n=shapes.unreadable),
        why=say("They break the rules for shapes, or are curves that few programs draw."),
        do=say("Repair them in your map program if they matter."),
    )
    return (problem,)
