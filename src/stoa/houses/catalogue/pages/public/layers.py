# SPDX-License-Identifier: EUPL-1.2
"""A version as a layer of the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from stoa.commons.lake.values import Facet
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.pages.public.addresses import tiles_address, with_pairs
from stoa.houses.catalogue.pages.public.opening import Opened
from stoa.houses.catalogue.pages.public.showing import for_machines, in_words
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import label
from stoa.web.parts import LegendClass, MapLayer

LAYER = "data"
MOST_CLASSES = 6
MAX_ZOOM = 16
_CLASSED = {Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN}


def layer_of(opened: Opened, by: str = "", facet: Facet | None = None) -> MapLayer:
    """All places of a version, coloured by the values of one column if one is given."""
    version = opened.shown
    spec = version.ref.column(by) if by else None
    details = opened.url("dataset-row", 0, pairs=(("as", "card"),))
    row_url = opened.url("dataset-row", 0)
    return MapLayer(
        title=opened.title,
        tiles_url=tiles_address(opened.dataset.slug, version.number, by),
        source_layer=LAYER,
        bounds=version.bounds,
        classes=classes_of(spec, facet) if spec and facet else (),
        class_column=by,
        row_url=row_gap(row_url),
        details_url=row_gap(details),
        list_url=opened.url("dataset-table"),
        attribution=attribution(opened),
        max_zoom=MAX_ZOOM,
    )


def row_gap(url: str) -> str:
    """The address of row 0 with a gap for the number."""
    head, _slash, tail = url.partition("/rows/0")
    return f"{head}/rows/{{row}}{tail}"


def classes_of(spec: ColumnSpec, facet: Facet) -> list[LegendClass]:
    """The most frequent values, each with its colour; the last class says what is left."""
    named = [value for value, _n in facet.values if value is not None][:MOST_CLASSES]
    classes = [
        LegendClass(in_words(value, is_name=True), n, _in_tile(value))
        for n, value in enumerate(named, start=1)
    ]
    if facet.distinct > len(named) or any(value is None for value, _n in facet.values):
        classes.append(LegendClass(gettext("other or not stated"), MOST_CLASSES + 1, ""))
    return classes


def _in_tile(value: Any) -> str:
    """A value as the script compares it with a property of the tile."""
    return str(value).lower() if isinstance(value, bool) else for_machines(value)


def class_columns(opened: Opened) -> list[ColumnSpec]:
    """The columns that a map can be coloured by."""
    return [
        spec
        for spec in opened.shown.specs
        if spec.kind in _CLASSED and (spec.is_code_list or spec.kind is Kind.BOOLEAN)
    ]


def class_by_itself(opened: Opened, lists: Mapping[str, Facet]) -> tuple[str, Facet | None]:
    """The column that colours the map before anybody chose: the first with few enough values for a legend."""
    fitting = (spec.name for spec in class_columns(opened) if spec.name in lists)
    return next(
        ((name, lists[name]) for name in fitting if 2 <= lists[name].distinct <= MOST_CLASSES), ("", None)
    )


def attribution(opened: Opened) -> str:
    """Whose data it is, and under which licence."""
    dataset = opened.dataset
    licence = LICENCES.get(dataset.licence)
    named = dataset.source_note or label(dataset.department.name)
    return gettext("Data: %(source)s") % {"source": named} + (
        f", {gettext(licence.label)}" if licence and licence.spdx else ""
    )


def map_address(opened: Opened, by: str) -> str:
    return with_pairs(
        opened.url("dataset-map").partition("?")[0], [*([("by", by)] if by else []), *opened.keep]
    )
