# SPDX-License-Identifier: EUPL-1.2
"""JSON Patch (RFC 6902): a list of steps that turn one JSON document into another."""

from __future__ import annotations

import copy
from typing import Any

from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.standards.sensorthings.problems import body_refused

MOST_STEPS = 1_000


def patched(document: Any, steps: Any) -> Any:
    """A changed copy of the document; `Refused` if a step cannot be taken, and then none is."""
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise body_refused(say("A JSON Patch is a list of at most %(most)s steps.", most=MOST_STEPS))
    found = copy.deepcopy(document)
    for number, step in enumerate(steps, start=1):
        try:
            found = _taken(found, step)
        except (KeyError, IndexError, ValueError, TypeError):
            raise _cannot(number) from None
    return found


def _cannot(number: int) -> Refused:
    return body_refused(say("Step %(number)s of the JSON Patch cannot be taken.", number=number))


def _taken(document: Any, step: dict[str, Any]) -> Any:
    deed, path = step["op"], _pointer(step["path"])
    if deed == "test":
        if not same(_at(document, path), step["value"]):
            raise ValueError("the test fails")
        return document
    if deed in {"move", "copy"}:
        source = _pointer(step["from"])
        value = copy.deepcopy(_at(document, source))
        if deed == "move":
            if path[: len(source)] == source and path != source:
                raise ValueError("into itself")
            document = _without(document, source)
        return _with(document, path, value)
    if deed in {"replace", "remove"}:
        document = _without(document, path) if path or deed == "remove" else document
    elif deed != "add":
        raise ValueError("unknown step")
    return document if deed == "remove" else _with(document, path, copy.deepcopy(step["value"]))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; unlike in Python, true is not 1 (RFC 6902, 4.6)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _pointer(text: str) -> list[str]:
    """The names of a JSON Pointer (RFC 6901)."""
    if text and not text.startswith("/"):
        raise ValueError("no pointer")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _at(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[_index(part, len(document) - 1)] if isinstance(document, list) else document[part]
    return document


def _index(part: str, last: int) -> int:
    if not (part.isascii() and part.isdigit()) or (len(part) > 1 and part[0] == "0") or int(part) > last:
        raise IndexError(part)
    return int(part)


def _with(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    around = _at(document, path[:-1])
    if isinstance(around, list):
        around.insert(len(around) if path[-1] == "-" else _index(path[-1], len(around)), value)
    else:
        around[path[-1]] = value
    return document


def _without(document: Any, path: list[str]) -> Any:
    around = _at(document, path[:-1])
    if isinstance(around, list):
        del around[_index(path[-1], len(around) - 1)]
    else:
        del around[path[-1]]
    return document
