# SPDX-License-Identifier: EUPL-1.2
"""The town itself: street network, blocks between the streets, parks, railway and districts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from stoa.site.simulation.chance import stream
from stoa.site.simulation.ground import RING, Ground, Road, lay_ground, sample, smooth
from stoa.site.simulation.names import PARKS, QUARTERS, street_names
from stoa.site.simulation.streets import trace


@dataclass(frozen=True, slots=True)
class Park:
    name: str
    kind: str
    shape: Polygon


@dataclass(frozen=True, slots=True)
class District:
    number: int
    name: str
    shape: MultiPolygon | Polygon
    seed: Point


@dataclass(frozen=True, slots=True)
class Block:
    """Land between streets."""

    shape: Polygon
    use: str
    """`market`, `old town`, `dense`, `houses`, `industry`, `school`, `green`."""
    district: int


@dataclass(frozen=True, slots=True)
class Town:
    ground: Ground
    rail: LineString
    streets: tuple[Road, ...]
    parks: tuple[Park, ...]
    blocks: tuple[Block, ...]
    districts: tuple[District, ...]

    def district_at(self, x: float, y: float) -> District:
        """The district that holds a place, else the nearest one."""
        point = Point(x, y)
        for district in self.districts:
            if district.shape.contains(point):
                return district
        return min(self.districts, key=lambda d: (d.shape.distance(point), d.number))


def grow(seed: int) -> Town:
    """The whole town from one number."""
    ground = lay_ground(seed)
    rail = _railway(seed, ground)
    parks = _parks(seed, ground, rail)
    streets = _streets(seed, ground, rail, parks)
    faces = _faces(streets, ground, rail)
    districts = _districts(seed, ground, faces)
    shapely.prepare([district.shape for district in districts])
    blocks = _blocks(seed, shapely.union_all([ground.water, *(p.shape for p in parks)]), faces, districts)
    return Town(ground, rail, streets, parks, blocks, districts)


def _railway(seed: int, ground: Ground) -> LineString:
    """A line that passes the town on the side away from the river, with one wide bend."""
    random = stream(seed, "railway")
    x = np.array([-8000, -5500, -3000, -1000, 0, 1000, 3000, 5500, 8000.0])
    lean = random.uniform(-0.1, 0.1)
    y = 780 + lean * x + random.uniform(500, 1200) * (x / 5000) ** 2 * np.sign(random.uniform(-1, 1))
    return smooth(np.column_stack([x, y]), 25.0)


def _parks(seed: int, ground: Ground, rail: LineString) -> tuple[Park, ...]:
    random = stream(seed, "parks")
    villages = shapely.union_all([Point(p.x, p.y).buffer(p.radius * 1.25) for p in ground.settlements[1:]])
    roads = shapely.union_all([road.line.buffer(15) for road in ground.roads if road.rank == 1])
    taken = shapely.union_all([rail.buffer(40), ground.water])
    parks: list[Park] = []
    for number, (name, kind, size) in enumerate(PARKS):
        for _ in range(80):
            away = 480 + 1250 * math.sqrt(random.random()) if number else 620.0
            turn = random.uniform(0, 2 * math.pi)
            x, y = away * math.cos(turn), away * math.sin(turn)
            if kind == "forest":
                away = 2700 + 1900 * random.random()
                x, y = away * math.cos(turn), away * math.sin(turn)
            if kind == "meadow":
                at = ground.river.interpolate(ground.river.project(Point(x * 1.3, y)))
                x, y = at.x, at.y
            shape = _blob(random, x, y, size).difference(
                taken if kind != "forest" else taken.union(villages).union(roads)
            )
            shape = max(shapely.get_parts(shape), key=lambda part: part.area, default=Polygon())
            wanted = (
                sample(ground.built, x, y) < -0.3 if kind == "forest" else sample(ground.built, x, y) > -0.3
            )
            if shape.area > 0.45 * math.pi * size**2 and wanted:
                parks.append(Park(name, kind, shape))
                taken = taken.union(shape.buffer(220))
                break
    return tuple(parks)


def _blob(random: np.random.Generator, x: float, y: float, size: float) -> Polygon:
    turn = np.linspace(0, 2 * np.pi, 49)[:-1]
    waves = sum(0.22 / n * np.sin(n * turn + random.uniform(0, 6.28)) for n in (1, 2, 3, 4))
    stretch, tilt = random.uniform(1.1, 1.6), random.uniform(0, math.pi)
    u, v = size * stretch * (1 + waves) * np.cos(turn), size / stretch * (1 + waves) * np.sin(turn)
    px = x + u * math.cos(tilt) - v * math.sin(tilt)
    py = y + u * math.sin(tilt) + v * math.cos(tilt)
    return Polygon(np.column_stack([px, py])).buffer(0)


def _streets(seed: int, ground: Ground, rail: LineString, parks: tuple[Park, ...]) -> tuple[Road, ...]:
    """Main roads as they are; minor streets cut by water, rail and parks, joined to what they nearly meet."""
    closed = shapely.union_all([ground.water.buffer(14), rail.buffer(22), *(p.shape for p in parks)])
    shapely.prepare(closed)
    pieces: list[LineString] = []
    for line in trace(seed, ground):
        rest = line.difference(closed) if closed.intersects(line) else line
        pieces += [part for part in shapely.get_parts(rest) if part.length > 70]
    pieces = _joined(pieces, [road.line for road in ground.roads], closed)
    names = street_names(seed, len(pieces))
    minor = [Road(name, 3, line) for name, line in zip(names, pieces, strict=True)]
    limit = ground.boundary
    main = [Road(r.name, r.rank, r.line.intersection(limit)) for r in ground.roads]
    return tuple(main + _connected(_trimmed(minor, [r.line for r in main]), [r.line for r in main]))


def _joined(lines: list[LineString], main: list[LineString], closed: BaseGeometry) -> list[LineString]:
    """Every street end led on straight, up to 75 m, if it meets another street there."""
    everything = [*lines, *main]
    tree = shapely.STRtree(everything)
    result = []
    for number, line in enumerate(lines):
        points = [tuple(p) for p in shapely.get_coordinates(line)]
        for at_end in (True, False):
            (bx, by), (ax, ay) = (points[-2], points[-1]) if at_end else (points[1], points[0])
            away = math.hypot(ax - bx, ay - by) or 1.0
            ux, uy = (ax - bx) / away, (ay - by) / away
            probe = LineString([(ax + ux, ay + uy), (ax + 75 * ux, ay + 75 * uy)])
            others = [everything[i] for i in sorted(tree.query(probe, "intersects")) if i != number]
            hits = [p for other in others for p in shapely.get_coordinates(probe.intersection(other))]
            if hits and not closed.intersects(probe):
                hx, hy = min(hits, key=lambda p: (p[0] - ax) ** 2 + (p[1] - ay) ** 2)
                end = (float(hx + 0.3 * ux), float(hy + 0.3 * uy))
                points = [*points, end] if at_end else [end, *points]
        result.append(LineString(points))
    return result


def _trimmed(minor: list[Road], main: list[LineString]) -> list[Road]:
    """Streets without the short stubs beyond their last crossing; those that meet nothing are left out."""
    tree = shapely.STRtree([*(r.line for r in minor), *main])
    result = []
    for number, road in enumerate(minor):
        near = [tree.geometries[i] for i in sorted(tree.query(road.line, "intersects")) if i != number]
        if not near:
            continue
        crossings = [road.line.project(Point(p)) for other in near for p in _points(road.line, other)]
        first, last = min(crossings, default=0.0), max(crossings, default=0.0)
        start = first if first < 45 else 0.0
        end = last if road.line.length - last < 45 else road.line.length
        if end - start > 30:
            result.append(Road(road.name, road.rank, shapely.ops.substring(road.line, start, end)))
    return result


def _connected(minor: list[Road], main: list[LineString]) -> list[Road]:
    """The streets that can be reached from a main road; the others are left out."""
    lines = [*(road.line for road in minor), *main]
    tree = shapely.STRtree(lines)
    reached = set(range(len(minor), len(lines)))
    front = sorted(reached)
    while front:
        number = front.pop()
        for other in sorted(int(i) for i in tree.query(lines[number], "intersects")):
            if other not in reached:
                reached.add(other)
                front.append(other)
    return [road for number, road in enumerate(minor) if number in reached]


def _points(line: LineString, other: LineString) -> list[tuple[float, float]]:
    return [tuple(p) for p in shapely.get_coordinates(line.intersection(other))]


def _faces(streets: tuple[Road, ...], ground: Ground, rail: LineString) -> list[Polygon]:
    """The land between streets, river and railway inside the built-up area."""
    lines = [part for road in streets for part in shapely.get_parts(road.line)]
    noded = shapely.node(shapely.MultiLineString([*lines, ground.river, rail]))
    faces = shapely.get_parts(shapely.polygonize([noded]))
    return [face for face in faces if 900 < face.area < 160_000]


def _districts(seed: int, ground: Ground, faces: list[Polygon]) -> tuple[District, ...]:
    """Quarters: each block goes to the nearest centre on its bank of the river, the fields to the nearest."""
    random = stream(seed, "districts")
    seeds = [Point(0, 0)]
    names = ["Altstadt"]
    turn = random.uniform(0, 1)
    for number, name in enumerate(QUARTERS):
        angle = turn + number * 2 * math.pi / len(QUARTERS)
        seeds.append(Point(1150 * math.cos(angle), 1150 * math.sin(angle)))
        names.append(name)
    for place in ground.settlements[1:]:
        seeds.append(Point(place.x, place.y))
        names.append(place.name)
    banks = shapely.get_parts(
        shapely.polygonize([shapely.node(shapely.MultiLineString([ground.river, ground.boundary.exterior]))])
    )
    cells = _cells(seeds, ground)
    parts: list[list[BaseGeometry]] = [[] for _ in seeds]
    for face in faces:
        parts[_nearest(face.representative_point(), seeds, banks)].append(face)
    town = shapely.union_all(faces)
    rest = ground.boundary.difference(town)
    for bank in banks:
        for number, cell in enumerate(cells):
            for piece in shapely.get_parts(cell.intersection(bank).intersection(rest)):
                if piece.area > 1:
                    parts[_nearest(piece.representative_point(), seeds, banks, number)].append(piece)
    return tuple(
        District(n + 1, name, _whole(shapely.union_all(part), ground), seed)
        for n, (name, part, seed) in enumerate(zip(names, parts, seeds, strict=True))
    )


def _whole(shape: BaseGeometry, ground: Ground) -> Polygon | MultiPolygon:
    """One clean area: cracks closed, crumbs left out."""
    closed = shape.buffer(1.0, join_style="mitre").buffer(-1.0, join_style="mitre")
    parts = [p for p in shapely.get_parts(closed.intersection(ground.boundary)) if p.area > 4000]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _cells(seeds: list[Point], ground: Ground) -> list[Polygon]:
    """Voronoi cells in the order of their seeds."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=ground.boundary))
    return [next(cell for cell in cells if cell.contains(seed)) for seed in seeds]


