# SPDX-License-Identifier: EUPL-1.2
"""The parts that expressions consist of (OData ABNF, as far as 18-088 uses it), and limits of what is read."""

from __future__ import annotations

import re
from typing import NamedTuple

from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.standards.sensorthings.problems import too_deep, unreadable

MOST_LETTERS = 50_000
MOST_DEPTH = 30
MOST_NODES = 1_000

_DATE, _CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_INSTANT = rf"{_DATE}T{_CLOCK}(?:Z|[ +-][0-9]{{2}}:?[0-9]{{2}})"
_TOKEN = re.compile(
    rf"""[ \t\r\n]*(?:
      (?P<period>{_INSTANT}/{_INSTANT})
    | (?P<instant>{_INSTANT})
    | (?P<date>{_DATE})(?![\d:T])
    | (?P<clock>{_CLOCK})
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{{1,3}})?)(?![\w.])
    | (?P<prefixed>(?:geography|geometry|duration)'(?:[^']|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<name>@?[^\W\d][\w.@:\-]*(?:/[\w.@:\-]+)*)
    | (?P<sign>[(),-])
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A piece of the text, what it is, and where it begins."""

    kind: str
    text: str
    place: int


END = Token("end", "", 0)


class Scanner:
    """The tokens of one expression, read from left to right with no way back."""

    def __init__(self, option: str, text: str) -> None:
        if len(text) > MOST_LETTERS:
            raise too_deep(option, MOST_NODES)
        self.option = option
        self._text = text
        self._tokens = self._scan()
        self._place = 0
        self._depth = 0

    def _scan(self) -> list[Token]:
        found, place = [], 0
        end = len(self._text.rstrip())
        while place < end:
            match = _TOKEN.match(self._text, place)
            if match is None or match.lastgroup is None:
                raise self._cannot(place)
            found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            if len(found) > 4 * MOST_NODES:
                raise too_deep(self.option, MOST_NODES)
            place = match.end()
        return found

    @property
    def now(self) -> Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else END

    @property
    def after(self) -> Token:
        """The token behind the one that comes next."""
        return self._tokens[self._place + 1] if self._place + 1 < len(self._tokens) else END

    def step(self) -> Token:
        found = self.now
        self._place += 1
        return found

    def word(self) -> str:
        """The next token in small letters, if it is a name or a sign."""
        return self.now.text.lower() if self.now.kind in {"name", "sign"} else ""

    def take(self, wanted: str) -> bool:
        """Step over this word or sign if it comes next."""
        if self.word() != wanted:
            return False
        self._place += 1
        return True

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.unexpected()

    def unexpected(self) -> Refused:
        return self._cannot(self.now.place if self.now != END else len(self._text))

    def _cannot(self, place: int) -> Refused:
        rest = self._text[place : place + 30]
        return unreadable(
            self.option, say("“%(option)s” cannot be read from “%(rest)s” on.", option=self.option, rest=rest)
        )

    def enter(self) -> None:
        """Go one level deeper; refused where that is too deep."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise too_deep(self.option, MOST_DEPTH)

    def leave(self) -> None:
        self._depth -= 1
