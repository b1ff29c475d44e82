# SPDX-License-Identifier: EUPL-1.2
"""The ground the town stands on: municipal boundary, river, main roads, and how far each place is built up.

All coordinates are metres from the market square; `place.py` turns them into those of the world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from stoa.site.simulation.chance import Floats, Noise, stream

HALF = 6400.0
"""The raster reaches so far from the market, metres."""
CELL = 32.0
OLD_TOWN = 330.0
RING = 1250.0


@dataclass(frozen=True, slots=True)
class Road:
    """A main road."""

    name: str
    rank: int
    """1: radial or ring that carries the traffic; 2: street of the old town's wall; 3: minor street."""
    line: LineString


@dataclass(frozen=True, slots=True)
class Settlement:
    """A built-up place: the town itself, or a village."""

    name: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What was there before the streets."""

    boundary: Polygon
    river: LineString
    water: Polygon
    roads: tuple[Road, ...]
    settlements: tuple[Settlement, ...]
    built: Floats
    """Above 0 where it is built up; raster [row from south, column from west]."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest place on some lines, asked for many points at once."""

    away: Floats
    angle: Floats
    """The direction of the line there, radians."""

    @classmethod
    def of(cls, points: Floats, *lines: LineString) -> Nearest:
        """Exact to the half of the lines' vertex distance (15 m), and many times faster than exact."""
        vertices = [shapely.get_coordinates(line) for line in lines]
        turns = [np.gradient(part, axis=0) for part in vertices]
        places, tangents = np.vstack(vertices), np.vstack(turns)
        found = shapely.STRtree(shapely.points(places)).nearest(points)
        gap = shapely.get_coordinates(points) - places[found]
        return cls(np.hypot(gap[:, 0], gap[:, 1]), np.arctan2(tangents[found, 1], tangents[found, 0]))


def lay_ground(seed: int) -> Ground:
    """River first, then the roads that had to cross it, then the town along the roads."""
    river = _river(seed)
    settlements = _settlements(seed, river)
    roads = (*_radials(seed, settlements), *_rings(seed))
    water = river.buffer(19.0).union(_harbour(river))
    return Ground(_boundary(seed), river, water, roads, settlements, _built(seed, roads, settlements, river))


def raster() -> tuple[Floats, Floats]:
    """x and y of every raster cell's centre."""
    axis = np.arange(-HALF + CELL / 2, HALF, CELL)
    x, y = np.meshgrid(axis, axis)
    return x, y


def sample(surface: Floats, x: float, y: float) -> float:
    """The value of a raster at a place; the edge counts beyond the edge."""
    most = surface.shape[0] - 1
    column = min(most, max(0, int((x + HALF) / CELL)))
    row = min(most, max(0, int((y + HALF) / CELL)))
    return float(surface[row, column])


def smooth(points: Floats, step: float = 15.0) -> LineString:
    """A soft line through points (Chaikin's corner cutting), with a vertex about every `step` metres."""
    for _ in range(4):
        first, second = points[:-1], points[1:]
        middle = np.stack([first * 0.75 + second * 0.25, first * 0.25 + second * 0.75], axis=1).reshape(-1, 2)
        points = np.vstack([points[:1], middle, points[-1:]])
    return LineString(points).simplify(0.4).segmentize(step)


def _river(seed: int) -> LineString:
    """A meandering river from west to east, passing a little south of the market."""
    random = stream(seed, "river")
    x = np.arange(-8000.0, 8001.0, 130.0)
    a, b, c = random.uniform(0, 2 * np.pi, 3)
    swing = 190 + 240 * (1 - np.exp(-((x / 2400) ** 2)))
    y = swing * np.sin(x / 560 + a) + 0.4 * swing * np.sin(x / 300 + b) + 190 * np.sin(x / 3100 + c)
    y += -470 - np.interp(0.0, x, y)
    lean = random.uniform(-0.12, 0.12)
    return smooth(np.column_stack([x, y + lean * x]))


def _harbour(river: LineString) -> Polygon:
    """A basin of the old harbour beside the river, downstream of the town."""
    at = river.interpolate(float(river.project(shapely.Point(1900, -500))))
    along = river.interpolate(float(river.project(at)) + 260)
    return LineString([(at.x, at.y + 40), (along.x, along.y + 55)]).buffer(32.0)


VILLAGES = ("Oberwiesen", "Karlsgrund", "Steinhagen", "Mohnbach", "Altenried")


