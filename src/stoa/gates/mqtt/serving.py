# SPDX-License-Identifier: EUPL-1.2
"""The consumer: take a batch from the broker, store it, acknowledge it; tell news in between."""

from __future__ import annotations

import logging
import threading
import time

from stoa.commons.cities.away import AWAY, let_go
from stoa.gates.mqtt.broker import Broker
from stoa.gates.mqtt.connection import Connection, lets_anybody_in
from stoa.gates.mqtt.messages import Message
from stoa.gates.mqtt.routes import subscriptions
from stoa.gates.mqtt.storing import Store, Stored
from stoa.gates.mqtt.telling import TOPICS, Teller

log = logging.getLogger(__name__)
LOOK_S = 20.0


class OpenToAnybody(Exception):  # noqa: N818 - reads as what it is
    """The broker lets clients in that say no name."""


class Consumer:
    """Runs until it is told to stop."""

    def __init__(self, broker: Broker, *, ca: str = "", allows_anybody: bool = False, root: str = "") -> None:
        self.broker, self.ca, self.allows_anybody = broker, ca, allows_anybody
        self.store = Store()
        self.connection = Connection(broker, ca)
        self.teller = Teller(self.connection, root) if broker.tells else None
        self.stopping = threading.Event()
        self.total = Stored()

    def run(self) -> None:
        """Raises OpenToAnybody before anything is taken, unless the operator allows it."""
        if not self.allows_anybody and lets_anybody_in(self.broker, self.ca):
            raise OpenToAnybody
        self._listen_to_all()
        self.connection.open()
        if self.teller:
            self.teller.start()
        looked = told = time.monotonic()
        try:
            while not self.stopping.is_set():
                if batch := self.connection.batch(0.5):
                    self._take(batch)
                if time.monotonic() - looked > LOOK_S:
                    looked = time.monotonic()
                    self._listen_to_all()
                if time.monotonic() - told > 60:
                    told = self._count()
        finally:
            self.connection.close()
            if self.teller:
                self.teller.stop()

    def _take(self, batch: list[Message]) -> None:
        """Store, then acknowledge; what the broker says of itself is for who tells news."""
        if self.teller:
            for message in batch:
                if message.topic in TOPICS:
                    self.teller.hear(message.topic, message.payload)
        if wanted := [message for message in batch if message.topic not in TOPICS]:
            self.total.add(self.store.store(wanted, self._wait))
        self.connection.acknowledge(batch)

    def _listen_to_all(self) -> None:
        """Topics of all cities, and what tells us who listens to what we tell."""
        while True:
            try:
                topics = subscriptions(self.store.cities())
                break
            except AWAY as gone:
                log.warning("mqtt.database_away", extra={"why": type(gone).__name__})
                let_go()
                self._wait(2.0)
        self.connection.listen_to([*topics, *(TOPICS if self.teller else ())])

    def stop(self) -> None:
        self.stopping.set()

    def _wait(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise SystemExit(0)  # nothing of this batch is acknowledged; it comes again

    def _count(self) -> float:
        total, self.total = self.total, Stored()
        if total.written or total.refused or total.unchanged:
            told = {"written": total.written, "unchanged": total.unchanged, "refused": total.refused}
            log.info("mqtt.minute", extra=told)
        return time.monotonic()
