# SPDX-License-Identifier: EUPL-1.2
"""Which types and scopes are meant (clauses 4.17 and 4.19), as neutral conditions on `type` and `scope`.

Both members are lists: `eq` holds if one of them is it, `matches` if one of them does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stoa.ground.conditions import Call, Literal, Node, Path
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import malformed
from stoa.standards.ngsild.parsing import checked_name

TYPE = Path(("type",))
SCOPE = Path(("scope",))
MOST_LETTERS = 4_000
MOST_DEPTH = 20
_WORD = re.compile(r"[^;,|()\s]+")
_SCOPE = re.compile(r"^/?(?:[\w-]+|\+)(?:/(?:[\w-]+|\+))*(?:/#)?$|^/?#$")


def types(text: str, context: Context) -> Node:
    """A type selector: `A,B` and `A|B` mean either, `A;B` both."""
    return _Reader(
        text, "type", lambda word: Call("eq", (TYPE, Literal(context.expand(checked_name(word)))))
    ).read()


def scopes(text: str) -> Node:
    """A scope query: `/a/+/c` any one level, `/a/#` it and all below, `/#` any scope at all."""
    return _Reader(text, "scopeQ", _scope).read()


def _scope(word: str) -> Node:
    if not _SCOPE.match(word):
        raise malformed(f"“{word[:80]}” is no scope")
    if word in {"#", "/#"}:
        return Call("exists", (SCOPE,))
    is_deep = word.endswith("/#")
    levels = word.removesuffix("/#").strip("/").split("/")
    pattern = "".join("/[^/]+" if level == "+" else f"/{re.escape(level)}" for level in levels)
    return Call("matches", (SCOPE, Literal(f"^{pattern}{'(?:/.*)?' if is_deep else ''}$")))


class _Reader:
    """Words with brackets, `;` before `,` and `|`."""

    def __init__(self, text: str, what: str, meaning: Callable[[str], Node]) -> None:
        self._text, self._what, self._meaning = text, what, meaning
        self._place = self._depth = 0

    def read(self) -> Node:
        if len(self._text) > MOST_LETTERS:
            raise malformed(f"{self._what} is too long")
        found = self._either()
        if self._place < len(self._text):
            raise self._unreadable()
        return found

    def _unreadable(self) -> Exception:
        return malformed(
            f"{self._what} cannot be read from “{self._text[self._place : self._place + 40]}” on"
        )

    def _take(self, *signs: str) -> bool:
        if self._text[self._place : self._place + 1] not in signs:
            return False
        self._place += 1
        return True

    def _either(self) -> Node:
        parts = [self._both()]
        while self._take(",", "|"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Call("or", tuple(parts))

    def _both(self) -> Node:
        parts = [self._one()]
        while self._take(";"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Call("and", tuple(parts))

    def _one(self) -> Node:
        if self._take("("):
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise malformed(f"{self._what} is nested too deeply")
            found = self._either()
            if not self._take(")"):
                raise self._unreadable()
            self._depth -= 1
            return found
        word = _WORD.match(self._text, self._place)
        if word is None:
            raise self._unreadable()
        self._place = word.end()
        return self._meaning(word[0])
