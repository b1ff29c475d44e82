# SPDX-License-Identifier: EUPL-1.2
"""TileJSON 3.0.0: what a map needs to know to ask for tiles. https://github.com/mapbox/tilejson-spec"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoa.ground.geometry import Box, LonLat

VERSION = "3.0.0"
WORLD = Box(-180.0, -85.05112877980659, 180.0, 85.05112877980659)
_ZOOMS = range(31)


@dataclass(frozen=True, slots=True)
class VectorLayer:
    """One layer within the tiles."""

    id: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Name of an attribute -> what it means, in words."""
    description: str = ""
    minzoom: int | None = None
    maxzoom: int | None = None

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "fields": dict(self.fields)}
        extra = {"description": self.description or None, "minzoom": self.minzoom, "maxzoom": self.maxzoom}
        return body | {name: value for name, value in extra.items() if value is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> VectorLayer:
        fields = {str(name): str(text) for name, text in data["fields"].items()}
        zooms = (data.get("minzoom"), data.get("maxzoom"))
        return cls(str(data["id"]), fields, str(data.get("description", "")), *zooms)


@dataclass(frozen=True, slots=True)
class TileSet:
    """A set of vector tiles in the web map's scheme."""

    tiles: tuple[str, ...]
    """Addresses with `{z}`, `{x}` and `{y}`."""
    layers: tuple[VectorLayer, ...]
    name: str = ""
    description: str = ""
    attribution: str = ""
    """HTML as the map shows it: the caller has escaped it."""
    bounds: Box = WORLD
    centre: tuple[LonLat, int] | None = None
    """Where a map should begin: place and zoom."""
    minzoom: int = 0
    maxzoom: int = 14
    version: str = ""
    """Of the tiles: three numbers with points."""

    def __post_init__(self) -> None:
        if not self.tiles or not all(part in url for url in self.tiles for part in ("{z}", "{x}", "{y}")):
            raise ValueError("every address of tiles needs {z}, {x} and {y}")
        if self.minzoom not in _ZOOMS or self.maxzoom not in _ZOOMS or self.minzoom > self.maxzoom:
            raise ValueError(f"zooms {self.minzoom} to {self.maxzoom} are not possible")
        if len({layer.id for layer in self.layers}) != len(self.layers):
            raise ValueError("two layers have the same id")


def to_json(tileset: TileSet) -> dict[str, Any]:
    """The document, keys in the order of the specification; what is empty is left out."""
    told = {
        "name": tileset.name,
        "description": tileset.description,
        "attribution": tileset.attribution,
        "version": tileset.version,
    }
    body: dict[str, Any] = {"tilejson": VERSION, "tiles": list(tileset.tiles)}
    body["vector_layers"] = [layer.to_json() for layer in tileset.layers]
    body |= {name: text for name, text in told.items() if text}
    body |= {"scheme": "xyz", "bounds": list(tileset.bounds)}
    body |= {"minzoom": tileset.minzoom, "maxzoom": tileset.maxzoom}
    if tileset.centre:
        place, zoom = tileset.centre
        body["center"] = [place.lon, place.lat, zoom]
    return body


def from_json(data: Mapping[str, Any]) -> TileSet:
    """Read a document; what is missing has the specification's default; `ValueError` if not version 3."""
    if not str(data.get("tilejson", "")).startswith("3."):
        raise ValueError("this is not TileJSON 3")
    centre = data.get("center")
    return TileSet(
        tiles=tuple(str(url) for url in data["tiles"]),
        layers=tuple(VectorLayer.from_json(layer) for layer in data["vector_layers"]),
        name=str(data.get("name", "")),
        description=str(data.get("description", "")),
        attribution=str(data.get("attribution", "")),
        bounds=Box(*data.get("bounds", WORLD)),
        centre=(LonLat(centre[0], centre[1]), int(centre[2])) if centre else None,
        minzoom=int(data.get("minzoom", 0)),
        maxzoom=int(data.get("maxzoom", 30)),
        version=str(data.get("version", "")),
    )
