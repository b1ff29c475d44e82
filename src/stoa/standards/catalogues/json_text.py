# SPDX-License-Identifier: EUPL-1.2
"""JSON read member by member: a broken member, or a text that ends early, does not spoil the others."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stoa.ground.words import Saying, say
from stoa.standards.catalogues.values import CatalogueUnreadable, JsonObject

_SPACE = re.compile(r"[ \t\r\n]*")
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_DECODER = json.JSONDecoder()
NOTHING: JsonObject = {}


@dataclass(frozen=True, slots=True)
class Broken:
    """A member that is no JSON."""

    why: Saying
    ends_here: bool = False
    """Nothing after it can be read either."""


@dataclass(frozen=True, slots=True)
class Empty:
    """A list that is there and has no entries."""


def decoded(data: bytes) -> tuple[str, Saying | None]:
    """The text of a document, and what had to be guessed about its letters."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, "replace"), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), say(
            "The text is not UTF-8; it was read as Windows-1252, some letters may be wrong."
        )


def whole(text: str) -> object:
    """The whole document as one value; `CatalogueUnreadable` if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CatalogueUnreadable(_why(error)) from None


def _why(error: Exception) -> Saying:
    if isinstance(error, json.JSONDecodeError):
        return say("This is no JSON: %(why)s in line %(line)s.", why=error.msg[:80], line=error.lineno)
    return say("This JSON is nested too deeply or has impossible numbers.")


def members(text: str, lists: frozenset[str], *, tells_empty: bool = False) -> Iterator[tuple[str, Any]]:
    """Members of the object that the text is; those named in `lists` come one entry at a time.

    With `tells_empty` a list without entries comes as `Empty`, else not at all. A broken entry comes as `Broken`;
    raises `CatalogueUnreadable` if the text does not begin as an object.
    """
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        raise CatalogueUnreadable(say("This is no JSON object."))
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        try:
            key, at = _DECODER.raw_decode(text, at)
        except ValueError:
            break
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            break
        at = _skip(text, at + 1)
        if key in lists and text[at : at + 1] == "[":
            if tells_empty and text.startswith("]", _skip(text, at + 1)):
                yield key, Empty()
            at = yield from _entries(text, at, key)
        else:
            value, at = _value(text, at)
            yield key, value
        if at < 0:
            return
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            break
        at = _skip(text, at + 1)
    if text[at : at + 1] != "}":
        yield "", Broken(say("The document ends early or is damaged; what stands before was taken."), True)


def _entries(text: str, at: int, key: str) -> Generator[tuple[str, Any], None, int]:
    """Entries of a list, one by one; returns where it ends, -1 if the text ends first."""
    at = _skip(text, at + 1)
    while at < len(text) and text[at] != "]":
        value, at = _value(text, at)
        yield key, value
        if at < 0:
            return at
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            yield (
                key,
                Broken(say("The document ends early or is damaged; what stands before was taken."), True),
            )
            return -1
    return at + 1


def _value(text: str, at: int) -> tuple[Any, int]:
    """One value and where it ends; where it is broken, the end is found by counting brackets."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        end = _end_of(text, at)
        return Broken(_why(error), end < 0), end


def _end_of(text: str, at: int) -> int:
    depth = 0
    for found in _MARKS.finditer(text, at):
        mark = found.group()
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        if depth <= 0:
            return found.end() if depth == 0 else -1
    return -1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def listed(value: object) -> list[Any]:
    """A list whatever it is: many catalogues write one thing bare instead of a list of one."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def an_object(value: object) -> Mapping[str, Any]:
    """The object, or one without members where there is none."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    return [one for one in listed(value) if isinstance(one, dict)]
