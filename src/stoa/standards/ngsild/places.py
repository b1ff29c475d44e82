# SPDX-License-Identifier: EUPL-1.2
"""Queries for places (clause 4.10) as neutral conditions: `st_within(path, shape)`, or a distance in metres."""

from __future__ import annotations

import json
import re
from typing import Any

from stoa.ground.conditions import Call, Literal, Node, Path, Shape
from stoa.standards.ngsild.failures import Failed, malformed
from stoa.standards.ngsild.kinds import GEOMETRIES
from stoa.standards.ngsild.values import geometry

LOCATION = "https://uri.etsi.org/ngsi-ld/location"
DISTANCE = "distance_m"
"""The call for the distance between a place and a shape in metres along the earth."""
_RELATIONS = {
    "within": "st_within",
    "contains": "st_contains",
    "overlaps": "st_overlaps",
    "intersects": "st_intersects",
    "equals": "st_equals",
    "disjoint": "st_disjoint",
}
_NEAR = re.compile(r"^near;(maxDistance|minDistance)==(\d{1,9}(?:\.\d{1,6})?)$")
MOST_LETTERS = 200_000


def condition(georel: str, geometry_type: str, coordinates: Any, *, geoproperty: str = LOCATION) -> Node:
    """What the four parameters ask for; `Failed` (BadRequestData) if they do not fit together."""
    shape = _shape(geometry_type, coordinates)
    path = Path((geoproperty,))
    if georel in _RELATIONS:
        return Call(_RELATIONS[georel], (path, shape))
    near = _NEAR.match(georel)
    if near is None:
        raise malformed(
            "georel is within, contains, overlaps, intersects, equals, disjoint or near;maxDistance==metres"
        )
    sign = "le" if near[1] == "maxDistance" else "ge"
    return Call(sign, (Call(DISTANCE, (path, shape)), Literal(float(near[2]))))


def _shape(geometry_type: str, coordinates: Any) -> Shape:
    import shapely  # large, and few questions are about places

    if geometry_type not in GEOMETRIES - {"GeometryCollection"}:
        raise malformed(f"geometry is one of {', '.join(sorted(GEOMETRIES - {'GeometryCollection'}))}")
    if isinstance(coordinates, str):
        try:
            coordinates = json.loads(coordinates) if len(coordinates) <= MOST_LETTERS else None
        except (ValueError, RecursionError):
            coordinates = None
    try:
        found = geometry({"type": geometry_type, "coordinates": coordinates}, "coordinates")
        made = shapely.force_2d(shapely.from_geojson(json.dumps(found)))
    except (Failed, shapely.errors.ShapelyError, ValueError) as error:
        raise malformed(f"coordinates are not those of a {geometry_type}") from error
    if not shapely.is_valid(made) or shapely.is_empty(made):
        raise malformed("coordinates do not make a valid geometry")
    return Shape(shapely.to_wkb(made))
