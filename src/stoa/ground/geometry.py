# SPDX-License-Identifier: EUPL-1.2
"""Places on the earth and tiles of the web map, as values that carry their axis order in the type."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

WORLD_3857 = 20037508.342789244
"""Half the width of the web map in metres (EPSG:3857)."""


class LonLat(NamedTuple):
    """A point in WGS 84, degrees, longitude first (OGC:CRS84)."""

    lon: float
    lat: float


class Box(NamedTuple):
    """A bounding box in WGS 84, degrees; west > east means it crosses the date line."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> LonLat:
        return LonLat((self.west + self.east) / 2, (self.south + self.north) / 2)

    def joined(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def grown(self, share: float) -> Box:
        """This box made larger on every side by a share of its own width and height."""
        dx, dy = (self.east - self.west) * share, (self.north - self.south) * share
        return Box(self.west - dx, self.south - dy, self.east + dx, self.north + dy)

    def holds(self, point: LonLat) -> bool:
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of the WebMercatorQuad (OGC 17-083r4, annex D.1): zoom, column, row from the north-west."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.z <= 24 and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise ValueError(f"there is no tile {self.z}/{self.x}/{self.y}")

    @property
    def bounds_3857(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres (EPSG:3857)."""
        size = 2 * WORLD_3857 / 2**self.z
        west, north = -WORLD_3857 + self.x * size, WORLD_3857 - self.y * size
        return (west, north - size, west + size, north)

    @property
    def metres_per_pixel(self) -> float:
        """Width of one pixel of a 256-pixel tile at the equator, metres of EPSG:3857."""
        return 2 * WORLD_3857 / float(2**self.z) / 256

    @classmethod
    def at(cls, point: LonLat, z: int) -> Tile:
        """The tile that holds a point."""
        n = 2**z
        y = (1 - math.asinh(math.tan(math.radians(point.lat))) / math.pi) / 2
        return cls(z, min(n - 1, max(0, int((point.lon + 180) / 360 * n))), min(n - 1, max(0, int(y * n))))
