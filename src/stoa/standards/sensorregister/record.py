# SPDX-License-Identifier: EUPL-1.2
"""A registered sensor as a value that belongs to no format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stoa.ground.geometry import LonLat


@dataclass(frozen=True, slots=True)
class Goal:
    """Why a sensor measures."""

    goal: str
    legal_ground: str = ""
    """Our code: `public_task`, `consent` ..."""
    privacy_declaration: str = ""


@dataclass(frozen=True, slots=True)
class SensorRecord:
    """What everybody may know of a sensor. Codes are those of our register; what is not said is empty or None."""

    id: str
    reference: str
    title: str
    type: str
    measures: str = ""
    themes: tuple[str, ...] = ()
    mobile: bool | None = None
    place: LonLat | None = None
    place_description: str = ""
    regions: tuple[str, ...] = ()
    owner_is_private: bool = False
    organisation: str = ""
    email: str = ""
    """Of an office; never of a person."""
    website: str = ""
    personal_data: bool | None = None
    """None: not known yet, which is not the same as none."""
    goals: tuple[Goal, ...] = ()
    retention_months: int | None = None
    project: str = ""
    active_until: date | None = None
