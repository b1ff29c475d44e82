# SPDX-License-Identifier: EUPL-1.2
"""CQL2 Text: one pass from left to right, no way back, a counter for the depth (21-065r2, annex B)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import shapely

from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.standards.cql2.tree import (
    ARRAYS,
    COMPARISONS,
    FUNCTIONS,
    MOST_DEPTH,
    MOST_LETTERS,
    MOST_NODES,
    Array,
    Call,
    Literal,
    Moment,
    Node,
    Period,
    Property,
    Shape,
    Values,
    finite,
    moment_of,
    refused,
    shape_of,
    too_large,
    unknown_operator,
)

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<name>[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[=<>(),+\-*/^%])
    )""",
    re.VERBOSE,
)
_SHAPES = {
    "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION",
}  # fmt: skip
_RESERVED = {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE"}
_END = ("end", "", 0)


def parse(text: str) -> Node:
    """The condition; `Refused` (`cql2.filter_unreadable`) if it is none, too long or too deep."""
    if len(text) > MOST_LETTERS:
        raise too_large()
    reader = _Reader(text)
    try:
        found = reader.disjunction()
    except RecursionError:
        raise too_large() from None
    if reader.now != _END:
        raise reader.unexpected()
    return found


def _tokens(text: str) -> list[tuple[str, str, int]]:
    found, place = [], 0
    end = len(text.rstrip())
    while place < end:
        token = _TOKEN.match(text, place)
        if token is None or token.lastgroup is None:
            raise refused(say("The filter cannot be read from “%(rest)s” on.", rest=text[place : place + 30]))
        found.append((token.lastgroup, token[token.lastgroup], token.start(token.lastgroup)))
        place = token.end()
    return found


class _Reader:
    """Reads by recursive descent: OR, AND, NOT, comparison, sum, product, power, value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        if len(self._tokens) > 4 * MOST_LETTERS // 10 or self._count_operators() > MOST_NODES:
            raise too_large()
        self._place = 0
        self._depth = 0

    def _count_operators(self) -> int:
        """Words and signs outside of lists of numbers, which is what the tree grows with."""
        return sum(kind in {"name", "quoted", "text"} for kind, _text, _place in self._tokens)

    @property
    def now(self) -> tuple[str, str, int]:
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    def word(self) -> str:
        """The next token in capitals, if it is an unquoted word or a sign."""
        kind, text, _place = self.now
        return text.upper() if kind in {"name", "sign"} else ""

    def take(self, *wanted: str) -> bool:
        """Step over these words and signs if they come next."""
        ahead = self._tokens[self._place : self._place + len(wanted)]
        if [text.upper() for kind, text, _p in ahead if kind in {"name", "sign"}] != list(wanted):
            return False
        self._place += len(wanted)
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.unexpected(sign)

    def unexpected(self, wanted: str = "") -> Refused:
        _kind, text, place = self.now
        rest = self._text[place : place + 30] if text else ""
        if wanted:
            return refused(say("The filter needs “%(wanted)s” before “%(rest)s”.", wanted=wanted, rest=rest))
        return refused(say("The filter cannot be read from “%(rest)s” on.", rest=rest))

    def deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise too_large()
        found = read()
        self._depth -= 1
        return found

    # -- conditions

    def disjunction(self) -> Node:
        return self._chain("OR", self.conjunction)

    def conjunction(self) -> Node:
        return self._chain("AND", self.negation)

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(word.lower(), tuple(parts))

    def negation(self) -> Node:
        if self.take("NOT"):
            return Call("not", (self.deeper(self.negation),))
        return self.comparison()

    def comparison(self) -> Node:
        left = self.operand()
        sign = self.word()
        if sign in COMPARISONS:
            self._place += 1
            return Call(sign, (left, self.operand()))
        if self.take("IS"):
            return self._is_null(left)
        is_turned = self.take("NOT")
        found = self._predicate(left)
        if found is None:
            if is_turned:
                raise self.unexpected()
            return left
        return Call("not", (found,)) if is_turned else found

    def _is_null(self, left: Node) -> Node:
        is_turned = self.take("NOT")
        self.need("NULL")
        found = Call("isnull", (left,))
        return Call("not", (found,)) if is_turned else found

    def _predicate(self, left: Node) -> Node | None:
        if self.take("LIKE"):
            return Call("like", (left, self.operand()))
        if self.take("BETWEEN"):
            low = self.operand()
            self.need("AND")
            return Call("between", (left, low, self.operand()))
        if self.take("IN"):
            self.need("(")
            values = [self._value()]
            while self.take(","):
                values.append(self._value())
            self.need(")")
            return Call("in", (left, Values(tuple(values))))
        return None

    def _value(self) -> Literal | Moment:
        found = self.operand()
        if not isinstance(found, Literal | Moment):
            raise self.unexpected()
        return found

    # -- operands

    def operand(self) -> Node:
        """A value, or sums of products of powers of them, read from the left."""
        return self._reckoned(("+", "-"), partial(self._reckoned, ("*", "/", "%", "DIV"), self._power))

    def _power(self) -> Node:
        return self._reckoned(("^",), self._signed)

    def _reckoned(self, signs: tuple[str, ...], part: Callable[[], Node]) -> Node:
        """Parts joined by these signs; each makes the tree one level deeper."""
        found, begun = part(), self._depth
        while self.word() in signs:
            sign = self.word()
            self._place += 1
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise too_large()
            found = Call(sign.lower(), (found, part()))
        self._depth = begun
        return found

    def _signed(self) -> Node:
        if not self.take("-"):
            return self._value_or_name()
        found = self._value_or_name() if self.word() != "-" else None
        if isinstance(found, Literal) and not isinstance(found.value, str | bool):
            return Literal(-found.value)
        if found is None or isinstance(found, Literal | Moment | Period | Shape):
            raise self.unexpected()
        return Call("*", (Literal(-1), found))

    def _value_or_name(self) -> Node:
        kind, text, _place = self.now
        if kind == "number":
            self._place += 1
            return Literal(_number(text))
        if kind == "text":
            self._place += 1
            return Literal(_unquoted(text))
        if kind == "quoted":
            self._place += 1
            return Property(text[1:-1].replace('""', '"'))
        if self.take("("):
            found = self.deeper(self.disjunction)
            self.need(")")
            return found
        return self._named()

    def _named(self) -> Node:
        kind, text, place = self.now
        word = text.upper()
        if kind != "name" or (word in _RESERVED and word not in {"TRUE", "FALSE"}):
            raise self.unexpected()
        self._place += 1
        if word in {"TRUE", "FALSE"}:
            return Literal(word == "TRUE")
        if word in _SHAPES and self.word() in {"(", "Z", "M", "ZM"}:
            return self._shape(place)
        return self._call(word, text) if self.word() == "(" else Property(text)

    def _call(self, word: str, text: str) -> Node:
        self.need("(")
        if word in {"DATE", "TIMESTAMP", "INTERVAL", "BBOX"}:
            return self._special(word)
        if text.lower() not in FUNCTIONS:
            raise unknown_operator(text)
        read = self._array_or_other if text.lower() in ARRAYS else self.disjunction
        args = [self.deeper(read)]
        while self.take(","):
            args.append(self.deeper(read))
        self.need(")")
        return Call(text.lower(), tuple(args))

    def _array_or_other(self) -> Node:
        """A bracket begins a list here, also one of a single part."""
        if not self.take("("):
            return self.operand()
        parts: list[Node] = []
        while not self.take(")"):
            if parts:
                self.need(",")
            parts.append(self.deeper(self.operand))
        return Array(tuple(parts))

    def _special(self, word: str) -> Node:
        """A day, an instant, an interval or a box, up to the closing bracket."""
        if word == "BBOX":
            edges = [self._edge()]
            while self.take(","):
                edges.append(self._edge())
            self.need(")")
            return box_of(edges)
        first = self._end()
        if word == "INTERVAL":
            self.need(",")
            second = self._end()
            self.need(")")
            return Period(first, second)
        self.need(")")
        if not isinstance(first, Moment):
            raise self.unexpected()
        return first

    def _edge(self) -> float:
        found = self.operand()
        if not isinstance(found, Literal) or isinstance(found.value, str | bool):
            raise self.unexpected()
        return float(found.value)

    def _end(self) -> Property | Moment | None:
        """One end of an interval: a text, `..`, a column or another literal of time."""
        if self.now[0] == "text":
            text = _unquoted(self.now[1])
            self._place += 1
            return None if text == ".." else moment_of(text)
        found = self.deeper(self.operand)
        if not isinstance(found, Property | Moment):
            raise self.unexpected()
        return found

    def _shape(self, begin: int) -> Shape:
        """Well-known text up to the bracket that closes it; read by GEOS."""
        depth = 0
        while True:
            kind, text, place = self.now
            if kind == "end" or kind in {"text", "quoted"}:
                raise self.unexpected(")")
            self._place += 1
            depth += (text == "(") - (text == ")")
            if depth > MOST_DEPTH:
                raise too_large()
            if text == ")" and depth == 0:
                return shape_of(partial(shapely.from_wkt, self._text[begin : place + 1]))


def _number(text: str) -> int | float:
    """Whole numbers stay whole, whatever their size."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else finite(float(text))


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def box_of(edges: list[float]) -> Shape:
    """A box from four numbers, or six with heights; it may cross the date line."""
    if len(edges) not in {4, 6}:
        raise refused(say("A box has four or six numbers."))
    west, south, east, north = edges if len(edges) == 4 else (*edges[:2], *edges[3:5])
    if west <= east:
        return shape_of(lambda: shapely.box(west, south, east, north))
    halves = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return shape_of(lambda: shapely.MultiPolygon(halves))
