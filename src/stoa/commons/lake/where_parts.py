# SPDX-License-Identifier: EUPL-1.2
"""The pieces that a condition in SQL is put together from. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import shapely

from stoa.commons.lake.filters import MICRO
from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import say
from stoa.standards.cql2.tree import Call, Literal, Node, Shape, refused

NUMBERS = {Kind.INTEGER, Kind.NUMBER}


@dataclass(slots=True)
class Piece:
    """A piece of SQL with the values for its gaps, and what it gives."""

    text: str
    values: list[Any] = field(default_factory=list)
    kind: Kind | None = None
    """None: the kind of whatever it is compared with."""
    column: ColumnSpec | None = None


def exactly(node: Call, how_many: int) -> tuple[Node, ...]:
    """The parts of a call; `Refused` unless there are so many."""
    if len(node.args) != how_many:
        raise refused(say("The operator “%(name)s” has the wrong number of parts.", name=node.op))
    return node.args


def family_of(node: Node) -> type | None:
    """What a literal can be compared with: texts, truth values or numbers."""
    value = node.value if isinstance(node, Literal) else None
    return type(value) if isinstance(value, str | bool) else float


def bound(value: str | int | float) -> Piece:
    """A literal as a bound value."""
    if isinstance(value, bool):
        return Piece("?::BOOLEAN", [value], Kind.BOOLEAN)
    if isinstance(value, str):
        if "\0" in value:
            raise refused(say("A text in the filter holds a sign that is none."))
        return Piece("?::VARCHAR", [value], Kind.TEXT)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return Piece("?::BIGINT", [value], Kind.INTEGER)
    return Piece("?::DOUBLE", [float(value)], Kind.NUMBER)


def like_pattern(like: str) -> str:
    """The regular expression of a pattern: % is anything, _ one letter, a backslash takes their meaning away.

    RE2 needs time in proportion to the text, whatever the pattern; LIKE with many % does not.
    """
    parts, escaped = [], False
    for letter in like:
        if escaped or letter not in "%_\\":
            parts.append(_plain(letter))
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            parts.append(".*" if letter == "%" else ".")
    if escaped:
        raise refused(say("A pattern in the filter ends with a backslash."))
    return "".join(parts)


def _plain(letter: str) -> str:
    """A letter without meaning to RE2; letters and digits never have one, nor what is not ASCII."""
    return letter if letter.isalnum() or ord(letter) > 127 else f"\\x{{{ord(letter):x}}}"


def edges_of(shape: Shape) -> list[int]:
    """The box of a shape in whole millionths, rounded outwards, for `near`."""
    west, south, east, north = shapely.from_wkb(shape.wkb).bounds
    least_x, least_y, most_x, most_y = (
        max(-1999.0, min(1999.0, edge)) * MICRO for edge in (west, south, east, north)
    )
    return [math.floor(least_x), math.ceil(most_x), math.floor(least_y), math.ceil(most_y)]
