# SPDX-License-Identifier: EUPL-1.2
"""Where a warning is for: rings and points out of any GeoJSON geometry (RFC 7946). Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stoa.ground.geometry import LonLat
from stoa.houses.observations.rules.circles import circle
from stoa.houses.observations.rules.places import read_shape

Ring = tuple[tuple[float, float], ...]
"""Longitude and latitude, closed: the last is the first."""
MOST_POINTS = 20_000
_MARGIN = 0.0005
"""Degrees around a line, which has no area of its own."""
_FINE = 300
"""An area with no more positions is left as it is."""
_BLUR = 0.0001
"""Degrees, about ten metres: so much may a border with many corners be off."""


def rings(geometry: Mapping[str, Any] | None) -> list[Ring]:
    """Outer rings of areas; lines become the box around them. Holes are left out: a warning errs to the wide side."""
    return [ring for ring in _rings(geometry or {}, 0) if 4 <= len(ring) <= MOST_POINTS]


def points(geometry: Mapping[str, Any] | None) -> list[tuple[float, float]]:
    """Longitude and latitude of single points."""
    return list(_points(geometry or {}, 0))


def drawn(geometry: Mapping[str, Any] | None, radius_m: int | None) -> dict[str, Any] | None:
    """The geometry with a circle in the place of every single point, as a map can draw it."""
    spots = points(geometry) if radius_m else []
    if not geometry or not spots or not radius_m:
        return dict(geometry) if geometry else None
    areas = [[list(ring)] for ring in rings(geometry)]
    areas += [circle(LonLat(*spot), radius_m)["coordinates"] for spot in spots]
    return {"type": "MultiPolygon", "coordinates": areas}


def slim(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The area with fewer corners where it has very many: it goes out with every warning."""
    if sum(len(ring) for ring in rings(geometry)) <= _FINE:
        return dict(geometry)
    from shapely.geometry import mapping  # large, and most processes never read a place

    return dict(json.loads(json.dumps(mapping(read_shape(geometry).simplify(_BLUR)))))


def _rings(geometry: Mapping[str, Any], depth: int) -> Iterator[Ring]:
    kind, places = geometry.get("type"), geometry.get("coordinates") or []
    if kind == "Polygon":
        yield from (_closed(places[0]),) if places else ()
    elif kind == "MultiPolygon":
        yield from (_closed(one[0]) for one in places if one)
    elif kind == "LineString":
        yield _around(places)
    elif kind == "MultiLineString":
        yield from map(_around, places)
    elif kind == "GeometryCollection" and depth < 4:
        for one in geometry.get("geometries") or []:
            yield from _rings(one, depth + 1)


def _points(geometry: Mapping[str, Any], depth: int) -> Iterator[tuple[float, float]]:
    kind, places = geometry.get("type"), geometry.get("coordinates") or []
    if kind == "Point" and places:
        yield float(places[0]), float(places[1])
    elif kind == "MultiPoint":
        yield from ((float(one[0]), float(one[1])) for one in places)
    elif kind == "GeometryCollection" and depth < 4:
        for one in geometry.get("geometries") or []:
            yield from _points(one, depth + 1)


def _closed(places: Sequence[Sequence[float]]) -> Ring:
    ring = tuple((float(one[0]), float(one[1])) for one in places)
    return ring if not ring or ring[0] == ring[-1] else (*ring, ring[0])


def _around(places: Sequence[Sequence[float]]) -> Ring:
    if not places:
        return ()
    west, east = _wider([one[0] for one in places], 180)
    south, north = _wider([one[1] for one in places], 90)
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def _wider(degrees: Sequence[float], most: float) -> tuple[float, float]:
    """From the least to the greatest with a margin, on the globe."""
    return max(-most, min(degrees) - _MARGIN), min(most, max(degrees) + _MARGIN)
