# SPDX-License-Identifier: EUPL-1.2
"""An answer in SQL as people see it: a table, a chart where it can be drawn, a map where there are places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext, ngettext

from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.door.sql import SqlAnswer
from stoa.houses.catalogue.pages.public.drawing import TALL
from stoa.houses.catalogue.pages.public.showing import cell, in_words
from stoa.houses.catalogue.rules.answer_chart import chart_kind, series_places
from stoa.houses.catalogue.rules.table_questions import is_label_number
from stoa.web.notation import number
from stoa.web.parts import Cell, Chart, ChartKind, Column, MapLayer, Row, Table

MOST_SHOWN = 200
_FIGURES = {Kind.INTEGER, Kind.NUMBER}


def specs_of(answer: SqlAnswer) -> list[ColumnSpec]:
    """The columns as charts and tables know them."""
    return [ColumnSpec(column.name.lower(), column.name, column.kind) for column in answer.columns]


def answer_table(answer: SqlAnswer) -> Table:
    """The first rows of an answer."""
    specs = specs_of(answer)
    columns = [
        Column(spec.label, is_number=spec.kind in _FIGURES and not is_label_number(spec)) for spec in specs
    ]
    rows = [
        Row(
            [
                _cell(value, spec, is_place=column.is_place)
                for value, spec, column in zip(row, specs, answer.columns, strict=True)
            ]
        )
        for row in answer.rows[:MOST_SHOWN]
    ]
    return Table(
        gettext("Rows of the answer"), columns, rows, is_caption_hidden=True, is_tall=len(rows) > TALL
    )


def _cell(value: Any, spec: ColumnSpec, *, is_place: bool) -> Cell:
    return Cell(place_words(value)) if is_place else cell(value, spec)


def place_words(value: Any) -> str:
    """A place in a few words: a point by its coordinates, all else by its kind."""
    if not value:
        return ""
    try:
        shape = json.loads(value)
    except ValueError:
        return ""
    if shape.get("type") == "Point" and len(shape.get("coordinates", ())) >= 2:
        lon, lat = shape["coordinates"][:2]
        return f"{lat:.5f}, {lon:.5f}"
    return str(shape.get("type", ""))


def rows_words(answer: SqlAnswer) -> str:
    """How many rows there are, and how many of them are shown."""
    n = len(answer.rows)
    if answer.truncated:
        return gettext("More than %(n)s rows; the first %(shown)s are shown.") % {
            "n": number(n), "shown": number(min(n, MOST_SHOWN)),
        }  # fmt: skip
    if n > MOST_SHOWN:
        return gettext("%(n)s rows; the first %(shown)s are shown.") % {
            "n": number(n), "shown": number(MOST_SHOWN),
        }  # fmt: skip
    return ngettext("%(n)s row.", "%(n)s rows.", n) % {"n": number(n)}


def answer_chart(answer: SqlAnswer) -> Chart | None:
    """The answer as a picture; None where that would say nothing."""
    specs = specs_of(answer)
    kind = (
        "" if answer.truncated or any(c.is_place for c in answer.columns) else chart_kind(specs, answer.rows)
    )
    if not kind:
        return None
    places = series_places(specs)
    named = [specs[place].label for place in places]
    title = gettext("%(measured)s by %(by)s") % {"measured": ", ".join(named), "by": specs[0].label}
    table = Table(
        title,
        [Column(specs[0].label, is_heading=True), *(Column(name, is_number=True) for name in named)],
        [_chart_row(specs, row, places) for row in answer.rows],
        is_tall=len(answer.rows) > TALL,
        is_caption_hidden=True,
    )
    return Chart(ChartKind(kind), title, table)


def tells_all(figure: Chart, answer: SqlAnswer) -> bool:
    """Whether the table beside the chart holds every column and row that a table of the answer would."""
    return len(figure.table.columns) == len(answer.columns) and len(answer.rows) <= MOST_SHOWN


def _chart_row(specs: Sequence[ColumnSpec], row: Sequence[Any], places: Sequence[int]) -> Row:
    first = Cell(in_words(row[0], is_name=is_label_number(specs[0])) or gettext("not stated"), _plain(row[0]))
    return Row([first, *(cell(row[place], specs[place]) for place in places)])


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def answer_map(answer: SqlAnswer, geojson_url: str) -> MapLayer | None:
    """The places of an answer as a layer; None where there are none."""
    place = next((n for n, column in enumerate(answer.columns) if column.is_place), None)
    box = None if place is None else box_of(row[place] for row in answer.rows)
    if box is None or answer.truncated:
        return None
    return MapLayer(
        title=gettext("The places of the answer"),
        geojson_url=geojson_url,
        bounds=box,
        list_url="#answer",
        attribution="",
    )


def box_of(places: Any) -> Box | None:
    """The extent of places in GeoJSON, a little wider than they are."""
    edges: list[tuple[float, float]] = []
    for text in places:
        with suppress(ValueError, TypeError):
            edges += _positions(json.loads(text)) if text else []
    on_earth = [(lon, lat) for lon, lat in edges if abs(lon) <= 180 and abs(lat) <= 90]
    if not on_earth:
        return None
    lons, lats = [lon for lon, _ in on_earth], [lat for _, lat in on_earth]
    return Box(min(lons) - 0.001, min(lats) - 0.001, max(lons) + 0.001, max(lats) + 0.001)


def _positions(shape: Any) -> list[tuple[float, float]]:
    """All corners of a geometry, without recursion."""
    waiting, found = [shape], []
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [part.get("coordinates") or [], *(part.get("geometries") or [])]
        elif isinstance(part, list) and len(part) >= 2 and isinstance(part[0], (int, float)):
            found.append((float(part[0]), float(part[1])))
        elif isinstance(part, list):
            waiting += part
    return found
