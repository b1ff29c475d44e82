# SPDX-License-Identifier: EUPL-1.2
"""A plain style for vector tiles as the MapLibre style specification, version 8, has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_AREAS, _LINES, _POINTS = ("Polygon",), ("Polygon", "LineString"), ("Point",)


def style(
    name: str,
    tilejson: str,
    layer: str,
    *,
    shapes: Sequence[str],
    colour: str,
    centre: tuple[float, float],
    zoom: float,
) -> dict[str, Any]:
    """Every place in one colour on a light ground; `tilejson` is the address that tells about the tiles."""
    wanted = {shape.removeprefix("Multi") for shape in shapes}
    is_mixed = bool(wanted - {"Point", "LineString", "Polygon"})
    layers: list[dict[str, Any]] = [
        {"id": "ground", "type": "background", "paint": {"background-color": "#f7f7f5"}}
    ]
    if is_mixed or "Polygon" in wanted:
        layers.append(_layer("areas", "fill", layer, _AREAS, {"fill-color": colour, "fill-opacity": 0.35}))
    if is_mixed or wanted & {"LineString", "Polygon"}:
        layers.append(_layer("lines", "line", layer, _LINES, {"line-color": colour, "line-width": 1.5}))
    if is_mixed or "Point" in wanted:
        paint = {
            "circle-color": colour,
            "circle-radius": 4,
            "circle-stroke-color": "#ffffff",
            "circle-stroke-width": 1,
        }
        layers.append(_layer("points", "circle", layer, _POINTS, paint))
    return {
        "version": 8,
        "name": name,
        "center": list(centre),
        "zoom": zoom,
        "sources": {"data": {"type": "vector", "url": tilejson}},
        "layers": layers,
    }


def _layer(name: str, kind: str, layer: str, shapes: Sequence[str], paint: dict[str, Any]) -> dict[str, Any]:
    fitting = ["match", ["geometry-type"], list(shapes), True, False]
    return {
        "id": name,
        "type": kind,
        "source": "data",
        "source-layer": layer,
        "filter": fitting,
        "paint": paint,
    }
