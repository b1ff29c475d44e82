# SPDX-License-Identifier: EUPL-1.2
"""One row of a dataset, with everything that is known of it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext

from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.models import Version
from stoa.houses.catalogue.pages.public.layers import attribution
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.pages.public.showing import in_words, nameless
from stoa.houses.catalogue.queries.figures import place_of
from stoa.houses.catalogue.queries.rows import row_values
from stoa.houses.catalogue.rules.table_questions import is_label_number, title_column
from stoa.web.parts import MapLayer

CARD_ROWS = 6
NEAR = 0.004
"""Degrees shown around a single point, about 400 metres."""


@public_page
def row(request: HttpRequest, slug: str, row: int) -> HttpResponseBase:
    """All values of one row, its place, and the way back to the owner."""
    opened = open_dataset(request, slug, with_rows=True)
    version = opened.shown
    values = row_values(version, row)
    name = row_name(version, values, row)
    if request.GET.get("as") == "card":
        return JsonResponse({"title": name, "rows": card(version, values)})
    if request.GET.get("as") == "geojson":
        return _place(version, row)
    lead = gettext("One row of the dataset “%(title)s”, with everything that stands in it.") % {"title": opened.title}
    context = frame(request, opened, "table", heading=name, lead=lead, below=name)
    context |= {
        "values": [_value(spec, values.get(spec.name), version) for spec in version.specs],
        "layer": _layer(opened, row, name),
        "row": row,
        "report_url": opened.url("dataset-row-report", row),
        "previous_url": opened.url("dataset-row", row - 1) if row > 1 else "",
        "next_url": opened.url("dataset-row", row + 1) if row < version.rows else "",
        "table_url": opened.url("dataset-table"),
    }
    return render(request, "catalogue/public/row.html", context)


def row_name(version: Version, values: dict[str, Any], row: int) -> str:
    """What a row is called."""
    column = title_column(version.specs, version.key)
    spec = version.ref.column(column)
    name = in_words(values.get(column), is_name=True) if spec else ""
    return name[:120] or nameless(row)


def card(version: Version, values: dict[str, Any]) -> list[list[str]]:
    """The first filled values, for the card of the map."""
    title = title_column(version.specs, version.key)
    told = [[spec.label, _text(spec, values.get(spec.name), version)] for spec in version.specs if spec.name != title]
    return [pair for pair in told if pair[1]][:CARD_ROWS]


def _text(spec: ColumnSpec, value: Any, version: Version) -> str:
    text = in_words(value, is_name=is_label_number(spec, version.key))
    return f"{text} {spec.unit}" if text and spec.unit else text


def _value(spec: ColumnSpec, value: Any, version: Version) -> dict[str, str]:
    text = _text(spec, value, version)
    return {"label": spec.label, "text": text, "about": spec.description, "url": text if text.startswith(("https://", "http://")) else ""}


def _layer(opened: Opened, row: int, name: str) -> MapLayer | None:
    place = place_of(opened.shown, row)
    if not place:
        return None
    return MapLayer(
        title=name,
        geojson_url=opened.url("dataset-row", row, pairs=(("as", "geojson"),)),
        bounds=around(place),
        labels={"name": gettext("Name")},
        attribution=attribution(opened),
    )


def _place(version: Version, row: int) -> JsonResponse:
    place = place_of(version, row)
    values = row_values(version, row)
    feature = {"type": "Feature", "id": row, "geometry": json.loads(place) if place else None, "properties": {"_row": row, "name": row_name(version, values, row)}}
    return JsonResponse({"type": "FeatureCollection", "features": [feature]}, content_type="application/geo+json")


def around(place: str) -> Box | None:
    """The box of a GeoJSON geometry, never smaller than a few streets."""
    numbers = [*_positions(json.loads(place).get("coordinates") or [])]
    if not numbers:
        return None
    lons, lats = [lon for lon, _lat in numbers], [lat for _lon, lat in numbers]
    return Box(min(lons) - NEAR, min(lats) - NEAR / 2, max(lons) + NEAR, max(lats) + NEAR / 2)


def _positions(coordinates: Any) -> list[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], (int, float)):
        return [(float(coordinates[0]), float(coordinates[1]))]
    return [position for part in coordinates for position in _positions(part)]


