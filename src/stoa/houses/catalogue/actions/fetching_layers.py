# SPDX-License-Identifier: EUPL-1.2
"""Fetching a layer of a service, page after page, into one file: whole or not at all."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stoa.commons.fetching import door as fetching
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.standards.catalogues.values import CatalogueUnreadable
from stoa.standards.feature_pages import (
    ACCEPT,
    FeaturePage,
    Service,
    name_of_layer,
    page_address,
    read_page,
    service_of,
)

MIB = 1024 * 1024
PAGE = fetching.Limits(file_bytes=32 * MIB, unpacked_bytes=32 * MIB, total_seconds=300)
SIZES = (1000, 50)
"""Features asked for at once; the smaller number where a page gets too large (coast lines, boundaries)."""
_TOO_LARGE = frozenset({"fetch.too_large", "fetch.unpacked_too_large"})
_NO_PAGES = frozenset({"fetch.layer_page_unreadable", "fetch.status_400", "fetch.status_500"})
"""How a service answers that cannot begin in the middle: a WFS on a table without a key, an old ArcGIS."""
MOST_PAGES = 20_000
MOST_SECONDS = 3 * 3600.0


def fetch_layer(
    url: str,
    *,
    previous: fetching.Seen | None,
    allowed_private_hosts: Collection[str],
    to: Path,
    most_bytes: int = 2048 * MIB,
) -> fetching.Fetched | fetching.NotModified | None:
    """All features at an address of OGC API Features, WFS 2 or ArcGIS REST as one file in the folder `to`.

    None if the address is none of these, or the server does not answer in pages there: fetch it as any other file.
    Nothing new is told by the features themselves, as services write the time of day into every answer. Raises
    `Refused`, also where fewer features came than the service says it has.
    """
    service = service_of(url)
    if service is None:
        return None
    path = to / name_of_layer(url)
    written = _Walk(service, url, allowed_private_hosts, to, most_bytes, time.monotonic()).write_best(path)
    if written is None:
        path.unlink(missing_ok=True)
        return None
    if previous and previous.sha256 == written.sha256:
        path.unlink()
        return fetching.NotModified(written)
    media = "application/gml+xml" if service is Service.GML else "application/geo+json"
    return fetching.Fetched(path, written.sha256, "", "", media, path.name, path.stat().st_size, url)


@dataclass(slots=True)
class _Walk:
    """From the first page of a layer to the last."""

    service: Service
    url: str
    allowed: Collection[str]
    place: Path
    most_bytes: int
    began: float

    def write_best(self, path: Path) -> fetching.Seen | None:
        """Write it with pages that are small enough, or at once where a service only pretends to have pages."""
        for size in SIZES:
            try:
                return self.write(path, size)
            except Refused as refusal:
                code = refusal.problem.code
                if code in _NO_PAGES and self.service is not Service.OGC:
                    return self.write(path, 0)
                if size == SIZES[-1] or code not in _TOO_LARGE:
                    raise
        raise AssertionError("the last size returns or raises")

    def write(self, path: Path, size: int) -> fetching.Seen | None:
        """Write all features into one file; its mark, or None if the first answer is no page of features."""
        mark, count, told, tail, cut = hashlib.sha256(), 0, None, b"", False
        with path.open("wb") as out:
            for page in self._pages(size):
                if page is None:
                    return None
                if not tail:
                    out.write(page.head)
                    told, tail = page.matched, page.tail
                elif page.features and self.service is not Service.GML:
                    out.write(b",\n")
                piece = (b"" if self.service is Service.GML else b",\n").join(page.features)
                out.write(piece)
                mark.update(piece)
                count, cut = count + page.count, page.is_cut
                if out.tell() > self.most_bytes:
                    raise _endless()
            out.write(tail)
        if not size and (cut or (told is None and self.service is not Service.ARCGIS)):
            raise _page_unreadable(None)
        if told is not None and count < told:
            raise _too_few(count, told)
        return fetching.Seen(sha256=mark.hexdigest())

    def _pages(self, size: int) -> Iterator[FeaturePage | None]:
        """Every page; None, and nothing after it, if the first answer is none."""
        seen: set[bytes] = set()
        start, url = 0, page_address(self.url, size=size, start=0)
        for number in range(MOST_PAGES):
            page = self._page(url, first=number == 0)
            if page is None or (number and not page.count):
                if number == 0:
                    yield None
                return
            mark = hashlib.sha256(b"".join(page.features)).digest()
            if mark in seen:
                if page.is_cut or self.service is Service.OGC:
                    raise _repeats()
                return  # it does not know pages, and gave everything at once
            seen.add(mark)
            yield page
            start += page.count
            if not size:
                return
            if self.service is Service.OGC:
                if not page.following:
                    return
                url = page.following
            elif start == page.matched and not page.is_cut and page.count < size:
                return
            else:
                url = page_address(self.url, size=size, start=start)
        raise _endless()

    def _page(self, url: str, *, first: bool) -> FeaturePage | None:
        left = MOST_SECONDS - (time.monotonic() - self.began)
        if left <= 0:
            raise _endless()
        got = fetching.fetch(
            url,
            limits=replace(PAGE, total_seconds=min(PAGE.total_seconds, left)),
            allowed_private_hosts=self.allowed,
            to=self.place,
            accept="*/*" if self.service is Service.GML else ACCEPT,
        )
        assert isinstance(got, fetching.Fetched)
        try:
            page = read_page(self.service, got.path.read_bytes(), url)
        except CatalogueUnreadable as unreadable:
            if first and self.service is not Service.ARCGIS:
                return None
            raise _page_unreadable(unreadable) from None
        finally:
            got.path.unlink(missing_ok=True)
        if page is None and not first:
            raise _page_unreadable(None)
        return page


def _refused(code: str, what: Saying, why: Saying, do: Saying) -> Refused:
    return Refused(Problem(f"fetch.{code}", what, why, do, field="url"))


def _too_few(count: int, told: int) -> Refused:
    return _refused(
        "layer_incomplete",
        say("The service says that it has %(told)s features, and sent %(count)s.", told=told, count=count),
        say("A part must not be taken for the whole."),
        say("Try again later; if it happens again, tell the people who run the service."),
    )


def _repeats() -> Refused:
    return _refused(
        "layer_repeats",
        say("The service sends the same page again and again."),
        say("It would never end, and nobody can say whether everything was read."),
        say("Tell the people who run the service, or give the address of a file."),
    )


def _endless() -> Refused:
    return _refused(
        "layer_endless",
        say("The service does not come to an end."),
        say("One layer may not keep this portal busy for ever."),
        say("Give a narrower address, or the address of a file."),
    )


def _page_unreadable(unreadable: CatalogueUnreadable | None) -> Refused:
    why = unreadable.why if unreadable else say("The service answers with a message instead of features.")
    return _refused(
        "layer_page_unreadable",
        say("A further page of the layer cannot be read: %(why)s", why=why),
        say("A part must not be taken for the whole."),
        say("Try again later; if it happens again, tell the people who run the service."),
    )
