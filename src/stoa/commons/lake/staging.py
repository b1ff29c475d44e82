# SPDX-License-Identifier: EUPL-1.2
"""From the staged table of the readers to the GeoParquet file of a version."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake import hashing
from stoa.commons.lake.dictionary import GEOMETRY_3857
from stoa.commons.lake.engine import fetchable, fetched, identifier, quoted
from stoa.commons.lake.values import StagedTable, Value
from stoa.ground.geometry import WORLD_3857, Box
from stoa.ground.tables import GEOMETRY, ROW, ColumnSpec, Kind
from stoa.standards import geoparquet

if TYPE_CHECKING:
    import duckdb

ROW_GROUP = 32_768
MOST_NORTH = 85.0511287798066
"""The web map ends here; what lies beyond has no place on it."""
_MEASURED = {Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.DATETIME}
_TYPE_NAMES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """What one look over all values of the staged table tells."""

    rows: int
    hash_sum: int
    least_most: dict[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the rows of the staged table are, and of which kinds their shapes."""

    bbox: Box | None = None
    geometry_types: tuple[str, ...] = ()
    """OGC names without the mark for heights."""
    stored_types: tuple[str, ...] = ()
    """As GeoParquet wants them, ` Z` behind those with heights."""

    @property
    def has_geometry(self) -> bool:
        return bool(self.geometry_types)


def _source(connection: duckdb.DuckDBPyConnection, staged: StagedTable) -> str:
    """The staged rows with their numbers, which are their places in the files."""
    listed = f"[{', '.join(quoted(str(file)) for file in staged.files)}]"
    sizes = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({listed})").fetchall()
    before = [0, *accumulate(int(rows) for (rows,) in sizes[:-1])]
    number = "file_row_number + 1"
    if len(before) > 1:
        number += f" + list_extract({before}::BIGINT[], file_index::BIGINT + 1)"
    return f"(SELECT {number} AS {ROW}, * FROM read_parquet({listed}))"


def _point(lon: str = "_lon", lat: str = "_lat") -> str:
    """NULL where either is; infinite and NaN coordinates never become a place."""
    return f"CASE WHEN isfinite({lon}) AND isfinite({lat}) THEN ST_Point({lon}, {lat}) END"


def _geometry(staged: StagedTable) -> str:
    return _point() if staged.geometry == "lonlat" else "ST_GeomFromWKB(_wkb)"


def places(connection: duckdb.DuckDBPyConnection, staged: StagedTable) -> Places:
    """The extent and the kinds of shapes; nothing where no row has a place after all."""
    extent = _extent(staged)
    if not extent:
        return Places()
    row = connection.execute(f"SELECT {', '.join(extent)} FROM {_source(connection, staged)}").fetchone()
    if row is None or row[-1] is None or row[-2] is None:
        return Places()
    return Places(Box(*row), *_types(connection, staged))


def contents(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    columns: tuple[ColumnSpec, ...],
    *,
    has_geometry: bool,
) -> Contents:
    """Rows, sum of their hashes (over the place too, where any row has one), least and greatest values."""
    measured = [column for column in columns if column.kind in _MEASURED]
    wkb = f"ST_AsWKB({_geometry(staged)})" if has_geometry else ""
    asked = ["count(*)", f"coalesce(sum({hashing.row_hash(columns, wkb)}), 0)"]
    asked += [
        fetchable(column, f"{what}({identifier(column.name)})")
        for column in measured
        for what in ("min", "max")
    ]
    row = connection.execute(f"SELECT {', '.join(asked)} FROM {_source(connection, staged)}").fetchone()
    assert row is not None
    least_most = {
        column.name: (_plain(column, row[2 + 2 * i]), _plain(column, row[3 + 2 * i]))
        for i, column in enumerate(measured)
        if row[2 + 2 * i] is not None
    }
    return Contents(int(row[0]), int(row[1]), least_most)


def _extent(staged: StagedTable) -> list[str]:
    if staged.geometry == "lonlat":
        both = "FILTER (isfinite(_lon) AND isfinite(_lat))"
        return [f"min(_lon) {both}", f"min(_lat) {both}", f"max(_lon) {both}", f"max(_lat) {both}"]
    if staged.geometry == "wkb":
        place = _geometry(staged)
        return [
            f"min(ST_XMin({place}))",
            f"min(ST_YMin({place}))",
            f"max(ST_XMax({place}))",
            f"max(ST_YMax({place}))",
        ]
    return []


