# SPDX-License-Identifier: EUPL-1.2
"""Our connection to the broker: a session that outlives us, messages that stay there until we say that they are stored.

It is our own, and not a library's, for two reasons that cost values otherwise: when the broker ends suddenly, what has
reached us by then is still read; and what came by one connection is never acknowledged by the next, where its number
may mean another message.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from stoa.gates.mqtt.broker import Broker
from stoa.gates.mqtt.messages import Message
from stoa.gates.mqtt.waiting import Waiting
from stoa.gates.mqtt.wire import Wire
from stoa.standards.mqtt import packets, reading
from stoa.standards.mqtt.reading import Answer, BadPacket, Published, Reader

log = logging.getLogger(__name__)
BATCH = 2_000
SESSION_S = 30 * 24 * 3600
KEEPALIVE_S = 30
SILENT_MOST_S = 1.5 * KEEPALIVE_S
UNSENT_MOST = 8 * 1024 * 1024
"""Bytes of news that may wait; more is not told."""
OURS = ("stoa", "1")
"""User property of what we publish ourselves."""


class Connection:
    """Messages come by `batch`; `acknowledge` lets the broker forget them."""

    def __init__(self, broker: Broker, ca: str = "") -> None:
        self.broker = broker
        self.waiting = Waiting()
        self.session = 0
        self.is_open = False
        self.refused = ""
        self._ca = ca
        self._topics: list[str] = []
        self._unsent = bytearray()
        self._lock = threading.Lock()
        """Over the session, its wire and what is to be sent by it: one always means the other."""
        self._wire: Wire | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mqtt-connection", daemon=True)
        self._asked: list[int] = []

    def open(self) -> None:
        """Connect, and again whenever the connection breaks; returns at once."""
        self._thread.start()

    def close(self) -> None:
        self._ending.set()
        self._wake()
        self._thread.join(5.0)

    def batch(self, wait_s: float) -> list[Message]:
        """What is waiting, at most `BATCH`; waits a little for the first."""
        found, was_full = self.waiting.take(BATCH, wait_s)
        if was_full:
            self._wake()
        return found

    def acknowledge(self, batch: Iterable[Message]) -> None:
        """Only after commit: until now the broker would send them again.

        What came by a connection before this one is not acknowledged: its number may mean another message now.
        """
        with self._lock:
            if self.is_open:
                numbers = [m.number for m in batch if m.number and m.session == self.session]
                self._unsent += packets.acknowledgements(numbers)
        self._wake()

    def publish(self, topic: str, payload: bytes, *, is_retained: bool = False) -> None:
        """Tell something, once at most; what cannot be told now is not told.

        What is retained is for ourselves after our next start, so it is not marked as ours.
        """
        is_5 = self.broker.is_version_5
        mark = [OURS] if is_5 and not is_retained else ()
        told = packets.publish(topic, payload, is_version_5=is_5, is_retained=is_retained, told=mark)
        with self._lock:
            if not self.is_open or len(self._unsent) > UNSENT_MOST:
                return
            self._unsent += told
        self._wake()

    def listen_to(self, topics: Iterable[str]) -> None:
        """Have these topics; those that are new are subscribed to now, all of them whenever we connect again."""
        with self._lock:
            fresh = [topic for topic in topics if topic not in self._topics]
            self._topics += fresh
            if fresh and self.is_open:
                self._subscribe(fresh)
        self._wake()

    # -- the thread of the connection

    def _run(self) -> None:
        pause = 1.0
        while not self._ending.is_set():
            before = self.session
            try:
                self._serve()
            except (OSError, BadPacket) as broken:
                log.warning("mqtt.disconnected", extra={"why": str(broken)[:200]})
            finally:
                self._ended()
            pause = 1.0 if self.session != before else min(15.0, pause * 2)
            self._ending.wait(pause)

    def _serve(self) -> None:
        """One connection from its begin to its end, of which `OSError` tells."""
        wire = Wire(self.broker, self._ca)
        with self._lock:
            self._wire = wire
            self._unsent = bytearray(packets.connect(_hello(self.broker)))
        reader = Reader(is_version_5=self.broker.is_version_5)
        heard = spoke = time.monotonic()
        while not self._ending.is_set():
            now = time.monotonic()
            if now - spoke > KEEPALIVE_S / 2:
                spoke = now
                with self._lock:
                    self._unsent += packets.PING
            self._write(wire)
            if self.waiting.is_full:
                heard = now
            wire.wait(1.0, reads=not self.waiting.is_full, writes=bool(self._unsent))
            if self.waiting.is_full:
                continue
            data = wire.read()
            if data == b"":
                raise ConnectionResetError("the broker ended the connection")
            if data:
                heard = time.monotonic()
                self._take(*reader.read(data))
            elif now - heard > SILENT_MOST_S:
                raise TimeoutError("the broker is silent")
        self._say_goodbye(wire)

    def _write(self, wire: Wire) -> None:
        with self._lock:
            if self._unsent:
                wire.write(self._unsent)

    def _say_goodbye(self, wire: Wire) -> None:
        """What is stored is acknowledged before we go, as far as that goes at once."""
        with self._lock:
            self._unsent += packets.GOODBYE
        self._write(wire)

    def _ended(self) -> None:
        with self._lock:
            self.is_open = False
            self._unsent.clear()
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _wake(self) -> None:
        with self._lock:
            if self._wire is not None:
                self._wire.wake()

    # -- what came

    def _take(self, messages: list[Published], answers: list[Answer]) -> None:
        for answer in answers:
            self._answered(answer)
        if messages:
            ours = [m.number for m in messages if m.number and OURS in m.told]
            session = self.session
            self.waiting.put(
                Message(m.topic, m.payload, m.number, session) for m in messages if OURS not in m.told
            )
            if ours:
                with self._lock:
                    self._unsent += packets.acknowledgements(ours)

    def _answered(self, answer: Answer) -> None:
        if answer.kind == reading.CONNACK:
            self._connected(answer)
        elif answer.kind == reading.SUBACK and self._asked:
            if refused := answer.refusals(self._asked.pop(0)):
                log.error("mqtt.topics_refused", extra={"topics": refused})
        elif answer.kind == reading.DISCONNECT:
            raise ConnectionResetError(f"the broker sends us away, reason {answer.code}")

    def _connected(self, answer: Answer) -> None:
        if answer.code:
            self.refused = str(answer.code)
            log.error("mqtt.broker_refuses_us", extra={"why": answer.code})
            raise ConnectionRefusedError(f"the broker refuses us, reason {answer.code}")
        if self.session and not answer.session_is_kept:
            log.error("mqtt.session_lost")
        self._asked.clear()
        with self._lock:
            self.session += 1
            self.is_open, self.refused = True, ""
            self._subscribe(self._topics)
        log.info("mqtt.connected")

    def _subscribe(self, topics: list[str]) -> None:
        """Under the lock."""
        head = f"$share/{self.broker.share}/" if self.broker.share and self.broker.is_version_5 else ""
        self._unsent += packets.subscribe(
            1 + len(self._asked),
            [topic if topic.startswith("$") else head + topic for topic in topics],
            is_version_5=self.broker.is_version_5,
            skips_own=not head,
        )
        self._asked.append(len(topics))


def _hello(broker: Broker) -> packets.Hello:
    return packets.Hello(
        broker.session_name,
        broker.user,
        broker.password,
        is_version_5=broker.is_version_5,
        keepalive_s=KEEPALIVE_S,
        session_s=SESSION_S,
    )


def lets_anybody_in(broker: Broker, ca: str = "", wait_s: float = 5.0) -> bool:
    """Whether the broker accepts a client without a name: then anybody could write."""
    is_5 = broker.is_version_5
    try:
        wire = Wire(broker, ca)
    except OSError:
        return False
    try:
        hello = packets.connect(packets.Hello("", is_version_5=is_5, keepalive_s=10, keeps_session=False))
        wire.write(bytearray(hello))
        reader, end = Reader(is_version_5=is_5), time.monotonic() + wait_s
        while time.monotonic() < end:
            wire.wait(0.2, reads=True, writes=False)
            data = wire.read()
            if data == b"":
                return False
            for answer in reader.read(data or b"")[1]:
                if answer.kind == reading.CONNACK:
                    wire.write(bytearray(packets.GOODBYE))
                    return not answer.code
    except (OSError, BadPacket):
        return False
    finally:
        wire.close()
    return False
