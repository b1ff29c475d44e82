# SPDX-License-Identifier: EUPL-1.2
"""How each kind of rule looks at a value. Pure; moments are microseconds since 1970."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any, NamedTuple

from stoa.houses.observations.rules.holding import Sample
from stoa.houses.observations.rules.instants import SECOND_US
from stoa.houses.observations.rules.watch_terms import Outlier, Rate, Stuck, Threshold
from stoa.houses.observations.terms import Quality

WINDOW_MOST = 500
"""So many values of a window are remembered; of more the oldest are forgotten."""
SHARE = 0.05
"""Where all weeks were the same and no least distance is told, so much of the usual value counts as the spread."""


class Value(NamedTuple):
    """One value of a watched series."""

    at: int
    number: float | None
    text: str | None = None
    quality: int = Quality.NOT_EVALUATED
    received: int = 0
    letter: str = ""


class Usual(NamedTuple):
    """What the same hour came to in past weeks."""

    mean: float
    spread: float
    weeks: int


UsualOf = Callable[[int], Usual | None]

GEOFENCED = {"leaves": Threshold("below", 0.5, 0.5, 0), "enters": Threshold("above", 0.5, 0.5, 0)}
"""A place is 1 inside the area and 0 outside."""


def usual_of(weeks: Sequence[tuple[int, float, float]], least_weeks: int) -> Usual | None:
    """From the same hour of each week: how many values, their sum, the sum of their squares. None: too few weeks.

    Every week weighs the same, however many values it has; the spread is that of the values within the hours and
    of the weeks among each other.
    """
    told = [(total / count, squares / count) for count, total, squares in weeks if count > 0]
    if len(told) < least_weeks or not told:
        return None
    mean = sum(one for one, _ in told) / len(told)
    square = sum(one for _, one in told) / len(told)
    return Usual(mean, sqrt(max(0.0, square - mean * mean)), len(told))


def threshold_sample(terms: Threshold, value: Value) -> Sample | None:
    """Beyond the limit, or past the other one again."""
    if value.number is None:
        return None
    facts = {"value": value.number, "limit": terms.limit, "at": value.at}
    if terms.side == "above":
        beyond, back = value.number > terms.limit, value.number <= terms.back
    else:
        beyond, back = value.number < terms.limit, value.number >= terms.back
    return Sample(value.at, beyond, back and not beyond, facts)


def outlier_sample(terms: Outlier, value: Value, usual: Usual | None) -> Sample | None:
    """Too far from what is usual; where nothing is known, nothing is said."""
    if value.number is None or usual is None:
        return None
    away = value.number - usual.mean
    least = terms.least or (abs(usual.mean) * SHARE if usual.spread == 0 else 0.0)
    limit = max(terms.times * usual.spread, least)
    told = {"above": away, "below": -away, "both": abs(away)}[terms.side]
    low, high = usual.mean - limit, usual.mean + limit
    facts = {"value": value.number, "at": value.at, "usual": usual.mean, "low": low, "high": high}
    return Sample(value.at, told > limit, told <= limit, facts)


class RateLook:
    """Looks at how quickly values change, with the values of the window in mind."""

    def __init__(self, terms: Rate, window: Sequence[Sequence[float]]) -> None:
        self._terms = terms
        self._window: deque[tuple[int, float]] = deque(
            ((int(at), number) for at, number in window), maxlen=WINDOW_MOST
        )

    def look(self, value: Value) -> Sample | None:
        if value.number is None:
            return None
        window, terms = self._window, self._terms
        while len(window) > 1 and value.at - window[0][0] > terms.window_s * SECOND_US:
            window.popleft()  # one that is older stays if it is all there is
        rate = max((self._rate(value, at, number) for at, number in window), default=0.0)
        window.append((value.at, value.number))
        beyond = rate > terms.change
        facts = {"value": value.number, "at": value.at, "change": rate, "limit": terms.change}
        return Sample(value.at, beyond, not beyond, facts)

    def _rate(self, value: Value, at: int, number: float) -> float:
        """Change every `per_s`; two values that follow at once count as if the window lay between them."""
        change = (value.number or 0.0) - number
        told = {"rise": change, "fall": -change, "both": abs(change)}[self._terms.side]
        seconds = max((value.at - at) / SECOND_US, self._terms.window_s)
        return told * self._terms.per_s / seconds

    def memory(self) -> dict[str, Any]:
        return {"window": [list(pair) for pair in self._window]}


class StuckLook:
    """Looks at how long a value has been the same."""

    def __init__(self, terms: Stuck, run: dict[str, Any] | None) -> None:
        self._terms = terms
        self._run = dict(run) if run else None

    def look(self, value: Value) -> Sample | None:
        terms, told = self._terms, value.text if value.number is None else value.number
        if told is None:
            return None
        if value.number is not None and value.number == terms.but:
            self._run = None
            return Sample(value.at, False, True, {"value": told, "at": value.at})
        run = self._run = self._continued(told, value.at)
        long = value.at - run["since"] >= terms.for_s * SECOND_US
        beyond = long and run["count"] >= terms.count
        facts = {"value": told, "at": value.at, "since": run["since"], "count": run["count"]}
        return Sample(value.at, beyond, not beyond, facts, run["since"])

    def _continued(self, told: float | str, at: int) -> dict[str, Any]:
        """The run with this value, or a new one that begins with it."""
        run = self._run
        if run is not None and isinstance(run["low"], str) == isinstance(told, str):
            low, high = min(run["low"], told), max(run["high"], told)
            same = low == high if isinstance(told, str) else high - low <= self._terms.tolerance
            if same:
                return {"since": run["since"], "low": low, "high": high, "count": run["count"] + 1}
        return {"since": at, "low": told, "high": told, "count": 1}

    def memory(self) -> dict[str, Any]:
        return {"run": self._run}
