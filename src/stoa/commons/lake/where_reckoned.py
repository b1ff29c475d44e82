# SPDX-License-Identifier: EUPL-1.2
"""Arithmetic and sets in conditions, as SQL. Pure.

Whole numbers are added, taken away and multiplied exactly, to 38 digits; everything else is floating point (IEEE 754).
What is no number in the end - a division by nothing, a root of less than nothing, more than fits - is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from stoa.commons.lake.where_parts import Piece
from stoa.ground.tables import Kind

_WHOLE = {"+": "+", "-": "-", "*": "*", "%": "%", "div": "//"}
_FLOATING = {
    "+": "({} + {})", "-": "({} - {})", "*": "({} * {})", "/": "({} / {})", "%": "({} % {})",
    "div": "trunc({} / {})", "^": "pow({}, {})",
}  # fmt: skip
"""`div` and `%` cut towards zero, as for whole numbers."""


def reckoned(op: str, left: Piece, right: Piece) -> Piece:
    """Two numbers joined; every part is written once, however deep it lies."""
    values = left.values + right.values
    if op in _WHOLE and left.kind is right.kind is Kind.INTEGER:
        text = f"TRY({left.text}::HUGEINT {_WHOLE[op]} {right.text}::HUGEINT)"
        return Piece(text, values, Kind.INTEGER)
    one, other = (f"{part.text}::DOUBLE" for part in (left, right))
    return Piece(f"TRY({_FLOATING[op].format(one, other)})", values, Kind.NUMBER)


def known_number(found: Piece) -> Piece:
    """The whole result; unknown where it is no number."""
    if found.kind is Kind.INTEGER:
        return found
    return Piece(f"CASE WHEN isfinite({found.text}) THEN {found.text} END", found.values * 2, Kind.NUMBER)


def compared_sets(op: str, left: Sequence[Piece], right: Sequence[Piece]) -> Piece:
    """Whether one list holds, is held by, equals or shares something with another (21-065r2, section 7.5)."""
    one, other = _listed(left), _listed(right)
    holds = _test("list_has_all", one, other)
    test = {
        "a_contains": holds,
        "a_containedby": _test("list_has_all", other, one),
        "a_overlaps": _test("list_has_any", one, other),
        "a_equals": _joined(holds, _test("list_has_all", other, one)),
    }[op]
    columns = [
        piece for piece in (*left, *right) if piece.column is not None or not piece.text.startswith("?")
    ]
    if not columns:
        return test
    known = " AND ".join(f"({piece.text}) IS NOT NULL" for piece in columns)
    values = [value for piece in columns for value in piece.values]
    return Piece(f"CASE WHEN {known} THEN {test.text} END", values + test.values, Kind.BOOLEAN)


def _listed(pieces: Sequence[Piece]) -> Piece:
    text = f"[{', '.join(piece.text for piece in pieces)}]"
    return Piece(text, [value for piece in pieces for value in piece.values])


def _test(function: str, one: Piece, other: Piece) -> Piece:
    return Piece(f"{function}({one.text}, {other.text})", one.values + other.values, Kind.BOOLEAN)


def _joined(one: Piece, other: Piece) -> Piece:
    return Piece(f"({one.text} AND {other.text})", one.values + other.values, Kind.BOOLEAN)
