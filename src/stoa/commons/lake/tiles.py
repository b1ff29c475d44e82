# SPDX-License-Identifier: EUPL-1.2
"""Vector tiles (Mapbox Vector Tile 2.1) cut from the map table of a version.

The geometry stands in the plane of the web map already, so that a tile is one affine step; `ST_AsMVTGeom` is
3 to 32 times slower (TECH 2). Only features that cross the border of the tile are clipped. Below zoom 14 a
tile is thinned (`levels`), and a share of the features is left out where it would still be larger than a
telephone can draw. From zoom 14 on every feature is there.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from stoa.commons.lake import dictionary, reader, refusals
from stoa.commons.lake.dictionary import GEOMETRY_3857
from stoa.commons.lake.engine import identifier
from stoa.commons.lake.filters import conditions, known_column
from stoa.commons.lake.levels import EVERYTHING_FROM, LEVEL
from stoa.commons.lake.values import Layout, Query, TileSet, VersionRef
from stoa.ground.geometry import Box, Tile
from stoa.ground.tables import ROW, ColumnSpec, Kind

LAYER = "data"
EXTENT = 4096
BUFFER = 64
"""Units of the tile's grid that are drawn beyond its border, so that outlines and symbols are not cut."""
MAX_ZOOM = 16
MOST_COLUMNS = 8
MOST_BYTES = 8 * 1024 * 1024
_SIMPLE = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_FEWER = (1.0, 0.25, 0.05)


def tile_path(layout: Layout, ref: VersionRef, tile: Tile, columns: tuple[str, ...] = ()) -> Path:
    """Where the finished tile is kept, whether it is there yet or not."""
    shown = "-".join(_checked(ref, columns)) or "row"
    base = dictionary.folder(layout.cache, ref.path) / "tiles" / shown
    return base / str(tile.z) / str(tile.x) / f"{tile.y}.mvt"


def _checked(ref: VersionRef, columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(columns) > MOST_COLUMNS:
        raise refusals.too_much("columns", MOST_COLUMNS)
    return tuple(known_column(ref, name).name for name in dict.fromkeys(columns))


def tile(
    layout: Layout, ref: VersionRef, asked: Tile, query: Query | None = None, *, columns: tuple[str, ...] = ()
) -> bytes:
    """The tile of a version; empty bytes where nothing is. Without a query it is kept as a file."""
    if not ref.has_geometry:
        return b""
    if query is not None and query.is_narrowed:
        return _cut(layout, ref, asked, query, _checked(ref, columns))
    file = tile_path(layout, ref, asked, columns)
    with suppress(FileNotFoundError):
        return file.read_bytes()
    made = _cut(layout, ref, asked, Query(), _checked(ref, columns))
    _keep(file, made)
    return made


def _keep(file: Path, made: bytes) -> None:
    """Put the tile in place in one step, so that nobody ever reads half of it."""
    with suppress(OSError):  # a full disk must not keep the tile from being shown
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f".{secrets.token_hex(6)}")
        aside.write_bytes(made)
        Path(aside).replace(file)


def _cut(layout: Layout, ref: VersionRef, asked: Tile, query: Query, columns: tuple[str, ...]) -> bytes:
    for share in _FEWER:
        text, values, spatial = _sql(ref, asked, query, columns, share)
        found = reader.rows(layout, ref, text, values, spatial=spatial)
        made = bytes(found[0][0] or b"") if found else b""
        if len(made) <= MOST_BYTES or asked.z >= EVERYTHING_FROM:
            break
    return made


def _sql(
    ref: VersionRef, asked: Tile, query: Query, columns: tuple[str, ...], share: float
) -> tuple[str, list[Any], bool]:
    west, south, east, north = asked.bounds_3857
    scale = EXTENT / (east - west)
    margin = BUFFER / scale
    box = (west - margin, south - margin, east + margin, north + margin)
    where = [f"_x1 >= {box[0]!r}", f"_x0 <= {box[2]!r}", f"_y1 >= {box[1]!r}", f"_y0 <= {box[3]!r}"]
    if share < 1:
        where.append(f"hash({ROW}) % 1000 < {int(share * 1000)}")
    conditioned = conditions(ref, query)
    if conditioned.parts:
        where.append(f"{ROW} IN (SELECT {ROW} FROM data{conditioned.where})")
    if asked.z < EVERYTHING_FROM:
        where.append(f"{LEVEL} <= {asked.z}")
    source = f"SELECT {ROW}, _x0, _y0, _x1, _y1, {GEOMETRY_3857} AS g FROM map WHERE {' AND '.join(where)}"
    affine = (
        f"ST_Affine({_clipped(ref, box)}, {scale!r}, 0, 0, {-scale!r}, {-west * scale!r}, {north * scale!r})"
    )
    shown = ", ".join(["f._row AS _row", *(_property(known_column(ref, name)) for name in columns)])
    joined = (
        f" LEFT JOIN (SELECT {', '.join([ROW, *map(identifier, columns)])} FROM data) AS d ON d._row = f._row"
        if columns
        else ""
    )
    text = (
        f"SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(t, '{LAYER}', {EXTENT}, 'geom', '_id') END FROM ("
        f"SELECT f.g::GEOMETRY AS geom, f._row AS _id, {shown} "
        f"FROM (SELECT {ROW}, {affine} AS g FROM ({source})) AS f"
        f"{joined} WHERE NOT ST_IsEmpty(f.g)) AS t"
    )
    return text, conditioned.values, True


def _clipped(ref: VersionRef, box: tuple[float, float, float, float]) -> str:
    """SQL of a feature's geometry within the box; of a mixed collection the widest parts only."""
    kinds = set(ref.geometry_types)
    if kinds == {"Point"}:
        return "g"
    whole = "g" if kinds <= _SIMPLE else "ST_CollectionExtract(g)"
    inside = f"_x0 >= {box[0]!r} AND _x1 <= {box[2]!r} AND _y0 >= {box[1]!r} AND _y1 <= {box[3]!r}"
    frame = f"ST_MakeEnvelope({', '.join(repr(edge) for edge in box)})"
    cut = f"ST_CollectionExtract(ST_Intersection(ST_MakeValid({whole}), {frame}))"
    return f"CASE WHEN {inside} THEN {whole} ELSE {cut} END"


def _property(column: ColumnSpec) -> str:
    """MVT knows texts, numbers and booleans; dates become ISO texts."""
    name = identifier(column.name)
    if column.kind in {Kind.DATE, Kind.TIME}:
        return f"d.{name}::VARCHAR AS {name}"
    if column.kind is Kind.DATETIME:
        return f"strftime(timezone('UTC', d.{name}), '%Y-%m-%dT%H:%M:%SZ') AS {name}"
    return f"d.{name} AS {name}"


def tile_set(ref: VersionRef, bbox: Box, columns: tuple[str, ...] = ()) -> TileSet:
    """What the map must know of a version's tiles."""
    kinds = {Kind.INTEGER: "Number", Kind.NUMBER: "Number", Kind.BOOLEAN: "Boolean"}
    fields = {ROW: "Number"} | {
        name: kinds.get(known_column(ref, name).kind, "String") for name in _checked(ref, columns)
    }
    west, south = max(-180.0, bbox.west), max(-85.0511287798066, bbox.south)
    bounds = Box(west, south, min(180.0, bbox.east), min(85.0511287798066, bbox.north))
    return TileSet(bounds, 0, MAX_ZOOM, LAYER, fields)
