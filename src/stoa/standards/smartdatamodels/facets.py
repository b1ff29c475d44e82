# SPDX-License-Identifier: EUPL-1.2
"""What the value of an attribute may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_URI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")
_IDENTIFIER = re.compile(r"^\S{1,256}$")
Fault = str
"""What is wrong with a value; empty if nothing is."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One sort of value: what it is in words, and whether a value is one."""

    words: str
    fits: Callable[[Any], bool]
    is_many: bool = False
    """A list of such values."""

    def fault(self, value: Any) -> Fault:
        parts = value if isinstance(value, list) else [value]
        fits = isinstance(value, list) == self.is_many or not self.is_many
        fits = fits and (all(map(self.fits, parts)) if self.is_many else self.fits(value))
        return "" if fits else f"is {'a list, each part ' if self.is_many else ''}{self.words}"

    @property
    def many(self) -> Facet:
        return Facet(self.words, self.fits, is_many=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(least: float | None = None, most: float | None = None) -> Facet:
    """A number, within limits if there are any."""

    def fits(value: Any) -> bool:
        return _is_number(value) and (least is None or value >= least) and (most is None or value <= most)

    return Facet("a number" + _limits(least, most), fits)


def whole(least: int | None = None, most: int | None = None) -> Facet:
    """A whole number, within limits if there are any."""

    def fits(value: Any) -> bool:
        is_whole = _is_number(value) and float(value).is_integer()
        return is_whole and (least is None or value >= least) and (most is None or value <= most)

    return Facet("a whole number" + _limits(least, most), fits)


def _limits(least: float | None, most: float | None) -> str:
    low = f" from {least:g} on" if least is not None else ""
    return f"{low} up to {most:g}" if most is not None else low


def choice(words: str) -> Facet:
    """One of several words."""
    allowed = frozenset(words.split())
    return Facet(
        f"one of {', '.join(sorted(allowed))}", lambda value: isinstance(value, str) and value in allowed
    )


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) < 50 and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


TEXT = Facet("a text", lambda value: isinstance(value, str))
TRUTH = Facet("true or false", lambda value: isinstance(value, bool))
MOMENT = Facet("a time as in 2026-11-21T08:00:00Z", _is_moment)
OBJECT = Facet("an object", lambda value: isinstance(value, dict))
LINK = Facet("the id of an entity", lambda value: isinstance(value, str) and bool(_IDENTIFIER.match(value)))
URI = Facet("an address", lambda value: isinstance(value, str) and bool(_URI.match(value)))
SHARE = number(0, 1)
COUNT = whole(0)
AMOUNT = number(0)
NUMBER = number()
WHOLE = whole()
LINKS = Facet(
    "the id of an entity, or a list of ids",
    lambda value: all(LINK.fits(part) for part in (value if isinstance(value, list) else [value])),
)
PLACE = Facet(
    "a GeoJSON geometry",
    lambda value: isinstance(value, dict) and isinstance(value.get("type"), str) and "coordinates" in value,
)
