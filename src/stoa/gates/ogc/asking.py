# SPDX-License-Identifier: EUPL-1.2
"""From the parameters of a request for items to a question to the lake."""

from __future__ import annotations

from stoa.commons.lake.values import Filter, Op, Query, Span
from stoa.gates.ogc.answering import Asked
from stoa.ground.geometry import Box
from stoa.houses.catalogue.door.features import Layer
from stoa.standards.ogcfeatures import parameters
from stoa.standards.ogcfeatures.documents import CRS84

PARAMETERS = (
    "f", "limit", "bbox", "bbox-crs", "crs", "datetime", "sortby", "after", "version",
)  # fmt: skip
"""Our own; every column of the collection is one more, unless it is called like one of these."""


def query_of(asked: Asked, layer: Layer) -> Query:
    """Which features, in which order; `Refused` with what cannot be understood."""
    names = [column.name for column in layer.version.columns]
    filters = tuple(
        Filter(name, Op.IS, (value,))
        for name, values in asked.request.GET.lists()
        if name in names and name not in PARAMETERS
        for value in values
    )
    sort = parameters.sort_of(asked.get("sortby"), names) if asked.get("sortby") else ""
    return Query(
        filters=filters,
        box=_box(asked, layer),
        keeps_placeless=True,
        span=_span(asked, layer),
        sort=sort,
    )


def crs_of(asked: Asked, layer: Layer, name: str) -> str:
    """The system that a parameter names, one of the collection's."""
    if not asked.get(name):
        return CRS84
    from stoa.standards.ogcfeatures import crs

    return crs.known(name, asked.get(name), crs.offered(layer.box))


def _box(asked: Asked, layer: Layer) -> Box | None:
    crs = crs_of(asked, layer, "bbox-crs")
    if not asked.get("bbox"):
        return None
    edges = parameters.bbox_of(asked.get("bbox"))
    if layer.box is None:
        return None  # what has no place belongs to every box
    if crs == CRS84:
        return Box(*edges)
    from stoa.standards.ogcfeatures.crs import box_outline

    return Box(*box_outline(edges, crs).bounds)


def _span(asked: Asked, layer: Layer) -> Span | None:
    if not asked.get("datetime"):
        return None
    found = parameters.interval_of(asked.get("datetime"))
    begins, ends = layer.times
    return Span(begins, ends, found.since, found.until) if begins else None
