# SPDX-License-Identifier: EUPL-1.2
"""Whether something has been so for long enough, and since when it is over: the heart of every rule. Pure.

A value holds until the next one comes, so what was beyond a limit at 12:00 has been so for ten minutes at 12:10
even if nothing came in between. Moments are microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Facts = Mapping[str, Any]


class Sample(NamedTuple):
    """How it stands at a moment."""

    at: int
    is_beyond: bool
    is_back: bool
    """Far enough on the good side that it is over; neither may be true, never both."""
    facts: Facts
    since: int | None = None
    """Since when it is so, if that was before this moment."""


class Turn(NamedTuple):
    """The rule begins to fire, or it is over."""

    fires: bool
    since: int
    noticed: int
    """When it had been so for long enough."""
    facts: Facts


@dataclass(slots=True)
class Held:
    """What is remembered from one look to the next."""

    since: int | None = None
    fires: bool = False
    facts: Facts = field(default_factory=dict)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Held:
        return cls(state.get("since"), bool(state.get("fires")), state.get("facts") or {})

    def as_state(self) -> dict[str, Any]:
        return {"since": self.since, "fires": self.fires, "facts": dict(self.facts)}


def hold(held: Held, samples: Iterable[Sample], *, for_us: int, now: int) -> tuple[list[Turn], int | None]:
    """Move `held` on; gives the turns in their order, and when to look again if nothing comes (None: no need)."""
    turns: list[Turn] = []
    for sample in samples:
        _let_pass(held, sample.at, for_us, turns)
        _take(held, sample, for_us, turns)
    _let_pass(held, now, for_us, turns)
    if held.fires or held.since is None:
        return turns, None
    return turns, held.since + for_us


def _let_pass(held: Held, until: int, for_us: int, turns: list[Turn]) -> None:
    """What is beyond stays so until then."""
    if not held.fires and held.since is not None and until - held.since >= for_us:
        held.fires = True
        turns.append(Turn(True, held.since, held.since + for_us, held.facts))


def _take(held: Held, sample: Sample, for_us: int, turns: list[Turn]) -> None:
    if held.fires:
        if sample.is_back:
            held.fires, held.since = False, None
            turns.append(Turn(False, sample.at, sample.at, sample.facts))
        return
    if not sample.is_beyond:
        held.since = None
        return
    if held.since is None:
        held.since = sample.at if sample.since is None else sample.since
    held.facts = sample.facts
    if for_us == 0:
        held.fires = True
        turns.append(Turn(True, held.since, sample.at, held.facts))
