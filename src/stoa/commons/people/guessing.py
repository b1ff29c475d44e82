# SPDX-License-Identifier: EUPL-1.2
"""Keys that nobody knows: whoever shows too many of them is not looked up for a while.

A look-up costs a query, so without this anybody could have as many asked as they can send. Keys that were good a while
ago are always looked up: those who work behind the same address go on working.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field

from stoa.ground.addresses import is_this_machine, network_of

MOST_A_MINUTE = 60
"""Unknown keys of one address that are looked up."""
_MOST_REMEMBERED = 10_000
_GOOD_FOR_S = 3600.0


@dataclass(slots=True)
class Guesses:
    """What one process remembers of unknown keys by address, and of good ones."""

    _wrong: dict[str, tuple[float, int]] = field(default_factory=dict)
    """By network: when its minute ends, and how many."""
    _good: dict[Hashable, float] = field(default_factory=dict)

    def may_ask(self, key: Hashable, address: str) -> bool:
        """Whether a key (whatever stands for it) is worth a query."""
        if is_this_machine(address):
            return True
        now = time.monotonic()
        ends, count = self._wrong.get(network_of(address), (0.0, 0))
        return ends < now or count < MOST_A_MINUTE or self._good.get(key, 0.0) > now

    def note(self, key: Hashable, address: str, *, is_good: bool) -> None:
        """What the query said."""
        now = time.monotonic()
        if is_good:
            if len(self._good) >= _MOST_REMEMBERED:
                self._good.clear()
            self._good[key] = now + _GOOD_FOR_S
        elif not is_this_machine(address):
            network = network_of(address)
            ends, count = self._wrong.get(network, (0.0, 0))
            if len(self._wrong) >= _MOST_REMEMBERED:
                self._wrong.clear()
            self._wrong[network] = (now + 60.0, 1) if ends < now else (ends, count + 1)
