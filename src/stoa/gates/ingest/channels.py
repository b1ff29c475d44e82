# SPDX-License-Identifier: EUPL-1.2
"""The live news of one city: what came lately, who watches what, and what each of them gets.

Every city has its own, so that a storm of news or of readers in one takes nothing from the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from stoa.gates.ingest.watching import Watch
from stoa.houses.observations.door.streaming import Series

RING_MOST = 5_000
AT_ONCE_MOST = 2_000
"""Of more than so many in one pulse, only the newest of each series are told."""
BEHIND_MOST = 512 * 1024
"""Bytes that a slow reader may be behind."""
KEPT_S = 60.0
"""So long the ring is kept after the last one has left, so that they can resume."""
GAP = b"event: gap\ndata: {}\n\n"


class Event(NamedTuple):
    """One observation on its way to subscribers."""

    number: int
    """Counted in its city, without gaps."""
    series: Series
    at: int
    result_at: int
    value: Any
    quality: int


@dataclass(eq=False, slots=True)
class Subscriber:
    """One open connection: what it has not been sent yet."""

    give_notice: Callable[[], None]
    waiting: deque[bytes] = field(default_factory=deque)
    behind: int = 0
    is_cut: bool = False

    def give(self, piece: bytes) -> None:
        self.behind += len(piece)
        if self.behind > BEHIND_MOST:
            self.cut()
        else:
            self.waiting.append(piece)
            self.give_notice()

    def cut(self) -> None:
        """They read too slowly, or everything ends."""
        self.is_cut = True
        self.waiting.clear()
        self.give_notice()


class _Pulse:
    """Events of one pulse, found by what somebody watches without a look at all others."""

    def __init__(self, events: list[Event]) -> None:
        self._events = events

    def for_whom(self, watch: Watch) -> list[Event]:
        """At least those that the watch includes, in order."""
        for named, index in (
            (watch.series, "_by_series"),
            (watch.things or None, "_by_thing"),
            (watch.properties or None, "_by_property"),
        ):
            if named is not None:
                found: dict[int, list[Event]] = getattr(self, index)
                return sorted(event for key in found.keys() & named for event in found[key])
        return self._events

    @cached_property
    def _by_series(self) -> dict[int, list[Event]]:
        return self._by(lambda series: series.pk)

    @cached_property
    def _by_thing(self) -> dict[int, list[Event]]:
        return self._by(lambda series: series.thing)

    @cached_property
    def _by_property(self) -> dict[int, list[Event]]:
        return self._by(lambda series: series.observed_property)

    def _by(self, key: Callable[[Series], int]) -> dict[int, list[Event]]:
        found: dict[int, list[Event]] = {}
        for event in self._events:
            found.setdefault(key(event.series), []).append(event)
        return found


class CityNews:
    """Channels of one city; equal watches share one, and an event is written once for all of them."""

    def __init__(self, boot: str, write: Callable[[Event, str], bytes]) -> None:
        self._boot = boot
        self._write = write
        self._channels: dict[Watch, set[Subscriber]] = {}
        self._pending: list[Event] = []
        self._ring: deque[Event] = deque(maxlen=RING_MOST)
        self._number = 0
        self._until = 0.0

    @property
    def size(self) -> int:
        return sum(map(len, self._channels.values()))

    def is_over(self, now: float) -> bool:
        """Whether nobody has watched for a while."""
        if self._channels or not self._until:
            self._until = now + KEPT_S
        return now > self._until

    def everybody(self) -> Iterator[Subscriber]:
        for subscribers in self._channels.values():
            yield from list(subscribers)

    def add(self, series: Series, at: int, result_at: int, value: Any, quality: int) -> None:
        self._number += 1
        self._pending.append(Event(self._number, series, at, result_at, value, quality))

    def flush(self) -> None:
        """Give everybody what has come for them."""
        events, self._pending = self._pending, []
        if not events:
            return
        if len(events) > AT_ONCE_MOST:
            events = sorted({event.series.pk: event for event in events}.values())
        self._ring.extend(events)
        pulse, written = _Pulse(events), dict[int, bytes]()
        for watch, subscribers in self._channels.items():
            piece = b"".join(self._written(pulse.for_whom(watch), watch, written))
            if piece:
                for subscriber in subscribers:
                    subscriber.give(piece)

    def _written(self, events: Iterable[Event], watch: Watch, written: dict[int, bytes]) -> Iterator[bytes]:
        for event in events:
            if watch.includes(event.series):
                text = written.get(event.number)
                if text is None:
                    text = written[event.number] = self._write(event, self._boot)
                yield text

    @contextmanager
    def subscribed(self, watch: Watch, last: str, give_notice: Callable[[], None]) -> Iterator[Subscriber]:
        """A place in the channel of `watch`, filled with what came since the event `last`."""
        subscriber = Subscriber(give_notice)
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

    def _is_in_ring(self, number: int) -> bool:
        return (bool(self._ring) and self._ring[0].number <= number + 1) or number == self._number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
