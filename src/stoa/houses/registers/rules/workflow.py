# SPDX-License-Identifier: EUPL-1.2
"""Which step of an entry may follow which, and what its end date asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from stoa.houses.registers.terms import State

STEPS: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.REVIEW, State.PUBLISHED, State.RETIRED}),
    State.REVIEW: frozenset({State.DRAFT, State.PUBLISHED, State.RETIRED}),
    State.PUBLISHED: frozenset({State.DRAFT, State.RETIRED}),
    State.RETIRED: frozenset({State.DRAFT}),
}
"""A reviewer may publish a draft of the own desk without a second step. Changing what is published makes a draft of
it again; the public goes on seeing what was published last."""


def may_step(now: State, then: State) -> bool:
    """Whether an entry in state `now` may go to `then`."""
    return then in STEPS[now]


class Due(StrEnum):
    """What the end date of a published entry asks for today."""

    NOTHING = "nothing"
    REMINDER = "reminder"
    END = "end"


def due(ends_on: date | None, today: date, remind_days: int) -> Due:
    """The day itself still counts: an entry ends on the day after."""
    if ends_on is None:
        return Due.NOTHING
    if ends_on < today:
        return Due.END
    return Due.REMINDER if ends_on - today <= timedelta(days=remind_days) else Due.NOTHING
