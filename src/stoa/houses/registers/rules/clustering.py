# SPDX-License-Identifier: EUPL-1.2
"""Entries that stand at the same place, so that a map can show them as one point with a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stoa.ground.geometry import LonLat

DIGITS = 5
"""Places that agree to so many digits of a degree (about a metre) are the same one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One point of the map and who stands there, in the order they came."""

    place: LonLat
    members: tuple[int, ...]
    """Numbers of the entries."""


def spots(placed: Iterable[tuple[int, LonLat]]) -> list[Spot]:
    """Group by place; a spot lies where its first member stands."""
    found: dict[tuple[float, float], list[tuple[int, LonLat]]] = {}
    for member, place in placed:
        found.setdefault((round(place.lon, DIGITS), round(place.lat, DIGITS)), []).append((member, place))
    return [Spot(group[0][1], tuple(member for member, _place in group)) for group in found.values()]
