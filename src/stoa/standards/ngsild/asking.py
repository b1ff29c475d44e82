# SPDX-License-Identifier: EUPL-1.2
"""The query language `q` as a neutral condition (clause 4.9): one pass from left to right.

A path is `(attribute IRI, sub-attribute IRI ..., member ...)`: `("https://...temperature",)` is the value itself,
`(..., "observedAt")` a member of it, `(..., "value", "x", "y")` a place inside the value; entity members stand alone
(`("modifiedAt",)`). `ne` and `not matches` hold only where there is something to compare.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import NoReturn

from stoa.ground.conditions import Call, Literal, Moment, Node, Path, Values
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import ErrorType, Failed, malformed
from stoa.standards.ngsild.kinds import MEMBERS, SYSTEM
from stoa.standards.ngsild.patterns import checked_pattern

MOST_LETTERS = 8_000
MOST_DEPTH = 20
MOST_TERMS = 200

_OPERATORS = {"==": "eq", "!=": "ne", ">=": "ge", "<=": "le", ">": "gt", "<": "lt"}
_SIGN = re.compile(r"!~=|~=|==|!=|>=|<=|>|<")
_NAME = re.compile(r"[^\s=!<>~;|()\[\]\"',{}]+")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r"(?!\.\.)[^\s;|(),\"=<>~!]+?(?=\.\.|[;|(),]|$)")
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$")
_ESCAPED = re.compile(r"\\(.)")
_ENTITY_MEMBERS = frozenset({"id", "type", "scope", *SYSTEM})


def parse(text: str, context: Context, *, expanded: frozenset[str] = frozenset()) -> Node:
    """The condition; `Failed` (InvalidRequest) if it is none, TooComplexQuery if it is too long or deep.

    Texts compared with the attributes in `expanded` (IRIs, the parameter `expandValues`) are words of the context.
    """
    if len(text) > MOST_LETTERS:
        raise too_complex("q is too long")
    reader = _Reader(text, context, expanded)
    found = reader.either()
    if reader.place < len(text):
        reader.stop()
    return found


def too_complex(detail: str) -> Failed:
    return Failed(ErrorType.TOO_COMPLEX_QUERY, detail)


class _Reader:
    def __init__(self, text: str, context: Context, expanded: frozenset[str]) -> None:
        self.text, self.place = text, 0
        self._context, self._expanded = context, expanded
        self._depth = self._terms = 0

    def stop(self) -> NoReturn:
        raise malformed(f"q cannot be read from “{self.text[self.place : self.place + 40]}” on")

    def take(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.place):
            return False
        self.place += len(sign)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("|"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Call("or", tuple(parts))

    def both(self) -> Node:
        parts = [self.term()]
        while self.take(";"):
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else Call("and", tuple(parts))

    def term(self) -> Node:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise too_complex(f"q has more than {MOST_TERMS} terms")
        if self.take("("):
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise too_complex("q is nested too deeply")
            found = self.either()
            if not self.take(")"):
                self.stop()
            self._depth -= 1
            return found
        if self.take("!"):
            return Call("not", (Call("exists", (self.path(),)),))
        return self.comparison()

    def comparison(self) -> Node:
        path = self.path()
        sign = self.match(_SIGN)
        if sign is None:
            return Call("exists", (path,))
        if sign[0] in {"~=", "!~="}:
            holds = Call("matches", (path, Literal(self.pattern())))
            return holds if sign[0] == "~=" else Call("and", (Call("exists", (path,)), Call("not", (holds,))))
        name = _OPERATORS[sign[0]]
        return self._compared(path, name, self.value(path))

    def _compared(self, path: Path, name: str, first: Literal | Moment) -> Node:
        """A comparison with one value, a range or a list."""
        if name not in {"eq", "ne"}:
            return Call(name, (path, first))
        if self.take(".."):
            holds: Node = Call("between", (path, first, self.value(path)))
        elif self.take(","):
            several = [first, self.value(path)]
            while self.take(","):
                several.append(self.value(path))
                if len(several) > MOST_TERMS:
                    raise too_complex(f"A list in q has more than {MOST_TERMS} values")
            holds = Call("in", (path, Values(tuple(several))))
        else:
            return Call(name, (path, first))
        return holds if name == "eq" else Call("and", (Call("exists", (path,)), Call("not", (holds,))))

    # -- what is compared

    def path(self) -> Path:
        found = self.match(_NAME)
        if found is None:
            self.stop()
        names = self._names(found[0])
        if self.take("["):
            inside = self.match(_NAME)
            if inside is None or not self.take("]"):
                self.stop()
            names += ["value", *inside[0].split(".")]
        if "" in names or len(names) > MOST_DEPTH:
            self.stop()
        return Path(tuple(names))

    def _names(self, text: str) -> list[str]:
        """The names of a dotted path as IRIs; a full IRI keeps its own dots."""
        parts = _dotted(text)
        first = parts[0] if parts[0] in _ENTITY_MEMBERS else self._context.expand(parts[0])
        return [first] + [
            name if name in MEMBERS else self._context.expand(name)
            for name in parts[1:]
            if name or self.stop()
        ]

    def pattern(self) -> str:
        quoted = self.match(_TEXT)
        if quoted:
            return checked_pattern(quoted[1].replace('\\"', '"'), "q")
        # Bare patterns end where the term ends; brackets that were opened must be closed first.
        begin, depth = self.place, 0
        while self.place < len(self.text):
            letter = self.text[self.place]
            if depth == 0 and letter in ";|)":
                break
            depth += (letter in "([{") - (letter in ")]}")
            self.place += 2 if letter == "\\" else 1
        if self.place == begin:
            self.stop()
        return checked_pattern(self.text[begin : self.place], "q")

    def value(self, path: Path) -> Literal | Moment:
        quoted = self.match(_TEXT)
        if quoted:
            text = _ESCAPED.sub(r"\1", quoted[1])
            return Literal(self._context.expand(text) if path.names[0] in self._expanded else text)
        bare = self.match(_BARE)
        if bare is None:
            self.stop()
        return _value_of(bare[0])


def _dotted(text: str) -> list[str]:
    head, slashes, tail = text.partition("://")
    if not slashes:
        return text.split(".")
    cut = max(tail.rfind("/"), tail.rfind("#")) + 1
    last, *more = tail[cut:].split(".")
    return [head + slashes + tail[:cut] + last, *more]


def _value_of(text: str) -> Literal | Moment:
    """An unquoted value: number, truth value, time; else a text (a URI, or a word that ought to have quotes)."""
    if _NUMBER.match(text):
        return Literal(int(text) if re.fullmatch(r"[+-]?\d{1,18}", text) else _finite(text))
    if text in {"true", "false"}:
        return Literal(text == "true")
    return moment_of(text) or Literal(text)


def _finite(text: str) -> float:
    found = float(text)
    if found in {float("inf"), float("-inf")}:
        raise malformed("A number in q is too large")
    return found


def moment_of(text: str) -> Moment | None:
    """A day, a time of day or an instant; None if the text is neither."""
    if not re.match(r"^\d{2}", text) or len(text) > 40 or not re.search(r"[-:]", text):
        return None
    try:
        if "T" in text:
            found = datetime.fromisoformat(text.replace(",", "."))
            return Moment(found) if found.tzinfo else None
        return Moment(date.fromisoformat(text) if "-" in text else time.fromisoformat(text))
    except ValueError:
        return None
