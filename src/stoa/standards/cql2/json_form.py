# SPDX-License-Identifier: EUPL-1.2
"""CQL2 JSON: the same conditions as objects (21-065r2, section 10)."""

from __future__ import annotations

import json
from typing import Any

import shapely

from stoa.ground.words import say
from stoa.standards.cql2.text import box_of
from stoa.standards.cql2.tree import (
    ARRAYS,
    MOST_DEPTH,
    MOST_LETTERS,
    MOST_NODES,
    OPERATORS,
    Array,
    Call,
    Literal,
    Moment,
    Node,
    Period,
    Property,
    Values,
    finite,
    moment_of,
    nested_array,
    refused,
    shape_of,
    too_large,
    unknown_operator,
)

MOST_WHOLE = 10**300
"""Beyond it a whole number has no floating point."""


def parse(text: str) -> Node:
    """The condition; `Refused` (`cql2.filter_unreadable`) if it is none, too long or too deep."""
    if len(text) > MOST_LETTERS:
        raise too_large()
    try:
        body = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise too_large() from None
    except ValueError:
        raise refused(say("The filter is not JSON.")) from None
    return _Reader().node(body)


def _no_number(text: str) -> float:
    raise ValueError(text)


class _Reader:
    """Counts what it reads."""

    def __init__(self) -> None:
        self._nodes = 0

    def node(self, body: Any, depth: int = 0) -> Node:
        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            raise too_large()
        if isinstance(body, float):
            return Literal(finite(body))
        if isinstance(body, int) and abs(body) > MOST_WHOLE:
            raise refused(say("A number in the filter is too large."))
        if isinstance(body, bool | int | str):
            return Literal(body)
        if isinstance(body, list):
            return self._values(body, depth)
        if not isinstance(body, dict):
            raise refused(say("A part of the filter is nothing that CQL2 knows."))
        if "op" in body:
            return self._call(body, depth)
        return self._special(body, depth)

    def _values(self, body: list[Any], depth: int) -> Node:
        found = [self.node(part, depth + 1) for part in body]
        if not all(isinstance(one, Literal | Moment) for one in found):
            raise refused(say("A list in the filter may hold texts, numbers and times only."))
        return Values(tuple(one for one in found if isinstance(one, Literal | Moment)))

    def _call(self, body: dict[str, Any], depth: int) -> Node:
        op, args = body["op"], body.get("args")
        if not isinstance(op, str) or op.lower() not in OPERATORS:
            raise unknown_operator(str(op))
        if not isinstance(args, list) or not args:
            raise refused(say("The operator “%(name)s” is applied to nothing.", name=op))
        read = self._array_or_other if op.lower() in ARRAYS else self.node
        return Call(op.lower(), tuple(read(part, depth + 1) for part in args))

    def _array_or_other(self, body: Any, depth: int) -> Node:
        if not isinstance(body, list):
            return self.node(body, depth)
        if any(isinstance(part, list) for part in body):
            raise nested_array()
        return Array(tuple(self.node(part, depth + 1) for part in body))

    def _special(self, body: dict[str, Any], depth: int) -> Node:
        if isinstance(body.get("property"), str):
            return Property(body["property"])
        if "date" in body or "timestamp" in body:
            return moment_of(body.get("date", body.get("timestamp")))
        if isinstance(body.get("interval"), list) and len(body["interval"]) == 2:
            begins, ends = (self._end(end, depth + 1) for end in body["interval"])
            return Period(begins, ends)
        if isinstance(body.get("bbox"), list):
            return box_of([_edge(edge) for edge in body["bbox"]])
        if "coordinates" in body or "geometries" in body:
            return shape_of(lambda: shapely.from_geojson(json.dumps(body)))
        raise refused(say("A part of the filter is nothing that CQL2 knows."))

    def _end(self, end: Any, depth: int) -> Property | Moment | None:
        if end == "..":
            return None
        if isinstance(end, str):
            return moment_of(end)
        found = self.node(end, depth)
        if not isinstance(found, Property | Moment):
            raise refused(say("An interval ends with a time, a column or two points."))
        return found


def _edge(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MOST_WHOLE:
        raise refused(say("A box has four or six numbers."))
    return float(value)
