# SPDX-License-Identifier: EUPL-1.2
"""Which columns say where a row is, and in which coordinate system."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from stoa.commons.reading.recipe import GeometryPlan, GeometrySource
from stoa.commons.reading.rules.crs import WGS84, candidates
from stoa.commons.reading.rules.headings import says_x, says_y
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say

_PAIR = re.compile(r"^[(\[]?\s*([+-]?\d{1,3}[.]\d+)\s*[,; ]\s*([+-]?\d{1,3}[.]\d+)\s*[)\]]?$")
_WKT = re.compile(r"^(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)\s*(Z|M|ZM)?\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Where the middle of a column's numbers lies (2nd and 98th percentile)."""

    column: str
    heading: str
    low: float
    high: float
    share: float
    """Share of the rows that have a number, 0 to 1."""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PlaceGuess:
    """Where the place of a row is written, and why we think so."""

    plan: GeometryPlan
    reason: Saying
    warnings: tuple[Problem, ...] = ()


Project = Callable[[str, Box], Box | None]
"""Turns a box in degrees into one in the given system (x, y); None where it has no meaning there."""


def find_text_place(samples: Iterable[tuple[str, ColumnSample]], area: Box | None) -> PlaceGuess | None:
    """A column of well-known text or of 'lat, lon' pairs."""
    for column, sample in samples:
        if not sample.filled or not sample.values:
            continue
        values = [value for value, _ in sample.values[:500]]
        if sum(bool(_WKT.match(value)) for value in values) >= 0.9 * len(values):
            plan = GeometryPlan(GeometrySource.WKT, x=column)
            return PlaceGuess(
                plan, say("“%(column)s” holds shapes in well-known text.", column=sample.heading)
            )
        pairs = [found for value in values if (found := _PAIR.match(value))]
        if len(pairs) >= 0.9 * len(values):
            return _pair(column, sample, [(float(p[1]), float(p[2])) for p in pairs], area)
    return None


def _pair(
    column: str, sample: ColumnSample, pairs: list[tuple[float, float]], area: Box | None
) -> PlaceGuess | None:
    if not all(abs(a) <= 180 and abs(b) <= 180 for a, b in pairs):
        return None
    lat_first = _share_in(area, ((b, a) for a, b in pairs)) >= _share_in(area, pairs) if area else True
    if any(abs(a) > 90 for a, _ in pairs):
        lat_first = False
    order = say("latitude first") if lat_first else say("longitude first")
    plan = GeometryPlan(GeometrySource.PAIR, x=column, swapped=lat_first)
    return PlaceGuess(
        plan, say("“%(column)s” holds pairs of degrees, %(order)s.", column=sample.heading, order=order)
    )


def _share_in(area: Box, points: Iterable[tuple[float, float]]) -> float:
    wide = area.grown(0.5)
    inside = [wide.west <= x <= wide.east and wide.south <= y <= wide.north for x, y in points]
    return sum(inside) / max(1, len(inside))


def find_xy(spans: Sequence[Span], area: Box | None, zone: str, project: Project) -> PlaceGuess | None:
    """Two number columns whose headings and values say where a row is."""
    for x, y in _pairs(spans):
        found = _in_degrees(x, y, area, zone) or _projected(x, y, area, zone, project)
        if found:
            return found
    return None


