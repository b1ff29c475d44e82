# SPDX-License-Identifier: EUPL-1.2
"""From the columns of a version to the columns of a file: headings, and values in SQL. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stoa.commons.lake.engine import identifier, quoted
from stoa.commons.lake.exports.values import Format, Headings, Wanted
from stoa.commons.lake.values import Query, VersionRef
from stoa.ground.tables import GEOMETRY, ColumnSpec, Kind
from stoa.standards.csvsafe import harmless, harmless_sql

DECIMALS = 7
"""Of degrees in GeoJSON: about a centimetre (RFC 7946, 11.2)."""


class Place(StrEnum):
    """How the geometry stands in the file."""

    NONE = "none"
    LONLAT = "lonlat"
    """Two columns, for points."""
    WKT = "wkt"
    GEOJSON = "geojson"
    NATIVE = "native"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the file."""

    heading: str
    sql: str
    """Over the columns of `query_sql`, whose geometry is called `geometry`."""
    column: ColumnSpec | None
    """None for what was made from the geometry."""


def place_of(ref: VersionRef, query: Query, form: Format) -> Place:
    """How the place of a row is written in a format; left out where somebody chose columns without it."""
    if not ref.has_geometry or (
        query.columns and GEOMETRY not in query.columns and form is not Format.GEOJSON
    ):
        return Place.NONE
    if form in {Format.GEOPACKAGE, Format.PARQUET}:
        return Place.NATIVE
    if form in {Format.JSON, Format.JSON_LINES, Format.GEOJSON}:
        return Place.GEOJSON
    return Place.LONLAT if ref.geometry_types == ("Point",) else Place.WKT


def chosen(ref: VersionRef, query: Query) -> tuple[ColumnSpec, ...]:
    """The columns that a query shows, in its order; names that do not exist are `query_sql`'s to refuse."""
    found = (ref.column(name) for name in dict.fromkeys(query.columns))
    return tuple(column for column in found if column) if query.columns else ref.columns


def fields(ref: VersionRef, query: Query, form: Format, wanted: Wanted) -> tuple[Field, ...]:
    """All columns of the file, the place last. Headings are different even without regard to case."""
    columns = chosen(ref, query)
    plain = [c.label or c.name if wanted.headings is Headings.LABEL else c.name for c in columns]
    places = _places(place_of(ref, query, form))
    if form in {Format.CSV, Format.TSV}:
        plain = [harmless(" ".join(heading.split())) for heading in plain]
    headings = different([*plain, *(name for name, _ in places)])
    shown = _SHOWN[form]
    listed = [
        Field(h, shown(c, identifier(c.name), wanted.zone), c)
        for h, c in zip(headings, columns, strict=False)
    ]
    return (
        *listed,
        *(Field(h, sql, None) for h, (_, sql) in zip(headings[len(columns) :], places, strict=True)),
    )


def different(headings: list[str]) -> list[str]:
    """The same headings, made different by a number where two are alike but for case.

    >>> different(["Art", "art", ""])
    ['Art', 'art_2', 'column_3']
    """
    taken: set[str] = set()
    result = []
    for number, raw in enumerate(headings, start=1):
        base = heading = raw or f"column_{number}"
        n = 2
        while heading.casefold() in taken:
            heading, n = f"{base}_{n}", n + 1
        taken.add(heading.casefold())
        result.append(heading)
    return result


def _places(place: Place) -> list[tuple[str, str]]:
    return {
        Place.NONE: [],
        Place.LONLAT: [("lon", f"ST_X({GEOMETRY})"), ("lat", f"ST_Y({GEOMETRY})")],
        Place.WKT: [(GEOMETRY, f"ST_AsText({GEOMETRY})")],
        Place.GEOJSON: [(GEOMETRY, geojson_sql())],
        Place.NATIVE: [(GEOMETRY, GEOMETRY)],
    }[place]


