# SPDX-License-Identifier: EUPL-1.2
"""Streets grow along a field of directions: round the market, along main roads and river, else in grids.

The field is a tensor field as in procedural modelling: angles are summed as doubled vectors, so that a
direction and its opposite are the same, and streets follow it or cross it at right angles. Lines are kept an
even distance apart by looking up neighbours in a hash grid.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry import LineString

from stoa.site.simulation.chance import Floats, stream
from stoa.site.simulation.ground import OLD_TOWN, Ground, Nearest, raster, sample

STEP = 12.0
"""Metres from one point of a street to the next."""


@dataclass(slots=True)
class Neighbours:
    """Points of the streets of one family, found again by place."""

    size: float
    cells: dict[tuple[int, int], list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, points: list[tuple[float, float]]) -> None:
        for x, y in points:
            self.cells[(int(x // self.size), int(y // self.size))].append((x, y))

    def is_near(self, x: float, y: float, away: float) -> bool:
        cx, cy, limit = int(x // self.size), int(y // self.size), away * away
        for i in (cx - 1, cx, cx + 1):
            for j in (cy - 1, cy, cy + 1):
                for px, py in self.cells.get((i, j), ()):
                    if (px - x) ** 2 + (py - y) ** 2 < limit:
                        return True
        return False


def directions(seed: int, ground: Ground) -> Floats:
    """The angle that streets follow at every raster cell, radians."""
    x, y = raster()
    points = shapely.points(x.ravel(), y.ravel())
    random = stream(seed, "grids")
    u, v = np.zeros(x.shape), np.zeros(x.shape)

    def blend(angle: Floats | float, weight: Floats) -> None:
        nonlocal u, v
        u, v = u + weight * np.cos(2 * np.asarray(angle)), v + weight * np.sin(2 * np.asarray(angle))

    blend(np.arctan2(y, x), 1.6 * np.exp(-((np.hypot(x, y) / 480) ** 2)))
    for _ in range(26):
        away, turn = 600 + 1500 * math.sqrt(random.random()), random.uniform(0, 2 * math.pi)
        gx, gy = away * math.cos(turn), away * math.sin(turn)
        grid = turn + random.normal(0, 0.75)
        blend(grid, np.exp(-((np.hypot(x - gx, y - gy) / 430) ** 2)) * 1.2)
    for place in ground.settlements[1:]:
        blend(random.uniform(0, math.pi), 0.5 * np.exp(-((np.hypot(x - place.x, y - place.y) / 500) ** 2)))
    for lines, reach, weight in (((ground.river,), 200.0, 1.5), ([r.line for r in ground.roads], 130.0, 1.3)):
        nearest = Nearest.of(points, *lines)
        blend(
            nearest.angle.reshape(x.shape), weight * np.exp(-((nearest.away.reshape(x.shape) / reach) ** 2))
        )
    result: Floats = np.arctan2(v, u) / 2
    return result


def spacing(x: float, y: float) -> float:
    """How far streets lie apart: narrow in the old town, wider outside."""
    away = math.hypot(x, y)
    if away < OLD_TOWN * 1.1:
        return 62.0
    return 84.0 + 40.0 * min(1.0, away / 2200)


def trace(seed: int, ground: Ground) -> list[LineString]:
    """All minor streets, in two families that cross each other."""
    field_ = directions(seed, ground)
    random = stream(seed, "streets")
    lines: list[LineString] = []
    for across in (False, True):
        near = Neighbours(130.0)
        for road in ground.roads:
            near.add(_aligned(road.line, field_, across=across))
        for x, y in _seeds(random, ground):
            if near.is_near(x, y, spacing(x, y) * (1.5 if across else 1.0)):
                continue
            points = _street(x, y, field_, ground, near, across=across)
            if len(points) * STEP >= 110:
                near.add(points)
                lines.append(LineString(points).simplify(0.5))
    return lines


def _aligned(line: LineString, field_: Floats, *, across: bool) -> list[tuple[float, float]]:
    """The points of a main road that run the way of this family, so that it keeps its distance from them."""
    points = shapely.get_coordinates(line)
    turn = np.gradient(points, axis=0)
    offset = math.pi / 2 if across else 0.0
    angles = np.arctan2(turn[:, 1], turn[:, 0])
    return [
        (float(x), float(y))
        for (x, y), angle in zip(points, angles, strict=True)
        if abs(math.cos(angle - sample(field_, x, y) - offset)) > 0.7
    ]


def _seeds(random: np.random.Generator, ground: Ground) -> list[tuple[float, float]]:
    """Places to start from: a jittered lattice over the built-up area, from the market outwards."""
    axis = np.arange(-6000.0, 6000.0, 42.0)
    x, y = (part.ravel() for part in np.meshgrid(axis, axis))
    x, y = x + random.uniform(-20, 20, x.size), y + random.uniform(-20, 20, y.size)
    order = np.argsort(np.hypot(x, y), kind="stable")
    return [(float(x[i]), float(y[i])) for i in order if sample(ground.built, float(x[i]), float(y[i])) > 0]


def _street(
    x: float, y: float, field_: Floats, ground: Ground, near: Neighbours, *, across: bool
) -> list[tuple[float, float]]:
    """One street through a place, followed both ways until it leaves the town or meets its own kind."""
    offset = math.pi / 2 if across else 0.0
    halves = []
    for sign in (1.0, -1.0):
        px, py, points = x, y, []
        angle = sample(field_, x, y) + offset
        dx, dy = sign * math.cos(angle), sign * math.sin(angle)
        for _ in range(140):
            angle = sample(field_, px + dx * STEP / 2, py + dy * STEP / 2) + offset
            nx, ny = math.cos(angle), math.sin(angle)
            if nx * dx + ny * dy < 0:
                nx, ny = -nx, -ny
            if nx * dx + ny * dy < 0.6:
                break
            dx, dy = nx, ny
            px, py = px + dx * STEP, py + dy * STEP
            if sample(ground.built, px, py) <= -0.02 or near.is_near(px, py, 0.55 * spacing(px, py)):
                break
            points.append((px, py))
        halves.append(points)
    return [*reversed(halves[1]), (x, y), *halves[0]]
