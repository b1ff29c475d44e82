# SPDX-License-Identifier: EUPL-1.2
"""Words that are looked for in rows, joined by and, or and not. Pure: names come from the dictionary only."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from stoa.commons.lake.engine import identifier
from stoa.commons.lake.filters import MOST_LETTERS, SEARCH, Conditions, folded, known_column
from stoa.commons.lake.refusals import too_much
from stoa.commons.lake.values import VersionRef
from stoa.ground.tables import ColumnSpec, Kind

MOST_TESTS = 30
MOST_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Word:
    """A text that is part of a value, without regard to case and accents."""

    text: str
    column: str = ""
    """Empty: in any text column, or equal to a number or a day anywhere."""


@dataclass(frozen=True, slots=True)
class NoneOf:
    part: TextTest


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[TextTest, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[TextTest, ...]


TextTest = Word | NoneOf | AllOf | AnyOf


def add_words(found: Conditions, ref: VersionRef, test: TextTest) -> None:
    """Add the test to the conditions; `Refused` if it is too large or names an unknown column."""
    if isinstance(test, AllOf) and not test.parts:
        return
    if _size(test, 0) > MOST_TESTS:
        raise too_much("q", MOST_TESTS)
    text, values = _sql(ref, test)
    found.add(text, *values)


def _size(test: TextTest, depth: int) -> int:
    if depth > MOST_DEPTH:
        raise too_much("q", MOST_DEPTH)
    if isinstance(test, Word):
        return 1
    parts = (test.part,) if isinstance(test, NoneOf) else test.parts
    return sum(_size(part, depth + 1) for part in parts)


def _sql(ref: VersionRef, test: TextTest) -> tuple[str, list[Any]]:
    if isinstance(test, Word):
        text = test.text[:MOST_LETTERS].replace("\0", " ")
        return _in_column(known_column(ref, test.column), text) if test.column else _anywhere(ref, text)
    if isinstance(test, NoneOf):
        text, values = _sql(ref, test.part)
        return f"({text}) IS NOT TRUE", values
    joint, empty = (" AND ", "true") if isinstance(test, AllOf) else (" OR ", "false")
    parts = [_sql(ref, part) for part in test.parts]
    values = [value for _text, found in parts for value in found]
    return joint.join(f"({text})" for text, _values in parts) or empty, values


def _in_column(column: ColumnSpec, text: str) -> tuple[str, list[Any]]:
    name = identifier(column.name)
    if column.kind is not Kind.TEXT:
        return f"contains({name}::VARCHAR, lower(?))", [text.strip()]
    # The first test is cheap, and true wherever the second one is.
    return f"contains({SEARCH}, {folded('?')}) AND contains({folded(name)}, {folded('?')})", [text, text]


def _anywhere(ref: VersionRef, text: str) -> tuple[str, list[Any]]:
    tests: list[str] = []
    values: list[Any] = []
    if any(column.kind is Kind.TEXT for column in ref.columns):
        tests.append(f"contains({SEARCH}, {folded('?')})")
        values.append(text)
    number, day = _number(text), _day(text)
    for column in ref.columns:
        name = identifier(column.name)
        if number is not None and column.kind in {Kind.INTEGER, Kind.NUMBER}:
            tests.append(f"{name} = ?::DOUBLE")
            values.append(number)
        elif day is not None and column.kind is Kind.DATE:
            tests.append(f"{name} = ?::DATE")
            values.append(day)
    return " OR ".join(tests) or "false", values


def _number(text: str) -> float | None:
    with suppress(ValueError):
        number = float(text)
        return number if math.isfinite(number) else None
    return None


def _day(text: str) -> str | None:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat()
    return None
