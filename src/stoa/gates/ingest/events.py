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
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import psycopg

from stoa.gates.ingest.answers import live_problem
from stoa.gates.ingest.reading import ManyReaders
from stoa.gates.ingest.watching import Watch, read_watch
from stoa.houses.observations.door.streaming import (
    NO_RESULT_US,
    Known,
    Row,
    Series,
    decode_news,
    moment_of,
    result_of,
)

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request

PULSE_S = 0.1
HEARTBEAT_S = 15.0
RIGHTS_FRESH_S = 30.0
RING_MOST = 5_000
AT_ONCE_MOST = 2_000
"""Of more than so many in one pulse, only the newest of each series are told."""
BEHIND_MOST = 512 * 1024
"""Bytes that a slow reader may be behind."""
SUBSCRIBERS_MOST = 5_000
OF_AN_ADDRESS_MOST = 20
"""Open streams of one address whose reader has no rights of their own."""
_encode = msgspec.json.Encoder().encode

Send = Callable[[Any], Awaitable[None]]


class Event(NamedTuple):
    """One observation on its way to subscribers."""

    number: int
    series: Series
    at: int
    result_at: int
    value: Any
    quality: int


@dataclass(eq=False, slots=True)
class Subscriber:
    """One open connection: what it has not been sent yet."""

    waiting: deque[bytes] = field(default_factory=deque)
    behind: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    is_cut: bool = False

    def give(self, piece: bytes) -> None:
        self.behind += len(piece)
        if self.behind > BEHIND_MOST:
            self.is_cut = True
            self.waiting.clear()
        else:
            self.waiting.append(piece)
        self.news.set()


