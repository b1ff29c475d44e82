# SPDX-License-Identifier: EUPL-1.2
"""An extract of a town with one street, one park, one river, written out by hand."""

from __future__ import annotations

import math
from pathlib import Path

from stoa.ground.geometry import LonLat

MIDDLE = LonLat(10.015, 50.010)
BOUNDS = '<bounds minlat="50.000" minlon="10.000" maxlat="50.020" maxlon="10.030"/>'
NODES = {
    1: (50.010, 10.010), 2: (50.010, 10.015), 3: (50.0101, 10.020),
    4: (50.0102, 10.012), 5: (50.0102, 10.018), 6: (50.0150, 10.018), 7: (50.0150, 10.012),
    8: (50.002, 10.002), 9: (50.009, 10.015), 10: (50.018, 10.028),
    11: (50.0091, 10.0150), 12: (50.0091, 10.0152), 13: (50.0093, 10.0152), 14: (50.0093, 10.0150),
    20: (50.021, 10.025), 21: (49.999, 10.025),
}  # fmt: skip
PLACE = '<node id="90" lat="50.0101" lon="10.0151" version="1"><tag k="place" v="suburb"/><tag k="name" v="Nordstadt"/></node>'


def way(number: int, nodes: tuple[int, ...], **tags: str) -> str:
    """One way of an extract."""
    inside = "".join(f'<nd ref="{n}"/>' for n in nodes) + "".join(
        f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()
    )
    return f'<way id="{number}" version="1">{inside}</way>'


STREET = way(100, (1, 2), highway="residential", name="Lange Straße")
STREET_GOES_ON = way(104, (2, 3), highway="residential", name="Lange Straße")
PARK = way(101, (4, 5, 6, 7, 4), leisure="park", name="Stadtpark")
RIVER = way(102, (8, 9, 10), waterway="river", name="Aue")
HOUSE = way(103, (11, 12, 13, 14, 11), building="yes")
COAST = way(105, (20, 21), natural="coastline")
"""From north to south: the land lies on its left, in the east; the sea on its right, in the west."""


def extract(folder: Path, *things: str, name: str = "town.osm") -> Path:
    """A file with these things."""
    nodes = "".join(f'<node id="{n}" lat="{y}" lon="{x}" version="1"/>' for n, (y, x) in NODES.items())
    file = folder / name
    file.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{BOUNDS}{nodes}{"".join(things)}</osm>',
        encoding="utf-8",
    )
    return file


def on_the_web_map(lon: float, lat: float) -> tuple[float, float]:
    """A point in metres of EPSG:3857, by the formula."""
    radius = 6378137.0
    return radius * math.radians(lon), radius * math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
