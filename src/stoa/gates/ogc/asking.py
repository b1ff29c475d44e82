# SPDX-License-Identifier: EUPL-1.2
"""From the parameters of a request for items to a question to the lake."""

from __future__ import annotations

from collections.abc import Callable

from stoa.commons.lake.values import Filter, Op, Query, Span
from stoa.gates.ogc.answering import Asked
from stoa.ground.geometry import Box
from stoa.ground.tables import GEOMETRY
from stoa.ground.words import say
from stoa.houses.catalogue.door.features import Layer
from stoa.standards.cql2.tree import Call, Node, Property, Shape, mapped_shapes
from stoa.standards.ogcfeatures import parameters
from stoa.standards.ogcfeatures.documents import CRS84

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
            "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
            "spatial-functions", "temporal-functions", "array-functions", "arithmetic",
        )
    ),
)  # fmt: skip
PARAMETERS = (
    "f", "limit", "bbox", "bbox-crs", "crs", "datetime", "sortby", "after", "version",
    "filter", "filter-lang", "filter-crs",
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
    box, outline = _box(asked, layer)
    conditions = [one for one in (outline, _filter(asked, layer)) if one is not None]
    return Query(
        filters=filters,
        box=box,
        keeps_placeless=True,
        span=_span(asked, layer),
        sort=sort,
        where=Call("and", tuple(conditions)) if len(conditions) > 1 else next(iter(conditions), None),
    )


def crs_of(asked: Asked, layer: Layer, name: str) -> str:
    """The system that a parameter names, one of the collection's."""
    if not asked.get(name):
        return CRS84
    from stoa.standards.ogcfeatures import crs

    return crs.known(name, asked.get(name), crs.offered(layer.box))


def _box(asked: Asked, layer: Layer) -> tuple[Box | None, Node | None]:
    """The box in degrees, or the outline of a box of another system; what has no place belongs to both."""
    crs = crs_of(asked, layer, "bbox-crs")
    if not asked.get("bbox"):
        return None, None
    edges = parameters.bbox_of(asked.get("bbox"))
    if layer.box is None:
        return None, None
    if crs == CRS84:
        return Box(*edges), None
    import shapely

    from stoa.standards.ogcfeatures.crs import box_outline

    outline, place = Shape(shapely.to_wkb(box_outline(edges, crs))), Property(GEOMETRY)
    return None, Call("or", (Call("isnull", (place,)), Call("s_intersects", (place, outline))))


def _filter(asked: Asked, layer: Layer) -> Node | None:
    """The condition in CQL2, its geometries turned to CRS84 (19-079r2, filter-param)."""
    text, lang = asked.get("filter"), asked.get("filter-lang") or "cql2-text"
    crs = crs_of(asked, layer, "filter-crs")
    if lang not in _READERS:
        raise parameters.refused(
            "filter-lang", lang, say("Use one of: %(known)s.", known=", ".join(_READERS))
        )
    if not text:
        return None
    node = _READERS[lang](text)
    if crs == CRS84:
        return node
    from stoa.standards.ogcfeatures.crs import to_crs84

    return mapped_shapes(node, lambda wkb: to_crs84(wkb, crs))


def _from_text(text: str) -> Node:
    from stoa.standards.cql2 import text as form

    return form.parse(text)


def _from_json(text: str) -> Node:
    from stoa.standards.cql2 import json_form as form

    return form.parse(text)


_READERS: dict[str, Callable[[str], Node]] = {"cql2-text": _from_text, "cql2-json": _from_json}


def _span(asked: Asked, layer: Layer) -> Span | None:
    if not asked.get("datetime"):
        return None
    found = parameters.interval_of(asked.get("datetime"))
    begins, ends = layer.times
    return Span(begins, ends, found.since, found.until) if begins else None
