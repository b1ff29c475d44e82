# SPDX-License-Identifier: EUPL-1.2
"""The sea. OpenStreetMap draws only the coast: a line with the land on its left and the water on its right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stoa.commons.basemap.classes import Rule
from stoa.ground.geometry import Box

if TYPE_CHECKING:
    import duckdb

COAST = Rule("coast", "coast", "natural", ("coastline",), 0)
_ASIDE_METRES = 0.05


def areas(engine: duckdb.DuckDBPyConnection, frame: Box | None) -> Iterator[bytes]:
    """The parts of the extract's frame that lie to the right of a coast, as WKB in EPSG:3857."""
    import shapely

    found = engine.execute("SELECT ST_AsWKB(g)::BLOB FROM raw.coast").fetchall()
    if not found or frame is None:
        return
    corners = engine.execute(
        "SELECT ST_AsWKB(ST_Transform(ST_MakeEnvelope(?, ?, ?, ?), 'EPSG:4326', 'EPSG:3857', always_xy := true))::BLOB",
        [*frame],
    ).fetchone()
    if corners is None:
        return
    box = shapely.from_wkb(corners[0])
    coasts = [line for line in shapely.from_wkb([row[0] for row in found], on_invalid="ignore") if line]
    noded = shapely.union_all([*shapely.intersection(coasts, box), box.boundary])
    parts = [part for part in shapely.polygonize(shapely.get_parts(noded)).geoms if not part.is_empty]
    wet, dry = (_points_beside(coasts, side) for side in (-1, 1))
    tree = shapely.STRtree(parts)
    score = [0] * len(parts)
    for points, worth in ((wet, 1), (dry, -1)):
        for part in tree.query(points, predicate="within")[1]:
            score[int(part)] += worth
    yield from (shapely.to_wkb(part) for part, points in zip(parts, score, strict=True) if points > 0)


def _points_beside(lines: list[Any], side: int) -> Any:
    """A point close to the middle of every stretch, to its left (1) or right (-1)."""
    import numpy as np
    import shapely

    points = []
    for line in lines:
        at = shapely.get_coordinates(line)
        step = np.diff(at, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        kept = length > 0
        normal = np.column_stack([-step[:, 1], step[:, 0]])[kept] / length[kept, None]
        points.append(((at[:-1] + at[1:]) / 2)[kept] + normal * side * _ASIDE_METRES)
    return shapely.points(np.concatenate(points)) if points else shapely.points(np.empty((0, 2)))
