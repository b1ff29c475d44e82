# SPDX-License-Identifier: EUPL-1.2
"""Coordinate reference systems by reference (18-058r1): which are offered, and coordinates in their own axis order.

EPSG:4326 is latitude first, Gauss-Krueger is northing first, UTM is easting first: as the authority defines it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.standards.ogcfeatures.documents import CRS84
from stoa.standards.ogcfeatures.parameters import refused

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
EVERYWHERE = (4326, 3857)
BY_AREA = (
    4258, 3035, 3034,  # ETRS89, Europe
    25828, 25829, 25830, 25831, 25832, 25833, 25834, 25835,  # ETRS89 / UTM
    31466, 31467, 31468, 31469, 5678, 5679,  # Germany, Gauss-Krueger
    31254, 31255, 31256, 31287, 2056, 21781,  # Austria, Switzerland
    28992, 31370, 3812, 2169, 2154, 27700, 2157, 29903,  # Benelux, France, Britain, Ireland
    3067, 3879, 3006, 2180, 5514, 3765, 3794, 23700, 3844, 7801, 2100, 3763, 3301, 3059, 3346,  # north, east, south
    7415, 6706, 6707, 6708, 3003, 3004, 32628, 32629, 32630, 32631, 32632, 32633, 32634, 32635, 32636,
)  # fmt: skip
"""Offered where the system is made for the place."""
_EDGE_POINTS = 20


def uri_of(code: int) -> str:
    """The name of an EPSG code as a URI."""
    return _EPSG.format(code)


@lru_cache(maxsize=256)
def _crs(uri: str) -> CRS:
    return CRS.from_authority("OGC", "CRS84") if uri == CRS84 else CRS.from_epsg(int(uri.rpartition("/")[2]))


def offered(box: Box | None) -> tuple[str, ...]:
    """The systems for data in a box, CRS84 first; all others are those made for its middle."""
    if box is None:
        return (CRS84,)
    lon, lat = box.centre
    return _offered(round(lon, 2), round(lat, 2))


@lru_cache(maxsize=1024)
def _offered(lon: float, lat: float) -> tuple[str, ...]:
    fitting = []
    for code in BY_AREA:
        area = _crs(uri_of(code)).area_of_use
        if area and area.west <= lon <= area.east and area.south <= lat <= area.north and _is_flat(code):
            fitting.append(uri_of(code))
    return (CRS84, *(uri_of(code) for code in EVERYWHERE), *fitting)


def _is_flat(code: int) -> bool:
    return len(_crs(uri_of(code)).axis_info) == 2


def known(name: str, asked: str, among: Sequence[str]) -> str:
    """The system that a parameter names; CRS84 where it is left out."""
    if not asked:
        return CRS84
    if asked not in among:
        raise refused(
            name, asked, say("Use one of those that the collection lists under “crs”, written out in full.")
        )
    return asked


@lru_cache(maxsize=256)
def _between(source: str, target: str) -> Transformer:
    return Transformer.from_crs(_crs(source), _crs(target))


def to_geojson(wkbs: Sequence[bytes | None], crs: str) -> list[str | None]:
    """Geometries of CRS84 as GeoJSON objects in another system; None stays None."""
    shapes = shapely.from_wkb(np.array(wkbs, dtype=object))
    moved = shapely.transform(shapes, _moving(CRS84, crs))
    # A place beyond the reach of a system has no coordinates in it.
    good = shapely.is_missing(moved) | np.isfinite(shapely.bounds(moved)).all(axis=1)
    texts: list[Any] = list(shapely.to_geojson(np.where(good, moved, None)))
    return texts


def _moving(source: str, target: str) -> Any:
    transformer = _between(source, target)

    def move(points: Any) -> Any:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return move


def box_outline(edges: tuple[float, float, float, float], crs: str) -> Any:
    """A box of another system as a shape of CRS84; its edges are bent where the systems bend.

    Raises `Refused` where the box lies beyond the reach of its system.
    """
    first, second, third, fourth = edges
    ring = shapely.segmentize(
        shapely.box(first, second, third, fourth), max(third - first, fourth - second) / _EDGE_POINTS or 1.0
    )
    try:
        found = shapely.transform(ring, _moving(crs, CRS84))
    except ProjError:
        found = None
    if found is None or not np.isfinite(shapely.bounds(found)).all() or third < first:
        raise refused(
            "bbox", ",".join(map(str, edges)), say("Give a box within the area that the system is made for.")
        )
    return found


def to_crs84(wkb: bytes, crs: str) -> bytes:
    """A geometry of another system in CRS84; `Refused` where it lies beyond the reach of its system."""
    try:
        found = shapely.transform(shapely.from_wkb(wkb), _moving(crs, CRS84))
    except ProjError:
        found = None
    if found is None or not np.isfinite(shapely.bounds(found)).all():
        raise refused("filter", crs, say("Give a geometry within the area that the system is made for."))
    moved: bytes = shapely.to_wkb(found)
    return moved
