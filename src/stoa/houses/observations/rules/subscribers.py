# SPDX-License-Identifier: EUPL-1.2
"""When subscribers are told, of what, and tried again. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from stoa.standards.ngsild.kinds import Entity
from stoa.standards.ngsild.notifications import Change

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


def told_outside(change: Change, before: Entity | None, now: Entity | None) -> Change | None:
    """What everybody may know of a change; None: nothing of it.

    `before` and `now` are the entity as everybody sees it. Which attributes changed is seen from these two alone:
    what somebody inside says to have changed may be an attribute, or one of its instances, that is internal.
    """
    if now is None:
        return None
    if change.is_deleted:
        return replace(change, entity=now, before=None)
    old = before.attributes if before else {}
    touched = change.created | change.updated | change.deleted
    seen = {name for name in touched if old.get(name) != now.attributes.get(name)}
    is_same_otherwise = before is not None and (before.types, before.scopes) == (now.types, now.scopes)
    if touched and not seen and is_same_otherwise:
        return None
    return Change(
        now,
        change.is_created,
        created=frozenset(seen - old.keys()),
        updated=frozenset(seen & old.keys() & now.attributes.keys()),
        deleted=frozenset(seen - now.attributes.keys()),
        before=old,
    )
