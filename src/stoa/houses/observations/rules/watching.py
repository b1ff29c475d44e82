# SPDX-License-Identifier: EUPL-1.2
"""What a rule makes of new values: a step of a machine for every kind. Pure: no clock, no database.

The same machine watches live and tries a rule on the past. Values come in the order of their phenomenon time; those
that are known to be bad or missing are not looked at. Moments are microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from stoa.houses.observations.rules.combining import combined
from stoa.houses.observations.rules.holding import Held, Sample, Turn, hold
from stoa.houses.observations.rules.instants import SECOND_US
from stoa.houses.observations.rules.watch_samples import (
    GEOFENCED,
    RateLook,
    StuckLook,
    Usual,
    UsualOf,
    Value,
    outlier_sample,
    threshold_sample,
)
from stoa.houses.observations.rules.watch_terms import (
    Combination,
    Geofence,
    Missing,
    Outlier,
    Rate,
    Stuck,
    Terms,
    Threshold,
)
from stoa.houses.observations.terms import Quality

__all__ = ["Step", "Turn", "Usual", "Value", "late_flags", "step"]
State = Mapping[str, Any]
BAD = frozenset({int(Quality.FAIL), int(Quality.MISSING)})


@dataclass(frozen=True, slots=True)
class Step:
    """What came of it."""

    state: dict[str, Any]
    """To be remembered as JSON."""
    turns: tuple[Turn, ...] = ()
    flagged: tuple[int, ...] = ()
    """For which of the values it fires, by their place."""
    next_at: int | None = None
    """When to look again if nothing comes; None: no need."""


def nothing_usual(_at: int) -> Usual | None:
    """Where no past is known."""
    return None


def step(
    terms: Terms, state: State, values: Sequence[Value], now: int, usual: UsualOf = nothing_usual
) -> Step:
    """Look at new values, and at the clock."""
    good = [(place, value) for place, value in enumerate(values) if value.quality not in BAD]
    if isinstance(terms, Missing):
        return _missing(terms, state, [value for _, value in good], now)
    if isinstance(terms, Combination):
        return _combination(terms, state, [value for _, value in good], now)
    looker = _looker(terms, state, usual)
    held, seen, flagged = Held.of(state), [], []
    for place, value in good:
        sample = looker.look(value)
        if sample is not None:
            seen.append(sample)
            if sample.is_beyond:
                flagged.append(place)
    turns, next_at = hold(held, seen, for_us=looker.for_us, now=now)
    marks = () if isinstance(terms, Geofence) else tuple(flagged)
    return Step(held.as_state() | looker.memory(), tuple(turns), marks, next_at)


def late_flags(terms: Terms, values: Sequence[Value], usual: UsualOf = nothing_usual) -> tuple[int, ...]:
    """Which of values older than what was read already are to be flagged; they raise no alarm any more.

    Only kinds that judge a value by itself can say so.
    """
    if not isinstance(terms, Threshold | Outlier):
        return ()
    looker = _looker(terms, {}, usual)
    seen = ((place, looker.look(value)) for place, value in enumerate(values) if value.quality not in BAD)
    return tuple(place for place, sample in seen if sample is not None and sample.is_beyond)


@dataclass(frozen=True, slots=True)
class _Looker:
    """How one kind looks at a value, and what it remembers beside what is held."""

    look: Callable[[Value], Sample | None]
    for_us: int = 0
    memory: Callable[[], dict[str, Any]] = dict


@singledispatch
def _looker(terms: Any, state: State, usual: UsualOf) -> _Looker:
    raise TypeError(type(terms).__name__)


@_looker.register
def _(terms: Threshold, state: State, usual: UsualOf) -> _Looker:
    return _Looker(lambda value: threshold_sample(terms, value), terms.for_s * SECOND_US)


@_looker.register
def _(terms: Geofence, state: State, usual: UsualOf) -> _Looker:
    inner = GEOFENCED[terms.side]
    return _Looker(lambda value: threshold_sample(inner, value), terms.for_s * SECOND_US)


@_looker.register
def _(terms: Outlier, state: State, usual: UsualOf) -> _Looker:
    return _Looker(lambda value: outlier_sample(terms, value, usual(value.at)), terms.for_s * SECOND_US)


@_looker.register
def _(terms: Rate, state: State, usual: UsualOf) -> _Looker:
    window = RateLook(terms, state.get("window", []))
    return _Looker(window.look, memory=window.memory)


@_looker.register
def _(terms: Stuck, state: State, usual: UsualOf) -> _Looker:
    run = StuckLook(terms, state.get("run"))
    return _Looker(run.look, memory=run.memory)


def _missing(terms: Missing, state: State, values: Sequence[Value], now: int) -> Step:
    """Nobody was heard for so long; who was never heard is waited for from the first look on."""
    after = (terms.after_s or 0) * SECOND_US
    last: int | None = state.get("last")
    fires, turns = bool(state.get("fires")), []
    if not after:
        return Step(dict(state))
    for heard in [value.received if terms.by == "received" else value.at for value in values]:
        if last is not None and not fires and heard - last > after:
            turns.append(_silent(last, after))
            fires = True
        if fires:
            turns.append(Turn(False, heard, heard, {"at": heard}))
            fires = False
        last = heard if last is None else max(last, heard)
    last = now if last is None else last
    if not fires and now - last > after:
        turns.append(_silent(last, after))
        fires = True
    return Step({"last": last, "fires": fires}, tuple(turns), (), None if fires else last + after + 1)


def _silent(last: int, after: int) -> Turn:
    return Turn(True, last, last + after, {"last_at": last, "seconds": after // SECOND_US})


def _combination(terms: Combination, state: State, values: Sequence[Value], now: int) -> Step:
    held = Held.of(state)
    latest = {letter: (at, number) for letter, (at, number) in (state.get("latest") or {}).items()}
    numbered: Iterator[tuple[int, str, float]] = (
        (value.at, value.letter, value.number) for value in values if value.number is not None
    )
    samples, ages_at = combined(terms, latest, list(numbered), now)
    turns, next_at = hold(held, samples, for_us=terms.for_s * SECOND_US, now=now)
    due = [moment for moment in (next_at, ages_at) if moment is not None]
    remembered = held.as_state() | {"latest": {letter: list(pair) for letter, pair in latest.items()}}
    return Step(remembered, tuple(turns), (), min(due, default=None))
