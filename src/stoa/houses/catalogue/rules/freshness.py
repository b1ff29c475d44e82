# SPDX-License-Identifier: EUPL-1.2
"""Whether the promise of updates is kept. Pure; the clock is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from stoa.ground.words import N_
from stoa.standards.vocabularies import FREQUENCIES

GRACE = 0.1
"""A promise counts as broken after a tenth of its period more, an hour if that is longer: clocks differ."""
WARNING = 0.15
"""The owner is warned when this share of the period is left, an hour before if that is longer."""


class Freshness(StrEnum):
    """How the promise stands."""

    NO_PROMISE = "no_promise"
    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    ENDED = "ended"
    """Is not updated any more, and says so."""


FRESHNESS_LABELS = {
    Freshness.NO_PROMISE: N_("no promise"),
    Freshness.FRESH: N_("up to date"),
    Freshness.DUE: N_("due soon"),
    Freshness.LATE: N_("late"),
    Freshness.ENDED: N_("ended"),
}


def due_at(frequency: str, checked_at: datetime | None) -> datetime | None:
    """When the next update is promised; None where nothing is promised or nothing came yet."""
    period = FREQUENCIES[frequency].period
    return None if period is None or checked_at is None else checked_at + period


def _margin(frequency: str, share: float) -> timedelta:
    """A share of the period, at least an hour, but never more than half of it."""
    period = FREQUENCIES[frequency].period or timedelta()
    return min(max(period * share, timedelta(hours=1)), period / 2)


def freshness(frequency: str, checked_at: datetime | None, now: datetime) -> Freshness:
    """How the promise stands at `now`, if the data was last found up to date at `checked_at`."""
    if frequency == "NEVER":
        return Freshness.ENDED
    due = due_at(frequency, checked_at)
    if due is None:
        return Freshness.NO_PROMISE
    if now >= due + _margin(frequency, GRACE):
        return Freshness.LATE
    return Freshness.DUE if now >= due - _margin(frequency, WARNING) else Freshness.FRESH


def late_at(frequency: str, checked_at: datetime | None) -> datetime | None:
    """From when the promise counts as broken."""
    due = due_at(frequency, checked_at)
    return None if due is None else due + _margin(frequency, GRACE)


def warn_at(frequency: str, checked_at: datetime | None) -> datetime | None:
    """When the owner is to be told that an update is due, before it is late."""
    due = due_at(frequency, checked_at)
    return None if due is None else due - _margin(frequency, WARNING)
