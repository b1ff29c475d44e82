# SPDX-License-Identifier: EUPL-1.2
"""Which values each kind of attribute may have."""

from __future__ import annotations

import json
import re
from typing import Any

from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import GEOMETRIES, MOST_LINK_LETTERS, NULL, Kind, is_geometry, uri

MOST_DEPTH = 32
MOST_TEXT = 1_000_000
MOST_POSITIONS = 100_000
_LANGUAGE = re.compile(r"^(?:@none|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)$")
_NESTING = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def checked_value(value: Any, kind: Kind, context: Context, name: str, *, may_be_null: bool) -> Any:
    """The value as it is kept; `Failed` if an attribute of this kind cannot have it."""
    if may_be_null and (value is None or value == NULL or value == {"@none": NULL}):
        return NULL
    if value == NULL or (value is None and kind is not Kind.JSON):
        raise unfit(f"“{name[:80]}” has no value: null cannot be one")
    if depth_of(value) > MOST_DEPTH:
        raise unfit(f"The value of “{name[:80]}” is nested too deeply")
    if kind is Kind.GEO:
        return geometry(value, name)
    if kind is Kind.LANGUAGE:
        return _language_map(value, name, may_be_null=may_be_null)
    if kind is Kind.RELATIONSHIP:
        return _objects(value, name)
    if kind is Kind.VOCAB:
        return _vocabulary(value, context, name)
    if kind in {Kind.LIST, Kind.LIST_RELATIONSHIP}:
        return _list(value, kind, name)
    _need_values(value, name, may_be_null=may_be_null or kind is Kind.JSON)
    return value


def depth_of(value: Any) -> int:
    """How many levels of objects and lists a value has; stops counting where it is too much anyway."""
    level, depth = [value], 0
    while level and depth <= MOST_DEPTH:
        below = [part for part in level if isinstance(part, dict | list)]
        level = [child for part in below for child in (part.values() if isinstance(part, dict) else part)]
        depth += bool(below)
        if not below:
            break
    return depth


def _need_values(value: Any, name: str, *, may_be_null: bool) -> None:
    """No null anywhere inside, since JSON-LD would lose it."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if part is None and not may_be_null:
            raise unfit(f"The value of “{name[:80]}” holds null, which NGSI-LD cannot keep")
        if isinstance(part, str) and len(part) > MOST_TEXT:
            raise unfit(f"The value of “{name[:80]}” is too long")
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def geometry(value: Any, name: str) -> dict[str, Any]:
    """A GeoJSON geometry (RFC 7946), also where it comes as a text."""
    if isinstance(value, str) and len(value) <= MOST_TEXT:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not is_geometry(value):
        raise unfit(f"“{name[:80]}” needs a GeoJSON geometry: one of {', '.join(sorted(GEOMETRIES))}")
    kind = value["type"]
    if kind == "GeometryCollection":
        parts = value.get("geometries")
        if not isinstance(parts, list) or len(parts) > 1000:
            raise unfit(f"The geometries of “{name[:80]}” are no list")
        if any(isinstance(part, dict) and part.get("type") == kind for part in parts):
            raise unfit(f"A collection of geometries in “{name[:80]}” holds another collection")
        return {"type": kind, "geometries": [geometry(part, name) for part in parts]}
    count = [0]
    if not _is_nested(value.get("coordinates"), _NESTING[kind], count) or not _is_closed(value):
        raise unfit(f"The coordinates of “{name[:80]}” are not those of a {kind}")
    return {"type": kind, "coordinates": value["coordinates"]}


def _is_nested(value: Any, depth: int, count: list[int]) -> bool:
    """Whether there are positions at the given depth, all of them numbers on the earth."""
    if not isinstance(value, list):
        return False
    if depth:
        return bool(value) and all(_is_nested(part, depth - 1, count) for part in value)
    count[0] += 1
    numbers = [part for part in value if isinstance(part, int | float) and not isinstance(part, bool)]
    if len(numbers) != len(value) or not 2 <= len(value) <= 4 or count[0] > MOST_POSITIONS:
        return False
    return bool(-180 <= value[0] <= 180 and -90 <= value[1] <= 90)


def _is_closed(value: dict[str, Any]) -> bool:
    """Whether lines have two points, and rings four with the last like the first."""
    kind, coordinates = value["type"], value["coordinates"]
    if kind in {"LineString", "MultiLineString"}:
        lines = [coordinates] if kind == "LineString" else coordinates
        return all(len(line) >= 2 for line in lines)
    if kind in {"Polygon", "MultiPolygon"}:
        rings = coordinates if kind == "Polygon" else [ring for part in coordinates for ring in part]
        return all(len(ring) >= 4 and ring[0] == ring[-1] for ring in rings)
    return True


def _language_map(value: Any, name: str, *, may_be_null: bool) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 200:
        raise unfit(f"“{name[:80]}” needs a languageMap: an object of texts by language")
    for language, text in value.items():
        texts = text if isinstance(text, list) else [text]
        is_text = all(isinstance(part, str) for part in texts) or (may_be_null and text is None)
        if not _LANGUAGE.match(language) or not is_text:
            raise unfit(f"The languageMap of “{name[:80]}” is an object of texts by language")
    return {language: NULL if text is None else text for language, text in value.items()}


def _objects(value: Any, name: str) -> Any:
    """One URI, or several."""
    if isinstance(value, list):
        if not 0 < len(value) <= 10_000:
            raise unfit(f"“{name[:80]}” points to at least one thing")
        return [uri(part, f"The object of “{name[:80]}”", MOST_LINK_LETTERS) for part in value]
    return uri(value, f"The object of “{name[:80]}”", MOST_LINK_LETTERS)


def _vocabulary(value: Any, context: Context, name: str) -> Any:
    words = value if isinstance(value, list) else [value]
    if not words or not all(isinstance(word, str) and word for word in words):
        raise unfit(f"The vocab of “{name[:80]}” is a word or a list of words")
    found = [context.expand(word) for word in words]
    return found if isinstance(value, list) else found[0]


def _list(value: Any, kind: Kind, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise unfit(f"“{name[:80]}” needs a list")
    if kind is Kind.LIST:
        _need_values(value, name, may_be_null=False)
        return value
    # Clause 4.5.22 writes each part as an object, `{"object": URI}`; bare URIs are understood too.
    bare = [part.get("object") if isinstance(part, dict) else part for part in value]
    return [uri(part, f"Every object of “{name[:80]}”", MOST_LINK_LETTERS) for part in bare]
