# SPDX-License-Identifier: EUPL-1.2
"""Cutting the tiles of the base map: one affine step for each shape, one layer after the other.

Several vector tiles, one behind the other, are one tile with all their layers (Mapbox Vector Tile 2.1: a tile
is a repeated field, and protobuf joins what is written twice).
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.basemap.classes import LAYERS
from stoa.commons.basemap.values import MAX_ZOOM, About, Place
from stoa.commons.lake.engine import lock_down, open_engine, quoted
from stoa.commons.lake.turnstile import Turnstile, time_limit
from stoa.commons.lake.values import Layout
from stoa.ground.geometry import Tile

if TYPE_CHECKING:
    import duckdb

EXTENT = 4096
_BUFFER = 96
"""Units drawn beyond the border of a tile, so that wide streets are not cut."""
_ALIKE = 4
"""Units by which an outline may be simplified below the last zoom: half a pixel."""
STREET_NAMES_FROM = 13
SECONDS = 20.0
_turnstile = Turnstile()
_engines: dict[tuple[Place, str], duckdb.DuckDBPyConnection] = {}
_lock = threading.Lock()


def tile_path(place: Place, about: About, asked: Tile) -> Path:
    """Where the finished tile is kept, whether it is there yet or not."""
    return place.cache / about.mark / str(asked.z) / str(asked.x) / f"{asked.y}.mvt"


def tile(place: Place, about: About, asked: Tile) -> bytes:
    """The tile, kept as a file once it is cut; empty bytes where nothing lies."""
    file = tile_path(place, about, asked)
    with suppress(FileNotFoundError):
        return file.read_bytes()
    made = _cut(place, about, asked)
    with suppress(OSError):  # a full disk must not keep the tile from being shown
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f".{secrets.token_hex(6)}")
        aside.write_bytes(made)
        aside.replace(file)
    return made


def _cut(place: Place, about: About, asked: Tile) -> bytes:
    if asked.z > MAX_ZOOM:
        return b""
    with _turnstile.passed():
        cursor = _engine(place, about).cursor()
        try:
            with time_limit(SECONDS, cursor.interrupt):
                row = cursor.execute(_sql(asked)).fetchone()
        finally:
            cursor.close()
    return b"".join(bytes(part) for part in row or () if part)


def _engine(place: Place, about: About) -> duckdb.DuckDBPyConnection:
    """The process's engine for this base map; one that was built later takes its place."""
    key = (place, about.mark)
    with _lock:
        if key not in _engines:
            layout = Layout(place.folder, place.cache, place.memory_mib)
            engine = open_engine(layout, spatial=True, scratch=place.cache / ".spill")
            file = place.folder.resolve() / f"{about.mark}.duckdb"
            engine.execute(f"ATTACH {quoted(str(file))} AS base (READ_ONLY)")
            lock_down(engine, [place.folder, place.cache])
            for old in [known for known in _engines if known[0] == place]:
                del _engines[old]  # closed when its last cursor is
            _engines[key] = engine
        return _engines[key]


def _sql(asked: Tile) -> str:
    west, south, east, north = asked.bounds_3857
    scale = EXTENT / (east - west)
    margin = _BUFFER / scale
    x0, y0, x1, y1 = west - margin, south - margin, east + margin, north + margin
    inside = f"_x0 >= {x0!r} AND _y0 >= {y0!r} AND _x1 <= {x1!r} AND _y1 <= {y1!r}"
    cut = f"ST_Intersection(g, ST_MakeEnvelope({x0!r}, {y0!r}, {x1!r}, {y1!r}))"
    clipped = f"CASE WHEN {inside} THEN g ELSE {cut} END"
    moved = f"ST_Affine({clipped}, {scale!r}, 0, 0, {-scale!r}, {-west * scale!r}, {north * scale!r})"
    drawn = moved if asked.z >= MAX_ZOOM else f"ST_Simplify({moved}, {_ALIKE})"
    found = (
        f"SELECT layer, kind, name, {drawn} AS g FROM base.shape WHERE zoom <= {asked.z} "
        f"AND _x1 >= {x0!r} AND _x0 <= {x1!r} AND _y1 >= {y0!r} AND _y0 <= {y1!r}"
    )
    parts = [_layer(layer) for layer in LAYERS]
    if asked.z >= STREET_NAMES_FROM:
        parts.append(_street_names())
    return f"WITH found AS MATERIALIZED ({found}) SELECT {', '.join(parts)}"


def _layer(layer: str) -> str:
    """SQL of the bytes of one layer; only places carry their name here, streets have a layer for it."""
    name = ", name" if layer == "place" else ""
    return _bytes(
        layer,
        f"SELECT g::GEOMETRY AS geom, kind{name} FROM found WHERE layer = '{layer}' AND NOT ST_IsEmpty(g)",
    )


def _street_names() -> str:
    """The pieces of a street joined to one line, so that its name is written along it and not on every piece."""
    joined = "ST_LineMerge(ST_CollectionExtract(ST_Collect(list(g)), 2))"
    return _bytes(
        "street_name",
        f"SELECT {joined}::GEOMETRY AS geom, name, any_value(kind) AS kind FROM found "
        "WHERE layer = 'road' AND name IS NOT NULL AND NOT ST_IsEmpty(g) GROUP BY name",
    )


def _bytes(layer: str, rows: str) -> str:
    return f"(SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(t, '{layer}', {EXTENT}, 'geom') END FROM ({rows}) AS t)"
