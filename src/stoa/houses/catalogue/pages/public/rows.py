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
from stoa.houses.catalogue.pages.public.layers import attribution, row_gap
from stoa.houses.catalogue.pages.public.opening import Opened, frame, open_dataset, public_page
from stoa.houses.catalogue.pages.public.showing import in_words, nameless
from stoa.houses.catalogue.queries.figures import place_of, places_within
from stoa.houses.catalogue.queries.rows import row_values
from stoa.houses.catalogue.rules.table_questions import is_label_number, plain_label, title_column
from stoa.web.parts import LegendClass, MapLayer

CARD_ROWS = 6
THIS, OTHER = "this", "other"
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
        return _places(version, row)
    lead = gettext("One row of the dataset “%(title)s”, with everything that stands in it.") % {
        "title": opened.title
    }
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
    told = [
        [plain_label(spec), _text(spec, values.get(spec.name), version)]
        for spec in version.specs
        if spec.name != title
    ]
    return [pair for pair in told if pair[1]][:CARD_ROWS]


def _text(spec: ColumnSpec, value: Any, version: Version) -> str:
    text = in_words(value, is_name=is_label_number(spec, version.key))
    return f"{text} {spec.unit}" if text and spec.unit else text


def _value(spec: ColumnSpec, value: Any, version: Version) -> dict[str, str]:
    text = _text(spec, value, version)
    return {
        "label": plain_label(spec),
        "text": text,
        "about": spec.description,
        "url": text if text.startswith(("https://", "http://")) else "",
    }


def _layer(opened: Opened, row: int, name: str) -> MapLayer | None:
    place = place_of(opened.shown, row)
    if not place:
        return None
    return MapLayer(
        title=name,
        geojson_url=opened.url("dataset-row", row, pairs=(("as", "geojson"),)),
        bounds=around(place),
        classes=[
            LegendClass(gettext("This row"), 2, THIS),
            LegendClass(gettext("Other rows nearby"), 1, OTHER),
        ],
        class_column="which",
        labels={"name": gettext("Name")},
        row_url=row_gap(opened.url("dataset-row", 0)),
        details_url=row_gap(opened.url("dataset-row", 0, pairs=(("as", "card"),))),
        attribution=attribution(opened),
    )


def _places(version: Version, row: int) -> JsonResponse:
    """The row and those near it as GeoJSON: a place alone on an empty ground says nothing."""
    place = place_of(version, row)
    box = around(place) if place else None
    near = places_within(version, box) if box else ()
    features = [_feature(n, where, OTHER) for n, where in near if n != row and where]
    features += [_feature(row, place, THIS)] if place else []
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


def _feature(row: int, place: str, which: str) -> dict[str, Any]:
    properties = {"_row": row, "which": which, "name": nameless(row)}
    return {"type": "Feature", "id": row, "geometry": json.loads(place), "properties": properties}


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
