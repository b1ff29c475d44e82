# SPDX-License-Identifier: EUPL-1.2
"""How a series is shown: its name beside its place, whether its value is still of now, where it is going. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import fmean

from stoa.houses.observations.terms import Trend

OVERDUE_INTERVALS = 2
BEFORE = 3
"""So many hours before the newest are what it is compared with."""
NOTICEABLE = 0.15
"""Of the span between the lowest and the highest: less is no movement."""
_BEFORE_PLACE = (", ", " – ", " - ", ": ")
_AFTER_PLACE = (": ", ", ", " – ", " - ")
"""What stands between what is measured and the place in names of series."""


def is_overdue(at: datetime, expected_interval_s: int | None, now: datetime) -> bool:
    """Whether a newer value should have come long ago; where none is expected, never."""
    if not expected_interval_s:
        return False
    return now - at > timedelta(seconds=OVERDUE_INTERVALS * expected_interval_s)


def own_name(thing: str, name: str) -> str:
    """What is measured, without the place where the name of the series only says it again.

    >>> own_name("Gauge 3", "Water level, Gauge 3")
    'Water level'
    >>> own_name("Gauge 3", "Gauge 3: Water level")
    'Water level'
    """
    for mark in _AFTER_PLACE:
        short = name.removeprefix(f"{thing}{mark}").strip()
        if short and short != name and thing:
            return short
    for mark in _BEFORE_PLACE:
        short = name.removesuffix(f"{mark}{thing}").strip()
        if short and short != name and thing:
            return short
    return name


def trend_of(means: Sequence[float]) -> Trend | None:
    """Where hourly means, oldest first, are going; None: too few to tell.

    >>> trend_of([1, 1, 1, 1, 5])
    <Trend.RISING: 'rising'>
    """
    if len(means) <= BEFORE:
        return None
    spread = max(means) - min(means)
    moved = means[-1] - fmean(means[-1 - BEFORE : -1])
    if abs(moved) <= NOTICEABLE * spread:
        return Trend.STEADY
    return Trend.RISING if moved > 0 else Trend.FALLING


def spark_path(values: Sequence[float | None], width: float, height: float) -> str:
    """The line of a small chart as an SVG path; a missing value is a gap. Empty: there is nothing to draw.

    >>> spark_path([0, None, 4, 2], 30, 10)
    'M0 10h.01M20 0L30 5'
    """
    known = [value for value in values if value is not None]
    if not known or len(values) < 2:
        return ""
    low, spread = min(known), max(known) - min(known)
    pieces: list[str] = []
    for n, value in enumerate(values):
        if value is None:
            continue
        x = width * n / (len(values) - 1)
        y = height * (1 - (value - low) / spread) if spread else height / 2
        begins = n == 0 or values[n - 1] is None
        is_alone = begins and (n + 1 == len(values) or values[n + 1] is None)
        pieces.append(f"{'M' if begins else 'L'}{x:.4g} {y:.4g}" + ("h.01" if is_alone else ""))
    return "".join(pieces)
