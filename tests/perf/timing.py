# SPDX-License-Identifier: EUPL-1.2
"""Doing something many times, alone or by several at once, with a clock beside it."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


def seconds_of(times: int, act: Callable[[int], Any], *, warm: int = 3) -> list[float]:
    """Seconds of each of so many goes; the first ones (with negative numbers) are not counted."""
    for n in range(warm):
        act(-1 - n)
    found = []
    for n in range(times):
        began = time.perf_counter()
        act(n)
        found.append(time.perf_counter() - began)
    return found


def seconds_at_once(clients: int, each: int, acts: Callable[[int], Callable[[int], Any]]) -> list[float]:
    """The same by several clients without a pause; `acts(client)` gives each its own way of asking."""
    found: list[float] = []
    troubles: list[BaseException] = []
    start = threading.Barrier(clients)

    def work(client: int) -> None:
        try:
            act = acts(client)
            act(-1)
            start.wait(60)
            found.extend(seconds_of(each, act, warm=0))
        except BaseException as trouble:  # noqa: BLE001 - told by the thread that waits for us
            troubles.append(trouble)
            start.abort()

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise next((t for t in troubles if not isinstance(t, threading.BrokenBarrierError)), troubles[0])
    return found


class Caller:
    """One kept connection, as a browser has it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, address: str, *, must_have: bytes = b"") -> bytes:
        """The body of an answer that must be 200 and hold some bytes: fast errors are no feat."""
        self._connection.request("GET", address, headers={"Accept": "text/html", "Accept-Language": "en"})
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200 or must_have not in body:
            raise RuntimeError(f"{answer.status} with {len(body)} bytes for {address}: {body[:300]!r}")
        return body

    def close(self) -> None:
        self._connection.close()


@contextmanager
def calling(port: int) -> Iterator[Caller]:
    """A connection that is closed in the end."""
    caller = Caller(port)
    try:
        yield caller
    finally:
        caller.close()
