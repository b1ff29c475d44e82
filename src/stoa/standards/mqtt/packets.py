# SPDX-License-Identifier: EUPL-1.2
"""Packets that a client sends (MQTT 3.1.1 and 5, clause 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PING = b"\xc0\x00"
GOODBYE = b"\xe0\x00"
MOST_NUMBER = 65_535
"""Packet ids, and so messages under way, there can be."""

_SESSION_EXPIRY, _RECEIVE_MAXIMUM, _LARGEST_PACKET, USER_PROPERTY = 0x11, 0x21, 0x27, 0x26


@dataclass(frozen=True, slots=True)
class Hello:
    """How a client presents itself."""

    client: str
    user: str = ""
    password: str = ""
    is_version_5: bool = True
    keepalive_s: int = 30
    keeps_session: bool = True
    """The broker keeps what we subscribed to, and messages meanwhile, while we are away."""
    session_s: int = 0
    """For how long it does (version 5; in 3.1.1 the broker decides)."""
    unacknowledged_most: int = MOST_NUMBER
    packet_most: int = 8 * 1024 * 1024


def connect(hello: Hello) -> bytes:
    """CONNECT."""
    flags = 0 if hello.keeps_session else 0x02
    flags |= 0x80 if hello.user else 0
    flags |= 0x40 if hello.user and hello.password else 0
    body = _text("MQTT") + bytes((5 if hello.is_version_5 else 4, flags))
    body += hello.keepalive_s.to_bytes(2, "big")
    if hello.is_version_5:
        told = bytes((_SESSION_EXPIRY,)) + (hello.session_s if hello.keeps_session else 0).to_bytes(4, "big")
        told += bytes((_RECEIVE_MAXIMUM,)) + hello.unacknowledged_most.to_bytes(2, "big")
        told += bytes((_LARGEST_PACKET,)) + hello.packet_most.to_bytes(4, "big")
        body += length(len(told)) + told
    body += _text(hello.client)
    if hello.user:
        body += _text(hello.user) + (_text(hello.password) if hello.password else b"")
    return _packet(0x10, body)


def subscribe(number: int, topics: Iterable[str], *, is_version_5: bool, skips_own: bool = False) -> bytes:
    """SUBSCRIBE with QoS 1; `skips_own`: what we publish ourselves does not come back (version 5)."""
    option = 0x01 | (0x04 if is_version_5 and skips_own else 0)
    body = number.to_bytes(2, "big") + (b"\x00" if is_version_5 else b"")
    return _packet(0x82, body + b"".join(_text(topic) + bytes((option,)) for topic in topics))


def publish(
    topic: str,
    payload: bytes,
    *,
    number: int = 0,
    is_version_5: bool = True,
    is_retained: bool = False,
    told: Sequence[tuple[str, str]] = (),
) -> bytes:
    """PUBLISH: with a number QoS 1, else QoS 0; `told` are user properties (version 5)."""
    body = _text(topic) + (number.to_bytes(2, "big") if number else b"")
    if is_version_5:
        properties = b"".join(bytes((USER_PROPERTY,)) + _text(name) + _text(value) for name, value in told)
        body += length(len(properties)) + properties
    return _packet(0x30 | (0x02 if number else 0) | (0x01 if is_retained else 0), body + payload)


def acknowledgements(numbers: Iterable[int]) -> bytes:
    """PUBACK for each."""
    return b"".join([b"\x40\x02" + number.to_bytes(2, "big") for number in numbers])


def length(size: int) -> bytes:
    """A size in up to four bytes, seven bits each.

    >>> length(127).hex(), length(128).hex()
    ('7f', '8001')
    """
    found = bytearray()
    while True:
        size, low = divmod(size, 128)
        found.append(low | (0x80 if size else 0))
        if not size:
            return bytes(found)


def _packet(head: int, body: bytes) -> bytes:
    return bytes((head,)) + length(len(body)) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2, "big") + encoded
