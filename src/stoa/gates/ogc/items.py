# SPDX-License-Identifier: EUPL-1.2
"""Features of a collection: a page of them, and one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from stoa.commons.lake.values import FeaturePage, FeatureRow
from stoa.gates.ogc import asking, records
from stoa.gates.ogc.answering import Asked, cached, etag_of, is_fresh, not_modified, operation
from stoa.gates.ogc.layers import opened, title_of
from stoa.gates.ogc.pages import Listed, page
from stoa.houses.catalogue.door import features, usage
from stoa.houses.catalogue.door.features import Layer
from stoa.standards.ogcfeatures import documents, parameters
from stoa.standards.ogcfeatures.documents import CRS84
from stoa.standards.ogcfeatures.links import GEOJSON, HTML, JSON, Link
from stoa.web.parts import Column, Row, Table

CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "geojson", "html")
)
OFFERS = {"json": GEOJSON, "html": HTML}
MOST_SHOWN = 100
"""Rows of a page for people; they have the table of the dataset for more."""


@operation(offers=OFFERS, parameters=None)
def items(asked: Asked, name: str) -> HttpResponseBase:
    """A page of features, or of records for the catalogue itself."""
    if name == records.COLLECTION:
        return records.items(asked)
    layer = opened(asked, name)
    columns = [column.name for column in layer.version.columns]
    parameters.need_known(asked.request.GET, {*asking.PARAMETERS, *columns})
    crs = asking.crs_of(asked, layer, "crs")
    query, limit = asking.query_of(asked, layer), parameters.limit_of(asked.get("limit"))
    tag = etag_of(asked, layer.version.ref.path, layer.card.updated_at)
    if is_fresh(asked, tag):
        return not_modified(asked, tag, is_public=layer.is_public)
    if asked.is_html:
        limit = min(limit, MOST_SHOWN)
    found = features.page(layer, query, limit=limit, after=asked.get("after"), wkb=crs != CRS84)
    usage.note(
        city=asked.city, uid=layer.card.uid, gate="ogc", rows=len(found.rows), program=not asked.is_html
    )
    links = [*asked.same_in_all_formats(), Link(asked.address("collection", name), "collection", JSON)]
    if found.next_after:
        later = asked.here(after=found.next_after, version=str(layer.version.number))
        links.append(Link(later, "next", asked.media_type))
    if asked.is_html:
        return page(asked, _page(asked, layer, found, links))
    pieces = documents.feature_collection(
        _texts(found.rows, crs), links, matched=found.total, returned=len(found.rows), at=datetime.now(UTC)
    )
    answer = HttpResponse("".join(pieces), content_type=GEOJSON)
    answer["Content-Crs"] = f"<{crs}>"
    return cached(asked, answer, tag, is_public=layer.is_public)


def _texts(rows: tuple[FeatureRow, ...], crs: str, links: tuple[Link, ...] = ()) -> list[str]:
    """The features in the system that was asked for."""
    places: list[Any] = [row.geometry for row in rows]
    if crs != CRS84:
        from stoa.standards.ogcfeatures.crs import to_geojson

        places = to_geojson(places, crs) if places else []
    return [
        documents.feature_text(row.id, place, row.properties, links)
        for row, place in zip(rows, places, strict=True)
    ]


@operation(offers=OFFERS, parameters=None)
def item(asked: Asked, name: str, feature: str) -> HttpResponseBase:
    """One feature."""
    if name == records.COLLECTION:
        return records.item(asked, feature)
    parameters.need_known(asked.request.GET, {"f", "crs", "version"})
    layer = opened(asked, name)
    crs = asking.crs_of(asked, layer, "crs")
    tag = etag_of(asked, layer.version.ref.path, layer.card.updated_at)
    found = features.one(layer, feature, wkb=crs != CRS84)
    if is_fresh(asked, tag):
        return not_modified(asked, tag, is_public=layer.is_public)
    usage.note(city=asked.city, uid=layer.card.uid, gate="ogc", rows=1, program=not asked.is_html)
    if asked.is_html:
        return page(asked, _feature_page(asked, layer, found))
    links = (*asked.same_in_all_formats(), Link(asked.address("collection", name), "collection", JSON))
    answer = HttpResponse(_texts((found,), crs, links)[0], content_type=GEOJSON)
    answer["Content-Crs"] = f"<{crs}>"
    return cached(asked, answer, tag, is_public=layer.is_public)


def _above(asked: Asked, layer: Layer) -> list[tuple[str, str]]:
    return [
        (gettext("Collections"), asked.address("collections", f="html")),
        (title_of(layer), asked.address("collection", layer.card.slug, f="html")),
    ]


def _page(asked: Asked, layer: Layer, found: FeaturePage, links: list[Link]) -> Listed:
    columns = [Column(gettext("Id"), is_heading=True)]
    columns += [
        Column(column.label or column.name, column.name, column.unit) for column in layer.version.columns
    ]
    rows = [
        Row([row.id, *_cells(row.properties)], url=asked.address("item", layer.card.slug, row.id, f="html"))
        for row in found.rows
    ]
    lead = gettext("%(returned)s of %(matched)s features.") % {"returned": len(rows), "matched": found.total}
    following = next((link.href for link in links if link.rel == "next"), "")
    table = Table(title_of(layer), columns, rows, is_caption_hidden=True)
    title = gettext("Features of “%(title)s”") % {"title": title_of(layer)}
    return Listed(title, lead, table=table, next_url=following, above=_above(asked, layer))


def _cells(properties: str) -> list[str]:
    return [_cell(value) for value in json.loads(properties).values()]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "" if value is None else str(value)


def _feature_page(asked: Asked, layer: Layer, found: FeatureRow) -> Listed:
    cells = _cells(found.properties)
    labels = [column.label or column.name for column in layer.version.columns]
    rows = [Row([label, cell]) for label, cell in zip(labels, cells, strict=True)]
    if found.geometry is not None:
        rows.append(Row([gettext("Place"), str(found.geometry)[:2000]]))
    columns = [Column(gettext("Column"), is_heading=True), Column(gettext("Value"), is_long=True)]
    return Listed(
        found.id,
        title_of(layer),
        table=Table(found.id, columns, rows, is_caption_hidden=True),
        above=_above(asked, layer),
    )
