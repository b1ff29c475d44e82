# SPDX-License-Identifier: EUPL-1.2
"""Packets that a client gets (MQTT 3.1.1 and 5, clause 3), out of bytes as they come."""

from __future__ import annotations

from typing import NamedTuple

from stoa.standards.mqtt.packets import USER_PROPERTY

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP, DISCONNECT = 2, 3, 4, 9, 13, 14


class BadPacket(ValueError):  # noqa: N818 - reads as what it is
    """What came is no MQTT; nothing after it can be read."""


class Published(NamedTuple):
    """A message."""

    topic: str
    payload: bytes
    number: int
    """What is acknowledged; 0: nothing waits for that."""
    told: tuple[tuple[str, str], ...] = ()
    """User properties."""


class Answer(NamedTuple):
    """Any other packet."""

    kind: int
    body: bytes

    @property
    def code(self) -> int:
        """Of CONNACK and DISCONNECT: why; 0 is well."""
        place = 1 if self.kind == CONNACK else 0
        return self.body[place] if len(self.body) > place else 0

    @property
    def session_is_kept(self) -> bool:
        """Of CONNACK: the broker still knew us."""
        return bool(self.body) and bool(self.body[0] & 1)

    def refusals(self, many: int) -> int:
        """Of SUBACK: how many of so many topics were refused."""
        return sum(code >= 0x80 for code in self.body[-many:]) if many else 0


class Reader:
    """Takes bytes in any pieces, gives whole packets."""

    def __init__(self, *, is_version_5: bool) -> None:
        self._is_version_5 = is_version_5
        self._left = b""
        self._topics: dict[bytes, str] = {}

    def read(self, data: bytes) -> tuple[list[Published], list[Answer]]:
        """What is complete now. Raises BadPacket."""
        if self._left:
            data = self._left + data
        messages: list[Published] = []
        answers: list[Answer] = []
        place, end = 0, len(data)
        while end - place >= 2:
            head, size, body = data[place], data[place + 1], place + 2
            if size > 127:
                found = _length(data, place + 1)
                if found is None:
                    break
                size, body = found
            if end - body < size:
                break
            place = body + size
            if head >> 4 == PUBLISH:
                messages.append(self._published(head, data[body:place]))
            else:
                answers.append(Answer(head >> 4, data[body:place]))
        self._left = data[place:]
        return messages, answers

    def _published(self, head: int, body: bytes) -> Published:
        at = 2 + int.from_bytes(body[:2], "big")
        topic = self._topic(body[2:at])
        number = 0
        if head & 0x06:
            number = int.from_bytes(body[at : at + 2], "big")
            at += 2
        if at > len(body):
            raise BadPacket("a message is shorter than it says")
        if not self._is_version_5:
            return Published(topic, body[at:], number)
        if at == len(body):
            raise BadPacket("a message has no properties")
        if not body[at]:
            return Published(topic, body[at + 1 :], number)
        found = _length(body, at)
        if found is None or sum(found) > len(body):
            raise BadPacket("properties are longer than their message")
        size, begin = found
        return Published(topic, body[begin + size :], number, _user_properties(body[begin : begin + size]))

    def _topic(self, encoded: bytes) -> str:
        known = self._topics.get(encoded)
        if known is None:
            if len(self._topics) > 100_000:
                self._topics.clear()
            known = self._topics[encoded] = encoded.decode(errors="replace")
        return known


def _length(data: bytes, place: int) -> tuple[int, int] | None:
    """A size and where it ends; None if not all of it is there."""
    size = 0
    for step in range(4):
        if place + step >= len(data):
            return None
        byte = data[place + step]
        size |= (byte & 127) << (7 * step)
        if byte < 128:
            return size, place + step + 1
    raise BadPacket("a length has more than four bytes")


_SIZES = {0x01: 1, 0x02: 4, 0x23: 2}
"""Properties of a message with a fixed size: payload format, expiry, topic alias."""
_TEXTS = {0x03, 0x08, 0x09}


def _user_properties(data: bytes) -> tuple[tuple[str, str], ...]:
    """The user properties among all (clause 3.3.2.3). Raises BadPacket."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(data):
        kind = data[place]
        place += 1
        if kind in _SIZES:
            place += _SIZES[kind]
        elif kind in _TEXTS:
            _text, place = _text_at(data, place)
        elif kind == USER_PROPERTY:
            name, place = _text_at(data, place)
            value, place = _text_at(data, place)
            found.append((name, value))
        elif kind == 0x0B:
            number = _length(data, place)
            place = number[1] if number else len(data)
        else:
            raise BadPacket(f"a message has the unknown property {kind}")
    return tuple(found)


def _text_at(data: bytes, place: int) -> tuple[str, int]:
    begin = place + 2
    end = begin + int.from_bytes(data[place:begin], "big")
    if end > len(data):
        raise BadPacket("a text is shorter than it says")
    return data[begin:end].decode(errors="replace"), end
