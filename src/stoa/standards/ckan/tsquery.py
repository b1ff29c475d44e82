# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's text search queries (`a & (b | !c)`), as DataStore searches may be written with `plain=false`."""

from __future__ import annotations

import re

from stoa.standards.ckan.problems import Invalid, invalid
from stoa.standards.ckan.solr import Both, Either, Node, Not, Term

MOST_TOKENS = 100
_TOKEN = re.compile(
    r"\s*(?:(<(?:-|\d+)>|[&|!()])|'((?:[^'\\]|''|\\.)*)'|([^\s&|!()':]+))((?::[*A-Da-d]+)?)", re.DOTALL
)


def plain(text: str, field: str = "") -> Node:
    """All words of a text."""
    return Both(tuple(Term(word, field) for word in text.split()[:MOST_TOKENS]))


def parse(text: str, field: str = "") -> Node:
    """The tree of a query; `Invalid` where PostgreSQL would find a fault."""
    reader = _Reader(_tokens(text), field)
    found = reader.either(0)
    if reader.tokens:
        raise _fault()
    return found


def _fault() -> Invalid:
    return invalid("q", "Syntax error in the full text search query")


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Signs and words in order; the flag says whether it is a word."""
    found: list[tuple[str, bool]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or len(found) == MOST_TOKENS:
            raise _fault()
        sign, quoted, word, _weight = match.groups()
        value = sign or word or (quoted or "").replace("''", "'")
        found.append((value, sign is None))
        at = match.end()
    return found[::-1]


class _Reader:
    """Takes tokens from the end of a reversed list."""

    def __init__(self, tokens: list[tuple[str, bool]], field: str) -> None:
        self.tokens = tokens
        self.field = field

    def _takes(self, *signs: str) -> bool:
        if self.tokens and self.tokens[-1] in [(sign, False) for sign in signs]:
            self.tokens.pop()
            return True
        return False

    def either(self, depth: int) -> Node:
        parts = [self.both(depth)]
        while self._takes("|"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while self._takes("&") or self._takes_distance():
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _takes_distance(self) -> bool:
        """`<->`: one behind the other; that both are there is what can be tested."""
        if self.tokens and not self.tokens[-1][1] and self.tokens[-1][0].startswith("<"):
            self.tokens.pop()
            return True
        return False

    def one(self, depth: int) -> Node:
        if depth > 10:
            raise _fault()
        if self._takes("!"):
            return Not(self.one(depth + 1))
        if self._takes("("):
            found = self.either(depth + 1)
            if not self._takes(")"):
                raise _fault()
            return found
        if not self.tokens or not self.tokens[-1][1]:
            raise _fault()
        return Term(self.tokens.pop()[0], self.field)
