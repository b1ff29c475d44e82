# SPDX-License-Identifier: EUPL-1.2
"""Paths into somebody else's JSON: `data.stations[*].status`. Pure, and nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

MOST_LETTERS = 200
MOST_STEPS = 12
MOST_FOUND = 20_000
_STEP = re.compile(r"""\.?([^.\[\]"']+)|\[(\d{1,5}|\*)\]|\[["']([^"']+)["']\]""")

Step = str | int | None
"""A member, a place in a list, or None for every item."""


class BadPath(ValueError):  # noqa: N818 - reads as what it is
    """The path cannot be read."""


def read_path(text: str) -> tuple[Step, ...]:
    """The steps of a path. An empty one is the whole document. Raises BadPath.

    >>> read_path("data.list[0]['a.b'][*]")
    ('data', 'list', 0, 'a.b', None)
    """
    if len(text) > MOST_LETTERS:
        raise BadPath(f"a path may have {MOST_LETTERS} letters")
    steps: list[Step] = []
    at = 1 if text.startswith("$") else 0
    while at < len(text):
        found = _STEP.match(text, at)
        if not found or found.end() == at:
            raise BadPath(f"'{text[at : at + 20]}' is no step of a path")
        name, index, quoted = found.groups()
        steps.append(name or quoted or (None if index == "*" else int(index)))
        at = found.end()
    if len(steps) > MOST_STEPS:
        raise BadPath(f"a path may have {MOST_STEPS} steps")
    return tuple(steps)


def found_at(document: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Everything at this path, in order; nothing where it leads nowhere."""
    if not steps:
        yield document
        return
    step, rest = steps[0], steps[1:]
    if step is None:
        items = document.values() if isinstance(document, dict) else document
        for item in items if isinstance(document, dict | list) else ():
            yield from found_at(item, rest)
    elif isinstance(document, dict) and str(step) in document:
        yield from found_at(document[str(step)], rest)
    elif isinstance(document, list) and isinstance(step, int) and step < len(document):
        yield from found_at(document[step], rest)


def first_at(document: Any, text: str) -> Any:
    """The first thing at this path; None if there is none."""
    return next(found_at(document, read_path(text)), None)


def put_at(document: Any, steps: tuple[Step, ...], value: Any) -> Any:
    """The document with the value at this path; what is missing on the way is made, every item is the first.

    >>> put_at({"a": 1}, ("b", None, "c"), 2)
    {'a': 1, 'b': [{'c': 2}]}
    """
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        made = dict(document) if isinstance(document, dict) else {}
        return made | {step: put_at(made.get(step), rest, value)}
    at, items = step or 0, list(document) if isinstance(document, list) else []
    items += [None] * (at + 1 - len(items))
    items[at] = put_at(items[at], rest, value)
    return items
