# SPDX-License-Identifier: EUPL-1.2
"""Geometry in conditions: the box index finds candidates, Shapely decides, SQL gets the ids (there is no PostGIS)."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from django.db import connection

from stoa.commons.places.fields import literal
from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.budgets import check_time, known_places
from stoa.houses.observations.queries.asking.pieces import Place, Sql, Type, Value, put, refused, unfitting

MOST_PLACES = 200_000
_APART = frozenset({"st_disjoint", "st_relate", "geo.distance", "geo.length"})
"""What may hold, or be worth knowing, of geometries whose boxes do not touch."""

_PREDICATES: dict[str, Callable[..., Any]] = {
    "geo.intersects": shapely.intersects,
    **{
        f"st_{name}": getattr(shapely, name)
        for name in (
            "equals",
            "disjoint",
            "touches",
            "within",
            "overlaps",
            "crosses",
            "intersects",
            "contains",
        )
    },
}


def spatial(name: str, args: Sequence[Value], *, reach: float = math.inf) -> Value:
    """A function of OGC Simple Features on a property and a geometry that was written, or on two written ones.

    `reach`: distances that are longer (in degrees) need not be known.
    """
    shapes = [one for one in args if one.type is Type.SHAPE]
    pattern = args[2].written if name == "st_relate" else ""
    needed = 1 if name == "geo.length" else 2
    if len(shapes) != needed or len(args) != needed + (name == "st_relate"):
        raise unfitting(name)
    places = [one.place for one in shapes if one.place is not None]
    if len(places) > 1:
        raise refused(say("A geometry of the data can only be compared with one that is written."))
    if not places:
        found = _computed(name, [shapely.from_wkb(one.wkb) for one in shapes], pattern)
        return _value(name, Sql("%s", (bool(found) if _is_predicate(name) else float(found),)))
    written = [one.wkb for one in shapes if one.place is None]
    ids, geometries = _candidates(places[0], _box(name, places[0], written, reach))
    operands = [geometries if one.place is not None else shapely.from_wkb(one.wkb) for one in shapes]
    return _looked_up(name, places[0], ids, _computed(name, operands, pattern))


def _is_predicate(name: str) -> bool:
    return name not in {"geo.distance", "geo.length"}


def _computed(name: str, operands: Sequence[Any], pattern: str) -> Any:
    if name == "geo.length":
        return shapely.length(operands[0])
    if name == "geo.distance":
        return shapely.distance(operands[0], operands[1])
    if name == "st_relate":
        return shapely.relate_pattern(operands[0], operands[1], pattern)
    return _PREDICATES[name](operands[0], operands[1])


def _box(name: str, place: Place, written: Sequence[bytes], reach: float) -> Box | None:
    """Where everything lies that matters; None: everywhere."""
    is_everywhere = not math.isfinite(reach) if name == "geo.distance" else name in _APART
    if not written or not place.has_box or is_everywhere:
        return None
    more = reach if name == "geo.distance" else 0.0
    west, south, east, north = (float(edge) for edge in shapely.bounds(shapely.from_wkb(written[0])))
    return Box(west - more, south - more, east + more, north + more)


def _candidates(place: Place, box: Box | None) -> tuple[list[int], Any]:
    """Ids and geometries of what lies there; the same is read once for one request."""
    question = f"select y.* from ({place.source}) y(id, geometry, box) where y.geometry is not null"
    values = [] if box is None else [literal(box)]
    question += "" if box is None else " and y.box && %s::box"
    known, key = known_places(), (question, *values)
    if key not in known:
        known[key] = _read(question, values)
    return known[key]


def _read(question: str, values: Sequence[str]) -> tuple[list[int], Any]:
    check_time()
    with connection.cursor() as cursor:
        cursor.execute(f"select id, geometry from ({question}) z limit {MOST_PLACES + 1}", values)
        found = cursor.fetchall()
    if len(found) > MOST_PLACES:
        raise refused(say("There are too many places to compare them all."))
    geometries = shapely.from_geojson([_geometry(text) for _id, text in found], on_invalid="ignore")
    return [row[0] for row in found], geometries


def _geometry(told: Any) -> str | None:
    """The geometry of what may be a feature around it."""
    value = json.loads(told) if isinstance(told, str) else told
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        value = next(iter(value.get("features") or []), None)
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    return json.dumps(value) if isinstance(value, dict) and "type" in value else None


def _looked_up(name: str, place: Place, ids: list[int], found: Any) -> Value:
    array = np.asarray(found)
    if _is_predicate(name):
        kept = [one for one, is_so in zip(ids, array.tolist(), strict=True) if is_so]
        return _value(name, put("({} = any(%s::bigint[]))", place.id), (kept,))
    numbers = [None if value != value else value for value in array.astype(float).tolist()]
    look = "(select v.n from unnest(%s::bigint[], %s::float8[]) v(id, n) where v.id = {})"
    return Value(Type.NUMBER, Sql(look.format(place.id.text), (ids, numbers, *place.id.values)))


def _value(name: str, sql: Sql, more: tuple[Any, ...] = ()) -> Value:
    return Value(Type.TRUTH if _is_predicate(name) else Type.NUMBER, Sql(sql.text, sql.values + more))
