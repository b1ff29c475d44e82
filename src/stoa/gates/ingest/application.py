# SPDX-License-Identifier: EUPL-1.2
"""The hot path as the front composes it: asked first for each request, and it may decline."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

from stoa.gates.ingest import batches, observations
from stoa.gates.ingest.answers import Answer, problem
from stoa.gates.ingest.bodies import Bodies, BodyRefused
from stoa.gates.ingest.events import Hub, live_events
from stoa.gates.ingest.latest import live_latest
from stoa.gates.ingest.reading import Readers
from stoa.gates.ingest.senders import Senders
from stoa.gates.ingest.taking import Sender, Taken
from stoa.houses.observations.door.streaming import (
    Away,
    Batch,
    Busy,
    Gatherer,
    Known,
    Listener,
    Outcome,
    Permission,
    Place,
    Rejected,
    Series,
    Writer,
    know_roles,
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

PATHS = re.compile(
    r"(?:/c/(?P<city>[a-z0-9-]{1,40}))?/(?:"
    r"sta/v1\.1/(?:(?P<one>Observations)|(?P<tables>CreateObservations)|Datastreams\((?P<series>[1-9][0-9]{0,17})\)/Observations)"
    r"|(?P<batch>ingest/v1/observations)|(?P<events>live/events)|(?P<latest>live/latest))"
)
AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Caller:
    """How the front saw the caller."""

    root: str
    """Scheme and host, e.g. `https://data.town.example`."""
    host: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request that this gate may answer."""

    caller: Caller
    place: Place
    prefix: str
    """`/c/<city>` or nothing."""
    headers: Mapping[bytes, bytes]
    query: bytes
    found: re.Match[str]

    @property
    def base(self) -> str:
        return self.caller.root + self.prefix


class Ingest:
    """Everything that lives as long as the process: queue, connections, subscribers."""

    def __init__(self, url: str) -> None:
        know_roles()
        self._url = url
        origin = secrets.token_hex(4)
        self.known = Known(url)
        self.senders = Senders(self.known, self.ask)
        self.hub = Hub(self.known, origin)
        self.writer = Gatherer(Writer(url, origin), Writer(url, origin), tell=self.hub.publish_rows)
        self.readers = Readers()
        self._asking = ThreadPoolExecutor(1, "observations-asking")
        self._listener: Listener | None = None
        self.bodies = Bodies()
        self.is_ready = False
        self._is_stopping = False
        self._refreshing: set[asyncio.Future[None]] = set()

    # -- life

    async def start(self) -> None:
        loop = asyncio.get_running_loop()

        def series_changed(ids: list[int] | None) -> None:
            loop.call_soon_threadsafe(self._refresh, ids)

        def live(payload: str) -> None:
            loop.call_soon_threadsafe(self.hub.publish_news, payload)

        self._listener = Listener(self._url, series_changed, live)
        self._listener.start()
        self.hub.start()

    async def stop(self) -> None:
        self._is_stopping = True
        self.hub.stop()
        await self.writer.close()
        if self._listener is not None:
            self._listener.stop()
            await self.ask(self._listener.join, 2.0)
        self.readers.stop()
        await self.ask(self.known.close)
        self._asking.shutdown(wait=False, cancel_futures=True)

    def _refresh(self, ids: list[int] | None) -> None:
        task = asyncio.ensure_future(self._read_again(ids))
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    async def _read_again(self, ids: list[int] | None) -> None:
        try:
            if ids is None:
                await self.ask(self.known.ask_all)
                self.is_ready = True
            else:
                await self.ask(self.known.ask_series, ids)
        except psycopg.Error:  # without tables or database the portal answers instead
            if not self._is_stopping:
                asyncio.get_running_loop().call_later(AGAIN_S, self._refresh, None)

    async def ask(self, question: Callable[..., Any], *given: Any) -> Any:
        """Ask the database from the thread for questions."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, question, *given)

    # -- requests

    def wants(self, scope: Scope) -> re.Match[str] | None:
        """Whether this gate may have an answer."""
        path = scope["path"]
        if not ("/sta/" in path or "/ingest/" in path or "/live/" in path):
            return None
        found = PATHS.fullmatch(path)
        if found is None or not (self.is_ready or found["batch"]):
            return None
        reads = found["events"] or found["latest"]
        if scope["method"] != ("GET" if reads else "POST"):
            return None
        return None if found["one"] and scope["query_string"] else found

    async def request(self, scope: Scope, found: re.Match[str], caller: Caller) -> Request | None:
        """What is asked, and in which city; None when there is no such city."""
        slug = found["city"] or ""
        is_fresh, place = self.known.place(slug, caller.host)
        if not is_fresh or place is None:
            with contextlib.suppress(psycopg.Error):
                await self.ask(self.known.ask_cities)
            _, place = self.known.place(slug, caller.host)
        if place is None:
            return None
        headers = dict(scope["headers"])
        return Request(caller, place, f"/c/{slug}" if slug else "", headers, scope["query_string"], found)

    async def take(self, request: Request, receive: Receive) -> tuple[Answer | None, bytes | None]:
        """The answer to what was sent, or None for somebody else to answer, with the body if it was read.

        Who sends is known before a byte is read: a stranger holds neither memory nor a place.
        """
        if not self.is_ready:
            return problem(503), None
        try:
            sender = await self.senders.sender(*_shown(request))
        except psycopg.Error:
            return problem(503), None
        if sender is None or not sender.may_write:
            is_ours = request.found["batch"]
            return problem(401 if sender is None else 403) if is_ours else None, None
        try:
            body = await self.bodies.take(request.headers, receive)
        except BodyRefused as refused:
            return problem(refused.status), None
        try:
            return await self._answer(request, sender, body), body
        except psycopg.Error:
            return problem(503), body
        except (Busy, Away, Rejected) as trouble:
            return problem(429 if isinstance(trouble, Busy) else 503), body
        finally:
            self.bodies.release(body)

    async def _answer(self, request: Request, sender: Sender, body: bytes) -> Answer | None:
        if request.found["batch"]:
            return await batches.answer(self, request, sender, body)
        return await observations.answer(self, request, sender, body)

    async def departments(self, request: Request) -> frozenset[int] | None:
        """Departments whose internal series the key in the request may see; None: of all."""
        principal = await self.senders.principal(*_shown(request))
        if principal is None:
            return frozenset()
        return principal.departments_with(Permission.SEE_INTERNAL)

    async def series_for(self, ids: Iterable[int]) -> Mapping[int, Series]:
        """Series by number; those that are new here are asked for."""
        missing = self.known.missing(ids)
        if missing:
            await self.ask(self.known.ask_series, missing)
        return self.known.series

    async def keep(self, taken: Taken, origin: str) -> Outcome:
        """Come back when everything is safely on disk. Raises Busy, Away, Rejected."""
        return await self.writer.keep(Batch(taken.rows, taken.turned, origin=origin))

    # -- streams

    async def stream(self, request: Request, rights: Rights, receive: Receive, send: Send) -> None:
        """Answer a reader of live news or of the latest values."""
        answering = live_events if request.found["events"] else live_latest
        await answering(self, request, rights, receive, send)


def _shown(request: Request) -> tuple[int, bytes, str]:
    """In which city which key is shown, and from where."""
    return request.place.pk, request.headers.get(b"authorization", b""), request.caller.address


Rights = Callable[[], Awaitable[frozenset[int] | None]]
"""Departments whose internal series the caller may see; None: of all."""
