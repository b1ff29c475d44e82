# SPDX-License-Identifier: EUPL-1.2
"""Feeds of new versions, sitemaps, robots.txt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from stoa.commons.cities.addressing import lasting
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import all_cities
from stoa.commons.people.queries import departments
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_reader_language
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import listing, requests, usage
from stoa.houses.catalogue.door.listing import Change
from stoa.standards import atom

MOST = 50
"""Entries of a feed."""
IN_SITEMAP = 20_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_FOR_ROBOTS = ("account/", "desk/", "api/", "sql", "datasets?", "datasets/*/table?", "datasets/*/chart?",
                   "datasets/*/map?", "datasets/*/rows/", "datasets/*/tiles/", "datasets/*/download/")  # fmt: skip


def _city(request: HttpRequest) -> City:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city


def _reader(request: HttpRequest) -> Principal:
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal


def _absolute(request: HttpRequest, page: str, *args: object) -> str:
    return lasting(request, reverse(page, args=args))


@require_safe
def changes(request: HttpRequest) -> HttpResponseBase:
    """New versions in the whole catalogue."""
    city = _city(request)
    found = listing.changes(city=city, by=_reader(request), most=MOST)
    usage.note(city=city, uid=None, gate="feeds", kind="page")
    return _feed(request, gettext("New data"), _absolute(request, "datasets"), found)


@require_safe
def department_changes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """New versions of a department and those below it."""
    city = _city(request)
    names = {one.slug: one.name for one in departments(city)}
    if slug not in names:
        raise Http404
    found = listing.changes(city=city, by=_reader(request), department=slug, most=MOST)
    title = gettext("New data: %(name)s") % {"name": in_reader_language(names[slug])}
    return _feed(request, title, _absolute(request, "department", slug), found)


@require_safe
def dataset_changes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """New versions of one dataset."""
    city, by = _city(request), _reader(request)
    card = door.dataset(city=city, by=by, slug=slug)
    found = listing.changes(city=city, by=by, slug=slug, most=MOST)
    usage.note(city=city, uid=card.uid, gate="feeds", kind="page")
    title = gettext("New versions: %(name)s") % {"name": in_reader_language(card.title) or slug}
    return _feed(request, title, _absolute(request, "dataset", slug), found)


@require_safe
def requests_moved(request: HttpRequest) -> HttpResponseBase:
    """Requests for data that came or were answered; everybody may see the public ones."""
    city = _city(request)
    cards = requests.moved(city=city, most=MOST)
    usage.note(city=city, uid=None, gate="feeds", kind="page")
    entries = tuple(_request_entry(request, one) for one in cards)
    return _sent(request, gettext("Requests for data"), _absolute(request, "data-requests"), entries)


def _request_entry(request: HttpRequest, card: requests.RequestCard) -> atom.Entry:
    return atom.Entry(
        f"urn:uuid:{card.uid}",
        f"{card.title} ({gettext(card.state)})",
        _absolute(request, "data-request", card.uid),
        card.moved_at,
        in_reader_language(_city(request).name),
        (card.reason or card.description)[:500],
    )


def _feed(request: HttpRequest, title: str, link: str, found: Sequence[Change]) -> HttpResponseBase:
    return _sent(request, title, link, tuple(_entry(request, one) for one in found))


def _sent(request: HttpRequest, title: str, link: str, entries: tuple[atom.Entry, ...]) -> HttpResponseBase:
    name = in_reader_language(_city(request).name)
    here = lasting(request, request.path)
    updated = max((one.updated for one in entries), default=LONG_AGO)
    feed = atom.Feed(here, f"{title} – {name}", link, updated, name, get_language() or "en", entries)
    body = atom.feed_document(feed)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    unchanged = get_conditional_response(request, etag, int(updated.timestamp()))
    response = unchanged or HttpResponse(body, content_type=atom.ATOM_TYPE)
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    return response


def _entry(request: HttpRequest, change: Change) -> atom.Entry:
    page = _absolute(request, "dataset", change.slug)
    facts = {"title": in_reader_language(change.title) or change.slug, "number": change.version}
    said = change.note or in_reader_language(change.description)
    return atom.Entry(
        f"urn:uuid:{change.uid}#v{change.version}",
        gettext("%(title)s, version %(number)s") % facts,
        f"{page}?version={change.version}",
        change.made_at,
        in_reader_language(change.department),
        said[:500],
    )


@require_safe
def sitemaps(request: HttpRequest) -> HttpResponseBase:
    """How many sitemaps there are."""
    city = _city(request)
    count = listing.state(city=city, by=Principal()).count
    numbers = range(1, max(1, -(-count // IN_SITEMAP)) + 1)
    places = [_absolute(request, "sitemap", number) for number in numbers]
    return HttpResponse(atom.sitemap_index(places), content_type=atom.XML_TYPE)


@require_safe
def sitemap(request: HttpRequest, number: int) -> HttpResponseBase:
    """Pages that everybody may see, whoever asks."""
    city = _city(request)
    if not 0 < number < 10_000:
        raise Http404
    offset = (number - 1) * IN_SITEMAP
    found = listing.whereabouts(city=city, by=Principal(), offset=offset, most=IN_SITEMAP)
    if number > 1 and not found:
        raise Http404
    body = b"".join(atom.sitemap_document(_pages(request, number, found)))
    return HttpResponse(body, content_type=atom.XML_TYPE)


def _pages(
    request: HttpRequest, number: int, found: Sequence[tuple[str, datetime]]
) -> Iterator[tuple[str, datetime | None]]:
    if number == 1:
        for page in ("home", "datasets", "departments"):
            yield _absolute(request, page), None
        for department in departments(_city(request)):
            yield _absolute(request, "department", department.slug), None
    place = _absolute(request, "dataset", "slug").removesuffix("slug")
    for slug, changed in found:
        yield place + slug, changed


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """What robots need not read; where the sitemaps of all cities are where the address names none."""
    city: City | None = getattr(request, "city", None)
    prefixes = [get_script_prefix()] if city else [f"/c/{one.slug}/" for one in all_cities()]
    lines = [
        "User-agent: *",
        *(f"Disallow: {prefix}{part}" for prefix in prefixes for part in _NOT_FOR_ROBOTS),
    ]
    lines += [
        "",
        *(f"Sitemap: {lasting(request, f'{prefix}sitemap.xml')}" for prefix in prefixes),
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
