# SPDX-License-Identifier: EUPL-1.2
"""Expressions of $filter and $orderby as trees of conditions: recursive descent, no way back, a counter for the depth.

Precedence, loosest first: or, and, not, comparison, add and sub, mul div mod, minus (18-088, clause 9.3.3.5).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from stoa.ground.conditions import Call, Duration, Literal, Moment, Node, Order, Path, Period, Shape, Values
from stoa.ground.words import say
from stoa.standards.sensorthings import times
from stoa.standards.sensorthings.model import IDS, KINDS, Kind
from stoa.standards.sensorthings.problems import unreadable, unsupported
from stoa.standards.sensorthings.scanning import END, Scanner

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
FUNCTIONS: dict[str, tuple[int, int]] = {
    "substringof": (2, 2), "endswith": (2, 2), "startswith": (2, 2), "length": (1, 1), "indexof": (2, 2),
    "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1), "trim": (1, 1), "concat": (2, 2),
    "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1), "second": (1, 1),
    "fractionalseconds": (1, 1), "date": (1, 1), "time": (1, 1), "totaloffsetminutes": (1, 1),
    "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0),
    "round": (1, 1), "floor": (1, 1), "ceiling": (1, 1),
    "geo.distance": (2, 2), "geo.length": (1, 1), "geo.intersects": (2, 2),
    "st_equals": (2, 2), "st_disjoint": (2, 2), "st_touches": (2, 2), "st_within": (2, 2), "st_overlaps": (2, 2),
    "st_crosses": (2, 2), "st_intersects": (2, 2), "st_contains": (2, 2), "st_relate": (3, 3),
}  # fmt: skip
"""Every function with the least and most parts that it takes."""

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?", re.ASCII
)
_RELATE = re.compile(r"[012TF*]{9}", re.ASCII)


def read_filter(text: str, kind: Kind) -> Node:
    """The condition of $filter on entities of a kind."""
    reader = _Reader(Scanner("$filter", text), kind)
    found = reader.disjunction()
    if reader.scanner.now != END:
        raise reader.scanner.unexpected()
    return found


def read_order(text: str, kind: Kind) -> tuple[Order, ...]:
    """The keys of $orderby, at most ten."""
    reader = _Reader(Scanner("$orderby", text), kind)
    keys = []
    while True:
        by = reader.sum()
        is_down = reader.scanner.take("desc")
        if not is_down:
            reader.scanner.take("asc")
        keys.append(Order(by, is_down))
        if not reader.scanner.take(","):
            break
    if reader.scanner.now != END or len(keys) > 10:
        raise reader.scanner.unexpected()
    return tuple(keys)


def path_of(text: str, kind: Kind, option: str) -> Path:
    """The property that a path on the wire leads to, in neutral names; inside of JSON names stay as they are."""
    names: list[str] = []
    rest = text.split("/")
    while rest:
        name = rest.pop(0)
        if name in kind.relations and rest:
            names.append(kind.relations[name].neutral)
            kind = KINDS[kind.relations[name].target]
            continue
        if name in IDS and not rest:
            return Path((*names, "id"))
        known = kind.properties.get(name)
        if known is not None and (not rest or known.has_parts):
            return Path((*names, known.neutral, *rest))
        break
    raise unreadable(
        option, say("There is no property “%(name)s” of “%(kind)s”.", name=text[:100], kind=kind.name)
    )


class _Reader:
    """Reads one expression on entities of a kind."""

    def __init__(self, scanner: Scanner, kind: Kind) -> None:
        self.scanner = scanner
        self._kind = kind

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self.scanner.enter()
        found = read()
        self.scanner.leave()
        return found

    def disjunction(self) -> Node:
        return self._chain("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._chain("and", self._negation)

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.scanner.take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts))

    def _negation(self) -> Node:
        if self.scanner.take("not"):
            return Call("not", (self._deeper(self._negation),))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self.sum()
        word = self.scanner.word()
        if word in COMPARISONS:
            self.scanner.step()
            return Call(word, (left, self.sum()))
        if self.scanner.take("in"):
            return Call("in", (left, self._values()))
        return left

    def _values(self) -> Values:
        self.scanner.need("(")
        found: list[Literal | Moment] = []
        while True:
            value = self._signed()
            if not isinstance(value, Literal | Moment):
                raise self.scanner.unexpected()
            found.append(value)
            if not self.scanner.take(","):
                break
        self.scanner.need(")")
        return Values(tuple(found))

    def sum(self) -> Node:
        return self._left_to_right(("add", "sub"), self._product)

    def _product(self) -> Node:
        return self._left_to_right(("mul", "div", "mod"), self._signed)

    def _left_to_right(self, words: tuple[str, ...], part: Callable[[], Node]) -> Node:
        found, steps = part(), 0
        while self.scanner.word() in words:
            word = self.scanner.step().text.lower()
            found, steps = Call(word, (found, part())), steps + 1
            self.scanner.enter()
        for _ in range(steps):
            self.scanner.leave()
        return found

    def _signed(self) -> Node:
        if self.scanner.take("-"):
            found = self._deeper(self._signed)
            if (
                isinstance(found, Literal)
                and isinstance(found.value, int | float)
                and not isinstance(found.value, bool)
            ):
                return Literal(-found.value)
            return Call("neg", (found,))
        return self._operand()

    def _operand(self) -> Node:
        if self.scanner.take("("):
            found = self._deeper(self.disjunction)
            self.scanner.need(")")
            return found
        if self.scanner.now.kind == "name":
            return self._named()
        return self._literal()

    def _named(self) -> Node:
        token = self.scanner.step()
        if self.scanner.word() == "(":
            return self._call(token.text)
        words = {"true": True, "false": False, "null": None}
        if token.text in words:
            return Literal(words[token.text])
        return path_of(token.text, self._kind, self.scanner.option)

    def _call(self, text: str) -> Node:
        name = text.lower()
        if name not in FUNCTIONS:
            raise unsupported(
                self.scanner.option, say("There is no function “%(name)s” here.", name=text[:60])
            )
        self.scanner.need("(")
        args: list[Node] = []
        while not self.scanner.take(")"):
            if args:
                self.scanner.need(",")
            args.append(self._deeper(self.disjunction))
        least, most = FUNCTIONS[name]
        if not least <= len(args) <= most or (name == "st_relate" and not _is_matrix(args[2])):
            raise unreadable(
                self.scanner.option, say("The function “%(name)s” does not take these parts.", name=name)
            )
        return Call(name, tuple(args))

    def _literal(self) -> Node:
        token = self.scanner.now
        make = _LITERALS.get(token.kind)
        try:
            found = make(token.text) if make is not None else None
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise self.scanner.unexpected()
        self.scanner.step()
        return found


def _is_matrix(node: Node) -> bool:
    """A pattern of the nine intersections (DE-9IM)."""
    return isinstance(node, Literal) and isinstance(node.value, str) and bool(_RELATE.fullmatch(node.value))


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _number(text: str) -> Literal:
    """Whole numbers stay whole as far as the database counts them."""
    if text.isdigit() and len(text) < 19:
        return Literal(int(text))
    found = float(text)
    if found in {float("inf"), float("-inf")}:
        raise OverflowError
    return Literal(found)


def _instant(text: str) -> datetime:
    """An unquoted instant; a blank stands for a plus sign that was not percent-encoded."""
    return times.instant_of(text.replace(" ", "+"))


def _period(text: str) -> Period:
    return times.interval_of(text.replace(" ", "+"))


def _prefixed(text: str) -> Node:
    kind, quoted = text.split("'", 1)
    inside = _unquoted(f"'{quoted}")
    return Duration(_duration(inside)) if kind == "duration" else _geometry(inside)


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()[1:]):
        raise ValueError("not a duration")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups()[1:])
    found = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -found if match[1] else found


def _geometry(text: str) -> Shape:
    """Well-known text, longitude first, perhaps with `SRID=4326;` before it."""
    import shapely

    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth > 8:
            raise ValueError("nested too deeply")
    try:
        found = shapely.force_2d(shapely.from_wkt(text.removeprefix("SRID=4326;")))
        if shapely.is_empty(found) or not shapely.is_valid(found):
            raise ValueError("not a geometry")
    except (shapely.errors.ShapelyError, TypeError):
        raise ValueError("not a geometry") from None
    return Shape(shapely.to_wkb(found))


_LITERALS: dict[str, Callable[[str], Node]] = {
    "period": _period,
    "instant": lambda text: Moment(_instant(text)),
    "date": lambda text: Moment(date.fromisoformat(text)),
    "clock": lambda text: Moment(time.fromisoformat(text).replace(tzinfo=UTC)),
    "number": _number,
    "text": lambda text: Literal(_unquoted(text)),
    "prefixed": _prefixed,
}
