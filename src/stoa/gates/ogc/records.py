# SPDX-License-Identifier: EUPL-1.2
"""The catalogue itself as a collection of records."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from django.utils.translation import get_language, gettext

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ogc.answering import Asked, cached, document, etag, is_fresh, not_modified
from stoa.gates.ogc.pages import Listed, page
from stoa.ground.geometry import Box
from stoa.houses.catalogue.door import DatasetCard
from stoa.houses.catalogue.door import record_search as door
from stoa.standards.ogcfeatures import documents, parameters
from stoa.standards.ogcfeatures.documents import Collection
from stoa.standards.ogcfeatures.links import GEOJSON, HTML, JSON, Link
from stoa.standards.ogcfeatures.records import TYPE, Record
from stoa.standards.vocabularies import AUTHORITY, LICENCES, THEMES

COLLECTION = "catalogue.records"
"""With a point, which no short name of a dataset can have."""
_SPEC = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"
CONFORMANCE = tuple(
    _SPEC + name
    for name in (
        "record-core",
        "record-collection",
        "record-core-query-parameters",
        "record-api",
        "searchable-catalog",
        "json",
        "html",
    )
)
PARAMETERS = ("limit", "after", "q", "type", "ids", "bbox", "datetime")
OFFERS = {"json": GEOJSON, "html": HTML}


def described(asked: Asked) -> Collection:
    """What is said of the catalogue as a collection."""
    links = (
        Link(asked.address("collection", COLLECTION), "self", JSON),
        Link(asked.address("collection", COLLECTION, f="html"), "alternate", HTML),
        Link(asked.address("items", COLLECTION), "items", GEOJSON),
        Link(asked.address("items", COLLECTION, f="html"), "items", HTML),
    )
    return Collection(
        COLLECTION,
        gettext("Catalogue"),
        gettext("Every dataset of this portal as a record."),
        links,
        item_type="record",
    )


def collection(asked: Asked) -> HttpResponseBase:
    """The catalogue as one of the collections."""
    found = described(asked)
    if asked.is_html:
        return page(
            asked,
            Listed(
                found.title,
                found.description,
                entries=[("items", asked.address("items", COLLECTION, f="html"), "")],
            ),
        )
    return document(asked, found.to_json())


def items(asked: Asked) -> HttpResponseBase:
    """Records by words, ids, place and time."""
    parameters.need_known(asked.request.GET, {"f", *PARAMETERS})
    limit = parameters.limit_of(asked.get("limit"))
    after = parameters.limit_of(asked.get("after"), most=10**18) if asked.get("after") else 0
    types = _listed(asked, "type")
    if types and TYPE not in types:
        found = door.Records((), 0, None)
    else:
        found = door.search(city=asked.city, by=asked.by, wanted=_wanted(asked), limit=limit, after=after)
    links = list(asked.same_in_all_formats())
    if found.next_after is not None:
        links.append(Link(asked.here(after=str(found.next_after)), "next", asked.media_type))
    if asked.is_html:
        return page(asked, _page(asked, found, links))
    texts = [json.dumps(_record(asked, card).to_json(), ensure_ascii=False) for card in found.cards]
    tag = etag(texts, found.total, asked.here())
    if is_fresh(asked, tag):
        return not_modified(asked, tag)
    pieces = documents.feature_collection(
        texts, links, matched=found.total, returned=len(texts), at=datetime.now(UTC)
    )
    return cached(asked, HttpResponse("".join(pieces), content_type=GEOJSON), tag)


def item(asked: Asked, name: str) -> HttpResponseBase:
    """One record."""
    parameters.need_known(asked.request.GET, {"f"})
    card = door.record(city=asked.city, by=asked.by, slug=name)
    if asked.is_html:
        return page(
            asked,
            Listed(
                in_reader_language(card.title),
                in_reader_language(card.description),
                entries=_targets(asked, card),
            ),
        )
    return document(asked, _record(asked, card).to_json())


def _listed(asked: Asked, name: str) -> list[str]:
    return [part.strip() for part in asked.get(name)[:4000].split(",") if part.strip()][:500]


def _wanted(asked: Asked) -> door.Wanted:
    box = Box(*parameters.bbox_of(asked.get("bbox"))) if asked.get("bbox") else None
    since = until = None
    if asked.get("datetime"):
        found = parameters.interval_of(asked.get("datetime"))
        since, until = (_day(asked, moment) for moment in (found.since, found.until))
    return door.Wanted(_listed(asked, "q"), _listed(asked, "ids"), box, since, until)


def _day(asked: Asked, moment: datetime | date | None) -> date | None:
    return moment.astimezone(ZoneInfo(asked.city.zone)).date() if isinstance(moment, datetime) else moment


def _record(asked: Asked, card: DatasetCard) -> Record:
    licence, theme = LICENCES.get(card.licence), THEMES.get(card.theme)
    return Record(
        id=card.slug,
        title=in_reader_language(card.title) or card.slug,
        description=in_reader_language(card.description),
        links=_links(asked, card),
        language=get_language() or "",
        keywords=card.keywords,
        theme=(theme.code, gettext(theme.label), f"{AUTHORITY}data-theme") if theme else None,
        licence=(licence.spdx or licence.link) if licence else "",
        created=card.published_at.isoformat() if card.published_at else "",
        updated=card.updated_at.isoformat() if card.updated_at else "",
        publisher=in_reader_language(card.department_name),
        email=card.contact,
        external_id=f"urn:uuid:{card.uid}",
        box=card.box,
        period=card.period,
    )


def _links(asked: Asked, card: DatasetCard) -> tuple[Link, ...]:
    dataset = asked.request.build_absolute_uri(f"{get_script_prefix()}datasets/{card.slug}")
    links = [
        Link(asked.address("item", COLLECTION, card.slug), "self", GEOJSON),
        Link(asked.address("item", COLLECTION, card.slug, f="html"), "alternate", HTML),
        Link(asked.address("collection", COLLECTION), "collection", JSON),
        Link(dataset, "describedby", HTML),
    ]
    if card.access == "open" and card.version is not None:
        links.append(Link(asked.address("items", card.slug), "item", GEOJSON, gettext("Rows as features")))
    return tuple(links)


def _targets(asked: Asked, card: DatasetCard) -> list[tuple[str, str, str]]:
    return [(link.title or link.rel, link.href, link.type) for link in _links(asked, card)]


def _page(asked: Asked, found: door.Records, links: list[Link]) -> Listed:
    entries = [
        (in_reader_language(card.title) or card.slug, asked.address("item", COLLECTION, card.slug, f="html"),
         in_reader_language(card.description)[:200])
        for card in found.cards
    ]  # fmt: skip
    return Listed(
        gettext("Catalogue"),
        gettext("Every dataset of this portal as a record."),
        entries=entries,
        next_url=next((link.href for link in links if link.rel == "next"), ""),
        above=[(gettext("Collections"), asked.address("collections", f="html"))],
    )