class Hub:
    """Everybody who watches in this process, and what came lately."""

    def __init__(self, known: Known, origin: str) -> None:
        self._known = known
        self._origin = origin
        self._channels: dict[Watch, set[Subscriber]] = {}
        self._strangers: Counter[str] = Counter()
        self._pending: list[Event] = []
        self._ring: deque[Event] = deque(maxlen=RING_MOST)
        self._number = 0
        self._boot = secrets.token_hex(3)
        self._pulse: asyncio.Task[None] | None = None
        self._is_watched_until = 0.0

    def start(self) -> None:
        self._pulse = asyncio.create_task(self._beat())

    def stop(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
        for subscribers in self._channels.values():
            for subscriber in subscribers:
                subscriber.is_cut = True
                subscriber.news.set()

    @property
    def size(self) -> int:
        return sum(len(subscribers) for subscribers in self._channels.values())

    # -- what comes in

    def publish_rows(self, rows: Sequence[Row]) -> None:
        """What this process has written itself."""
        if not self._is_watched():
            return
        if len(rows) > AT_ONCE_MOST:
            rows = list({row.series: row for row in rows}.values())
        for row in rows:
            value = row.number if row.json is None and row.text is None else row.text
            self._add(row.series, row.at, row.result_at, value if row.json is None else None, row.quality)

    def publish_news(self, payload: str) -> None:
        """What another process has written, as the database tells it."""
        if not self._is_watched() or f'"o":"{self._origin}"' in payload[:60]:
            return
        with contextlib.suppress(msgspec.MsgspecError):
            news = decode_news(payload)
            for series, at, value, quality, *told in news.v:
                self._add(series, at, told[0] if told else NO_RESULT_US, value, quality)
            for series in news.m:
                self._add(series, 0, NO_RESULT_US, None, 2)

    def _is_watched(self) -> bool:
        """The ring is kept for a minute after the last one has left, so that he can resume."""
        now = asyncio.get_running_loop().time()
        if self._channels:
            self._is_watched_until = now + 60.0
        return now < self._is_watched_until

    def _add(self, series: int, at: int, result_at: int, value: Any, quality: int) -> None:
        found = self._known.series.get(series)
        if found is not None:
            self._number += 1
            self._pending.append(Event(self._number, found, at, result_at, value, quality))

    # -- what goes out

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        heartbeat = loop.time() + HEARTBEAT_S
        while True:
            await asyncio.sleep(PULSE_S)
            if self._pending:
                self._flush()
            if loop.time() >= heartbeat:
                heartbeat = loop.time() + HEARTBEAT_S
                for subscribers in self._channels.values():
                    for subscriber in subscribers:
                        subscriber.give(b": still here\n\n")

    def _flush(self) -> None:
        events, self._pending = self._pending, []
        if len(events) > AT_ONCE_MOST:
            events = sorted({event.series.pk: event for event in events}.values())
        self._ring.extend(events)
        by_series: dict[int, list[Event]] = {}
        for event in events:
            by_series.setdefault(event.series.pk, []).append(event)
        written: dict[int, bytes] = {}
        for watch, subscribers in self._channels.items():
            piece = b"".join(self._written(_of_watched(watch, events, by_series), watch, written))
            if piece:
                for subscriber in subscribers:
                    subscriber.give(piece)

    def _written(self, events: Iterable[Event], watch: Watch, written: dict[int, bytes]) -> Iterator[bytes]:
        for event in events:
            if watch.includes(event.series):
                text = written.get(event.number)
                if text is None:
                    text = written[event.number] = self._text(event)
                yield text

    def _text(self, event: Event) -> bytes:
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
        return b"id: %s-%d\nevent: observation\ndata: %s\n\n" % (
            self._boot.encode(),
            number,
            _encode(told),
        )

    # -- who watches

    @contextlib.contextmanager
    def subscribed(self, watch: Watch, last: str) -> Iterator[Subscriber]:
        """A place in the channel of `watch`, filled with what came since the event `last`."""
        subscriber = Subscriber()
        boot, _, number = last.partition("-")
        if last and (boot != self._boot or not _is_number(number) or not self._is_in_ring(int(number))):
            subscriber.give(GAP)
        elif last:
            missed = [event for event in self._ring if event.number > int(number)]
            piece = b"".join(self._written(missed, watch, {}))
            # so much would cut them off at the next event, for ever again
            subscriber.give(piece if len(piece) <= BEHIND_MOST // 2 else GAP)
        channel = self._channels.setdefault(watch, set())
        channel.add(subscriber)
        try:
            yield subscriber
        finally:
            channel.discard(subscriber)
            if not channel and self._channels.get(watch) is channel:
                del self._channels[watch]

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

    def _is_in_ring(self, number: int) -> bool:
        return (bool(self._ring) and self._ring[0].number <= number + 1) or number == self._number


def _of_watched(watch: Watch, events: list[Event], by_series: dict[int, list[Event]]) -> list[Event]:
    """Those of the series that were named, without looking at all others."""
    if watch.series is None:
        return events
    return sorted(event for pk in by_series.keys() & watch.series for event in by_series[pk])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def network_of(address: str) -> str:
    """Whom an address stands for: with IPv6 everybody has a /64.

    >>> network_of("2001:db8::1:2") == network_of("2001:db8::3:4")
    True
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(IPv6Network((int(found) >> 64 << 64, 64)))


GAP = b"event: gap\ndata: {}\n\n"
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
    hub = ingest.hub
    departments = await rights()
    with contextlib.ExitStack() as stack:
        refused = 0
        if departments == frozenset() and not stack.enter_context(hub.counted(request.caller.address)):
            refused = 429
        try:
            watch = None if refused else await read_watch(ingest, request, departments)
        except (psycopg.Error, ManyReaders):
            watch, refused = None, 503
        if watch is None or hub.size >= SUBSCRIBERS_MOST:
            for message in live_problem(refused or (400 if watch is None else 503)).messages():
                await send(message)
            return
        last = request.headers.get(b"last-event-id", b"").decode("latin-1")
        await _stream(hub.subscribed(watch, last), watch, rights, receive, send)


async def _stream(
    subscription: contextlib.AbstractContextManager[Subscriber],
    watch: Watch,
    rights: Any,
    receive: Callable[[], Awaitable[Any]],
    send: Send,
) -> None:
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        with subscription as subscriber:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send(_body(b"retry: 2000\n\n"))
            await _serve(subscriber, watch, rights, leaving, send)
    finally:
        leaving.cancel()
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": b""})


async def _serve(
    subscriber: Subscriber, watch: Watch, rights: Any, leaving: asyncio.Future[None], send: Send
) -> None:
    loop = asyncio.get_running_loop()
    leaving.add_done_callback(lambda _: subscriber.news.set())
    checked = loop.time()
    while not leaving.done() and not subscriber.is_cut:
        if subscriber.waiting:
            piece = b"".join(subscriber.waiting)
            subscriber.waiting.clear()
            await send(_body(piece))
            subscriber.behind -= len(piece)
        else:
            subscriber.news.clear()
            await subscriber.news.wait()
        if watch.departments != frozenset() and loop.time() - checked > RIGHTS_FRESH_S:
            checked = loop.time()
            if await rights() != watch.departments:
                return


def _body(piece: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": True}


async def _gone(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
