# SPDX-License-Identifier: EUPL-1.2
"""Messages between the network and the store: bounded in number and in bytes, so that memory does not grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from threading import Condition

from stoa.gates.mqtt.messages import Message

MESSAGES_MOST = 65_535
BYTES_MOST = 64 * 1024 * 1024


class Waiting:
    """A queue with one who puts and one who takes."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._changed = Condition()

    @property
    def is_full(self) -> bool:
        """Nothing more is read from the broker until somebody takes."""
        return len(self._messages) >= MESSAGES_MOST or self._bytes >= BYTES_MOST

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, messages: Iterable[Message]) -> None:
        listed = list(messages)
        with self._changed:
            self._messages.extend(listed)
            self._bytes += sum(len(message.payload) for message in listed)
            self._changed.notify()

    def take(self, most: int, wait_s: float) -> tuple[list[Message], bool]:
        """At most so many, and whether there is room again; waits a little for the first."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._messages), wait_s)
            was_full = self.is_full
            found = [self._messages.popleft() for _ in range(min(most, len(self._messages)))]
            self._bytes -= sum(len(message.payload) for message in found)
            return found, was_full