def _settlements(seed: int, river: LineString) -> tuple[Settlement, ...]:
    random = stream(seed, "villages")
    places = [Settlement("Ulmenfurt", 0.0, 0.0, 1900.0)]
    turn = random.uniform(0, 2 * np.pi)
    for number, name in enumerate(VILLAGES):
        angle = turn + number * 2 * np.pi / len(VILLAGES) + random.uniform(-0.22, 0.22)
        away = random.uniform(3500, 4500)
        x, y = away * np.cos(angle), away * np.sin(angle)
        gap = river.distance(shapely.Point(x, y))
        y += np.sign(y) * max(0.0, 500 - gap)
        places.append(Settlement(name, float(x), float(y), float(random.uniform(330, 520))))
    return tuple(places)


def _radials(seed: int, settlements: tuple[Settlement, ...]) -> list[Road]:
    """Roads from the market to the villages and on to the neighbours."""
    random = stream(seed, "radials")
    targets = [(s.x, s.y, f"{s.name}er Straße".replace("enr ", "ener ")) for s in settlements[1:]]
    angles = sorted(np.arctan2(y, x) for x, y, _ in targets)
    gaps = [
        (b - a, a + (b - a) / 2) for a, b in zip(angles, [*angles[1:], angles[0] + 2 * np.pi], strict=True)
    ]
    for (_, angle), name in zip(sorted(gaps, reverse=True)[:2], ("Bahnhofstraße", "Landstraße"), strict=True):
        targets.append((4000 * np.cos(angle), 4000 * np.sin(angle), name))
    roads = []
    for x, y, name in targets:
        away, angle = float(np.hypot(x, y)), float(np.arctan2(y, x))
        along = np.array(
            [40, 0.12 * away, 0.3 * away, 0.55 * away, 0.8 * away, away, 1.45 * away, 2.1 * away]
        )
        bend = np.cumsum(random.normal(0, 0.055, 8)) * np.array([0, 1, 1, 1, 0.6, 0, 0.8, 1.2])
        points = np.column_stack([along * np.cos(angle + bend), along * np.sin(angle + bend)])
        points[0] = (0, 0)
        roads.append(Road(name, 1, smooth(points)))
    return roads


def _rings(seed: int) -> list[Road]:
    random = stream(seed, "rings")
    roads = []
    for name, rank, radius, rough in (("Am Wall", 2, OLD_TOWN, 0.07), ("Ring", 1, RING, 0.1)):
        turn = np.linspace(0, 2 * np.pi, 25)[:-1]
        waves = sum(
            rough / n * random.uniform(0.4, 1) * np.sin(n * turn + random.uniform(0, 6.28)) for n in (1, 2, 3)
        )
        away = radius * (1 + waves)
        points = np.column_stack([away * np.cos(turn) * 1.1, away * np.sin(turn) * 0.93])
        closed = smooth(np.vstack([points[-2:], points, points[:2]]))
        ring = shapely.polygonize([shapely.node(closed)])
        biggest = max(ring.geoms, key=lambda p: p.area) if ring.geoms else Polygon(points)
        roads.append(Road(name, rank, LineString(biggest.exterior.coords).segmentize(15.0)))
    return roads


def _boundary(seed: int) -> Polygon:
    random = stream(seed, "boundary")
    turn = np.linspace(0, 2 * np.pi, 145)[:-1]
    waves = sum(0.2 / n * np.sin(n * turn + random.uniform(0, 6.28)) for n in (2, 3, 5, 7, 11))
    away = 5250 * (1 + waves) * (1 + random.normal(0, 0.01, 144))
    return Polygon(np.column_stack([away * np.cos(turn), away * np.sin(turn)]))


def _built(
    seed: int, roads: tuple[Road, ...], settlements: tuple[Settlement, ...], river: LineString
) -> Floats:
    """How far a place is built up: near the market, along the roads, not in the river's meadows."""
    x, y = raster()
    rough, fine = Noise(stream(seed, "edge"), 900.0), Noise(stream(seed, "edge fine"), 330.0)
    points = shapely.points(x.ravel(), y.ravel())
    to_road = Nearest.of(points, *(r.line for r in roads if r.rank == 1)).away.reshape(x.shape)
    to_river = Nearest.of(points, river).away.reshape(x.shape)
    built = np.full(x.shape, -1.0)
    for place in settlements:
        away = np.hypot(x - place.x, y - place.y)
        reach = place.radius * (0.88 + 0.36 * rough(x, y) + 0.2 * fine(x, y) + 0.34 * np.exp(-to_road / 190))
        built = np.maximum(built, (reach - away) / place.radius)
    meadow = 95 + 60 * rough(y, x)
    away = np.hypot(x, y)
    result: Floats = np.where((to_river < meadow) & (away > 620), -0.5, built)
    return result
