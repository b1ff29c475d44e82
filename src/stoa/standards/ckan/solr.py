# SPDX-License-Identifier: EUPL-1.2
"""The search language of `q` and `fq`, as far as catalogues are asked in it: words, phrases, `field:value`,
ranges, AND, OR, NOT, brackets. Parsed into a small tree with limits; nothing of it is ever passed on as text."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.standards.ckan.problems import BadQuery

MOST_LETTERS = 4_000
MOST_TERMS = 100
MOST_DEPTH = 20
_BREAK = set(' \t\r\n()":[]{}')
_ESCAPABLE = '+-&|!(){}[]^"~*?:\\/ '


@dataclass(frozen=True, slots=True)
class Everything:
    """`*:*`, or nothing asked."""


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase, in a field or anywhere."""

    text: str
    field: str = ""
    """Empty: anywhere."""
    is_phrase: bool = False
    """It stood in quotes, so `*` in it is a star."""


@dataclass(frozen=True, slots=True)
class Span:
    """`field:[low TO high]`; None is an open end."""

    field: str
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Not:
    part: Node


@dataclass(frozen=True, slots=True)
class Both:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Node, ...]


Node = Everything | Term | Span | Not | Both | Either


def parse(text: str) -> Node:
    """The tree of a query; raises `BadQuery`. Without a colon it is what people type, and never an error."""
    if len(text) > MOST_LETTERS:
        raise BadQuery(f"The query is longer than {MOST_LETTERS} letters")
    stripped = text.strip()
    if not stripped or stripped == "*":
        return Everything()
    try:
        return _Parser(stripped).whole()
    except BadQuery:
        if ":" in stripped:
            raise
        return plain_words(stripped)


def plain_words(text: str) -> Node:
    """Words as people type them: all must be there, those with a minus must not."""
    parts: list[Node] = []
    for word in text.replace('"', " ").split()[:MOST_TERMS]:
        bare = word.lstrip("+-!&|()")
        if bare:
            parts.append(Not(Term(bare)) if word.startswith("-") else Term(bare))
    return _joined(parts)


def _joined(parts: list[Node]) -> Node:
    kept = [part for part in parts if not isinstance(part, Everything)]
    if not kept:
        return Everything()
    return kept[0] if len(kept) == 1 else Both(tuple(kept))


