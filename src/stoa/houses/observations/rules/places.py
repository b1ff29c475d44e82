# SPDX-License-Identifier: EUPL-1.2
"""Where things are: geometries out of GeoJSON, checked, and the box around them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stoa.ground.geometry import Box
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_POSITIONS = 20_000
GEOMETRIES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
)


def geometry_of(location: object) -> dict[str, Any]:
    """The geometry of a GeoJSON geometry, a feature, or a collection with one feature (RFC 7946).

    Raises Refused `observations.place_unreadable`.
    """
    if isinstance(location, Mapping):
        kind = location.get("type")
        if kind == "Feature":
            return geometry_of(location.get("geometry"))
        if kind == "FeatureCollection" and len(location.get("features") or []) == 1:
            return geometry_of(location["features"][0])
        if kind in GEOMETRIES:
            read_shape(location)
            return dict(location)
    raise _unreadable()


def read_shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """A geometry of shapely, degrees, longitude first. Raises Refused when it is none on this earth."""
    from shapely import GEOSException  # large, and most processes never read a place
    from shapely.geometry import shape

    for count, position in enumerate(_positions(geometry), start=1):
        if count > MOST_POSITIONS or not _is_on_earth(position):
            raise _unreadable()
    try:
        found = shape(geometry)
    except (GEOSException, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _unreadable() from error
    if found.is_empty:
        raise _unreadable()
    return found


def box_of(geometry: Mapping[str, Any] | None) -> Box | None:
    """The box around a geometry; None for none."""
    return Box(*read_shape(geometry).bounds) if geometry else None


def _positions(geometry: Mapping[str, Any], depth: int = 0) -> Iterator[Any]:
    if geometry.get("type") == "GeometryCollection":
        parts = geometry.get("geometries")
        if depth > 2 or not isinstance(parts, list) or len(parts) > MOST_POSITIONS:
            raise _unreadable()
        for part in parts:
            if not isinstance(part, Mapping):
                raise _unreadable()
            yield from _positions(part, depth + 1)
    else:
        yield from _walk(geometry.get("coordinates"), 0)


def _walk(coordinates: Any, depth: int) -> Iterator[Any]:
    if not isinstance(coordinates, list | tuple) or depth > 4 or not coordinates:
        raise _unreadable()
    if isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _walk(part, depth + 1)


def _is_on_earth(position: Any) -> bool:
    if not 2 <= len(position) <= 4 or any(
        isinstance(n, bool) or not isinstance(n, int | float) for n in position
    ):
        return False
    lon, lat = position[0], position[1]
    return math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90


def _unreadable() -> Refused:
    return Refused(
        Problem(
            "observations.place_unreadable",
            say("The place is no geometry that can be read."),
            say("It would appear nowhere on the map, or in the wrong place."),
            say("Send GeoJSON with degrees of longitude and latitude, longitude first."),
            field="location",
        )
    )
