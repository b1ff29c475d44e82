# SPDX-License-Identifier: EUPL-1.2
"""What lies below the data of every map: the base map of this install, or a plain ground."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from stoa.commons.basemap import door


class MapGround(NamedTuple):
    """The base map as the script and the line below the map need it."""

    tiles_url: str
    """With the gaps {z}, {x} and {y}; the same for every city, so that a browser fetches a tile once."""
    attribution: str
    max_zoom: int


def map_ground() -> MapGround | None:
    """The base map; None where the operator built none."""
    found = door.about(door.place_in(Path(settings.STOA_HOME), Path(settings.STOA_CACHE)))
    if found is None:
        return None
    return MapGround(f"/basemap/{{z}}/{{x}}/{{y}}.mvt?v={found.mark}", door.ATTRIBUTION, door.MAX_ZOOM)
