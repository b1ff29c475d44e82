# SPDX-License-Identifier: EUPL-1.2
"""The place of every row in WGS 84: its columns, its transformation, and points that cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from stoa.commons.lake import engine
from stoa.commons.reading.recipe import GeometryPlan, GeometrySource, Recipe
from stoa.commons.reading.rules.crs import DEGREES
from stoa.commons.reading.rules.headings import says_place
from stoa.commons.reading.rules.places import PlaceGuess, Span, find_text_place, find_xy
from stoa.commons.reading.rules.samples import ColumnSample
from stoa.commons.reading.staging import Source, expressions, staged_scan
from stoa.commons.reading.staging_casts import literal
from stoa.commons.reading.staging_sample import SAMPLE_ROWS, TABLE
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import Kind
from stoa.ground.words import say

NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER})
LEAST_MARGIN = 0.5
"""Degrees around the bulk of the points that are never far outside."""


def load_spatial(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension from its package, once; nothing is fetched."""
    row = connection.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone()
    if row and row[0]:  # the freedom ends when the extension is there
        engine.load_spatial(connection)


def projected_box(code: str, box: Box) -> Box | None:
    """A box in degrees as one in another system; None where the system has no meaning there."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        bounds = Transformer.from_crs("OGC:CRS84", code, always_xy=True).transform_bounds(*box, densify_pts=5)
    except ProjError:
        return None
    return Box(*bounds) if all(abs(value) < 1e12 for value in bounds) else None


def spans(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, rows: int
) -> tuple[Span, ...]:
    """The middle range of every number column in the sample that may be part of a place."""
    typed = expressions(source, recipe)
    looked = [(n, column) for n, column in enumerate(recipe.columns) if column.kind in NUMERIC]
    named = [(n, column) for n, column in looked if says_place(column.source)]
    if len(named) <= 2:  # of more, the number columns between them say which belong together
        looked = named
    numbers = [
        f"({typed[n]})::DOUBLE" if source.native_of(n) == "VARCHAR" else f"TRY_CAST(c{n} AS DOUBLE)"
        for n, _ in looked
    ]
    if not numbers or not rows:
        return ()
    parts = ", ".join(f"quantile_cont({number}, [0.02, 0.98]), count({number})" for number in numbers)
    flat = connection.execute(f"SELECT {parts} FROM {TABLE}").fetchall()[0]
    found = []
    for place, (_, column) in enumerate(looked):
        ends, filled = flat[2 * place], flat[2 * place + 1]
        if ends and ends[0] is not None:
            found.append(
                Span(
                    column.name,
                    column.source,
                    float(ends[0]),
                    float(ends[1]),
                    filled / rows,
                    column.kind is Kind.INTEGER,
                )
            )
    return tuple(found)


def guess_place(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    samples: tuple[ColumnSample, ...],
    area: Box | None,
) -> PlaceGuess | None:
    """Look for the place of a row in the columns; None if nothing is found."""
    rows = samples[0].rows if samples else 0
    by_numbers = find_xy(spans(connection, source, recipe, rows), area, recipe.zone, projected_box)
    if by_numbers:
        return by_numbers
    texts = [(c.name, s) for c, s in zip(recipe.columns, samples, strict=True) if c.kind is Kind.TEXT]
    return find_text_place(texts, area)


@dataclass(frozen=True, slots=True)
class PlaceSql:
    """How the place is computed in the one pass."""

    columns: tuple[str, ...] = ()
    """Finished `expression AS _lon` ...; reads the typed columns `v0`, `v1` ... and `_wkb`."""
    form: str = "none"


def place_sql(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, area: Box | None
) -> PlaceSql:
    """The SQL of the plan; points far outside and at 0/0 become NULL."""
    plan = recipe.geometry
    if plan.source is GeometrySource.NONE:
        return PlaceSql()
    if plan.source is GeometrySource.NATIVE:
        return _native(connection, source, recipe, area)
    if plan.source is GeometrySource.WKT:
        load_spatial(connection)
        text = f"regexp_replace({_cell(recipe, plan.x)}, '^SRID=\\d+;', '')"
        return PlaceSql((f"{_finished(f'TRY(ST_GeomFromText({text}))', plan.crs)} AS _wkb",), "wkb")
    return _points(connection, source, recipe, _coordinates(connection, recipe), area)


def _native(
    connection: duckdb.DuckDBPyConnection, source: Source, recipe: Recipe, area: Box | None
) -> PlaceSql:
    if not source.has_wkb:
        return PlaceSql()
    load_spatial(connection)
    if source.are_points:
        point = _moved("TRY(ST_GeomFromWKB(_wkb))", recipe.geometry.crs)
        return _points(connection, source, recipe, (f"ST_X({point})", f"ST_Y({point})"), area)
    return PlaceSql((f"{_finished('TRY(ST_GeomFromWKB(_wkb))', recipe.geometry.crs)} AS _wkb",), "wkb")


def _coordinates(connection: duckdb.DuckDBPyConnection, recipe: Recipe) -> tuple[str, str]:
    """The SQL of longitude and latitude from columns."""
    plan = recipe.geometry
    x, y = (
        _pair(recipe, plan)
        if plan.source is GeometrySource.PAIR
        else (_cell(recipe, plan.x), _cell(recipe, plan.y))
    )
    if plan.swapped:
        x, y = y, x
    if plan.crs not in DEGREES:
        load_spatial(connection)
        point = _moved(f"ST_Point(({x})::DOUBLE, ({y})::DOUBLE)", plan.crs)
        return f"ST_X({point})", f"ST_Y({point})"
    return x, y


def _points(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    xy: tuple[str, str],
    area: Box | None,
) -> PlaceSql:
    """Points as two columns; those at 0/0 and far from all others have no place."""
    x, y = xy
    box = _believable(connection, source, recipe, xy, area)
    inside = f"{x} BETWEEN {box.west} AND {box.east} AND {y} BETWEEN {box.south} AND {box.north}"
    ok = f"{inside} AND NOT ({x} = 0 AND {y} = 0)"
    return PlaceSql(
        (f"CASE WHEN {ok} THEN ({x})::DOUBLE END AS _lon", f"CASE WHEN {ok} THEN ({y})::DOUBLE END AS _lat"),
        "lonlat",
    )


def _cell(recipe: Recipe, column: str) -> str:
    place = next((n for n, c in enumerate(recipe.columns) if c.name == column), None)
    if place is None:
        raise Refused(
            Problem(
                "reading.place_column_unknown",
                what=say("The column “%(column)s” for the place does not exist.", column=column),
                why=say("Without it no row has a place on the map."),
                do=say("Choose one of the columns of the file."),
                field="geometry",
            )
        )
    return f"v{place}"


def _pair(recipe: Recipe, plan: GeometryPlan) -> tuple[str, str]:
    cell = _cell(recipe, plan.x)
    pattern = r"'([+-]?\d+[.]?\d*)\s*[,; ]\s*([+-]?\d+[.]?\d*)'"
    return tuple(f"TRY_CAST(regexp_extract({cell}, {pattern}, {n}) AS DOUBLE)" for n in (1, 2))  # type: ignore[return-value]


def _moved(geometry: str, crs: str) -> str:
    return (
        geometry
        if crs in DEGREES or not crs
        else f"TRY(ST_Transform({geometry}, {literal(crs)}, 'OGC:CRS84', true))"
    )


def _finished(geometry: str, crs: str) -> str:
    """Valid, in WGS 84, flat, as WKB."""
    # A repaired polygon may leave stray lines beside it: the faces are what was meant.
    repaired = f"TRY(ST_MakeValid({geometry}))"
    is_mixed = f"ST_GeometryType({repaired})::VARCHAR = 'GEOMETRYCOLLECTION'"
    faces = f"CASE WHEN {is_mixed} THEN ST_CollectionExtract({repaired}, 3) ELSE {repaired} END"
    moved = _moved(f"CASE WHEN ST_IsValid({geometry}) THEN {geometry} ELSE {faces} END", crs)
    return f"CASE WHEN NOT ST_IsEmpty({moved}) THEN ST_AsWKB(ST_Force2D({moved})) END"


def _believable(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    recipe: Recipe,
    xy: tuple[str, str],
    area: Box | None,
) -> Box:
    """The box outside which a point must be wrong: around the bulk of the points and the city."""
    world = Box(-180.0, -90.0, 180.0, 90.0)
    inner = ", ".join(f"{sql} AS v{n}" for n, sql in enumerate(expressions(source, recipe)))
    inner += ", _wkb" if source.has_wkb else ""
    first = f"(SELECT * FROM {source.beginning} LIMIT {SAMPLE_ROWS})" if source.native else TABLE
    from_ = f"FROM (SELECT {inner} FROM {first})"
    x, y = xy
    row = connection.execute(
        f"SELECT quantile_cont(({x})::DOUBLE, [0.1, 0.9]), quantile_cont(({y})::DOUBLE, [0.1, 0.9]) {from_} "
        f"WHERE NOT ({x} = 0 AND {y} = 0) AND {x} BETWEEN -180 AND 180 AND {y} BETWEEN -90 AND 90"
    ).fetchone()
    if row is None or row[0] is None:
        return world
    bulk = Box(row[0][0], row[1][0], row[0][1], row[1][1])
    wide, high = (
        max(LEAST_MARGIN, 4 * (bulk.east - bulk.west)),
        max(LEAST_MARGIN, 4 * (bulk.north - bulk.south)),
    )
    box = Box(bulk.west - wide, bulk.south - high, bulk.east + wide, bulk.north + high)
    if area is not None and area.grown(0.5).holds(bulk.centre):
        box = box.joined(area.grown(0.5))
    return Box(max(box.west, -180.0), max(box.south, -90.0), min(box.east, 180.0), min(box.north, 90.0))


def repaired(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """How many shapes of the source were not valid (crossing or open rings)."""
    if not source.has_wkb or source.are_points:
        return 0
    row = connection.execute(
        f"SELECT count(*) FROM {source.scan} "
        f"WHERE _wkb IS NOT NULL AND ST_IsValid(TRY(ST_GeomFromWKB(_wkb))) IS NOT TRUE"
    ).fetchone()
    return int(row[0]) if row else 0


def shapeless(connection: duckdb.DuckDBPyConnection, source: Source) -> int:
    """How many rows of the source carry no shape at all."""
    if not source.has_wkb:
        return 0
    row = connection.execute(f"SELECT count(*) - count(_wkb) FROM {source.scan}").fetchone()
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What came of the places, counted in the staged table."""

    types: tuple[str, ...] = ()
    bbox: Box | None = None
    without: int = 0


