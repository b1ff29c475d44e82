# SPDX-License-Identifier: EUPL-1.2
"""Playing a recorded series again: what it would have said at a moment of today."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say

WEEK = timedelta(days=7)
GAP = timedelta(hours=3)
"""Between values further apart than this nothing is made up."""


@dataclass(frozen=True, slots=True)
class ReplayedColumn:
    """One column of values and what it measures."""

    column: str
    property: str
    definition: str
    result_type: str = "number"
    unit_symbol: str = ""
    unit_code: str = ""
    thing: str = ""
    """The thing that the column speaks of, where every thing has a column of its own."""
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the columns of a dataset become things and series."""

    dataset: str
    time: tuple[str, ...]
    """One column, or a day and a clock time."""
    values: tuple[ReplayedColumn, ...]
    thing: str = ""
    """The column that names the thing; empty: the columns or the dataset do."""
    sensor: str = ""
    places: Mapping[str, tuple[float, float]] | None = None
    """Longitude and latitude by thing."""
    every_s: int = 60
    history_days: int = 14


def read_recipe(told: Mapping[str, Any]) -> Recipe:
    """A recipe from its declaration. Raises Refused `observations.replay_unreadable`."""
    try:
        time = told["time"]
        values = tuple(ReplayedColumn(**dict(value)) for value in told["values"])
        places = {str(k): (float(v[0]), float(v[1])) for k, v in dict(told.get("places", {})).items()}
        recipe = Recipe(
            dataset=str(told["dataset"]),
            time=(time,) if isinstance(time, str) else tuple(map(str, time)),
            values=values,
            thing=str(told.get("thing", "")),
            sensor=str(told.get("sensor", "")),
            places=places,
            every_s=int(told.get("every_s", 60)),
            history_days=int(told.get("history_days", 14)),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _unreadable(str(error)) from error
    if (
        not values
        or len(recipe.time) not in {1, 2}
        or not 1 <= recipe.every_s <= 86_400
        or not 0 <= recipe.history_days <= 400
    ):
        raise _unreadable("values, time, every_s or history_days")
    return recipe


def _unreadable(why: str) -> Refused:
    return Refused(
        Problem(
            "observations.replay_unreadable",
            say("The replay cannot be read: %(why)s.", why=why[:200]),
            say("Without it nobody knows which column is a time, a thing or a value."),
            say("Compare it with the reference of city.toml."),
        )
    )


def shift_of(now: datetime, newest: datetime) -> timedelta:
    """By how many whole weeks the record is moved so that it reaches to `now`: weekdays stay weekdays.

    >>> shift_of(datetime(2026, 11, 21), datetime(2026, 11, 20)).days
    7
    >>> shift_of(datetime(2026, 11, 21), datetime(2026, 11, 22)).days
    0
    """
    return max(0, ceil((now - newest) / WEEK)) * WEEK


def due(last: datetime, now: datetime, every_s: int) -> list[datetime]:
    """The moments after `last` up to `now` at which a sensor speaks that speaks every so many seconds."""
    step = every_s * 1_000_000
    first = int(last.timestamp() * 1_000_000) // step + 1
    until = int(now.timestamp() * 1_000_000) // step
    return [datetime.fromtimestamp(n * step / 1_000_000, tz=now.tzinfo) for n in range(first, until + 1)]


def value_at(moment: datetime, times: Sequence[datetime], values: Sequence[float]) -> float | None:
    """The recorded value at a moment, on the line between its neighbours; None in a gap or outside.

    `times` rise.
    """
    after = bisect_left(times, moment)
    if after < len(times) and times[after] == moment:
        return values[after]
    if after in {0, len(times)}:
        return None
    before = bisect_right(times, moment) - 1
    width = times[after] - times[before]
    if width > GAP:
        return None
    share = (moment - times[before]) / width
    return values[before] + (values[after] - values[before]) * share
