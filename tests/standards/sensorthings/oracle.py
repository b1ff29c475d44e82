# SPDX-License-Identifier: EUPL-1.2
"""What a condition means, slowly and plainly: on an entity as a dictionary of neutral names.

A part that is not there makes a comparison false, and `not` of it true (OData 4, 11.2.6.1.1). A relation to many
is a list: the condition holds if it holds for one choice of one member of each list.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import product
from typing import Any

import shapely
from shapely.geometry import shape as geojson_shape

from stoa.ground.conditions import (
    Call,
    Duration,
    Literal,
    Moment,
    Node,
    Path,
    Period,
    Shape,
    Values,
    paths_of,
)


def holds(node: Node, entity: Mapping[str, Any]) -> bool:
    """Whether the entity belongs to what is asked."""
    return any(_value(node, one) is True for one in _choices(entity, {path.names for path in paths_of(node)}))


def _choices(entity: Mapping[str, Any], paths: set[tuple[str, ...]]) -> Iterator[Mapping[str, Any]]:
    """The entity with one member chosen of each list that a path goes through."""
    names = {path[0] for path in paths if len(path) > 1 and isinstance(entity.get(path[0]), list | dict)}
    related = [
        name
        for name in sorted(names)
        if name not in {"properties", "parameters", "result", "unit_of_measurement"}
    ]
    ways = []
    for name in related:
        members = entity[name] if isinstance(entity[name], list) else [entity[name]]
        deeper = {path[1:] for path in paths if path[0] == name}
        ways.append([choice for member in members for choice in _choices(member, deeper)] or [None])
    for chosen in product(*ways):
        yield {**entity, **dict(zip(related, chosen, strict=True))}


def _value(node: Node, entity: Mapping[str, Any]) -> Any:
    match node:
        case Path(names):
            return _followed(entity, names)
        case Literal(value) | Duration(value) | Moment(value):
            return value
        case Period():
            return node
        case Shape(wkb):
            return shapely.from_wkb(wkb)
        case Values(values):
            return [_value(one, entity) for one in values]
    return _called(node, entity)


def _called(node: Call, entity: Mapping[str, Any]) -> Any:
    if node.name in {"and", "or"}:
        found = [_value(part, entity) is True for part in node.args]
        return all(found) if node.name == "and" else any(found)
    if node.name == "not":
        return _value(node.args[0], entity) is not True
    args = [_value(part, entity) for part in node.args]
    if node.name in {"eq", "ne"}:
        return _equal(*args) is (node.name == "eq")
    if any(arg is None for arg in args) or not _fit(node.name, args):
        return None
    return _FUNCTIONS[node.name](*args)


_NUMERIC = {"mul", "div", "mod", "neg", "round", "floor", "ceiling"}
_TEXTUAL = {
    "substringof",
    "startswith",
    "endswith",
    "length",
    "indexof",
    "tolower",
    "toupper",
    "trim",
    "concat",
}


def _fit(name: str, args: list[Any]) -> bool:
    """Whether a function can be applied; what is no number in JSON is nothing to a function of numbers."""
    numbers = [isinstance(arg, int | float) and not isinstance(arg, bool) for arg in args]
    if name in _NUMERIC or (name in {"add", "sub"} and any(numbers)):
        return all(numbers)
    if name in {"add", "sub"} and any(isinstance(arg, str) for arg in args):
        return False
    if name in _TEXTUAL:
        return all(isinstance(arg, str) for arg in args)
    return name != "substring" or isinstance(args[0], str)


def _followed(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    if isinstance(value, Mapping) and "type" in value and ("coordinates" in value or "geometries" in value):
        return geojson_shape(json.loads(json.dumps(value)))
    return value


def _ends(value: Any) -> tuple[Any, Any]:
    if isinstance(value, Period):
        return value.begins, value.ends
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    return value, value


def _is_time(value: Any) -> bool:
    return isinstance(value, datetime | Period)


def _alike(a: Any, b: Any) -> bool:
    kinds = ((bool,), (int, float), (str,), (timedelta,), (time,))
    if _is_time(a) or _is_time(b):
        return all(isinstance(one, datetime | Period | date) for one in (a, b))
    if isinstance(a, date) or isinstance(b, date):
        return isinstance(a, date) and isinstance(b, date)
    kind_of = [next((k for k in kinds if isinstance(one, k)), None) for one in (a, b)]
    return kind_of[0] == kind_of[1]


def _equal(a: Any, b: Any) -> bool:
    if a is None or b is None or not _alike(a, b):
        return a is None and b is None
    return _ends(a) == _ends(b) if _is_time(a) or _is_time(b) else bool(a == b)


def _ordered(sign: str, a: Any, b: Any) -> bool | None:
    if not _alike(a, b):
        return None
    if _is_time(a) or _is_time(b):
        (a1, a2), (b1, b2) = _ends(a), _ends(b)
        return bool({"gt": a1 > b2, "lt": a2 < b1, "ge": a1 >= b1, "le": a2 <= b2}[sign])
    return bool({"gt": a > b, "lt": a < b, "ge": a >= b, "le": a <= b}[sign])


def _moved(value: Any, by: timedelta) -> Any:
    return Period(value.begins + by, value.ends + by) if isinstance(value, Period) else value + by


def _add(a: Any, b: Any) -> Any:
    return _moved(a, b) if isinstance(b, timedelta) and not isinstance(a, timedelta) else a + b


def _sub(a: Any, b: Any) -> Any:
    if isinstance(b, timedelta) and not isinstance(a, timedelta):
        return _moved(a, -b)
    return _ends(a)[0] - _ends(b)[0] if _is_time(a) else a - b


def _at(value: Any) -> Any:
    begin = _ends(value)[0]
    return begin.astimezone(UTC) if isinstance(begin, datetime) else begin


def _part(name: str, value: Any) -> Any:
    return getattr(_at(value), name)


def _spatial(name: str, a: Any, b: Any) -> bool:
    return bool(getattr(shapely, name)(a, b))


def _round(number: float) -> float:
    return math.copysign(math.floor(abs(number) + 0.5), number)


def _substring(text: str, begin: float, most: float | None = None) -> str:
    rest = text[max(int(begin), 0) :]
    return rest if most is None else rest[: max(int(most), 0)]


_FUNCTIONS: dict[str, Any] = {
    **{sign: partial(_ordered, sign) for sign in ("gt", "ge", "lt", "le")},
    "in": lambda a, values: any(_equal(a, one) for one in values),
    "neg": lambda a: -a,
    "add": _add,
    "sub": _sub,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b else None,
    "mod": lambda a, b: math.fmod(a, b) if b else None,
    "substringof": lambda a, b: a in b,
    "startswith": lambda a, b: a.startswith(b),
    "endswith": lambda a, b: a.endswith(b),
    "length": len,
    "indexof": lambda a, b: a.find(b),
    "substring": _substring,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": lambda a: a.strip(" \t\r\n"),
    "concat": lambda a, b: a + b,
    **{name: partial(_part, name) for name in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": lambda a: _at(a).microsecond / 1_000_000,
    "totaloffsetminutes": lambda a: 0,
    "date": lambda a: _at(a).date(),
    "time": lambda a: _at(a).timetz(),
    "round": _round,
    "floor": math.floor,
    "ceiling": math.ceil,
    "geo.distance": shapely.distance,
    "geo.length": shapely.length,
    "geo.intersects": lambda a, b: bool(shapely.intersects(a, b)),
    "st_relate": lambda a, b, pattern: bool(shapely.relate_pattern(a, b, pattern)),
    **{
        f"st_{name}": partial(_spatial, name)
        for name in ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects", "contains")
    },
}  # fmt: skip
