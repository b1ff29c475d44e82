# SPDX-License-Identifier: EUPL-1.2
"""When a device counts as silent. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

GRACE = 2.5
"""So many of its intervals may pass: two messages may get lost on the air."""
LEAST = timedelta(minutes=5)


def silent_since(
    *, last_seen_at: datetime | None, registered_at: datetime, expected_interval_s: int | None, now: datetime
) -> datetime | None:
    """Since when it is silent: from when it should have been heard again. None: it is heard, or nobody waits.

    A device that was never heard is silent once its time has passed since it was registered.
    """
    if not expected_interval_s:
        return None
    interval = timedelta(seconds=expected_interval_s)
    heard = last_seen_at or registered_at
    if now - heard <= max(interval * GRACE, LEAST):
        return None
    return heard + interval
