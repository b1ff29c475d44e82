# SPDX-License-Identifier: EUPL-1.2
"""The catalogue and its datasets as RDF documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from stoa.commons.cities.addressing import lasting
from stoa.commons.cities.models import City
from stoa.commons.people.queries import departments
from stoa.commons.roles.values import Principal
from stoa.gates.dcat.describing import Describer
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import listing, packages, usage
from stoa.houses.catalogue.door.representations import preferred
from stoa.houses.catalogue.terms import Access
from stoa.standards.dcat.nodes import catalogue_nodes, dataset_nodes, service_node
from stoa.standards.dcat.values import Paging
from stoa.standards.rdf.jsonld import JsonLdWriter
from stoa.standards.rdf.turtle import TurtleWriter
from stoa.standards.rdf.values import Node
from stoa.standards.rdf.writing import Writer, written
from stoa.standards.rdf.xml import XmlWriter

WRITERS: dict[str, type[Writer]] = {"ttl": TurtleWriter, "rdf": XmlWriter, "jsonld": JsonLdWriter}
SUFFIXES = {"text/turtle": "ttl", "application/rdf+xml": "rdf", "application/ld+json": "jsonld"}
PAGE = 100
"""Datasets on a page of the catalogue."""
FORM = "3"
"""To be counted up when the documents say something else of the same datasets."""


def _city(request: HttpRequest) -> City:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city


def _reader(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def root_of(request: HttpRequest) -> str:
    """The absolute address of this city's portal, without the last slash."""
    return lasting(request, get_script_prefix()).rstrip("/")


@require_safe
def negotiated(request: HttpRequest) -> HttpResponseBase:
    """The catalogue in the form that is asked for; people get the list of datasets."""
    suffix = SUFFIXES.get(preferred(request.headers.get("Accept", ""), SUFFIXES))
    answer = catalogue(request, suffix) if suffix else redirect(reverse("datasets"))
    patch_vary_headers(answer, ["Accept"])
    return answer


@require_safe
def catalogue(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """The whole catalogue as a stream, or with `page=` a page of it."""
    city, by = _city(request), _reader(request)
    describer = Describer.of(root_of(request), city)
    state, writer = listing.state(city=city, by=by), WRITERS[suffix]()
    number = _page_asked(request)
    facts = [
        state,
        number,
        describer,
        [(d.slug, d.name, d.email) for d in departments(city)],
        city.area,
        city.name,
    ]
    etag = _etag(suffix, *facts)
    unchanged = get_conditional_response(request, etag, _seconds(state.changed_at))
    if unchanged is not None:
        return unchanged
    usage.note(city=city, uid=None, gate="dcat")
    if number is None:
        head = chain(catalogue_nodes(describer.catalogue(state)))
        nodes = chain(head, _all_datasets(describer, city, by))
        return _answer(request, nodes, writer, etag, state.changed_at)
    paging = _paging(f"{describer.root}/catalog.{suffix}", number, state.count)
    cards = listing.page(city=city, by=by, number=number, size=PAGE)
    members = chain.from_iterable(_member(describer, card) for card in cards)
    nodes = chain(catalogue_nodes(describer.catalogue(state, paging)), members)
    return _whole(nodes, writer, etag, state.changed_at)


def _all_datasets(describer: Describer, city: City, by: Principal) -> Iterator[Node]:
    for card in listing.stream(city=city, by=by):
        yield from _member(describer, card)


def _member(describer: Describer, card: door.DatasetCard) -> Iterator[Node]:
    return dataset_nodes(describer.dataset(card), catalogue=describer.catalogue_iri)


@require_safe
def dataset(request: HttpRequest, slug: str, suffix: str) -> HttpResponseBase:
    """One dataset with its versions and the services that serve it."""
    city, by = _city(request), _reader(request)
    card = door.dataset(city=city, by=by, slug=slug)
    describer = Describer.of(root_of(request), city)
    versions = (
        door.versions(city=city, by=by, slug=slug) if card.access == Access.OPEN and card.version else ()
    )
    changed = max(filter(None, (card.updated_at, card.described_at)), default=None)
    etag = _etag(suffix, card, versions, describer, city.name, city.area)
    unchanged = get_conditional_response(request, etag, _seconds(changed))
    if unchanged is not None:
        return unchanged
    usage.note(city=city, uid=card.uid, gate="dcat")
    record = describer.dataset(card, versions)
    if versions:
        with suppress(NotFound, Refused):  # a description is given also while its file cannot be read
            file = packages.stored_file(city=city, by=by, slug=slug)
            record = describer.with_checksum(record, file.sha256)
    categories = [card.hvd_category] if card.hvd_category else []
    services = (describer.service(one, categories) for one in describer.served(card))
    nodes = chain(dataset_nodes(record), map(service_node, services))
    return _whole(nodes, WRITERS[suffix](), etag, changed)


def _whole(nodes: Iterable[Node], writer: Writer, etag: str, changed: datetime | None) -> HttpResponse:
    response = HttpResponse(b"".join(written(nodes, writer)), content_type=writer.media_type)
    _mark(response, etag, changed)
    return response


def _answer(
    request: HttpRequest, nodes: Iterable[Node], writer: Writer, etag: str, changed: datetime | None
) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=writer.media_type)
    else:
        response = StreamingHttpResponse(written(nodes, writer), content_type=writer.media_type)
    _mark(response, etag, changed)
    return response


def _mark(response: HttpResponseBase, etag: str, changed: datetime | None) -> None:
    """What lets a reader ask later whether anything changed."""
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())


def _etag(*facts: object) -> str:
    return f'W/"{hashlib.sha256(repr((FORM, *facts)).encode()).hexdigest()[:32]}"'


def _seconds(changed: datetime | None) -> int | None:
    return int(changed.timestamp()) if changed else None


def _page_asked(request: HttpRequest) -> int | None:
    """The number of the page; `Refused` if what was asked for is none."""
    asked = request.GET.get("page")
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit() and len(asked) < 8 and int(asked) > 0:
        return int(asked)
    raise Refused(
        Problem(
            "dcat.page_unreadable",
            say("“%(asked)s” is not the number of a page.", asked=asked[:20]),
            say("The pages of the catalogue are counted from 1."),
            say("Begin with page=1 and follow hydra:next."),
            "page",
        )
    )


def _paging(place: str, number: int, total: int) -> Paging:
    last = max(1, -(-total // PAGE))
    if number > last:
        raise Http404
    return Paging(
        f"{place}?page={number}",
        f"{place}?page=1",
        f"{place}?page={last}",
        total,
        PAGE,
        previous=f"{place}?page={number - 1}" if number > 1 else "",
        next=f"{place}?page={number + 1}" if number < last else "",
    )
