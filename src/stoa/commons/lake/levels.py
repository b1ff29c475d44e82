# SPDX-License-Identifier: EUPL-1.2
"""From which zoom on a feature is drawn, worked out once when the copy of a version is built.

A shape is drawn where it is at least half a pixel large. Of the points in one pixel, and of the smaller
shapes in eight by eight pixels, the one with the least row number stands for the others, so that no town is
ever an empty map. The cells of one zoom lie within those of the zoom before: what is drawn once stays when
one comes nearer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from stoa.commons.lake.values import VersionRef
from stoa.ground.geometry import WORLD_3857
from stoa.ground.tables import ROW

if TYPE_CHECKING:
    import duckdb

EVERYTHING_FROM = 14
"""From this zoom on every feature is drawn, however small."""
FEW = 30_000
"""Up to so many shapes a tile stays small enough with all of them in it."""
LEVEL = "_z"
_SHAPES = {"LineString", "MultiLineString", "Polygon", "MultiPolygon"}
_PIXEL_AT_0 = 2 * WORLD_3857 / 256


def cell_pixels(ref: VersionRef) -> int:
    """How many pixels wide the cell is in which one small feature stands for all.

    Where there are few shapes, one a pixel can be drawn, and a town looks like one from afar.
    """
    return 8 if set(ref.geometry_types) <= _SHAPES and ref.rows > FEW else 1


def large_from(width: str, height: str) -> str:
    """SQL of the zoom from which a box is half a pixel large; 14 where it never is before."""
    size = f"greatest({width}, {height}, 1e-9)"
    zoom = f"ceil(log2({_PIXEL_AT_0 / 2!r} / {size}))"
    return f"greatest(0, least({EVERYTHING_FROM}, {zoom}))::TINYINT"


def add_levels(connection: duckdb.DuckDBPyConnection, ref: VersionRef, boxes: str) -> str:
    """Make temporary tables from a query giving `_row, _x0, _y0, _x1, _y1`; the SQL of `_row` and its zoom.

    From the nearest zoom outwards, each round only has to look at those that stood for others in the round
    before.
    """
    connection.execute(
        f"CREATE TEMP TABLE boxed AS SELECT {ROW}, _x0, _y0, "
        f"{large_from('_x1 - _x0', '_y1 - _y0')} AS large FROM ({boxes})"
    )
    rounds: list[str] = []
    for zoom in range(EVERYTHING_FROM - 1, -1, -1):
        cell = _PIXEL_AT_0 / 2**zoom * cell_pixels(ref)
        group = f"floor(_x0 / {cell!r})::BIGINT * {math.ceil(1e9)} + floor(_y0 / {cell!r})::BIGINT"
        last = f" UNION ALL SELECT {ROW}, _x0, _y0 FROM round_{zoom + 1}" if rounds else ""
        connection.execute(
            f"CREATE TEMP TABLE round_{zoom} AS SELECT min({ROW}) AS {ROW}, arg_min(_x0, {ROW}) AS _x0, "
            f"arg_min(_y0, {ROW}) AS _y0 "
            f"FROM (SELECT {ROW}, _x0, _y0 FROM boxed WHERE large = {zoom + 1}{last}) "
            f"GROUP BY {group}"
        )
        rounds.append(f"SELECT {ROW}, {zoom} AS zoom FROM round_{zoom}")
    return (
        f"SELECT {ROW}, min(zoom)::TINYINT AS {LEVEL} FROM "
        f"(SELECT {ROW}, large AS zoom FROM boxed UNION ALL {' UNION ALL '.join(rounds)}) GROUP BY {ROW}"
    )
