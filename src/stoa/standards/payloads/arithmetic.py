# SPDX-License-Identifier: EUPL-1.2
"""Formulas in a decoder, such as `175 * _t / 65535 - 45`: numbers, names, arithmetic, a condition, a few functions.

Python's grammar is used to read them, nothing of Python is used to run them: every node that may stand in a formula
is named here, and a formula has no loops, no attributes, no texts and no way to build a large number.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

from stoa.standards.payloads.problems import BadDecoder, BadPayload

MOST_LETTERS = 240
MOST_POWER = 8

Number = int | float | bool

_TWO: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, tuple[Callable[..., Number], int]] = {
    "min": (min, 2),
    "max": (max, 2),
    "abs": (abs, 1),
    "ln": (math.log, 1),
    "log10": (math.log10, 1),
    "exp": (math.exp, 1),
    "sqrt": (math.sqrt, 1),
}

Formula = Callable[[Mapping[str, object]], Number]


def formula(text: str) -> Formula:
    """The formula as a function of the values read so far; raises `BadDecoder`."""
    if len(text) > MOST_LETTERS:
        raise BadDecoder(f"a formula may have {MOST_LETTERS} letters")
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as wrong:
        raise BadDecoder(f"'{text}' is not a formula") from wrong
    return _meaning(tree.body)


def worked_out(rule: Formula, values: Mapping[str, object]) -> Number | None:
    """What the formula gives; None when it gives nothing finite or a value in it is absent."""
    try:
        found = rule(values)
    except (ZeroDivisionError, OverflowError, ValueError, KeyError):
        return None
    return found if math.isfinite(found) else None


def _meaning(node: ast.expr) -> Formula:
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return lambda _values: number
        case ast.Name(id=name):
            return lambda values: _number(values[name])
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            turned = _meaning(inner)
            return lambda values: -turned(values)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))) if (
            abs(power) <= MOST_POWER
        ):
            base = _meaning(left)
            return lambda values: float(base(values)) ** power
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _TWO:
            return _pair(_TWO[type(op)], _meaning(left), _meaning(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return _pair(_COMPARE[type(op)], _meaning(left), _meaning(right))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _choice(_meaning(test), _meaning(body), _meaning(other))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _call(name, [_meaning(part) for part in args])
    raise BadDecoder(f"'{ast.unparse(node)}' may not stand in a formula")


def _pair(how: Callable[[Number, Number], Number], left: Formula, right: Formula) -> Formula:
    return lambda values: how(left(values), right(values))


def _choice(test: Formula, then: Formula, other: Formula) -> Formula:
    return lambda values: then(values) if test(values) else other(values)


def _call(name: str, parts: list[Formula]) -> Formula:
    how, count = _FUNCTIONS[name]
    if len(parts) != count:
        raise BadDecoder(f"{name}() takes {count} value(s)")
    return lambda values: how(*(part(values) for part in parts))


def _number(value: object) -> Number:
    if isinstance(value, int | float):
        return value
    raise BadPayload("a formula met a value that is not a number")
