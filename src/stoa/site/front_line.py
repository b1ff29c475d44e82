# SPDX-License-Identifier: EUPL-1.2
"""The line before the processes that answer pages: first come, first served.

A process that works at eight questions at once answers none of them sooner, and whoever comes last waits no longer
than whoever came first: of fifty programs at once the slowest twentieth waited half as long again as in a line
(measured). What takes long gives its place up after a while and goes on beside the others, so that one download
holds nobody up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

AT_ONCE = 2
"""Of one process: while one question waits for the database, another thinks."""
PATIENCE_S = 0.25


class Line:
    """So many places, handed on in the order of coming."""

    def __init__(self, places: int, patience_s: float = PATIENCE_S) -> None:
        self._free = places
        self._patience_s = patience_s
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def enter(self) -> Callable[[], None]:
        """Wait for a place; what comes back gives it up, by itself after a while and once only."""
        loop = asyncio.get_running_loop()
        if self._free and not self._waiting:
            self._free -= 1
        else:
            await self._called(loop.create_future())
        is_here = True

        def leave() -> None:
            nonlocal is_here
            later.cancel()
            if is_here:
                is_here = False
                self._hand_on()

        later = loop.call_later(self._patience_s, leave)
        return leave

    async def _called(self, turn: asyncio.Future[None]) -> None:
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._hand_on()  # called and gone at the same moment
            raise

    def _hand_on(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
