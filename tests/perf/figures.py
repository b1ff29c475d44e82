# SPDX-License-Identifier: EUPL-1.2
"""What a measure hands out, and the arithmetic behind it. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing beside its bar."""

    name: str
    value: float | None
    """None: it could not be measured, and the note says why."""
    unit: str
    bar: str = ""
    """As people read it, `<= 60 ms` or `<= 5 x`; empty: shown for comparison only."""
    peer: float | None = None
    """What the peer or the floor took on the same data in the same run, in the same unit."""
    ratio: float | None = None
    """Our value by the peer's."""
    met: bool | None = None
    """None: there is no bar, or nothing was measured."""
    note: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed (nearest rank).

    >>> percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5)
    3.0
    """
    if not values or not 0 < share <= 1:
        raise ValueError("nothing to take a percentile of")
    return sorted(values)[math.ceil(share * len(values) - 1e-9) - 1]


def p95_ms(seconds: Sequence[float]) -> float:
    """The 95th percentile in milliseconds."""
    return percentile(seconds, 0.95) * 1000


def spread(seconds: Sequence[float]) -> str:
    """How the rest lay, for a note: median and number of measurements."""
    return f"median {statistics.median(seconds) * 1000:.1f} ms of {len(seconds)}"


def at_most(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A value with a bar of its own."""
    return Figure(name, value, unit, f"<= {bar:g} {unit}", met=value <= bar, note=note)


def at_least(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A value that must reach its bar."""
    return Figure(name, value, unit, f">= {bar:,.0f} {unit}", met=value >= bar, note=note)


def within(name: str, value: float, unit: str, *, times: float, peer: float, note: str = "") -> Figure:
    """A value whose bar is so many times the peer's."""
    if peer <= 0:
        raise ValueError("the peer took no time")
    ratio = value / peer
    return Figure(name, value, unit, f"<= {times:g} x", peer, ratio, ratio <= times, note)


def shown(name: str, value: float, unit: str, note: str = "") -> Figure:
    """A value without a bar."""
    return Figure(name, value, unit, note=note)


def unmeasured(name: str, why: str, bar: str = "") -> Figure:
    """Something that could not be measured here; said aloud, never left out."""
    return Figure(name, None, "", bar, note=f"NOT MEASURED: {why}")


def verdict(figure: Figure) -> str:
    """One word on a figure."""
    if figure.value is None:
        return "not measured"
    return {True: "met", False: "MISSED", None: "-"}[figure.met]
