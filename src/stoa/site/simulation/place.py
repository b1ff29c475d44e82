# SPDX-License-Identifier: EUPL-1.2
"""Where the invented town stands on the earth, and how its metres are written by its departments."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from stoa.site.simulation.chance import Floats

EAST, NORTH = 593_500.0, 5_692_500.0
"""The market square in ETRS89 / UTM 32 (EPSG:25832): fields and woods, where no town stands."""


@cache
def _to(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:25832", crs, always_xy=True)


def utm(shape: BaseGeometry) -> BaseGeometry:
    """A shape of the town in EPSG:25832, to the centimetre."""
    return shapely.transform(shape, lambda xy: np.round(xy + np.array([EAST, NORTH]), 2))


def degrees(shape: BaseGeometry) -> BaseGeometry:
    """A shape of the town in WGS 84, longitude first, to about ten centimetres."""
    return shapely.transform(shape, lambda xy: np.round(_moved(xy, "EPSG:4326"), 6))


def lonlat(x: float, y: float) -> tuple[float, float]:
    lon, lat = _to("EPSG:4326").transform(x + EAST, y + NORTH)
    return round(float(lon), 6), round(float(lat), 6)


def gauss_krueger(x: float, y: float) -> tuple[int, int]:
    """Rechtswert and Hochwert in the third strip (EPSG:31467), whole metres, as old registers keep them."""
    east, north = _to("EPSG:31467").transform(x + EAST, y + NORTH)
    return round(float(east)), round(float(north))


def _moved(xy: Floats, crs: str) -> Floats:
    return np.column_stack(_to(crs).transform(xy[:, 0] + EAST, xy[:, 1] + NORTH))