class _Parser:
    """Recursive descent over the letters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0

    def whole(self) -> Node:
        found = self._either(0, "")
        self._skip()
        if self.at < len(self.text):
            raise BadQuery(f"Cannot parse the query at letter {self.at + 1}")
        return found

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _sees(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def _takes_word(self, *words: str) -> bool:
        """Take an operator that stands alone."""
        self._skip()
        for word in words:
            end = self.at + len(word)
            alone = not word.isalpha() or end >= len(self.text) or self.text[end] in _BREAK
            if self._sees(word) and alone:
                self.at = end
                return True
        return False

    def _either(self, depth: int, field: str) -> Node:
        if depth > MOST_DEPTH:
            raise BadQuery(f"Brackets are nested more than {MOST_DEPTH} deep")
        parts = [self._both(depth, field)]
        while self._takes_word("OR", "||"):
            parts.append(self._both(depth, field))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self, depth: int, field: str) -> Node:
        parts = [self._one(depth, field)]
        while True:
            joined = self._takes_word("AND", "&&")
            self._skip()
            ended = self.at >= len(self.text) or self._sees(")") or self._sees_or()
            if ended:
                if joined:
                    raise BadQuery("Something is missing after AND")
                return _joined(parts)
            parts.append(self._one(depth, field))

    def _sees_or(self) -> bool:
        before = self.at
        found = self._takes_word("OR", "||")
        self.at = before
        return found

    def _one(self, depth: int, field: str) -> Node:
        if self._takes_word("NOT", "!", "-"):
            return Not(self._deeper(depth, field))
        self._takes_word("+")
        return self._primary(depth, field)

    def _deeper(self, depth: int, field: str) -> Node:
        if depth > MOST_DEPTH:
            raise BadQuery(f"Brackets are nested more than {MOST_DEPTH} deep")
        return self._one(depth + 1, field)

    def _primary(self, depth: int, field: str) -> Node:
        self._skip()
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise BadQuery(f"The query has more than {MOST_TERMS} terms")
        if self._sees("("):
            return self._bracket(depth, field)
        if self._sees('"'):
            return Term(self._phrase(), field, is_phrase=True)
        if field and (self._sees("[") or self._sees("{")):
            return self._span(field)
        return self._word(depth, field)

    def _bracket(self, depth: int, field: str) -> Node:
        self.at += 1
        found = self._either(depth + 1, field)
        self._skip()
        if not self._sees(")"):
            raise BadQuery("A bracket is not closed")
        self.at += 1
        self._boost()
        return found

    def _phrase(self) -> str:
        letters = []
        self.at += 1
        while self.at < len(self.text) and not self._sees('"'):
            if self._sees("\\"):
                self.at += 1
            letters.append(self.text[self.at : self.at + 1])
            self.at += 1
        if not self._sees('"'):
            raise BadQuery("A quotation mark is not closed")
        self.at += 1
        self._boost()
        return "".join(letters)

    def _boost(self) -> None:
        """`^2` and `~1` change the ranking only."""
        while self._sees("^") or self._sees("~"):
            self.at += 1
            while self.at < len(self.text) and (self.text[self.at].isdigit() or self._sees(".")):
                self.at += 1

    def _raw(self) -> str:
        letters = []
        while (
            self.at < len(self.text) and self.text[self.at] not in _BREAK and self.text[self.at] not in "^~"
        ):
            if self._sees("\\") and self.text[self.at + 1 : self.at + 2] in tuple(_ESCAPABLE):
                self.at += 1
            letters.append(self.text[self.at])
            self.at += 1
        return "".join(letters)

    def _word(self, depth: int, field: str) -> Node:
        found = self._raw()
        if not found:
            raise BadQuery(f"Cannot parse the query at letter {self.at + 1}")
        if self._sees(":"):
            return self._field(depth, field, found)
        self._boost()
        if found in {"AND", "OR"}:
            raise BadQuery(f"Something is missing before {found}")
        return Everything() if found == "*" and not field else Term(found, field)

    def _field(self, depth: int, outer: str, name: str) -> Node:
        if outer:
            # An address or a time inside a field's value: `url:http://...`, `at:10:30`.
            return Term(f"{name}{self._rest()}", outer)
        self.at += 1
        self._skip()
        if self.at >= len(self.text):
            raise BadQuery(f"A value is missing after {name[:40]}:")
        found = self._primary(depth + 1, name)
        return Everything() if name == "*" else found

    def _rest(self) -> str:
        letters = []
        while (
            self.at < len(self.text) and not self.text[self.at].isspace() and self.text[self.at] not in '()"'
        ):
            letters.append(self.text[self.at])
            self.at += 1
        return "".join(letters)

    def _span(self, field: str) -> Node:
        with_low = self._sees("[")
        self.at += 1
        ends = [at for at in (self.text.find("]", self.at), self.text.find("}", self.at)) if at >= 0]
        if not ends:
            raise BadQuery("A range is not closed")
        end = min(ends)
        low, to, high = self.text[self.at : end].strip().partition(" TO ")
        if not to:
            raise BadQuery("A range is written [from TO to]")
        with_high = self.text[end] == "]"
        self.at = end + 1
        return Span(field, _edge(low), _edge(high), with_low, with_high)


def _edge(text: str) -> str | None:
    bare = text.strip().strip('"')
    return None if bare in {"*", ""} else bare


def has_words(node: Node) -> bool:
    """Whether a tree asks for words anywhere, so that relevance means something."""
    if isinstance(node, Term):
        return not node.field
    if isinstance(node, Both | Either):
        return any(has_words(part) for part in node.parts)
    return False


def sorts(text: str, *, most: int = 5) -> list[tuple[str, bool]]:
    """`a desc, b` as fields and whether they go down."""
    found: list[tuple[str, bool]] = []
    for part in (one.strip() for one in text[:1000].split(",")):
        if not part:
            continue
        name, _blank, direction = part.partition(" ")
        if direction.strip().lower() not in {"", "asc", "desc"} or len(found) == most:
            raise BadQuery(f'Cannot parse the sort "{part[:60]}"')
        found.append((name, direction.strip().lower() == "desc"))
    return found
