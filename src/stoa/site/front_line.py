# SPDX-License-Identifier: EUPL-1.2
"""The line before the processes that answer pages: callers take turns, each in the order of coming.

A process that works at eight questions at once answers none of them sooner, and whoever comes last waits no longer
than whoever came first: of fifty programs at once the slowest twentieth waited half as long again as in a line
(measured). What takes long gives its place up after a while and goes on beside the others, so that one download
holds nobody up. One caller who asks very much waits behind his own questions only, and never has all threads of the
processes at work for him.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable

AT_ONCE = 2
"""Of one process: while one question waits for the database, another thinks."""
PATIENCE_S = 0.25
OF_ONE = 6
"""Questions of one caller that one process has in hand, of the eight that it can."""


class Line:
    """So many places, handed on in turn from caller to caller."""

    def __init__(self, places: int, patience_s: float = PATIENCE_S, of_one: int | None = None) -> None:
        self._free = places
        self._patience_s = patience_s
        self._of_one = of_one
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        """By caller, whose turn comes first in front; nobody stands here without somebody waiting."""
        self._in_hand: Counter[str] = Counter()

    async def enter(self, who: str = "") -> Callable[[], None]:
        """Wait for a place; what comes back tells that the answer is there, once only.

        `who` is the caller; nobody in particular (empty) may have everything in hand.
        """
        loop = asyncio.get_running_loop()
        if self._free and who not in self._waiting and self._may(who):
            self._take(who)
        else:
            await self._called(who, loop.create_future())
        has_place = is_asking = True

        def make_room() -> None:
            nonlocal has_place
            if has_place:
                has_place = False
                self._free += 1
                self._hand_on()

        def leave() -> None:
            nonlocal is_asking
            later.cancel()
            if is_asking:
                is_asking = False
                self._forget(who)
                make_room()
                self._hand_on()

        later = loop.call_later(self._patience_s, make_room)
        return leave

    def _may(self, who: str) -> bool:
        return not who or self._of_one is None or self._in_hand[who] < self._of_one

    def _take(self, who: str) -> None:
        self._free -= 1
        self._in_hand[who] += 1

    def _forget(self, who: str) -> None:
        self._in_hand[who] -= 1
        if not self._in_hand[who]:
            del self._in_hand[who]

    async def _called(self, who: str, turn: asyncio.Future[None]) -> None:
        self._waiting.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # called and gone at the same moment
                self._forget(who)
                self._free += 1
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        """Call whoever is next, as long as there is a place and somebody who may have it."""
        while (
            self._free and (who := next((one for one in self._waiting if self._may(one)), None)) is not None
        ):
            listed = self._waiting.pop(who)
            turn = listed.popleft()
            if listed:
                self._waiting[who] = listed  # behind the others
            if not turn.done():
                self._take(who)
                turn.set_result(None)
