# SPDX-License-Identifier: EUPL-1.2
"""The way into the base map: an extract of OpenStreetMap goes in, tiles come out."""

from __future__ import annotations

import shutil
from pathlib import Path

from stoa.commons.basemap import building, refusals, tiles
from stoa.commons.basemap.building import Note
from stoa.commons.basemap.values import ATTRIBUTION, MAX_ZOOM, About, Place
from stoa.ground.geometry import Tile

__all__ = [
    "ATTRIBUTION", "MAX_ZOOM", "About", "Place",
    "about", "build", "is_newer", "place_in", "refuse_unnamed", "remove", "tile", "tile_path",
]  # fmt: skip


def place_in(home: Path, cache: Path, memory_mib: int = 250) -> Place:
    """Where the base map of an install stands: `basemap` in its data folder and in its cache."""
    return Place(home / "basemap", cache / "basemap", memory_mib)


def build(place: Place, extract: Path, note: Note = lambda _text: None) -> About:
    """Build the base map from an extract and put it in place of the one before.

    Raises:
        Refused: `basemap.*`; the one before stays.
    """
    before = building.about(place)
    made = building.build(place, extract, note)
    if before is not None:
        shutil.rmtree(place.cache / before.mark, ignore_errors=True)
    return made


def about(place: Place) -> About | None:
    """What was built; None where the ground is plain."""
    return building.about(place)


def is_newer(place: Place, extract: Path) -> bool:
    """Whether the extract is another than the one that was built, or was changed since."""
    found = building.about(place)
    if found is None or not extract.is_file():
        return True
    return (found.file, found.extract_changed_ns) != (extract.name, extract.stat().st_mtime_ns)


def remove(place: Place) -> bool:
    """Make the ground plain again; whether there was a base map."""
    found = building.about(place)
    shutil.rmtree(place.folder, ignore_errors=True)
    shutil.rmtree(place.cache, ignore_errors=True)
    return found is not None


def refuse_unnamed() -> Exception:
    """What to raise where no extract was named."""
    return refusals.none_named()


def tile(place: Place, found: About, asked: Tile) -> bytes:
    """A vector tile with the layers of the base map; empty bytes where nothing lies.

    Raises:
        Refused: `lake.busy`, where too many ask at once.
    """
    return tiles.tile(place, found, asked)


def tile_path(place: Place, found: About, asked: Tile) -> Path:
    """The file in which a tile is kept once it was asked for."""
    return tiles.tile_path(place, found, asked)
