# SPDX-License-Identifier: EUPL-1.2
"""How many questions run at once: two, the others wait in line, and the line has an end.

DuckDB uses every core for one query already, so more at once only make all of them slower (TECH 17).
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from stoa.commons.lake import refusals


class Turnstile:
    """Lets a few in at a time, first come first served; `Refused` (`lake.busy`) at the end of patience."""

    def __init__(self, *, running: int = 2, waiting: int = 64, seconds: float = 30.0) -> None:
        self._free = running
        self._most_waiting = waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def passed(self) -> Iterator[None]:
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free and not self._line:
                self._free -= 1
                return
            if len(self._line) >= self._most_waiting:
                raise refusals.busy()
            called = threading.Event()
            self._line.append(called)
        if called.wait(self._seconds):
            return
        with self._lock:
            if not called.is_set():
                self._line.remove(called)
                raise refusals.busy()

    def _leave(self) -> None:
        """Hand the place on to the first in line, so that nobody slips in between."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1


class Watch:
    """Calls what is due: one thread for all limits of a process, since a thread for each costs more than a question.

    What was taken off is never called any more, not even a moment later: its cursor may serve somebody else by then.
    """

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._due: list[tuple[float, int]] = []
        self._calls: dict[int, Callable[[], None]] = {}
        self._count = 0
        self._thread: threading.Thread | None = None

    def put(self, seconds: float, call: Callable[[], None]) -> int:
        """Have something called after a time; the number is for taking it off."""
        with self._news:
            self._count += 1
            self._calls[self._count] = call
            heapq.heappush(self._due, (time.monotonic() + seconds, self._count))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._go, name="watch", daemon=True)
                self._thread.start()
            elif self._due[0][1] == self._count:
                self._news.notify()
            return self._count

    def take_off(self, number: int) -> None:
        with self._news:
            self._calls.pop(number, None)

    def _go(self) -> None:
        with self._news:
            while True:
                now = time.monotonic()
                while self._due and (self._due[0][0] <= now or self._due[0][1] not in self._calls):
                    call = self._calls.pop(heapq.heappop(self._due)[1], None)
                    if call is not None:
                        with suppress(Exception):  # one that fails must not end the watch for all others
                            call()
                self._news.wait(self._due[0][0] - now if self._due else None)


_watch = Watch()


@contextmanager
def time_limit(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt` if the block takes longer."""
    number = _watch.put(seconds, interrupt)
    try:
        yield
    finally:
        _watch.take_off(number)
