# SPDX-License-Identifier: EUPL-1.2
"""Areas that a warning may be for: rows of open datasets, such as the districts of the city."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.lake.values import Query
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.door import features
from stoa.houses.observations.rules.warned_places import slim

LAYERS_MOST = 500
ROWS_MOST = 200
_AREAS = frozenset({"Polygon", "MultiPolygon"})


@dataclass(frozen=True, slots=True)
class AreaLayer:
    """An open dataset whose rows are areas."""

    slug: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NamedArea:
    """One row of it."""

    name: str
    geometry: dict[str, Any]


def area_layers(*, city: City, by: Principal) -> list[AreaLayer]:
    """Datasets that everybody may read and whose places are areas only; one query for 500 datasets."""
    found = (layer for _, layer in islice(features.layers(city=city, by=by), LAYERS_MOST))
    return [
        AreaLayer(layer.card.slug, layer.card.title)
        for layer in found
        if layer.is_public and layer.version.geometry_types and set(layer.version.geometry_types) <= _AREAS
    ]


def areas_called(*, city: City, by: Principal, slug: str, name: str) -> list[NamedArea]:
    """Rows in which a cell is this name; where none is, rows in which all of its words stand. Raises NotFound."""
    layer = features.layer(city=city, by=by, slug=slug)
    page = features.page(layer, Query(text=name), limit=ROWS_MOST)
    rows = [(json.loads(row.properties), row.geometry) for row in page.rows if row.geometry]
    alike = [(_texts(cells), geometry) for cells, geometry in rows]
    wanted = name.strip().casefold()
    same = [one for one in alike if any(text.casefold() == wanted for text in one[0])]
    return [
        NamedArea(_name_of(texts, wanted), slim(json.loads(geometry))) for texts, geometry in same or alike
    ]


def _texts(cells: Mapping[str, Any]) -> list[str]:
    return [value.strip() for value in cells.values() if isinstance(value, str) and value.strip()]


def _name_of(texts: list[str], wanted: str) -> str:
    """The cell that was asked for; else the first that has its first word."""
    word = next(iter(wanted.split()), "")
    exact = (text for text in texts if text.casefold() == wanted)
    near = (text for text in texts if word in text.casefold())
    return next(exact, None) or next(near, None) or (texts[0] if texts else "")
