# SPDX-License-Identifier: EUPL-1.2
"""What somebody watches: the question of an address, with what he may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from stoa.ground.geometry import Box
from stoa.houses.observations.door.streaming import Series

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request

IDS_MOST = 2_000
_NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Watch:
    """Equal ones share a channel. An empty set of things means all of them; `series` None as well."""

    city: int
    departments: frozenset[int] | None
    series: frozenset[int] | None = None
    things: frozenset[int] = frozenset()
    properties: frozenset[int] = frozenset()

    def includes(self, series: Series) -> bool:
        return (
            series.city == self.city
            and (series.is_open or self.departments is None or series.department in self.departments)
            and (self.series is None or series.pk in self.series)
            and (not self.things or series.thing in self.things)
            and (not self.properties or series.observed_property in self.properties)
        )


async def read_watch(ingest: Ingest, request: Request, departments: frozenset[int] | None) -> Watch | None:
    """`datastream`, `thing`, `property`: numbers by commas; `bbox`: west,south,east,north. None: cannot be read.

    Raises ManyReaders, psycopg.Error.
    """
    asked = parse_qs(request.query.decode("latin-1"), keep_blank_values=True, max_num_fields=20)
    try:
        named = {name: _ids(asked.get(name, [])) for name in ("datastream", "thing", "property")}
        box = read_box(asked["bbox"][0]) if "bbox" in asked else None
    except ValueError:
        return None
    series: frozenset[int] | None = named["datastream"] or None
    if box is not None:
        asked_by_known = departments != frozenset()
        found = await ingest.readers.ask(
            ingest.known.ask_inside, request.place.pk, box, is_known=asked_by_known
        )
        inside = frozenset(found)
        series = inside if series is None else inside & series
    return Watch(request.place.pk, departments, series, named["thing"], named["property"])


def _ids(listed: list[str]) -> frozenset[int]:
    parts = [part for text in listed for part in text.split(",")]
    if len(parts) > IDS_MOST or not all(
        part.isascii() and part.isdigit() and len(part) < 19 for part in parts
    ):
        raise ValueError("not a list of numbers")
    return frozenset(map(int, parts))


def read_box(text: str) -> Box:
    """West, south, east, north in degrees. Raises ValueError."""
    parts = text.split(",")
    if len(parts) != 4 or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise ValueError("not a box")
    return Box(*(float(part) for part in parts))
