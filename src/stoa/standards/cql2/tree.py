# SPDX-License-Identifier: EUPL-1.2
"""What a condition is made of, and its limits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

MOST_LETTERS = 100_000
MOST_DEPTH = 40
MOST_NODES = 5_000
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
SPATIAL = frozenset(
    f"s_{name}"
    for name in ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
)
TEMPORAL = frozenset(
    f"t_{name}"
    for name in (
        "after",
        "before",
        "contains",
        "disjoint",
        "during",
        "equals",
        "finishedby",
        "finishes",
        "intersects",
        "meets",
        "metby",
        "overlappedby",
        "overlaps",
        "startedby",
        "starts",
    )
)
TEXTUAL = frozenset({"casei", "accenti"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "^", "%", "div"})
ARRAYS = frozenset({"a_contains", "a_containedby", "a_equals", "a_overlaps"})
LOGICAL = frozenset({"and", "or", "not"})
FUNCTIONS = SPATIAL | TEMPORAL | TEXTUAL | ARRAYS | LOGICAL | {"like", "between", "in", "isnull"}
"""Operators that text writes as names."""
OPERATORS = COMPARISONS | ARITHMETIC | FUNCTIONS


@dataclass(frozen=True, slots=True)
class Property:
    """A column by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number or a truth value."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant or a day."""

    value: datetime | date


@dataclass(frozen=True, slots=True)
class Period:
    """A time from one end to the other; None is an open end."""

    begins: Property | Moment | None
    ends: Property | Moment | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry, valid, in two dimensions (WKB)."""

    wkb: bytes


@dataclass(frozen=True, slots=True)
class Values:
    """A list to choose from."""

    values: tuple[Literal | Moment, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """A list on one side of an array function: values and columns, compared as a set."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator with what it is applied to; names in small letters."""

    op: str
    args: tuple[Node, ...]


Node = Property | Literal | Moment | Period | Shape | Values | Array | Call


def finite(value: float) -> float:
    """The number; `Refused` where it is too large to be one."""
    if not math.isfinite(value):
        raise refused(say("A number in the filter is too large."))
    return value


def refused(what: Saying, do: Saying | None = None) -> Refused:
    """A filter that is not answered."""
    why = say("Only what CQL2 defines and this server knows can be asked.")
    return Refused(
        Problem(
            "cql2.filter_unreadable",
            what,
            why,
            do or say("Compare it with the examples in the documentation."),
            "filter",
        )
    )


def too_large() -> Refused:
    """More than is read from anybody."""
    return refused(
        say("The filter is too large or nested too deeply."),
        say("At most %(depth)s levels and %(nodes)s parts are read.", depth=MOST_DEPTH, nodes=MOST_NODES),
    )


def nested_array() -> Refused:
    return refused(say("A list within a list is not understood here."))


def unknown_operator(name: str) -> Refused:
    return refused(say("There is no operator or function “%(name)s” here.", name=name[:60]))


def shape_of(make: Callable[[], Any]) -> Shape:
    """The geometry that a reader makes; `Refused` unless it is valid and finite."""
    import shapely

    try:
        found = shapely.force_2d(make())
        good = found is not None and bool(shapely.is_valid(found)) and not shapely.is_empty(found)
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        good = False
    if not good:
        raise refused(say("A geometry in the filter is not valid."))
    return Shape(shapely.to_wkb(found))


def moment_of(text: object) -> Moment:
    """A day or an instant with its offset (RFC 3339)."""
    try:
        if isinstance(text, str) and len(text) == 10:
            return Moment(date.fromisoformat(text))
        if isinstance(text, str) and len(text) < 40:
            found = datetime.fromisoformat(text.upper())
            if found.tzinfo is not None:
                return Moment(found)
    except ValueError:
        pass
    raise refused(say("“%(text)s” is neither a day nor an instant with its offset.", text=str(text)[:60]))


def mapped_shapes(node: Node, change: Callable[[bytes], bytes]) -> Node:
    """The same condition with every geometry changed, for other coordinate systems."""
    if isinstance(node, Shape):
        return Shape(change(node.wkb))
    if isinstance(node, Call):
        return Call(node.op, tuple(mapped_shapes(part, change) for part in node.args))
    return node


def properties_of(node: Node) -> Iterator[str]:
    """Names of all columns in a condition."""
    if isinstance(node, Property):
        yield node.name
    elif isinstance(node, Call | Array):
        for part in node.args if isinstance(node, Call) else node.parts:
            yield from properties_of(part)
    elif isinstance(node, Period):
        for end in (node.begins, node.ends):
            if isinstance(end, Property):
                yield end.name
