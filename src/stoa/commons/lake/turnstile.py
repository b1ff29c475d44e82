# SPDX-License-Identifier: EUPL-1.2
"""How many questions run at once: two, the others wait in line, and the line has an end.

DuckDB uses every core for one query already, so more at once only make all of them slower (TECH 17).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stoa.commons.lake import refusals


class Turnstile:
    """Lets a few in at a time; `Refused` (`lake.busy`) where the line or the wait is too long."""

    def __init__(self, *, running: int = 2, waiting: int = 64, seconds: float = 30.0) -> None:
        self._places = threading.Semaphore(running)
        self._line = threading.Semaphore(running + waiting)
        self._seconds = seconds

    @contextmanager
    def passed(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise refusals.busy()
        try:
            if not self._places.acquire(timeout=self._seconds):
                raise refusals.busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._line.release()


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
