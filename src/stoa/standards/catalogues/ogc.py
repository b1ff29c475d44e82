# SPDX-License-Identifier: EUPL-1.2
"""OGC API: collections of features (Part 1) and records of a catalogue (Records, core)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import box, day, line, mail, plain, web, when, whole, words
from stoa.standards.catalogues.geometry_text import box_of_geojson
from stoa.standards.catalogues.json_text import Broken, Empty, an_object, decoded, listed, members, objects
from stoa.standards.catalogues.values import (
    MOST_FILES,
    CatalogueUnreadable,
    Items,
    Next,
    RemoteDataset,
    RemoteFile,
    Total,
    Unreadable,
)
from stoa.standards.feature_pages import Service, leads_to_data, service_of

_LISTS = frozenset({"collections", "features"})
_FILES = {"items", "enclosure", "item", "http://www.opengis.net/def/rel/ogc/1.0/items", "data", "download"}
_RECORDS = frozenset({"record", "records"})
_DOWNLOADS = {"enclosure", "download"}
_DATA = {"data", "http://www.opengis.net/def/rel/ogc/1.0/data", "collections"}
_JSON = ("json", "")


def read(data: bytes, url: str, *, records: bool) -> Items:
    """Collections, or records, of one answer; a landing page only says where to go on.

    Raises `CatalogueUnreadable`.
    """
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    head: dict[str, Any] = {}
    seen = False
    for key, value in members(text, _LISTS, tells_empty=True):
        if isinstance(value, Broken):
            yield Unreadable("", value.why)
        elif key not in _LISTS:
            head[key] = value
        else:
            seen = True
            if not isinstance(value, Empty):
                yield from _entry(key, value, url, records=records)
            elif key == "features":
                return  # a page behind the last one, whatever it says of a next
    yield from _onwards(head, url, seen=seen, records=records)


def _entry(key: str, value: Any, url: str, *, records: bool) -> Items:
    entry = an_object(value)
    if key == "features":
        yield _record(entry, url)
    elif not records:
        yield _collection(entry, url)
    elif entry.get("itemType") in _RECORDS or str(entry.get("type")) == "Catalog":
        items = _link(entry, url, {"items", "http://www.opengis.net/def/rel/ogc/1.0/items"})
        if items:
            yield Next(_in_large_pages(items))


def _onwards(head: Mapping[str, Any], url: str, *, seen: bool, records: bool) -> Items:
    """The next page; from a landing page the list of collections; from a collection of records its items."""
    total = whole(head.get("numberMatched"))
    if total is not None and seen:
        yield Total(total)
    following = _link(head, url, {"next"})
    if following:
        yield Next(following)
    elif not seen:
        items = _link(head, url, {"items"}) if records else ""
        onward = items or _link(head, url, _DATA)
        if not onward:
            raise CatalogueUnreadable(say("This is neither a landing page nor a list of an OGC API."))
        yield Next(_in_large_pages(items) if items else onward)


def _in_large_pages(url: str) -> str:
    """Servers send ten records at once where nobody asks for more, and fewer than asked for where they must.

    >>> _in_large_pages("https://x.example/items?f=json")
    'https://x.example/items?f=json&limit=500'
    """
    parts = urlsplit(url)
    if "limit=" in parts.query or service_of(url) is None:
        return url
    return urlunsplit(parts._replace(query=f"{parts.query}&limit=500".lstrip("&")))


def _link(entry: Mapping[str, Any], url: str, relations: set[str]) -> str:
    """The first link of such a relation, JSON before other formats."""
    found = [link for link in objects(entry.get("links")) if link.get("rel") in relations]
    found.sort(key=lambda link: "json" not in str(link.get("type", "")))
    return next((address for address in (web(link.get("href"), url) for link in found) if address), "")


def _licences(entry: Mapping[str, Any], url: str) -> tuple[str, ...]:
    return tuple(hint for hint in (_link(entry, url, {"license"}), line(entry.get("license"))) if hint)


def _collection(entry: Mapping[str, Any], url: str) -> RemoteDataset | Unreadable:
    id_ = line(entry.get("id"), 300)
    if not id_:
        return Unreadable(line(entry.get("title"), 200), say("It has no identifier."))
    if entry.get("itemType") in _RECORDS:
        why = say("It is a catalogue, not a layer: add it as a catalogue of its own (OGC API Records).")
        return Unreadable(id_, why)
    itself = _link(entry, url, {"self"}) or f"{url.partition('?')[0].rstrip('/')}/{id_}"
    extent = an_object(entry.get("extent"))
    return RemoteDataset(
        id=itself[:500],
        title={"": line(entry.get("title")) or id_},
        description={"": plain(entry.get("description"))} if entry.get("description") else {},
        uri=itself,
        landing_page=_page(entry, url),
        publisher=line(entry.get("attribution")),
        keywords=words(entry.get("keywords")),
        licences=_licences(entry, url),
        box=_box(an_object(extent.get("spatial")).get("bbox")),
        period=_interval(an_object(extent.get("temporal")).get("interval")),
        modified=when(entry.get("updated")),
        issued=when(entry.get("created")),
        files=tuple(_files(entry, url))[:MOST_FILES],
    )


def _record(entry: Mapping[str, Any], url: str) -> RemoteDataset | Unreadable:
    told = an_object(entry.get("properties"))
    id_ = line(entry.get("id"), 500)
    if not id_:
        return Unreadable(line(told.get("title"), 200), say("It has no identifier."))
    if not line(told.get("title")):
        return Unreadable(id_, say("It has no title."))
    contacts = objects(told.get("contacts") or told.get("providers"))
    themes = [
        concept.get("id")
        for theme in objects(told.get("themes"))
        for concept in objects(theme.get("concepts"))
    ]
    time = an_object(entry.get("time"))
    files = [file for file in _files(entry, url) if file.url]
    return RemoteDataset(
        id=id_,
        title={_tag(told): line(told.get("title"))},
        description={_tag(told): plain(told.get("description"))} if told.get("description") else {},
        uri=_link(entry, url, {"canonical"}) or _uuid(told) or _link(entry, url, {"self"}) or web(id_),
        landing_page=_page(entry, url),
        publisher=next((line(c.get("organization") or c.get("name")) for c in contacts), ""),
        contact=next((found for found in (_mail_of(c) for c in contacts) if found), ""),
        keywords=words(told.get("keywords")),
        themes=words(themes),
        licences=(*_licences(told, url), *_licences(entry, url)),
        box=box_of_geojson(an_object(entry.get("geometry"))),
        period=_interval([time.get("interval")]),
        issued=when(told.get("created")),
        modified=when(told.get("updated")),
        files=tuple(files)[:MOST_FILES],
    )


def _uuid(told: Mapping[str, Any]) -> str:
    """The name of a dataset that is the same in every catalogue, where one is told."""
    names = (line(one.get("value"), 60) for one in objects(told.get("externalIds")))
    return next((name for name in names if name.startswith("urn:uuid:")), "")


def _tag(told: Mapping[str, Any]) -> str:
    language = told.get("language")
    code = language.get("code") if isinstance(language, dict) else language
    return line(code, 12) if isinstance(code, str) else ""


def _mail_of(contact: Mapping[str, Any]) -> str:
    return next(
        (kept for kept in (mail(one.get("value")) for one in objects(contact.get("emails"))) if kept), ""
    )


def _page(entry: Mapping[str, Any], url: str) -> str:
    pages = [link for link in objects(entry.get("links")) if "html" in str(link.get("type", ""))]
    return next((found for found in (web(link.get("href"), url) for link in pages) if found), "")


def _files(entry: Mapping[str, Any], url: str) -> Iterator[RemoteFile]:
    for link in objects(entry.get("links")):
        address = web(link.get("href"), url)
        if link.get("rel") not in _FILES or not address or "html" in str(link.get("type", "")):
            continue
        media_type = line(link.get("type"), 120).lower()
        yield RemoteFile(
            url=address,
            title=line(link.get("title")),
            # The items of a collection are read page after page, like one file.
            is_download=link.get("rel") in _DOWNLOADS or leads_to_data(address),
            format="GEOJSON" if "geo+json" in media_type or service_of(address) is Service.OGC else "",
            media_type=media_type,
            bytes=whole(link.get("length")),
        )


def _box(value: Any) -> Box | None:
    first = listed(value)[0] if listed(value) else None
    if not isinstance(first, list) or len(first) not in {4, 6}:
        return None
    return box(first[0], first[1], *first[len(first) // 2 : len(first) // 2 + 2])


def _interval(value: Any) -> tuple[Any, Any]:
    first = listed(value)[0] if listed(value) else None
    return (day(first[0]), day(first[1])) if isinstance(first, list) and len(first) == 2 else (None, None)
