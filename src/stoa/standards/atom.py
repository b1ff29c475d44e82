# SPDX-License-Identifier: EUPL-1.2
"""Atom feeds (RFC 4287) and sitemaps (sitemaps.org protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from stoa.standards.rdf.values import spoken

ATOM_TYPE = "application/atom+xml; charset=utf-8"
XML_TYPE = "application/xml; charset=utf-8"
MOST_IN_SITEMAP = 50_000
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    id: str
    """Its IRI; never changes."""
    title: str
    link: str
    updated: datetime
    author: str
    summary: str = ""
    message: str = ""
    """Address of the same for programs, and its media type."""
    message_type: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What happened, newest first."""

    id: str
    """Its own address."""
    title: str
    link: str
    """The page for people."""
    updated: datetime
    author: str
    language: str
    entries: tuple[Entry, ...]


def feed_document(feed: Feed) -> bytes:
    """The feed as XML."""
    head = [
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={_quoted(feed.language)}>',
        _tag("id", feed.id),
        _tag("title", feed.title),
        _tag("updated", moment(feed.updated)),
        f'<link rel="self" type="application/atom+xml" href={_quoted(feed.id)}/>',
        f'<link rel="alternate" type="text/html" href={_quoted(feed.link)}/>',
        f"<author>{_tag('name', feed.author)}</author>",
    ]
    return "\n".join([*head, *map(_entry, feed.entries), "</feed>\n"]).encode()


def _entry(entry: Entry) -> str:
    parts = [
        _tag("id", entry.id),
        _tag("title", entry.title),
        _tag("updated", moment(entry.updated)),
        f'<link rel="alternate" type="text/html" href={_quoted(entry.link)}/>',
        f"<author>{_tag('name', entry.author)}</author>",
    ]
    if entry.message:
        kind, place = _quoted(entry.message_type), _quoted(entry.message)
        parts.append(f'<link rel="alternate" type={kind} href={place}/>')
    if entry.summary:
        parts.append(_tag("summary", entry.summary))
    return f"<entry>\n{chr(10).join(parts)}\n</entry>"


def sitemap_document(pages: Iterable[tuple[str, datetime | None]]) -> Iterator[bytes]:
    """Addresses with the time of their latest change, as XML in pieces."""
    yield f'{_HEAD}<urlset xmlns="{_SITEMAPS}">\n'.encode()
    for place, changed in pages:
        day = _tag("lastmod", moment(changed)) if changed else ""
        yield f"<url>{_tag('loc', place)}{day}</url>\n".encode()
    yield b"</urlset>\n"


def sitemap_index(places: Iterable[str]) -> bytes:
    """The list of sitemaps where one does not hold everything."""
    listed = "\n".join(f"<sitemap>{_tag('loc', place)}</sitemap>" for place in places)
    return f'{_HEAD}<sitemapindex xmlns="{_SITEMAPS}">\n{listed}\n</sitemapindex>\n'.encode()


def moment(when: datetime) -> str:
    """RFC 3339, in UTC, to the second."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(spoken(text))}</{name}>"


def _quoted(text: str) -> str:
    return quoteattr(spoken(text))
