# SPDX-License-Identifier: EUPL-1.2
"""When subscribers are told, and tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

MOST_ATTEMPTS = 8
MOST_FAILURES = 100
"""After so many failures in a row a subscription is paused: nobody is there any more."""
_FIRST_WAIT_S = 10
_LONGEST_WAIT_S = 3600


def due_at(now: datetime, last: datetime | None, throttling_s: float) -> datetime:
    """When news of now may be told."""
    if last is None or not throttling_s:
        return now
    return max(now, last + timedelta(seconds=throttling_s))


def again_at(now: datetime, attempts: int) -> datetime | None:
    """When a notification that failed is tried again; None: it is given up.

    >>> again_at(datetime(2026, 1, 1), 3) - datetime(2026, 1, 1)
    datetime.timedelta(seconds=40)
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(seconds=min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (attempts - 1)))


def next_at(now: datetime, before: datetime, interval_s: float) -> datetime:
    """The next time by the clock; times that were missed are not made up for."""
    if interval_s <= 0:
        return now
    missed = max(0, int((now - before).total_seconds() // interval_s))
    return before + timedelta(seconds=interval_s * (missed + 1))
