# SPDX-License-Identifier: EUPL-1.2
"""What a base map is, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ATTRIBUTION = "© OpenStreetMap contributors"
"""Asked for by the Open Database Licence; a name, the same in every language."""
MAX_ZOOM = 14
"""The last zoom that is cut; closer ones are drawn from it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a base map and its tiles stand on this machine."""

    folder: Path
    cache: Path
    memory_mib: int = 250
    """Of the engine that builds, and of the one that cuts tiles."""


@dataclass(frozen=True, slots=True)
class About:
    """What was built."""

    mark: str
    """Changes with every building, so that no old tile is taken for a new one."""
    file: str
    """Name of the extract."""
    built_at: str
    """ISO 8601, UTC."""
    extract_changed_ns: int
    """When the extract was last changed, nanoseconds since 1970."""
    shapes: Mapping[str, int]
    """How many of each layer."""
    left_out: int
    """Shapes of the extract that could not be drawn: rings that do not close, places off the web map."""
