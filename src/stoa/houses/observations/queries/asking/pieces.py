# SPDX-License-Identifier: EUPL-1.2
"""SQL in pieces: a text of ours with gaps, and the values that fill them. No text of a stranger becomes SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

CODE = "observations.question_unanswerable"
TOO_COSTLY = "observations.question_too_costly"


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with its values in order."""

    text: str
    values: tuple[Any, ...] = ()


def put(template: str, *pieces: Sql) -> Sql:
    """A template with `{}` for each piece, in order.

    >>> put("({} + {})", Sql("a"), Sql("%s", (1,)))
    Sql(text='(a + %s)', values=(1,))
    """
    return Sql(template.format(*(piece.text for piece in pieces)), tuple(v for p in pieces for v in p.values))


def joined(sign: str, pieces: Iterable[Sql]) -> Sql:
    listed = list(pieces)
    return Sql(sign.join(piece.text for piece in listed), tuple(v for p in listed for v in p.values))


class Type(StrEnum):
    """What an expression gives."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TIME = "time"
    """An instant or an interval: two pieces."""
    DATE = "date"
    CLOCK = "clock"
    DURATION = "duration"
    JSON = "json"
    RESULT = "result"
    """The result of an observation: a number, a text or JSON, whichever it is."""
    KEY = "key"
    """The id of an observation, which stands in no column."""
    SHAPE = "shape"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Place:
    """A geometry of rows: whose id, and which query gives the geometries by id."""

    id: Sql
    source: str
    has_box: bool


@dataclass(frozen=True, slots=True)
class Value:
    """An expression with its type."""

    type: Type
    sql: Sql
    end: Sql | None = None
    """Where a time ends."""
    place: Place | None = None
    wkb: bytes = b""
    """A geometry that was written in the condition."""
    written: Any = None
    """The value of a text, a number or a truth value that was written."""
    is_told: bool = False
    """Was written in the condition, so it is never nothing."""


def refused(what: Saying) -> Refused:
    """A question that makes no sense here."""
    why = say("A text is not a number, and not every part of the data can be compared.")
    return Refused(
        Problem(CODE, what, why, say("Compare it with the examples in the documentation."), "filter")
    )


def unfitting(name: str) -> Refused:
    return refused(say("“%(name)s” cannot be applied to these values.", name=name[:60]))
