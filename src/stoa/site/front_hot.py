# SPDX-License-Identifier: EUPL-1.2
"""The hot path in front of the portal: asked first for each request; what it declines is forwarded as ever."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import IO, Any, Protocol

import aiohttp

from stoa.gates.ingest import quick
from stoa.gates.ingest.answers import Answer
from stoa.gates.ingest.application import Caller, Ingest, Request
from stoa.gates.ingest.quick import Begun
from stoa.site.front_caller import Header, Outside, caller_of
from stoa.site.front_headers import first

__all__ = ["Answer", "Begun", "Head", "HotPath", "Who"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

RIGHTS_MOST_S = 20
HEADS_MOST = 2_000
BLOCK_MOST = 1_500
"""Bytes of a block of fields that is remembered."""


class Settings(Protocol):
    """What it must know of the front's settings."""

    @property
    def outside(self) -> Outside: ...


class Portal(Protocol):
    """The front, as far as the way to the portal is needed."""

    @property
    def settings(self) -> Settings: ...
    async def forward(self, scope: Scope, receive: Receive, send: Send, body: IO[bytes] | None) -> None: ...
    async def reached(self, stack: AsyncExitStack, scope: Scope, body: IO[bytes] | None) -> Any: ...


Who = tuple[str, str]
"""From where a connection comes, and by which scheme."""


@dataclass(frozen=True, slots=True)
class Head:
    """Of the fields of a small request what is needed."""

    caller: Caller
    authorization: bytes
    length: int
    """Of the body."""


class HotPath:
    """The gate of the ingest, and the way back to the portal."""

    def __init__(self, portal: Portal, database_url: str) -> None:
        self._portal = portal
        self.ingest = Ingest(database_url)
        self._heads: dict[tuple[Who, bytes], Head] = {}

    async def start(self) -> None:
        await self.ingest.start()

    async def stop(self) -> None:
        await self.ingest.stop()

    async def answered(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """False when this request is the portal's, and nothing of it was taken yet."""
        found = self.ingest.wants(scope)
        if found is None:
            return False
        peer = (scope.get("client") or ("", 0))[0]
        caller = caller_of(scope["headers"], peer, scope["scheme"], self._portal.settings.outside)
        seen = Caller(f"{caller.scheme}://{caller.host}", caller.host, caller.address)
        request = await self.ingest.request(scope, found, seen)
        if request is None:
            return False
        if scope["method"] == "GET":
            await self.ingest.stream(request, partial(self._rights, scope, request), receive, send)
            return True
        answer, body = await self.ingest.take(request, receive)
        if answer is None and body is None:
            return False
        if answer is None:
            await self._portal.forward(scope, receive, send, BytesIO(body or b""))
        else:
            for message in answer.messages():
                await send(message)
        return True

    # -- single observations

    quick_path = staticmethod(quick.PATHS.fullmatch)
    quick_line = staticmethod(quick.LINE.fullmatch)

    @staticmethod
    def is_small(headers: list[Header]) -> bool:
        """Whether a body of so many bytes follows, whole."""
        told = dict(headers)
        length = told.get(b"content-length", b"")
        return length.isdigit() and int(length[:9]) <= quick.BODY_MOST and b"transfer-encoding" not in told

    def head_of(self, headers: list[Header], who: Who) -> Head:
        """What the fields of a request say."""
        caller = caller_of(headers, *who, self._portal.settings.outside)
        seen = Caller(f"{caller.scheme}://{caller.host}", caller.host, caller.address)
        told = dict(headers)
        return Head(seen, told.get(b"authorization", b""), int(told[b"content-length"]))

    def known_head(self, who: Who, block: bytes) -> Head | None:
        """The same, if the same fields came from there before."""
        return self._heads.get((who, block))

    def remember(self, who: Who, block: bytes, head: Head) -> None:
        if len(block) <= BLOCK_MOST:
            if len(self._heads) >= HEADS_MOST:
                self._heads.clear()
            self._heads[who, block] = head

    def begin(self, found: re.Match[bytes], head: Head, body: bytes) -> Begun | Answer | None:
        """Take one observation without a wait; None when more must be known of it first."""
        return quick.begin(self.ingest, found, head.caller, head.authorization, body)

    async def _rights(self, scope: Scope, request: Request) -> frozenset[int] | None:
        """Departments whose internal series a reader may see: a key is known here, a session to the portal."""
        if first(scope["headers"], b"authorization"):
            return await self.ingest.departments(request)
        if first(scope["headers"], b"cookie") is None:
            return frozenset()
        target = f"{request.prefix}/live/rights".encode()
        asked = {**scope, "method": "GET", "raw_path": target, "query_string": b""}
        try:
            async with asyncio.timeout(RIGHTS_MOST_S), AsyncExitStack() as stack:
                answer, _way = await self._portal.reached(stack, asked, None)
                told = json.loads(await answer.read()) if answer.status == 200 else {"departments": []}
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
            return frozenset()
        departments = told["departments"]
        return None if departments is None else frozenset(departments)