def place_facts(connection: duckdb.DuckDBPyConnection, staged: Path, form: str) -> PlaceFacts:
    """Types, box and rows without a place."""
    scan = staged_scan(staged)
    if form == "lonlat":
        row = connection.execute(
            f"SELECT count(*) - count(_lon), min(_lon), min(_lat), max(_lon), max(_lat) FROM {scan}"
        ).fetchall()[0]
        return (
            PlaceFacts(("Point",), Box(*row[1:]), int(row[0]))
            if row[1] is not None
            else PlaceFacts(without=int(row[0]))
        )
    types = connection.execute(
        f"SELECT DISTINCT ST_GeometryType(ST_GeomFromWKB(_wkb))::VARCHAR FROM {scan} WHERE _wkb IS NOT NULL"
    ).fetchall()
    row = connection.execute(
        f"SELECT count(*) - count(_wkb), min(ST_XMin(g)), min(ST_YMin(g)), max(ST_XMax(g)), max(ST_YMax(g)) "
        f"FROM (SELECT _wkb, ST_GeomFromWKB(_wkb) AS g FROM {scan})"
    ).fetchall()[0]
    names = tuple(sorted(_OGC.get(str(kind[0]).upper(), str(kind[0])) for kind in types))
    return PlaceFacts(names, Box(*row[1:]) if row[1] is not None else None, int(row[0]))


_OGC = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
}
