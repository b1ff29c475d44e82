# SPDX-License-Identifier: EUPL-1.2
"""Datasets as collections: `/collections`, one of them, its schema and queryables."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import get_script_prefix

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ogc import records
from stoa.gates.ogc.answering import Asked, document, kept_document, operation
from stoa.gates.ogc.pages import Listed, page
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import features
from stoa.houses.catalogue.door.features import Layer
from stoa.standards.ogcfeatures import documents, parameters, queryables
from stoa.standards.ogcfeatures.documents import Collection
from stoa.standards.ogcfeatures.links import GEOJSON, HTML, JSON, OGC_REL, SCHEMA, Link
from stoa.standards.vocabularies import LICENCES

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
)
LIST, MOST_LISTED = 1_000, 10_000
_SCHEMAS = {"json": SCHEMA}


def opened(asked: Asked, slug: str) -> Layer:
    """The layer of an address, in the version asked for; `NotFound` where it may not be read."""
    return features.layer(city=asked.city, by=asked.by, slug=slug, version=_version(asked))


def _version(asked: Asked) -> int | None:
    text = asked.get("version")
    return parameters.limit_of(text, most=10**9) if text else None


def title_of(layer: Layer) -> str:
    return in_reader_language(layer.card.title) or layer.card.slug


def described(asked: Asked, layer: Layer) -> Collection:
    """What is said of a dataset as a collection."""
    from stoa.standards.ogcfeatures import crs

    card, licence = layer.card, LICENCES.get(layer.card.licence)
    return Collection(
        id=card.slug,
        title=title_of(layer),
        description=in_reader_language(card.description),
        links=_links(asked, layer),
        box=layer.box,
        interval=layer.interval,
        crs=crs.offered(layer.box),
        keywords=card.keywords,
        licence=(licence.spdx or licence.link) if licence else "",
        updated=card.updated_at.isoformat() if card.updated_at else "",
    )


def _links(asked: Asked, layer: Layer) -> tuple[Link, ...]:
    slug = layer.card.slug
    dataset = asked.request.build_absolute_uri(f"{get_script_prefix()}datasets/{slug}")
    licence = LICENCES.get(layer.card.licence)
    links = [
        Link(asked.address("collection", slug), "self", JSON),
        Link(asked.address("collection", slug, f="html"), "alternate", HTML),
        Link(asked.address("items", slug), "items", GEOJSON),
        Link(asked.address("items", slug, f="html"), "items", HTML),
        Link(asked.address("queryables", slug), f"{OGC_REL}queryables", SCHEMA),
        Link(asked.address("sortables", slug), f"{OGC_REL}sortables", SCHEMA),
        Link(asked.address("schema", slug), f"{OGC_REL}schema", SCHEMA),
        Link(asked.address("schema", slug), "describedby", SCHEMA),
        Link(dataset, "describedby", HTML),
    ]
    if licence and licence.link:
        links.append(Link(licence.link, "license", HTML))
    if layer.box:
        links.append(Link(asked.address("tilesets", slug), f"{OGC_REL}tilesets-vector", JSON))
        links.append(Link(asked.address("styles", slug), f"{OGC_REL}styles", JSON))
    return tuple(links)


@operation(parameters=("limit", "after"))
def collections(asked: Asked) -> HttpResponseBase:
    """All datasets whose rows may be read, a thousand a page, and the catalogue itself as records."""
    limit = parameters.limit_of(asked.get("limit") or str(LIST), most=MOST_LISTED)
    after = parameters.limit_of(asked.get("after"), most=10**18) if asked.get("after") else 0
    if asked.is_html:
        return page(asked, _list_page(asked, *_listed(asked, limit, after)))
    state = features.state(city=asked.city, by=asked.by)
    return kept_document(asked, state, lambda: _list(asked, limit, after))


def _listed(asked: Asked, limit: int, after: int) -> tuple[list[Layer], list[Link]]:
    """The layers of one page, and the links to itself and to the next one."""
    found = list(islice(features.layers(city=asked.city, by=asked.by, after=after), limit + 1))
    links = list(asked.same_in_all_formats())
    if len(found) > limit:
        links.append(Link(asked.here(after=str(found[limit - 1][0])), "next", asked.media_type))
    return [layer for _number, layer in found[:limit]], links


def _list(asked: Asked, limit: int, after: int) -> dict[str, Any]:
    shown, links = _listed(asked, limit, after)
    listed = [described(asked, layer).to_json() for layer in shown]
    if not after:
        listed.insert(0, records.described(asked).to_json())
    return documents.collections(listed, links)


def _list_page(asked: Asked, shown: list[Layer], links: list[Link]) -> Listed:
    from django.utils.translation import gettext

    entries = [
        (
            title_of(layer),
            asked.address("collection", layer.card.slug, f="html"),
            in_reader_language(layer.card.description)[:200],
        )
        for layer in shown
    ]
    own = records.described(asked)
    return Listed(
        gettext("Collections"),
        gettext("Every dataset is a collection of features that programs can ask."),
        entries=[(own.title, asked.address("items", own.id, f="html"), own.description), *entries],
        next_url=next((link.href for link in links if link.rel == "next"), ""),
    )


@operation()
def collection(asked: Asked, name: str) -> HttpResponseBase:
    """One collection, word for word as in the list."""
    if name == records.COLLECTION:
        return records.collection(asked)
    layer = opened(asked, name)
    if asked.is_html:
        return page(asked, _one_page(asked, layer))
    return document(asked, described(asked, layer).to_json())


def _one_page(asked: Asked, layer: Layer) -> Listed:
    from django.utils.translation import gettext

    found = described(asked, layer)
    ids, (begins, ends) = features.id_column(layer), layer.times
    numbered = gettext("Ids are row numbers of version %(number)s.") % {"number": layer.version.number}
    notes = [gettext("Ids are the values of the column “%(name)s”.") % {"name": ids} if ids else numbered]
    if begins:
        notes.append(
            gettext("“datetime” asks the columns: %(names)s.")
            % {"names": ", ".join(dict.fromkeys((begins, ends)))}
        )
    links = [(link.rel.rpartition("/")[2], link.href, link.type) for link in found.links]
    return Listed(found.title, found.description, notes=notes, entries=links)


@operation(offers=_SCHEMAS)
def schema(asked: Asked, name: str) -> HttpResponseBase:
    """What a feature is made of."""
    return document(asked, _schema(asked, opened(asked, name), "schema"))


@operation(offers=_SCHEMAS)
def queryables_of(asked: Asked, name: str) -> HttpResponseBase:
    """What can be asked for."""
    if name == records.COLLECTION:
        raise NotFound("queryables", name)
    return document(asked, _schema(asked, opened(asked, name), "queryables"))


@operation(offers=_SCHEMAS)
def sortables(asked: Asked, name: str) -> HttpResponseBase:
    """What can be ordered by."""
    return document(asked, _schema(asked, opened(asked, name), "sortables", is_sortable=True))


def _schema(asked: Asked, layer: Layer, page_name: str, *, is_sortable: bool = False) -> dict[str, object]:
    return queryables.schema(
        asked.address(page_name, layer.card.slug),
        title_of(layer),
        layer.version.columns,
        shapes=layer.version.geometry_types,
        id_column=features.id_column(layer),
        times=layer.times,
        is_sortable=is_sortable,
    )
