# SPDX-License-Identifier: EUPL-1.2
"""The box around a place that a catalogue writes as GeoJSON or WKT. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from stoa.ground.geometry import Box
from stoa.standards.catalogues.cleaning import box

MOST_LETTERS = 200_000
_PAIR = re.compile(r"(-?\d{1,3}(?:\.\d{1,15})?)[ ]+(-?\d{1,3}(?:\.\d{1,15})?)")


def box_of(text: object) -> Box | None:
    """The box of a geometry in either form; None for what is neither."""
    if isinstance(text, str) and not text.lstrip().startswith("{"):
        return box_of_wkt(text)
    return box_of_geojson(text)


def box_of_wkt(text: str) -> Box | None:
    """The box of well-known text in degrees, longitude first (or latitude first where EPSG:4326 says so)."""
    pairs = [(float(x), float(y)) for x, y in _PAIR.findall(text[:MOST_LETTERS])]
    if "EPSG/0/4326" in text[:100]:
        pairs = [(y, x) for x, y in pairs]
    return _around(iter(pairs))


def box_of_geojson(value: object) -> Box | None:
    """The box of a GeoJSON geometry, as text or as value."""
    if isinstance(value, str):
        if len(value) > MOST_LETTERS:
            return None
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    coordinates = value.get("coordinates") if isinstance(value, dict) else None
    return _around(_pairs(coordinates))


def _pairs(value: object, depth: int = 0) -> Iterator[tuple[float, float]]:
    if not isinstance(value, list) or depth > 6:
        return
    if len(value) >= 2 and all(isinstance(part, (int, float)) for part in value[:2]):
        yield float(value[0]), float(value[1])
        return
    for part in value:
        yield from _pairs(part, depth + 1)


def _around(pairs: Iterator[tuple[float, float]]) -> Box | None:
    known = list(pairs)
    if not known:
        return None
    xs, ys = [x for x, _y in known], [y for _x, y in known]
    return box(min(xs), min(ys), max(xs), max(ys))
