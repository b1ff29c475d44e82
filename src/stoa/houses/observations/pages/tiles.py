# SPDX-License-Identifier: EUPL-1.2
"""The tiles of the page that shows the city now, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.pages.lines import Line, lines_of
from stoa.houses.observations.queries.now import Arranged, arranged, by_themselves
from stoa.houses.observations.terms import TileKind
from stoa.web.notation import label

EACH = 6
"""So many values of a list stand on a tile; the way to all of them stands below."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: a value, a list of values, or the way to a map."""

    title: str
    kind: TileKind
    lines: list[Line]
    all_url: str = ""
    map_url: str = ""

    @property
    def one(self) -> Line:
        return self.lines[0]

    @property
    def names(self) -> list[tuple[Line, str]]:
        """Each line with what tells it apart from the others: its thing, and its own name where things repeat."""
        things = [line.thing for line in self.lines]
        return [
            (line, line.thing if things.count(line.thing) == 1 else f"{line.thing}: {line.name}")
            for line in self.lines
        ]

    @property
    def department(self) -> str:
        return ", ".join(dict.fromkeys(line.department for line in self.lines))

    @property
    def newest(self) -> datetime | None:
        return max((line.at for line in self.lines if line.at), default=None)

    @property
    def is_wide(self) -> bool:
        return self.kind == TileKind.GROUP


def tiles_of(*, city: City, by: Principal, now: datetime, most: int | None = None) -> list[Tile]:
    """The page as officers arranged it, else a tile of every property; six queries at most, however many series."""
    found = arranged(city=city, by=by, each=EACH) or by_themselves(
        city=city, by=by, each=EACH, **({"most": most} if most else {})
    )
    found = found[:most]
    lines = iter(lines_of([series for one in found for series in one.series], now))
    return [_tile(one, [next(lines) for _ in one.series]) for one in found]


def _tile(one: Arranged, lines: Sequence[Line]) -> Tile:
    asked = f"?property={one.observed_property}" if one.observed_property else ""
    return Tile(
        title=label(one.title)
        or one.property_name
        or (lines[0].name if lines else gettext("Map of the city")),
        kind=one.kind,
        lines=[*lines],
        all_url=reverse("things") + asked if one.has_more else "",
        map_url=reverse("now-map") + asked if one.kind != TileKind.SERIES else "",
    )
