# SPDX-License-Identifier: EUPL-1.2
"""Everything that the makers of the single datasets share, and what each of them hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import LineString

from stoa.site.simulation.chance import stream
from stoa.site.simulation.rhythm import Weather
from stoa.site.simulation.town import Town

Entry = dict[str, Any]
"""One `[[datasets]]` of the city folder."""


@dataclass(frozen=True, slots=True)
class World:
    seed: int
    today: date
    folder: Path
    town: Town
    weather: Weather
    """Two years up to yesterday."""

    def chance(self, part: str) -> np.random.Generator:
        return stream(self.seed, part)

    def file(self, name: str) -> Path:
        return self.folder / "files" / name


Maker = Callable[[World], Entry]


def both(de: str, en: str) -> dict[str, str]:
    return {"de": de, "en": en}


def along(line: LineString, at: float, side: float) -> tuple[float, float]:
    """The place at a distance along a line and so many metres left of it."""
    here, ahead = line.interpolate(at), line.interpolate(min(at + 1.0, line.length))
    back = line.interpolate(max(0.0, at - 1.0))
    dx, dy = ahead.x - back.x, ahead.y - back.y
    size = float(np.hypot(dx, dy)) or 1.0
    return here.x - dy / size * side, here.y + dx / size * side