def _pairs(spans: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Columns named like x and y, those with fitting names and near each other first."""
    xs = [(place, span) for place, span in enumerate(spans) if says_x(span.heading)]
    ys = [(place, span) for place, span in enumerate(spans) if says_y(span.heading)]
    found = [(abs(px - py), x, y) for px, x in xs for py, y in ys if x.column != y.column]
    return [(x, y) for _, x, y in sorted(found, key=lambda item: item[0])]


def _in_degrees(x: Span, y: Span, area: Box | None, zone: str) -> PlaceGuess | None:
    if max(abs(x.low), abs(x.high), abs(y.low), abs(y.high)) > 180 or (x.is_whole and y.is_whole):
        return None
    wide = area.grown(1.0) if area else None
    straight = wide is not None and _inside(wide, x, y)
    crossed = (wide is not None and _inside(wide, y, x)) or max(abs(y.low), abs(y.high)) > 90
    if wide is None and not crossed and zone.startswith("Europe/"):
        europe = Box(-32.0, 34.5, 45.0, 72.0)
        crossed = _inside(europe, y, x) and not _inside(europe, x, y)
    if crossed and not straight:
        return _swapped(x, y)
    if not straight and max(abs(y.low), abs(y.high)) > 90:
        return None
    plan = GeometryPlan(GeometrySource.XY, x.column, y.column, WGS84)
    reason = say(
        "“%(x)s” and “%(y)s” hold degrees from %(west)s to %(east)s and %(south)s to %(north)s.",
        x=x.heading,
        y=y.heading,
        west=round(x.low, 3),
        east=round(x.high, 3),
        south=round(y.low, 3),
        north=round(y.high, 3),
    )
    return PlaceGuess(plan, reason, () if straight or wide is None else (_elsewhere(x, y),))


def _inside(box: Box, x: Span, y: Span) -> bool:
    return box.west <= x.low and x.high <= box.east and box.south <= y.low and y.high <= box.north


def _swapped(x: Span, y: Span) -> PlaceGuess:
    plan = GeometryPlan(GeometrySource.XY, x.column, y.column, WGS84, swapped=True)
    reason = say(
        "“%(y)s” holds longitudes and “%(x)s” latitudes: they were exchanged.", x=x.heading, y=y.heading
    )
    warning = Problem(
        "reading.coordinates_swapped",
        what=say(
            "Latitude and longitude are exchanged: “%(y)s” holds values such as %(value)s.",
            y=y.heading,
            value=round(y.low, 4),
        ),
        why=say(
            "Read as they are named, the places would lie far outside the city; "
            "we read them the other way round."
        ),
        do=say("Check the map, and mend the headings in the source."),
        field=y.column,
    )
    return PlaceGuess(plan, reason, (warning,))


def _elsewhere(x: Span, y: Span) -> Problem:
    return Problem(
        "reading.place_outside_area",
        what=say("The coordinates lie outside the area of the city."),
        why=say(
            "Values run from %(west)s to %(east)s and from %(south)s to %(north)s.",
            west=round(x.low, 3),
            east=round(x.high, 3),
            south=round(y.low, 3),
            north=round(y.high, 3),
        ),
        do=say("Check the coordinate system, or that the file belongs to this city."),
        field=x.column,
    )


def _projected(x: Span, y: Span, area: Box | None, zone: str, project: Project) -> PlaceGuess | None:
    """The systems that fit the numbers; the city's area or the time zone chooses among them."""
    if max(abs(x.high), abs(y.high)) < 1000:
        return None
    tried = [
        (crs, first, second, first is y)
        for first, second in ((x, y), (y, x))
        for crs in candidates((first.low, second.low), (first.high, second.high))
        if crs.code != "EPSG:3857"
    ]
    if area is not None:
        near = [
            item
            for item in tried
            if (box := project(item[0].code, area.grown(0.5))) and _inside(box, item[1], item[2])
        ]
        if not near:
            web = project("EPSG:3857", area.grown(0.5))
            near = [
                (crs, x, y, False)
                for crs in candidates((x.low, y.low), (x.high, y.high))
                if crs.code == "EPSG:3857" and web and _inside(web, x, y)
            ]
        if near:
            return _named(*near[0], how=say("only there the points lie in the city's area"), sure=True)
    local = [item for item in tried if zone in item[0].zones]
    if local:
        return _named(
            *local[0],
            how=say("the numbers fit and it is usual in the time zone %(zone)s", zone=zone),
            sure=len(local) == 1,
        )
    if len(tried) == 1:
        return _named(*tried[0], how=say("no other system in use has such numbers"), sure=True)
    return None


def _named(crs: object, x: Span, y: Span, crossed: object, *, how: Saying, sure: bool) -> PlaceGuess:
    from stoa.commons.reading.rules.crs import Crs

    assert isinstance(crs, Crs)
    plan = GeometryPlan(GeometrySource.XY, x.column, y.column, crs.code)
    reason = say(
        "“%(x)s” and “%(y)s” are coordinates in %(name)s (%(code)s): %(how)s.",
        x=x.heading,
        y=y.heading,
        name=crs.name,
        code=crs.code,
        how=how,
    )
    if sure:
        return PlaceGuess(plan, reason)
    warning = Problem(
        "reading.crs_doubtful",
        what=say("The coordinate system was guessed: %(name)s (%(code)s).", name=crs.name, code=crs.code),
        why=say("Several systems have such numbers, and the file names none."),
        do=say("Check the map, and choose another system if the points lie wrong."),
    )
    return PlaceGuess(plan, reason, (warning,))
