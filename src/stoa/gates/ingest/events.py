# SPDX-License-Identifier: EUPL-1.2
"""GET /live/events: what is observed, as server-sent events (WHATWG HTML, section 9.2).

Subscribers who ask for the same and may see the same share one channel: an event is written once for all of them,
and several times a second each gets what has come in one piece. Who reads too slowly is cut off and resumes by
`Last-Event-ID` from a short ring.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg

from stoa.gates.ingest.answers import live_problem
from stoa.gates.ingest.channels import AT_ONCE_MOST, CityNews, Event, Subscriber
from stoa.gates.ingest.reading import ManyReaders
from stoa.gates.ingest.watching import read_watch
from stoa.ground.addresses import network_of
from stoa.houses.observations.door.streaming import (
    NO_RESULT_US,
    Known,
    Row,
    decode_news,
    moment_of,
    result_of,
)

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request

PULSE_S = 0.1
HEARTBEAT_S = 15.0
RIGHTS_FRESH_S = 30.0
SUBSCRIBERS_MOST = 5_000
OF_A_CITY_SURE = 200
"""So many find a place although others have taken all of them: a city's readers keep out no other's."""
SUBSCRIBERS_AT_ALL = 6_000
OF_AN_ADDRESS_MOST = 20
"""Open streams of one address whose reader has no rights of their own."""
_encode = msgspec.json.Encoder().encode

Send = Callable[[Any], Awaitable[None]]


class Hub:
    """Everybody who watches in this process, by city."""

    def __init__(self, known: Known, origin: str) -> None:
        self._known = known
        self._origin = origin
        self._cities: dict[int, CityNews] = {}
        self._strangers: Counter[str] = Counter()
        self._boot = secrets.token_hex(3)
        self._pulse: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._pulse = asyncio.create_task(self._beat())

    def stop(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
        for news in self._cities.values():
            for subscriber in news.everybody():
                subscriber.cut()

    @property
    def size(self) -> int:
        return sum(news.size for news in self._cities.values())

    def news_of(self, city: int) -> CityNews:
        """The news of a city; kept from now on until nobody has watched for a while."""
        return self._cities.setdefault(city, CityNews(self._boot, text_of))

    def has_room(self, city: int) -> bool:
        """Whether one more may watch in a city."""
        size = self.size
        known = self._cities.get(city)
        is_sure = known is None or known.size < OF_A_CITY_SURE
        return size < SUBSCRIBERS_MOST or (is_sure and size < SUBSCRIBERS_AT_ALL)

    # -- what comes in

    def publish_rows(self, rows: Sequence[Row]) -> None:
        """What this process has written itself."""
        if not self._cities:
            return
        if len(rows) > AT_ONCE_MOST:
            rows = list({row.series: row for row in rows}.values())
        for row in rows:
            value = row.number if row.json is None and row.text is None else row.text
            self._add(row.series, row.at, row.result_at, value if row.json is None else None, row.quality)

    def publish_news(self, payload: str) -> None:
        """What another process has written, as the database tells it."""
        if not self._cities or f'"o":"{self._origin}"' in payload[:60]:
            return
        with contextlib.suppress(msgspec.MsgspecError):
            news = decode_news(payload)
            for series, at, value, quality, *told in news.v:
                self._add(series, at, told[0] if told else NO_RESULT_US, value, quality)
            for series in news.m:
                self._add(series, 0, NO_RESULT_US, None, 2)

    def _add(self, series: int, at: int, result_at: int, value: Any, quality: int) -> None:
        found = self._known.series.get(series)
        news = None if found is None else self._cities.get(found.city)
        if found is not None and news is not None:
            news.add(found, at, result_at, value, quality)

    # -- what goes out

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        heartbeat = loop.time() + HEARTBEAT_S
        while True:
            await asyncio.sleep(PULSE_S)
            for news in list(self._cities.values()):
                news.flush()
            if loop.time() >= heartbeat:
                heartbeat = loop.time() + HEARTBEAT_S
                self._cities = {pk: one for pk, one in self._cities.items() if not one.is_over(loop.time())}
                for news in self._cities.values():
                    for subscriber in news.everybody():
                        subscriber.give(b": still here\n\n")

    # -- who watches

    @contextlib.contextmanager
    def counted(self, address: str) -> Iterator[bool]:
        """Whether this stranger may have one more stream; counted as long as it lasts."""
        if not address:  # a socket of this machine
            yield True
            return
        network = network_of(address)
        self._strangers[network] += 1
        try:
            yield self._strangers[network] <= OF_AN_ADDRESS_MOST
        finally:
            self._strangers[network] -= 1
            if self._strangers[network] <= 0:
                del self._strangers[network]


def text_of(event: Event, boot: str) -> bytes:
    """An event as it goes over the wire; `boot` names the process that counted it."""
    number, series, at, result_at, value, quality = event
    told: dict[str, Any] = {"datastream": series.pk, "thing": series.thing}
    if at == 0 and value is None:
        told["changed"] = True  # too large to be told here: ask for the latest
    else:
        is_text = isinstance(value, str)
        told["at"] = moment_of(at).isoformat().replace("+00:00", "Z")
        told["result"] = value if is_text else result_of(series.kind, value, None, None)
        told["quality"] = quality
        if value is None:
            told["changed"] = True
        if result_at != NO_RESULT_US:
            told["resultTime"] = moment_of(result_at).isoformat().replace("+00:00", "Z")
    return b"id: %s-%d\nevent: observation\ndata: %s\n\n" % (boot.encode(), number, _encode(told))


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
]


async def live_events(
    ingest: Ingest,
    request: Request,
    rights: Callable[[], Awaitable[frozenset[int] | None]],
    receive: Callable[[], Awaitable[Any]],
    send: Send,
) -> None:
    """Send events until the reader leaves, falls behind, or may not see any more what he saw."""
    hub, city = ingest.hub, request.place.pk
    departments = await rights()
    with contextlib.ExitStack() as stack:
        refused = 0 if hub.has_room(city) else 503
        if departments == frozenset() and not stack.enter_context(hub.counted(request.caller.address)):
            refused = 429
        try:
            watch = None if refused else await read_watch(ingest, request, departments)
        except (psycopg.Error, ManyReaders):
            watch, refused = None, 503
        if watch is None:
            for message in live_problem(refused or 400).messages():
                await send(message)
            return
        last = request.headers.get(b"last-event-id", b"").decode("latin-1")
        notice = asyncio.Event()
        subscriber = stack.enter_context(hub.news_of(city).subscribed(watch, last, notice.set))
        await _stream(subscriber, notice, _Still(watch.departments, rights), receive, send)


@dataclass(slots=True)
class _Still:
    """Whether a reader still has the rights with which they came; asked now and then."""

    departments: frozenset[int] | None
    rights: Callable[[], Awaitable[frozenset[int] | None]]
    checked: float = 0.0

    async def holds(self, now: float) -> bool:
        self.checked = self.checked or now
        if self.departments == frozenset() or now - self.checked <= RIGHTS_FRESH_S:
            return True
        self.checked = now
        return await self.rights() == self.departments


async def _stream(
    subscriber: Subscriber,
    notice: asyncio.Event,
    still: _Still,
    receive: Callable[[], Awaitable[Any]],
    send: Send,
) -> None:
    leaving = asyncio.ensure_future(_gone(receive))
    leaving.add_done_callback(lambda _: notice.set())
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(_body(b"retry: 2000\n\n"))
        while not leaving.done() and not subscriber.is_cut:
            if subscriber.waiting:
                piece = b"".join(subscriber.waiting)
                subscriber.waiting.clear()
                await send(_body(piece))
                subscriber.behind -= len(piece)
            else:
                notice.clear()
                await notice.wait()
            if not await still.holds(asyncio.get_running_loop().time()):
                break
    finally:
        leaving.cancel()
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": b""})


def _body(piece: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": True}


async def _gone(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
