# SPDX-License-Identifier: EUPL-1.2
"""A tree of conditions as SQL. Two-valued: what cannot be told does not hold, and `not` of it does."""

from __future__ import annotations

import math
from datetime import datetime, time

from stoa.ground.conditions import Call, Duration, Literal, Moment, Node, Path, Period, Shape, Values
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.functions import SIGNS, as_truth, called, chosen, compared, truth
from stoa.houses.observations.queries.asking.joins import Joins
from stoa.houses.observations.queries.asking.pieces import Sql, Type, Value, joined, put, refused, unfitting
from stoa.houses.observations.queries.asking.questions import Question

MOST_SHAPES = 5


def condition(node: Node, joins: Joins) -> Sql:
    """The condition on the rows of a question; raises Refused where types do not fit."""
    return as_truth(value_of(node, joins), "and")


def need_few_shapes(question: Question) -> None:
    """Refused where geometries are compared more often than a request may; each time reads a table of places."""
    if _shapes(question) > MOST_SHAPES:
        raise refused(
            say("Geometries can be compared at most %(most)s times in one question.", most=MOST_SHAPES)
        )


def _shapes(question: Question) -> int:
    waiting, found = [question.where], sum(_shapes(one) for one in question.expand.values())
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            found += node.name.startswith(("geo.", "st_"))
            waiting += node.args
    return found


def value_of(node: Node, joins: Joins) -> Value:
    """Any expression with its type."""
    if isinstance(node, Call):
        return _call(node, joins)
    if isinstance(node, Path):
        return joins.value(node.names)
    return _written(node)


def _call(node: Call, joins: Joins) -> Value:
    name = node.name
    if name in {"and", "or"}:
        parts = [condition(part, joins) for part in node.args]
        return truth(put("({})", joined(f" {name} ", parts)))
    if name == "not" and len(node.args) == 1:
        return truth(put("({} is not true)", condition(node.args[0], joins)))
    if name == "in" and len(node.args) == 2 and isinstance(node.args[1], Values):
        return chosen(value_of(node.args[0], joins), [_written(one) for one in node.args[1].values])
    if name in SIGNS and len(node.args) == 2:
        return compared(name, *(_side(node, one, joins) for one in (0, 1)))
    args = [value_of(part, joins) for part in node.args]
    if name.startswith(("geo.", "st_")):
        return _spatial(name, args)
    return called(name, args)


def _spatial(name: str, args: list[Value], reach: float = math.inf) -> Value:
    from stoa.houses.observations.queries.asking.spatial import spatial  # brings numpy and shapely

    return spatial(name, args, reach=reach)


_SHORTER = {(0, "lt"), (0, "le"), (1, "gt"), (1, "ge")}
"""On which side of which sign a distance stands that is to be less than a number."""


def _side(node: Call, one: int, joins: Joins) -> Value:
    """A side of a comparison; of a distance that is to be less than a number, only what is near is looked at."""
    side, other = node.args[one], node.args[1 - one]
    is_short = (one, node.name) in _SHORTER and isinstance(other, Literal)
    if isinstance(side, Call) and side.name == "geo.distance" and is_short:
        reach = other.value if isinstance(other, Literal) else None
        if isinstance(reach, int | float) and not isinstance(reach, bool):
            args = [value_of(part, joins) for part in side.args]
            return _spatial(side.name, args, max(0.0, float(reach)))
    return value_of(side, joins)


def _written(node: Node) -> Value:
    if isinstance(node, Literal):
        return _literal(node.value)
    if isinstance(node, Moment):
        return _moment(node)
    if isinstance(node, Period):
        begin, end = Sql("%s::timestamptz", (node.begins,)), Sql("%s::timestamptz", (node.ends,))
        return Value(Type.TIME, begin, end, is_told=True)
    if isinstance(node, Duration):
        return Value(Type.DURATION, Sql("%s::interval", (node.value,)), is_told=True)
    if isinstance(node, Shape):
        return Value(Type.SHAPE, Sql("null"), wkb=node.wkb)
    raise unfitting(type(node).__name__)


def _literal(value: str | float | bool | None) -> Value:  # noqa: FBT001 - whatever a literal holds
    if value is None:
        return Value(Type.NOTHING, Sql("null"))
    if isinstance(value, bool):
        return Value(Type.TRUTH, Sql("%s::boolean", (value,)), written=value, is_told=True)
    if isinstance(value, str):
        return Value(Type.TEXT, Sql("%s::text", (value,)), written=value, is_told=True)
    cast = "bigint" if isinstance(value, int) else "float8"
    return Value(Type.NUMBER, Sql(f"%s::{cast}", (value,)), written=value, is_told=True)


def _moment(node: Moment) -> Value:
    if isinstance(node.value, datetime):
        at = Sql("%s::timestamptz", (node.value,))
        return Value(Type.TIME, at, at, is_told=True)
    if isinstance(node.value, time):
        return Value(Type.CLOCK, Sql("%s::time", (node.value.replace(tzinfo=None),)), is_told=True)
    return Value(Type.DATE, Sql("%s::date", (node.value,)), is_told=True)
