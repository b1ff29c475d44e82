# SPDX-License-Identifier: EUPL-1.2
"""How many questions run at once: two, the others wait in line, and the line has an end.

DuckDB uses every core for one query already, so more at once only make all of them slower (TECH 17).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


@contextmanager
def time_limit(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt` if the block takes longer."""
    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
