# SPDX-License-Identifier: EUPL-1.2
"""Bodies of requests in memory: within their length, their time, and a total that counts what really came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

BODY_MOST = 5 * 1024 * 1024
BODIES_MOST = 96 * 1024 * 1024
"""Bytes of all bodies that are in memory at once; beyond that callers are told to come again."""
BODY_MOST_S = 30.0

Receive = Callable[[], Awaitable[Any]]


class BodyRefused(Exception):  # noqa: N818 - reads as what it is
    """The body was not taken; carries the HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class Bodies:
    """All bodies that are in memory now. A length that is only announced takes no room."""

    def __init__(self) -> None:
        self.held = 0

    async def take(self, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        """The whole body; `release` must follow. Raises BodyRefused."""
        length = _length(headers)
        if self.held >= BODIES_MOST:
            raise BodyRefused(429)
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_MOST_S):
                await self._gather(body, length, receive)
        except TimeoutError:
            self.release(body)
            raise BodyRefused(408) from None
        except BaseException:
            self.release(body)
            raise
        return bytes(body)

    def release(self, body: bytes | bytearray) -> None:
        self.held -= len(body)

    async def _gather(self, body: bytearray, length: int, receive: Receive) -> None:
        is_more = True
        while is_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BodyRefused(408)
            piece = message.get("body", b"")
            body += piece
            self.held += len(piece)
            if len(body) > length:
                raise BodyRefused(413)
            if self.held > BODIES_MOST:
                raise BodyRefused(429)
            is_more = message.get("more_body", False)
        if len(body) != length:
            raise BodyRefused(408)


def _length(headers: Mapping[bytes, bytes]) -> int:
    told = headers.get(b"content-length", b"")
    if not told.isdigit():
        raise BodyRefused(411)
    length = int(told[:12])
    if length > BODY_MOST:
        raise BodyRefused(413)
    return length
