# SPDX-License-Identifier: EUPL-1.2
"""How often one caller may ask: so many questions a minute, a few at once. Pure but for the lock."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Pace:
    """Buckets that fill again by themselves, one a caller; the longest unused are forgotten."""

    def __init__(self, *, burst: int = 20, per_second: float = 0.5, callers: int = 10_000) -> None:
        self._burst = float(burst)
        self._rate = per_second
        self._most = callers
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_for(self, caller: str, now: float) -> float:
        """Seconds until this caller may ask again; 0: now, and it counts."""
        with self._lock:
            left, seen = self._left.pop(caller, (self._burst, now))
            left = min(self._burst, left + (now - seen) * self._rate)
            allowed = left >= 1
            self._left[caller] = (left - 1 if allowed else left, now)
            while len(self._left) > self._most:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate
