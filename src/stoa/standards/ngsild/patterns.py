# SPDX-License-Identifier: EUPL-1.2
"""Regular expressions that strangers hand in: only such as cannot run for ever.

A choice inside a repetition, a reference back and a look around are refused; what is left can be tried in a number of
ways that is counted beforehand, and is refused if that is too large. Longer texts are cut where they are matched here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from stoa.standards.ngsild.failures import ErrorType, Failed, malformed

MOST_LETTERS = 500
MOST_TEXT = 250
"""Letters of a text that are looked at."""
_MOST_WAYS = MOST_TEXT * MOST_TEXT * 8
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_REFUSED = frozenset({"GROUPREF", "GROUPREF_EXISTS", "ASSERT", "ASSERT_NOT", "ATOMIC_GROUP"})
_FRONT = re.compile(r"^\^?\.[*](?![?+*])")
_BACK = re.compile(r"(?<!\\)\.[*]\$?$")


def checked_pattern(text: str, where: str) -> str:
    """The pattern; `Failed` if it is none (InvalidRequest) or could take too long (TooComplexQuery)."""
    if not 0 < len(text) <= MOST_LETTERS:
        raise malformed(f"A pattern in {where} has 1 to {MOST_LETTERS} letters")
    try:
        re.compile(text)
        ways = _ways(_parser.parse(_bare(text)))
    except (re.error, OverflowError, RecursionError) as error:
        raise malformed(f"A pattern in {where} is no regular expression: {error}") from error
    if ways > _MOST_WAYS:
        raise Failed(ErrorType.TOO_COMPLEX_QUERY, f"A pattern in {where} could take too long")
    return text


def _bare(text: str) -> str:
    """The pattern without `.*` at its ends, where it says nothing to a search."""
    return text if "|" in text else _BACK.sub("", _FRONT.sub("", text))


def _ways(tree: Any) -> int:
    """At most how many ways there are to try a pattern from one letter on."""
    found = 1
    for operation, arguments in tree:
        name = str(operation)
        if name in _REFUSED:
            return _MOST_WAYS + 1
        if name in _REPEATS:
            least, most, body = arguments
            inside = _ways(body)
            if inside > 1 and most > 1:
                return _MOST_WAYS + 1
            found *= inside * max(1, min(int(most), MOST_TEXT) - least + 1)
        elif name == "SUBPATTERN":
            found *= _ways(arguments[-1])
        elif name == "BRANCH":
            found *= sum(_ways(branch) for branch in arguments[1])
        if found > _MOST_WAYS:
            break
    return found


@lru_cache(maxsize=500)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_bare(pattern))


_watch: ContextVar[Callable[[], object] | None] = ContextVar("who watches the time", default=None)


@contextmanager
def each_watched(watch: Callable[[], object]) -> Iterator[None]:
    """A block in which `watch` is called before each text is tried; it raises something to end it all."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def matches(pattern: str, text: str) -> bool:
    """Whether a checked pattern is found anywhere in a text."""
    watch = _watch.get()
    if watch is not None:
        watch()
    return _compiled(pattern).search(text[:MOST_TEXT]) is not None