def _nearest(point: Point, seeds: list[Point], banks: list[Polygon], default: int | None = None) -> int:
    """The nearest seed; crossing the river counts as 500 m."""
    bank = next((b for b in banks if b.contains(point)), None)

    def effort(number: int) -> float:
        crossing = 0.0 if bank is None or bank.contains(seeds[number]) else 500.0
        favour = 450.0 if number == 0 else 0.0
        return float(point.distance(seeds[number])) + crossing + favour

    order = min(range(len(seeds)), key=effort)
    return order if default is None else default


def _blocks(
    seed: int, taken: BaseGeometry, faces: list[Polygon], districts: tuple[District, ...]
) -> tuple[Block, ...]:
    """What each face is used for: by distance from the market, the harbour and chance."""
    random = stream(seed, "blocks")
    wet = taken.buffer(6)
    shapely.prepare(wet)
    tree = shapely.STRtree([d.shape for d in districts])
    uses: Counter[str] = Counter()
    result = []
    for face in faces:
        dry = face.difference(wet) if face.intersects(wet) else face
        shape = max(shapely.get_parts(dry), key=lambda part: part.area, default=Polygon())
        if shape.area < 900:
            continue
        middle = shape.representative_point()
        found = tree.query(middle, "intersects")
        district = int(found[0]) if len(found) else 0
        use = _use(random, middle, shape, uses)
        uses[use] += 1
        result.append(Block(shape, use, district))
    return tuple(result)


def _use(random: np.random.Generator, at: Point, shape: Polygon, uses: Counter[str]) -> str:
    away = math.hypot(at.x, at.y)
    chance = random.random()
    if away < 75:
        return "market"
    if away < 360:
        return "old town"
    if math.hypot(at.x - 1900, at.y + 500) < 620 or (away > RING and chance < 0.025):
        return "industry"
    if chance > 0.965 and 6000 < shape.area < 40_000 and uses["school"] < 18:
        return "school"
    if chance > 0.945:
        return "green"
    return "dense" if away < 900 + 350 * chance else "houses"
