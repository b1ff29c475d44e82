# SPDX-License-Identifier: EUPL-1.2
"""The way out: fetch one web address safely, or look into a folder."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from stoa.commons.fetching import words
from stoa.commons.fetching.body import BodyLimits, store_body
from stoa.commons.fetching.folder import Found, Look, look_into, take
from stoa.commons.fetching.names import name_of
from stoa.commons.fetching.pace import Pace
from stoa.commons.fetching.places import Target, followed, target_of
from stoa.commons.fetching.wire import Exchange, Resolver, TooSlow, body_error, open_exchange, resolve

__all__ = ["Fetched", "Found", "Limits", "Look", "NotModified", "Seen", "fetch", "look_into", "take"]

MIB = 1024 * 1024
USER_AGENT = "Stoa/1 (open city platform; fetches published data)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one fetch may cost."""

    file_bytes: int = 2048 * MIB
    """As sent."""
    unpacked_bytes: int = 2048 * MIB
    """After the transfer's own packing (gzip) is undone."""
    total_seconds: float = 1800
    connect_seconds: float = 15
    window_seconds: float = 30
    least_per_second: float = 256
    """Bytes; judged over every window."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of the last fetch of the same address."""

    etag: str = ""
    last_modified: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched whole."""

    path: Path
    sha256: str
    etag: str
    last_modified: str
    """As the server wrote it."""
    media_type: str
    """Lower case, without parameters; what the server says, not what it is."""
    name: str
    bytes: int
    url: str = ""
    """Where the file was in the end, without login and query."""

    @property
    def seen(self) -> Seen:
        return Seen(self.etag, self.last_modified, self.sha256)


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing new: the server says so, or the same bytes came again."""

    seen: Seen
    """To be remembered instead of the old one."""


def fetch(
    url: str,
    *,
    previous: Seen | None = None,
    limits: Limits = Limits(),
    allowed_private_hosts: Collection[str] = (),
    to: Path,
    accept: str = "*/*",
    languages: str = "",
    authorization: str = "",
    resolver: Resolver = resolve,
) -> Fetched | NotModified:
    """Fetch one file into the folder `to`; `Refused` with `fetch.<...>` if that cannot or must not be done.

    `allowed_private_hosts` are the hosts, or `host:port` pairs, in inner networks that the operator trusts;
    they are compared again on every redirect. `authorization` is sent to the server of the address only.
    Nothing is left in the folder if the fetch fails.
    """
    pace = Pace(time.monotonic(), limits.total_seconds, limits.window_seconds, limits.least_per_second)
    target = replace(target_of(url, allowed_private_hosts), authorization=authorization)
    try:
        for _hop in range(limits.redirects + 1):
            exchange = open_exchange(
                target,
                _headers(target, previous, accept) | ({"Accept-Language": languages} if languages else {}),
                pace,
                resolver=resolver,
                connect_seconds=limits.connect_seconds,
            )
            try:
                if exchange.response.status not in _REDIRECTS:
                    return _taken(exchange, target, previous, limits, to)
                target = followed(target, exchange.header("Location"), allowed_private_hosts)
            finally:
                exchange.close()
    except TooSlow:
        raise words.too_slow(target.host) from None
    raise words.redirects_too_many(limits.redirects)


def _headers(target: Target, previous: Seen | None, accept: str) -> dict[str, str]:
    headers = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip"}
    if target.authorization:
        headers["Authorization"] = _header_safe(target.authorization)
    elif target.login:
        headers["Authorization"] = "Basic " + base64.b64encode(target.login.encode()).decode()
    if previous and previous.etag:
        headers["If-None-Match"] = _header_safe(previous.etag)
    if previous and previous.last_modified:
        headers["If-Modified-Since"] = _header_safe(previous.last_modified)
    return headers


def _header_safe(text: str) -> str:
    return "".join(letter for letter in text if 32 <= ord(letter) < 127)[:500]


def _taken(
    exchange: Exchange, target: Target, previous: Seen | None, limits: Limits, to: Path
) -> Fetched | NotModified:
    etag, modified = exchange.header("ETag")[:500], exchange.header("Last-Modified")[:100]
    status = exchange.response.status
    if status == 304 and previous:
        return NotModified(Seen(etag or previous.etag, modified or previous.last_modified, previous.sha256))
    if status != 200:
        raise words.status(status, target.host)
    name = name_of(target.url, exchange.header("Content-Disposition"))
    part = to / f".fetch-{hashlib.sha256(target.url.encode()).hexdigest()[:16]}.part"
    try:
        stored = store_body(exchange, part, BodyLimits(limits.file_bytes, limits.unpacked_bytes), target.host)
        if previous and previous.sha256 == stored.sha256:
            return NotModified(Seen(etag, modified, stored.sha256))
        part.replace(to / name)
    except TooSlow:
        raise
    except OSError as error:
        raise body_error(error, target.host) from error
    finally:
        part.unlink(missing_ok=True)
    media_type = exchange.header("Content-Type").partition(";")[0].strip().lower()[:100]
    return Fetched(to / name, stored.sha256, etag, modified, media_type, name, stored.bytes, target.shown)
