# SPDX-License-Identifier: EUPL-1.2
"""Recipes: which part of somebody's JSON is which value of which device, and when it was so. Pure.

{"items": "data.stations[*]", "id": "station_id", "name": "name", "lon": "lon", "lat": "lat",
 "time": "last_reported",
 "values": {"bikes": {"path": "num_bikes_available", "unit": "{count}", "property": "vehicles_available"}}}
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.rules.paths import MOST_FOUND, BadPath, first_at, found_at, put_at, read_path
from stoa.standards.payloads.definition import Meaning, Value

MOST_VALUES = 60
_PLAIN = ("items", "id", "name", "lon", "lat", "time")
_VALUE_WORDS = {"path", "unit", "property", "label", "scale", "offset"}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One value of a recipe."""

    path: str
    meaning: Meaning
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe, checked."""

    values: Mapping[str, Wanted]
    items: str = ""
    id: str = ""
    name: str = ""
    lon: str = ""
    lat: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a message says of one device."""

    id: str
    values: Mapping[str, tuple[Value, Meaning]]
    at: datetime | None = None
    """None: the message does not say when."""
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    problems: tuple[str, ...] = field(default=())
    """Names of values whose path led to something that is no value."""


def read_recipe(told: Any) -> Recipe:
    """A recipe from JSON. Raises Refused (`observations.recipe_wrong`)."""
    if not isinstance(told, dict) or not isinstance(told.get("values"), dict) or not told["values"]:
        raise _wrong("values")
    for name in _PLAIN:
        _check_path(told.get(name, ""), name)
    strange = set(told) - {*_PLAIN, "values"}
    if strange or len(told["values"]) > MOST_VALUES:
        raise _wrong(min(strange) if strange else "values")
    values = {name: _wanted(name, one) for name, one in told["values"].items()}
    return Recipe(values, **{name: told.get(name, "") for name in _PLAIN})


def _wanted(name: str, told: Any) -> Wanted:
    if isinstance(told, str):
        told = {"path": told}
    if not _NAME.fullmatch(name) or not isinstance(told, dict) or set(told) - _VALUE_WORDS:
        raise _wrong(name)
    _check_path(told.get("path"), name)
    texts = [told.get(part, "") for part in ("label", "unit", "property")]
    scale, offset = told.get("scale", 1.0), told.get("offset", 0.0)
    numbers = all(isinstance(n, int | float) and math.isfinite(n) for n in (scale, offset))
    if not all(isinstance(text, str) and len(text) <= 120 for text in texts) or not numbers:
        raise _wrong(name)
    meaning = Meaning(texts[0] or name, texts[1], texts[2] or name.lower())
    return Wanted(told["path"], meaning, float(scale), float(offset))


def _check_path(told: Any, name: str) -> None:
    if not isinstance(told, str):
        raise _wrong(name)
    try:
        read_path(told)
    except BadPath as wrong:
        raise _wrong(name) from wrong


def _wrong(name: str) -> Refused:
    return Refused(
        Problem(
            "observations.recipe_wrong",
            say("The recipe cannot be used: “%(name)s” is missing or wrong.", name=str(name)[:80]),
            say("It must say for each value where in the message it stands."),
            say("Compare it with the example in the documentation."),
            field="recipe",
        )
    )


def example_of(recipe: Recipe, at: datetime) -> Any:
    """A message that this recipe reads, to be shown to whoever sets the device up; its values are invented."""
    inner = read_path(recipe.items)
    message: Any = None
    for wanted in recipe.values.values():
        message = put_at(message, inner + read_path(wanted.path), 12.5)
    for path, value in ((recipe.time, f"{at:%Y-%m-%dT%H:%M:%SZ}"), (recipe.id, "1")):
        if path:
            message = put_at(message, inner + read_path(path), value)
    return message


def sightings(recipe: Recipe, document: Any, zone: ZoneInfo) -> Iterator[Sighting]:
    """What a message says, device by device. Times without a zone are the city's."""
    for number, item in enumerate(found_at(document, read_path(recipe.items))):
        if number >= MOST_FOUND:
            return
        yield _sighting(recipe, item, zone)


def _sighting(recipe: Recipe, item: Any, zone: ZoneInfo) -> Sighting:
    values: dict[str, tuple[Value, Meaning]] = {}
    problems = []
    for name, wanted in recipe.values.items():
        found = first_at(item, wanted.path)
        if found is None:
            continue
        if isinstance(found, dict | list) or (isinstance(found, float) and not math.isfinite(found)):
            problems.append(name)
        elif isinstance(found, bool | str):
            values[name] = (found, wanted.meaning)
        else:
            values[name] = (_scaled(found, wanted), wanted.meaning)
    return Sighting(
        id=str(first_at(item, recipe.id))[:200] if recipe.id else "",
        values=values,
        at=instant(first_at(item, recipe.time), zone) if recipe.time else None,
        name=str(first_at(item, recipe.name) or "")[:200] if recipe.name else "",
        lon=_degrees(first_at(item, recipe.lon), 180) if recipe.lon else None,
        lat=_degrees(first_at(item, recipe.lat), 90) if recipe.lat else None,
        problems=tuple(problems),
    )


def _scaled(found: float, wanted: Wanted) -> float:
    """As one would reckon on paper: 99.5 mm by 0.1 are 9.95 cm and not 9.950000000000001."""
    if wanted.scale == 1.0 and wanted.offset == 0.0:
        return found
    try:
        return float(Decimal(str(found)) * Decimal(str(wanted.scale)) + Decimal(str(wanted.offset)))
    except ArithmeticError:  # larger or finer than a decimal can be
        return found * wanted.scale + wanted.offset


def _degrees(told: Any, most: float) -> float | None:
    try:
        found = float(told)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if abs(found) <= most else None


def instant(told: Any, zone: ZoneInfo) -> datetime | None:
    """A moment from ISO 8601 text, or from seconds or milliseconds since 1970; None if it is none."""
    try:
        if isinstance(told, str) and not told.isdigit():
            found = datetime.fromisoformat(told.strip()[:40])
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        seconds = float(told)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
