# SPDX-License-Identifier: EUPL-1.2
"""A sensor that speaks MQTT and gives nothing up: what the broker did not acknowledge is sent again over the next connection."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from stoa.standards.mqtt import packets, reading
from stoa.standards.mqtt.reading import Reader

WINDOW = 10

Key = tuple[int, str]
"""Series and time."""


class Gauge(threading.Thread):
    """Publishes for its series until it is told to stop; `sure` holds what was acknowledged, and when."""

    def __init__(self, port: int, user: str, key: str, series: Sequence[int], begin: datetime) -> None:
        super().__init__(daemon=True)
        self.port, self.user, self.key, self.series, self.begin = port, user, key, series, begin
        self.sure: dict[Key, float] = {}
        self.stopping = threading.Event()
        self._waiting: dict[int, tuple[Key, bytes]] = {}
        self._count = 0

    def run(self) -> None:
        while not self.stopping.is_set():
            with suppress(OSError, reading.BadPacket):
                self._speak()
            self.stopping.wait(0.1)

    def stop(self) -> None:
        self.stopping.set()
        if self.is_alive():
            self.join(20)

    def _speak(self) -> None:
        hello = packets.Hello(self.user, self.user, self.key, is_version_5=False)
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as call:
            call.sendall(packets.connect(hello))
            reader = Reader(is_version_5=False)
            call.sendall(b"".join(packet for _key, packet in self._waiting.values()))
            while not self.stopping.is_set():
                call.sendall(b"".join(self._next() for _ in range(WINDOW - len(self._waiting))))
                data = call.recv(65_536)
                if not data:
                    raise ConnectionResetError
                for answer in reader.read(data)[1]:
                    if answer.kind == reading.PUBACK:
                        key, _packet = self._waiting.pop(int.from_bytes(answer.body[:2], "big"))
                        self.sure[key] = time.monotonic()
                time.sleep(0.02)

    def _next(self) -> bytes:
        """A new observation as a packet."""
        self._count += 1
        series = self.series[self._count % len(self.series)]
        at = (self.begin + timedelta(seconds=self._count)).strftime("%Y-%m-%dT%H:%M:%SZ")
        number = self._count % packets.MOST_NUMBER + 1
        packet = packets.publish(
            f"bench/v1.1/Datastreams({series})/Observations",
            b'{"phenomenonTime":"%s","result":%d}' % (at.encode(), self._count % 40),
            number=number,
            is_version_5=False,
        )
        self._waiting[number] = ((series, at), packet)
        return packet
