# SPDX-License-Identifier: EUPL-1.2
"""When a transfer takes too long: in all, or because hardly anything arrives. Pure: the clock is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """Counts what arrives, window by window; every full window must bring its least number of bytes."""

    started: float
    """Seconds on any clock that never goes back; so are all times here."""
    total_seconds: float
    window_seconds: float
    least_per_second: float
    _window_from: float = 0.0
    _window_bytes: int = 0

    def __post_init__(self) -> None:
        self._window_from = self.started

    def may_wait(self, now: float) -> float:
        """How many seconds the next read may take; 0 or less: the transfer is to be given up."""
        self._roll(now)
        deadline = self.started + self.total_seconds
        if not self._window_is_kept:
            deadline = min(deadline, self._window_from + self.window_seconds)
        return deadline - now

    def note(self, count: int) -> None:
        """Some bytes have arrived."""
        self._window_bytes += count

    @property
    def _window_is_kept(self) -> bool:
        return self._window_bytes >= self.least_per_second * self.window_seconds

    def _roll(self, now: float) -> None:
        """Begin a new window once the old one is over and has brought enough."""
        if now >= self._window_from + self.window_seconds and self._window_is_kept:
            self._window_from, self._window_bytes = now, 0
