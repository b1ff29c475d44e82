# SPDX-License-Identifier: EUPL-1.2
"""Buildings along the edges of the blocks: closed rows in the old town, houses with gardens further out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from stoa.site.simulation.chance import stream
from stoa.site.simulation.town import Block, Town


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of block is built over, metres."""

    setback: float
    width: tuple[float, float]
    depth: tuple[float, float]
    gap: tuple[float, float]
    floors: tuple[int, int]
    purpose: str


MANNERS = {
    "old town": Manner(4.5, (7, 13), (10, 14), (0, 0.3), (2, 4), "Wohn- und Geschäftshaus"),
    "dense": Manner(7.5, (12, 20), (11, 13), (0, 5), (3, 5), "Wohnhaus"),
    "houses": Manner(10.0, (9, 14), (8.5, 11.5), (5, 12), (1, 2), "Wohnhaus"),
    "industry": Manner(13.0, (28, 64), (22, 38), (14, 30), (1, 2), "Gewerbe"),
    "school": Manner(17.0, (34, 58), (14, 18), (22, 40), (2, 3), "Schule"),
}


@dataclass(frozen=True, slots=True)
class Building:
    shape: Polygon
    purpose: str
    floors: int
    year: int
    district: int
    """Its place in `Town.districts`."""


def place_buildings(seed: int, town: Town) -> list[Building]:
    """All buildings, block by block."""
    random = stream(seed, "buildings")
    streets = shapely.STRtree([road.line for road in town.streets])
    result: list[Building] = []
    for block in town.blocks:
        inside = streets.geometries[np.sort(streets.query(block.shape, "intersects"))]
        result += _along(random, block, shapely.union_all(inside).buffer(2.8))
    return result + _beyond(random, town, result)


def _beyond(random: np.random.Generator, town: Town, done: list[Building]) -> list[Building]:
    """Houses on both sides of the streets that lead out of the town, where no block closes."""
    minor = [part for road in town.streets if road.rank == 3 for part in shapely.get_parts(road.line)]
    taken = [road.line.buffer(5.0) for road in town.streets] + [park.shape for park in town.parks]
    taken += [town.ground.water.buffer(15), town.rail.buffer(14)]
    taken += [block.shape for block in town.blocks] + [building.shape for building in done]
    fixed = shapely.STRtree(taken)
    manner = MANNERS["houses"]
    boxes: list[Polygon] = []
    for line in minor:
        for away in (manner.setback - 1, 1 - manner.setback):
            side = line.offset_curve(away)
            if side.geom_type == "LineString" and side.length > 25:
                boxes += _boxes(random, side if away > 0 else side.reverse(), manner)
    met = set(fixed.query(boxes, "intersects")[0].tolist())
    result = []
    for box in _apart([box for number, box in enumerate(boxes) if number not in met]):
        district = town.district_at(*box.centroid.coords[0]).number - 1
        floors, year = int(random.integers(1, 3)), int(random.integers(1962, 2023))
        result.append(Building(box, manner.purpose, floors, year, district))
    return result


def _apart(boxes: list[Polygon]) -> list[Polygon]:
    """The boxes without those that stand in an earlier one; common walls are no harm."""
    if not boxes:
        return []
    corners = shapely.get_coordinates(boxes).reshape(len(boxes), 5, 2)
    middle = corners[:, :4].mean(axis=1, keepdims=True)
    smaller = shapely.polygons(middle + (corners - middle) * 0.94)
    first, second = shapely.STRtree(boxes).query(smaller, "intersects")
    dropped: set[int] = set()
    for later, earlier in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if earlier < later and earlier not in dropped:
            dropped.add(later)
    return [box for number, box in enumerate(boxes) if number not in dropped]


def _along(random: np.random.Generator, block: Block, street: BaseGeometry) -> list[Building]:
    manner = MANNERS.get(block.use)
    if manner is None:
        return []
    room = block.shape.buffer(-manner.setback + 1.5).difference(street)
    shapely.prepare(room)
    result: list[Building] = []
    for part in shapely.get_parts(block.shape.buffer(-manner.setback)):
        ring = LineString(shapely.geometry.polygon.orient(part.simplify(0.8)).exterior.coords)
        done = _apart([box for box in _boxes(random, ring, manner) if room.contains(box)])
        year = _year(random, block.use)
        for box in done:
            floors = int(random.integers(manner.floors[0], manner.floors[1] + 1))
            age = min(2024, year + int(random.normal(0, 9)))
            result.append(Building(box, manner.purpose, floors, age, block.district))
    return result


def _boxes(random: np.random.Generator, ring: LineString, manner: Manner) -> list[Polygon]:
    """Rectangles with one side on the ring, one after the other; the inside is on the left."""
    at, boxes = 0.0, []
    while at < ring.length - manner.width[0]:
        width = float(random.uniform(*manner.width))
        depth = float(random.uniform(*manner.depth))
        a, b = ring.interpolate(at), ring.interpolate(at + width)
        side = float(np.hypot(b.x - a.x, b.y - a.y))
        if side > 0.8 * width:
            nx, ny = -(b.y - a.y) / side * depth, (b.x - a.x) / side * depth
            corners = [(a.x, a.y), (b.x, b.y), (b.x + nx, b.y + ny), (a.x + nx, a.y + ny)]
            boxes.append(Polygon(corners))
        at += width + float(random.uniform(*manner.gap))
    return boxes


def _year(random: np.random.Generator, use: str) -> int:
    first, last = {
        "old town": (1720, 1935), "dense": (1890, 1968), "industry": (1955, 2015), "school": (1905, 1985),
    }.get(use, (1930, 2018))  # fmt: skip
    return int(random.integers(first, last))
