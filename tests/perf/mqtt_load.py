# SPDX-License-Identifier: EUPL-1.2
"""Gateways that publish, and a consumer that does nothing: `python -m tests.perf.mqtt_load publish|listen JSON`.

They speak MQTT over bare sockets, so that they cost the shared processors little; what they did is printed as JSON.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stoa.standards.mqtt import packets
from stoa.standards.mqtt.reading import Reader

WINDOW = 200
"""Messages of one gateway that the broker has not acknowledged yet."""
_PUBACK = 4


@dataclass
class Gateway:
    """One connection that publishes with QoS 1; counts what the broker acknowledged."""

    call: socket.socket
    heads: Sequence[bytes]
    """PUBLISH up to the number, one for each series."""
    sent: int = 0
    acknowledged: int = 0
    unsent: bytearray = field(default_factory=bytearray)
    _left: int = 0

    @property
    def room(self) -> int:
        return WINDOW - (self.sent - self.acknowledged)

    def publish(self, at: str) -> None:
        """The next series says something."""
        topic = self.heads[self.sent % len(self.heads)]
        number = self.sent % packets.MOST_NUMBER + 1
        body = topic + number.to_bytes(2, "big")
        body += b'{"phenomenonTime":"%s","result":%d.5}' % (at.encode(), self.sent % 40)
        self.unsent += b"\x32" + packets.length(len(body)) + body
        self.sent += 1

    def write(self) -> None:
        if self.unsent:
            try:
                del self.unsent[: self.call.send(self.unsent)]
            except BlockingIOError:
                return

    def read(self) -> None:
        data = self.call.recv(65_536)
        if not data:
            raise ConnectionResetError("the broker ended the connection")
        self._left += len(data)
        self.acknowledged, self._left = self.acknowledged + self._left // _PUBACK, self._left % _PUBACK


def _joined(port: int, hello: packets.Hello) -> tuple[socket.socket, Reader]:
    call = socket.create_connection(("127.0.0.1", port), timeout=30)
    call.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    call.sendall(packets.connect(hello))
    reader = Reader(is_version_5=hello.is_version_5)
    answers: list[Any] = []
    while not answers:
        answers = reader.read(call.recv(65_536))[1]
    if answers[0].code:
        raise SystemExit(f"the broker refuses {hello.client}: {answers[0].code}")
    return call, reader


def publish(*, port: int, gateways: list[dict[str, Any]], rate: int, seconds: float) -> dict[str, Any]:
    """Each gateway publishes for its own series, together `rate` a second, as far as the broker acknowledges."""
    poll, known = select.epoll(), {}
    for one in gateways:
        hello = packets.Hello(
            one["user"], one["user"], one["key"], is_version_5=False, keepalive_s=0, keeps_session=False
        )
        call, _reader = _joined(port, hello)
        call.setblocking(False)
        topics = [topic.encode() for topic in one["topics"]]
        gateway = Gateway(call, [len(topic).to_bytes(2, "big") + topic for topic in topics])
        known[call.fileno()] = gateway
        poll.register(call.fileno(), select.EPOLLIN)
    began, worked = time.perf_counter(), time.process_time()
    due = 0
    while (passed := time.perf_counter() - began) < seconds:
        due = _send_what_is_due(list(known.values()), due, int(passed * rate))
        for file, _ in poll.poll(0.002):
            known[file].read()
    sent_for = time.perf_counter() - began
    end = time.perf_counter() + 60
    while any(g.acknowledged < g.sent for g in known.values()) and time.perf_counter() < end:
        for gateway in known.values():
            gateway.write()
        for file, _ in poll.poll(0.1):
            known[file].read()
    return {
        "sent": sum(g.sent for g in known.values()),
        "acknowledged": sum(g.acknowledged for g in known.values()),
        "seconds": sent_for,
        "processor": time.process_time() - worked,
    }


def _send_what_is_due(gateways: Sequence[Gateway], done: int, due: int) -> int:
    """Publish up to `due` in turn; who has no room is passed over, and nothing is made up for later."""
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    free = [gateway for gateway in gateways if gateway.room > 0]
    for n in range(min(due - done, 40 * len(free))):
        gateway = free[n % len(free)]
        if gateway.room > 0:
            gateway.publish(at)
    for gateway in gateways:
        gateway.write()
    return due


def listen(*, port: int, user: str, key: str, topics: list[str], seconds: float) -> dict[str, Any]:
    """Take messages with QoS 1 and acknowledge them, and nothing else."""
    call, reader = _joined(port, packets.Hello("bench-listener", user, key, session_s=60, keepalive_s=0))
    call.sendall(packets.subscribe(1, topics, is_version_5=True))
    print("ready", flush=True)  # noqa: T201 - whoever started us waits for it
    heard, first, last = 0, 0.0, 0.0
    call.settimeout(0.5)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or (heard and time.perf_counter() - last < 1):
        try:
            messages, _answers = reader.read(call.recv(262_144))
        except TimeoutError:
            continue
        if messages:
            last = time.perf_counter()
            first = first or last
            heard += len(messages)
            call.sendall(packets.acknowledgements(m.number for m in messages if m.number))
    call.sendall(packets.GOODBYE)
    return {"heard": heard, "seconds": max(last - first, 1e-9)}


def main(name: str, given: str) -> None:
    """One of both, with what it did as the last line."""
    deed = {"publish": publish, "listen": listen}[name]
    print(json.dumps(deed(**json.loads(given))))  # noqa: T201 - this is the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