def geojson_sql() -> str:
    """The geometry as a GeoJSON object with 7 decimals, cut (not rounded, which could make rings cross)."""
    digits = f"(\\.[0-9]{{{DECIMALS}}})[0-9]+"
    text = f"regexp_replace(ST_AsGeoJSON({GEOMETRY})::VARCHAR, '{digits}', '\\1', 'g')"
    return f"CASE WHEN NOT ST_IsEmpty({GEOMETRY}) THEN {text}::JSON END"


def instant_sql(name: str, zone: str) -> str:
    """An instant in ISO 8601 with its offset; parts of a second only where there are some."""
    local = f"timezone({quoted(zone)}, {name})"
    whole, part = "'%Y-%m-%dT%H:%M:%S'", "'%Y-%m-%dT%H:%M:%S.%f'"
    is_whole = f"epoch_us({name}) % 1000000 = 0"
    text = f"CASE WHEN {is_whole} THEN strftime({local}, {whole}) ELSE strftime({local}, {part}) END"
    if zone == "UTC":
        return f"({text}) || 'Z'"
    minutes = f"date_diff('minute', timezone('UTC', {name}), {local})"
    sign = f"CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END"
    hours, rest = (f"lpad((abs({minutes}) {op} 60)::VARCHAR, 2, '0')" for op in ("//", "%"))
    return f"({text}) || {sign} || {hours} || ':' || {rest}"


def _delimited(column: ColumnSpec, name: str, zone: str) -> str:
    if column.kind is Kind.TEXT:
        return harmless_sql(name)
    return instant_sql(name, zone) if column.kind is Kind.DATETIME else name


def _json(column: ColumnSpec, name: str, zone: str) -> str:
    if column.kind is Kind.NUMBER:
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    if column.kind in {Kind.DATE, Kind.TIME}:
        return f"{name}::VARCHAR"
    return instant_sql(name, zone) if column.kind is Kind.DATETIME else name


def _as_kept(column: ColumnSpec, name: str, zone: str) -> str:
    return name


def _fetched(column: ColumnSpec, name: str, zone: str) -> str:
    """A value that Python gets; instants in local time, as spreadsheets know no zones."""
    return f"timezone({quoted(zone)}, {name})" if column.kind is Kind.DATETIME else name


def _layer(column: ColumnSpec, name: str, zone: str) -> str:
    """GeoPackage has no time of day."""
    return f"{name}::VARCHAR" if column.kind is Kind.TIME else name


_SHOWN: dict[Format, Callable[[ColumnSpec, str, str], str]] = {
    Format.CSV: _delimited,
    Format.TSV: _delimited,
    Format.JSON: _json,
    Format.JSON_LINES: _json,
    Format.GEOJSON: _json,
    Format.GEOPACKAGE: _layer,
    Format.PARQUET: _as_kept,
    Format.XLSX: _fetched,
}


def select(listed: tuple[Field, ...], source: str) -> str:
    """The fields over a query."""
    return (
        f"SELECT {', '.join(f'{f.sql} AS {identifier(f.heading)}' for f in listed)} FROM ({source}) AS source"
    )


def features(listed: tuple[Field, ...], source: str) -> str:
    """One GeoJSON feature a row; its id is the number of the row in the version."""
    properties = ", ".join(f"{quoted(f.heading)}, {f.sql}" for f in listed if f.column)
    place = next(f.sql for f in listed if not f.column)
    return (
        f"SELECT 'Feature' AS type, _row AS id, {place} AS geometry, json_object({properties}) AS properties "
        f"FROM ({source}) AS source"
    )


def place_fields(listed: tuple[Field, ...]) -> tuple[dict[str, Any], ...]:
    """The columns made from the geometry, as Table Schema describes them."""
    made = [field.heading for field in listed if not field.column]
    if len(made) == 2:
        numbers = {"type": "number", "unit": "°", "description": "WGS 84 (OGC:CRS84)"}
        return tuple({"name": heading, **numbers} for heading in made)
    note = "Geometry, WGS 84 (OGC:CRS84), longitude first"
    return tuple({"name": heading, "type": "any", "description": note} for heading in made)
