# SPDX-License-Identifier: EUPL-1.2
"""Who sends: the key of a request, known freshly, or asked for once for all who wait for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from stoa.commons.people.guessing import Guesses
from stoa.commons.people.keys import digest_of
from stoa.commons.roles.values import Principal
from stoa.gates.ingest.taking import Sender
from stoa.houses.observations.door.streaming import Known

RENEWED_S = 1.0
"""After so long a key in use is asked for again, so that nobody has to wait for the answer."""
SENDERS_MOST = 20_000

Ask = Callable[..., Awaitable[Any]]
Key = tuple[int, str]


class Senders:
    """Keys of this process' callers. What the database says counts as long as `Known` calls it fresh."""

    def __init__(self, known: Known, ask: Ask) -> None:
        self._known = known
        self._ask = ask
        self._asking: dict[Key, asyncio.Task[Any]] = {}
        self._asked_at: dict[Key, float] = {}
        self._senders: dict[Key, tuple[Principal, Sender]] = {}
        self._guesses = Guesses()

    async def principal(self, city: int, authorization: bytes, address: str) -> Principal | None:
        """Whom the key stands for; None without one that is valid. Raises psycopg.Error."""
        key = _key_in(city, authorization)
        if key is None:
            return None
        is_fresh, principal = self._known.key(*key)
        if not is_fresh and self._guesses.may_ask(key, address):
            await asyncio.shield(self._asked(key))
            _, principal = self._known.key(*key)
            self._guesses.note(key, address, is_good=principal is not None)
        return principal

    async def sender(self, city: int, authorization: bytes, address: str) -> Sender | None:
        """The same with what he may write. Raises psycopg.Error."""
        principal = await self.principal(city, authorization, address)
        return None if principal is None else Sender.of(principal, city)

    def fresh(self, city: int, authorization: bytes) -> Sender | None:
        """The sender, when nothing has to be asked for it."""
        key = _key_in(city, authorization)
        is_fresh, principal = self._known.key(*key) if key else (False, None)
        if key is None or principal is None or not is_fresh:
            return None
        if self._asked_at.get(key, 0.0) + RENEWED_S < asyncio.get_running_loop().time():
            self._asked(key)
        found = self._senders.get(key)
        if found is None or found[0] is not principal:
            if len(self._senders) > SENDERS_MOST:
                self._senders.clear()
            found = self._senders[key] = principal, Sender.of(principal, city)
        return found[1]

    def _asked(self, key: Key) -> asyncio.Task[Any]:
        asking = self._asking.get(key)
        if asking is None:
            loop = asyncio.get_running_loop()
            if len(self._asked_at) > SENDERS_MOST:
                self._asked_at.clear()
            self._asked_at[key] = loop.time()
            asking = self._asking[key] = loop.create_task(self._look_up(key))
            asking.add_done_callback(lambda done: self._answered(key, done))
        return asking

    async def _look_up(self, key: Key) -> None:
        await self._ask(self._known.ask_key, *key)

    def _answered(self, key: Key, done: asyncio.Task[Any]) -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            with contextlib.suppress(psycopg.Error):  # whoever waits for it is told; perhaps nobody does
                done.result()


def _key_in(city: int, authorization: bytes) -> Key | None:
    if not authorization.startswith(b"Bearer "):
        return None
    return city, digest_of(authorization[7:].decode("latin-1").strip())