def _types(
    connection: duckdb.DuckDBPyConnection, staged: StagedTable
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if staged.geometry == "lonlat":
        return ("Point",), ("Point",)
    found = connection.execute(
        "SELECT DISTINCT ST_GeometryType(g)::VARCHAR, ST_HasZ(g), ST_HasM(g) "
        f"FROM (SELECT {_geometry(staged)} AS g FROM {_source(connection, staged)}) WHERE g IS NOT NULL"
    ).fetchall()
    plain = sorted({_TYPE_NAMES.get(str(name), "Geometry") for name, _, _ in found})
    marks = sorted({f"{_TYPE_NAMES.get(str(name), 'Geometry')}{' Z' if z else ''}" for name, z, _ in found})
    return tuple(plain), tuple(marks)


def _plain(column: ColumnSpec, raw: Any) -> Value:
    """A value as JSON can keep it; instants in UTC with `Z`."""
    value = fetched(column, raw)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) else None


def write(
    connection: duckdb.DuckDBPyConnection,
    staged: StagedTable,
    columns: tuple[ColumnSpec, ...],
    placed: Places,
    file: Path,
) -> None:
    """Write the version's file: along the Hilbert curve where rows have a place, else in source order."""
    # Sorted by place, nearly every group holds nearly every value of a column: bloom filters would rule out nothing.
    options = (
        f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}, "
        "WRITE_BLOOM_FILTER false"
    )
    plain = ", ".join([ROW, *(identifier(column.name) for column in columns)])
    if not placed.has_geometry or placed.bbox is None:
        connection.execute(
            f"COPY (SELECT {plain} FROM {_source(connection, staged)}) TO {quoted(str(file))} ({options})"
        )
        return
    place, plane, curve = _lonlat_plan(placed.bbox) if staged.geometry == "lonlat" else _wkb_plan(placed.bbox)
    raw = "_lon, _lat" if staged.geometry == "lonlat" else "_wkb"
    select = (
        f"SELECT {plain}, {place} AS {GEOMETRY}, {plane} AS {GEOMETRY_3857} "
        f"FROM (SELECT {plain}, {raw} FROM {_source(connection, staged)} ORDER BY {curve}, {ROW})"
    )
    geo = quoted(_metadata(placed))
    connection.execute(f"COPY ({select}) TO {quoted(str(file))} ({options}, KV_METADATA {{geo: {geo}}})")


def _bounds(box: Box) -> str:
    """A box for ST_Hilbert, never of no width."""
    east, north = max(box.east, box.west + 1e-6), max(box.north, box.south + 1e-6)
    return f"{{'min_x': {box.west!r}, 'min_y': {box.south!r}, 'max_x': {east!r}, 'max_y': {north!r}}}::BOX_2D"


def _lonlat_plan(box: Box) -> tuple[str, str, str]:
    x = f"_lon * {WORLD_3857 / 180!r}"
    y = f"ln(tan(radians(45.0 + _lat / 2.0))) * {WORLD_3857 / math.pi!r}"
    on_map = f"abs(_lon) <= 180 AND abs(_lat) <= {MOST_NORTH!r}"
    plane = f"CASE WHEN {on_map} THEN ST_Point({x}, {y}) END"
    return (
        _point(),
        plane,
        f"CASE WHEN isfinite(_lon) AND isfinite(_lat) THEN ST_Hilbert(_lon, _lat, {_bounds(box)}) END",
    )


def _wkb_plan(box: Box) -> tuple[str, str, str]:
    place = "ST_GeomFromWKB(_wkb)"
    on_map = (
        f"ST_XMin({place}) >= -180 AND ST_XMax({place}) <= 180 "
        f"AND ST_YMin({place}) >= -{MOST_NORTH!r} AND ST_YMax({place}) <= {MOST_NORTH!r}"
    )
    plane = f"CASE WHEN {on_map} THEN ST_Transform(ST_Force2D({place}), 'EPSG:4326', 'EPSG:3857', true) END"
    curve = f"CASE WHEN NOT ST_IsEmpty({place}) THEN ST_Hilbert({place}, {_bounds(box)}) END"
    return place, plane, curve


def _metadata(placed: Places) -> str:
    assert placed.bbox is not None
    west, south, east, north = placed.bbox
    return geoparquet.metadata(
        GEOMETRY,
        [
            geoparquet.GeoColumn(GEOMETRY, geoparquet.CRS84, placed.stored_types, (west, south, east, north)),
            geoparquet.GeoColumn(GEOMETRY_3857, geoparquet.WEB_MERCATOR, placed.geometry_types),
        ],
    )
