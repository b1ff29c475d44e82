# SPDX-License-Identifier: EUPL-1.2
"""How long it takes from sending an observation to hearing of it, with many who listen."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from datetime import UTC, datetime

from tests.perf.figures import Figure, at_most, percentile, spread
from tests.perf.stream_town import Target, read_answer, request_of

RATE = 1_000
EACH = 20


def figures(to: Target, seconds: float, subscribers: int) -> list[Figure]:
    """1,000 observations a second; one subscriber in ten hears all of them, the others ten series each."""
    ears = Ears(to, subscribers)
    stop = threading.Event()
    listening = threading.Thread(target=ears.listen, args=(stop,))
    listening.start()
    sent = _send(to, seconds)
    time.sleep(1)
    stop.set()
    listening.join()
    late = ears.late
    note = f"{sent:,} sent over HTTP, {subscribers} subscribers, {ears.heard:,} times heard; {spread(late)}"
    return [at_most("news", percentile(late, 0.99) * 1000, "ms", 500, note)]


class Ears:
    """Many open event streams, read by one thread; every so often the delay of an event is noted."""

    def __init__(self, to: Target, many: int) -> None:
        self.heard, self.late = 0, [0.0]
        self._poll = select.epoll()
        self._calls: dict[int, socket.socket] = {}
        self._left: dict[int, bytes] = {}
        for n in range(many):
            first = to.first + n * 7 % 1_000
            asked = "" if n % 10 == 0 else "?datastream=" + ",".join(str(first + k) for k in range(10))
            call = socket.create_connection(("127.0.0.1", to.port), timeout=30)
            call.sendall(f"GET /live/events{asked} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            call.setblocking(False)
            self._calls[call.fileno()] = call
            self._left[call.fileno()] = b""
            self._poll.register(call.fileno(), select.EPOLLIN)

    def listen(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for file, _ in self._poll.poll(0.2):
                self._note(file, time.time())
        for call in self._calls.values():
            call.close()

    def _note(self, file: int, now: float) -> None:
        data = self._calls[file].recv(1 << 20)
        self.heard += data.count(b"event: observation")
        at = data.rfind(b'"at":"')
        if at < 0 or at + 33 > len(data):
            return
        told = data[at + 6 : at + 33].split(b'"')[0].decode()
        self.late.append(now - datetime.fromisoformat(told).timestamp())


def _send(to: Target, seconds: float) -> int:
    """Batches of a few with the moment in which they are sent, at a steady pace."""
    sent, began = 0, time.perf_counter()
    with socket.create_connection(("127.0.0.1", to.port), timeout=60) as call:
        while (passed := time.perf_counter() - began) < seconds:
            if sent > passed * RATE:
                time.sleep(0.002)
                continue
            at = datetime.now(UTC).isoformat()
            rows = [
                {"datastream": to.first + (sent + k) % 1_000, "at": at, "result": (sent + k) % 50}
                for k in range(EACH)
            ]
            call.sendall(request_of("/ingest/v1/observations", to.key, json.dumps(rows).encode()))
            status, body = read_answer(call)
            assert status == 200, body
            sent += EACH
    return sent
