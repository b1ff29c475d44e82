# SPDX-License-Identifier: EUPL-1.2
"""How much of the front door one caller may hold, so that nobody holds all of it.

Whoever calls from this machine is not counted: it is the operator, or a proxy that does not say for whom it calls.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from stoa.ground.addresses import is_this_machine, network_of

CONNECTIONS_OF_ONE = 512
BODIES_OF_ONE = 64
"""Of 256 that are gathered at once; a slow sender may take an hour."""
QUESTIONS_OF_ONE = 128
"""Of 256 that wait for an answer."""


def whose(address: str) -> str:
    """Whom an address is counted as; empty: it is not counted."""
    return "" if is_this_machine(address) else network_of(address)


class Crowd:
    """So many of something for each caller."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    def enter(self, who: str) -> bool:
        """Whether this caller may have one more; if so it counts until `leave`."""
        if not who:
            return True
        if self._held[who] >= self._most:
            return False
        self._held[who] += 1
        return True

    def leave(self, who: str) -> None:
        """One less."""
        if who:
            self._held[who] -= 1
            if self._held[who] <= 0:
                del self._held[who]

    @contextlib.contextmanager
    def one_more(self, who: str) -> Iterator[bool]:
        """Whether there is room for one more of this caller, which counts as long as the block lasts."""
        may = self.enter(who)
        try:
            yield may
        finally:
            if may:
                self.leave(who)
