# SPDX-License-Identifier: EUPL-1.2
"""An area around a point. Pure."""

from __future__ import annotations

from math import cos, pi, radians, sin
from typing import Any

from stoa.ground.geometry import LonLat

METRES_A_DEGREE = 111_320.0
CORNERS = 48


def circle(centre: LonLat, radius_m: float) -> dict[str, Any]:
    """A GeoJSON polygon that is near enough to a circle, for distances within a city; counter-clockwise."""
    up = radius_m / METRES_A_DEGREE
    wide = up / max(cos(radians(centre.lat)), 0.01)
    turns = (2 * pi * n / CORNERS for n in range(CORNERS))
    ring = [
        [round(centre.lon + wide * cos(turn), 7), round(centre.lat + up * sin(turn), 7)] for turn in turns
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
