# SPDX-License-Identifier: EUPL-1.2
"""Whether one entity fulfils a condition, decided in memory: what subscriptions are matched with.

A path that leads to several values (a list, several instances, several types) holds where one of them holds, and a
comparison with what is of another sort (a text with a number) does not hold.
"""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from stoa.ground.conditions import Call, Literal, Moment, Node, Path, Shape, Values
from stoa.standards.ngsild.asking import moment_of
from stoa.standards.ngsild.kinds import Entity, Instance, is_geometry, value_of
from stoa.standards.ngsild.patterns import matches
from stoa.standards.ngsild.places import DISTANCE

_METRES_PER_DEGREE = 111_195.0
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_SPATIAL = {
    "st_within": "within",
    "st_contains": "contains",
    "st_overlaps": "overlaps",
    "st_intersects": "intersects",
    "st_equals": "equals",
    "st_disjoint": "disjoint",
}
"""Names of shapely, which is imported where it is needed: it is large, and few questions are about places."""


def holds(node: Node | None, entity: Entity) -> bool:
    """Whether the condition holds for the entity; no condition always does."""
    if node is None:
        return True
    if not isinstance(node, Call):
        raise TypeError(f"no condition: {node!r}")
    if node.name == "and":
        return all(holds(part, entity) for part in node.args)
    if node.name == "or":
        return any(holds(part, entity) for part in node.args)
    if node.name == "not":
        return not holds(node.args[0], entity)
    if node.name in _SPATIAL:
        return _is_placed(node, entity)
    if isinstance(node.args[0], Call):
        return _is_near(node, entity)
    return _is_compared(node, entity)


def _is_compared(node: Call, entity: Entity) -> bool:
    path = node.args[0]
    if not isinstance(path, Path):
        raise TypeError(f"no path: {path!r}")
    values = list(values_at(path, entity))
    if node.name == "exists":
        return bool(values)
    if node.name == "ne":
        return bool(values) and not any(equals(value, node.args[1]) for value in values)
    return any(_is_one(node, value) for value in values)


def _is_one(node: Call, value: Any) -> bool:
    wanted = node.args[1]
    if node.name == "eq":
        return equals(value, wanted)
    if node.name == "in" and isinstance(wanted, Values):
        return any(equals(value, one) for one in wanted.values)
    if node.name == "between":
        return _ordered("ge", value, wanted) and _ordered("le", value, node.args[2])
    if node.name == "matches" and isinstance(wanted, Literal):
        return isinstance(value, str) and matches(str(wanted.value), value)
    return _ordered(node.name, value, wanted)


def equals(value: Any, wanted: Node) -> bool:
    """Whether a value of an attribute is what was asked for."""
    if isinstance(wanted, Moment):
        found = _time_like(value, wanted.value)
        return found is not None and found == _comparable(wanted.value)
    if not isinstance(wanted, Literal):
        return False
    if isinstance(value, bool) or isinstance(wanted.value, bool):
        return value is wanted.value
    return bool(value == wanted.value)


def _ordered(name: str, value: Any, wanted: Node) -> bool:
    if isinstance(wanted, Moment):
        found = _time_like(value, wanted.value)
        return found is not None and _SIGNS[name](found, _comparable(wanted.value))
    if not isinstance(wanted, Literal) or isinstance(value, bool) or isinstance(wanted.value, bool):
        return False
    are_numbers = isinstance(value, int | float) and isinstance(wanted.value, int | float)
    are_texts = isinstance(value, str) and isinstance(wanted.value, str)
    return (are_numbers or are_texts) and _SIGNS[name](value, wanted.value)


def _comparable(value: datetime | date | time) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _time_like(value: Any, like: datetime | date | time) -> Any:
    """A text as a time of the same sort as another; None if it is none."""
    found = moment_of(value) if isinstance(value, str) else None
    if found is None or type(found.value) is not type(like):
        return None
    return _comparable(found.value)


def values_at(path: Path, entity: Entity) -> Iterator[Any]:
    """All values that a path leads to, parts of lists one by one."""
    first, *more = path.names
    members = {
        "id": [entity.id],
        "type": list(entity.types),
        "scope": list(entity.scopes),
        "createdAt": [entity.created_at],
        "modifiedAt": [entity.modified_at],
        "deletedAt": [entity.deleted_at],
    }
    if first in members:
        yield from (value for value in members[first] if value and not more)
        return
    for instance in entity.attributes.get(first, []):
        yield from _values_in(instance, more)


def _values_in(instance: Instance, names: list[str]) -> Iterator[Any]:
    if not names:
        yield from _flat(value_of(instance))
        return
    first, *more = names
    if first == "value":
        yield from _inside(value_of(instance), more)
    elif ":" in first:
        for part in instance.get(first, []):
            yield from _values_in(part, more)
    elif first in instance:
        yield from _flat(instance[first])


def _inside(value: Any, names: list[str]) -> Iterator[Any]:
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return
        value = value[name]
    yield from _flat(value)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for part in value:
            yield from _flat(part)
    elif isinstance(value, dict) and "@value" in value:
        yield value["@value"]
    elif value is not None:
        yield value


# -- places


def _geometries(path: Node, entity: Entity) -> Iterator[Any]:
    import shapely

    if isinstance(path, Path):
        for value in values_at(path, entity):
            if is_geometry(value):
                yield shapely.force_2d(shapely.from_geojson(json.dumps(value)))


@lru_cache(maxsize=200)
def _shape(wkb: bytes) -> Any:
    import shapely

    found = shapely.from_wkb(wkb)
    shapely.prepare(found)
    return found


def _is_placed(node: Call, entity: Entity) -> bool:
    import shapely

    path, shape = node.args
    if not isinstance(shape, Shape):
        raise TypeError(f"no shape: {shape!r}")
    compare = getattr(shapely, _SPATIAL[node.name])
    return any(bool(compare(place, _shape(shape.wkb))) for place in _geometries(path, entity))


def _is_near(node: Call, entity: Entity) -> bool:
    call, limit = node.args
    if not isinstance(call, Call) or call.name != DISTANCE or not isinstance(limit, Literal):
        raise TypeError(f"no distance: {node!r}")
    path, shape = call.args
    if not isinstance(shape, Shape):
        raise TypeError(f"no shape: {shape!r}")
    there = _shape(shape.wkb)
    found = [distance_m(place, there) for place in _geometries(path, entity)]
    return any(_SIGNS[node.name](metres, limit.value) for metres in found)


def distance_m(place: Any, there: Any) -> float:
    """Metres between two geometries in degrees; points on the sphere, others flattened around the second.

    The flat figure is right to 0.5 % within a region, which is what `near` is asked for.
    """
    import shapely

    if place.geom_type == there.geom_type == "Point":
        return _great_circle_m(place, there)
    shrink = math.cos(math.radians(there.centroid.y))

    def flat(xy: Any) -> Any:
        return xy * [_METRES_PER_DEGREE * shrink, _METRES_PER_DEGREE]

    return float(shapely.distance(shapely.transform(place, flat), shapely.transform(there, flat)))


def _great_circle_m(one: Any, other: Any) -> float:
    lat1, lat2 = math.radians(one.y), math.radians(other.y)
    turn = math.radians(other.x - one.x)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(turn / 2) ** 2
    return 2 * math.degrees(math.asin(min(1.0, math.sqrt(half)))) * _METRES_PER_DEGREE
