# SPDX-License-Identifier: EUPL-1.2
"""Public warnings, for gates that hand them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Alert
from stoa.houses.observations.queries import alerts as _alerts
from stoa.houses.observations.rules.warned_places import points, rings

__all__ = ["Warned", "points", "rings", "warning", "warnings"]


@dataclass(frozen=True, slots=True)
class Warned:
    """A public warning. Labels are by language."""

    uid: UUID
    event: Mapping[str, str]
    instruction: Mapping[str, str]
    severity: str
    """In the words of CAP 1.2: `minor`, `moderate`, `severe`, `extreme`."""
    is_drill: bool
    began_at: datetime
    noticed_at: datetime
    ended_at: datetime | None
    department: Mapping[str, str]
    place: str
    """Name of the thing whose series made it; empty where that is not public."""
    area: Mapping[str, Any] | None
    """GeoJSON geometry; None: the whole city."""
    area_name: Mapping[str, str]
    """What people call it; empty: nothing is said."""
    radius_m: int | None
    """How far around the points of the geometry."""


def warnings(*, city: City) -> list[Warned]:
    """Those in force and those that ended within 30 days, newest first; never exercises (two queries)."""
    running, ended = _alerts.warnings(city=city)
    return [_warned(one) for one in (*running, *ended)]


def warning(*, city: City, by: Principal, uid: UUID) -> Warned:
    """One; an exercise only for whoever may see the inside of its department. Raises NotFound."""
    return _warned(_alerts.warning(city=city, uid=uid, by=by))


def _told(words: Mapping[str, str] | None) -> dict[str, str]:
    """Without languages in which nothing is said."""
    return {language: said for language, said in (words or {}).items() if said.strip()}


def _warned(alert: Alert) -> Warned:
    first = (list(alert.city.languages) or ["en"])[0]
    series = alert.datastream if _alerts.is_series_open(alert) else None
    return Warned(
        uid=alert.uid,
        event=_told(alert.rule.event) or {first: alert.rule.title},
        instruction=_told(alert.rule.instruction),
        severity=alert.severity,
        is_drill=alert.is_drill,
        began_at=alert.began_at,
        noticed_at=alert.noticed_at,
        ended_at=alert.ended_at,
        department=alert.rule.department.name,
        place=series.thing.name if series else "",
        area=_alerts.area_of(alert),
        area_name=alert.rule.area_name or {},
        radius_m=alert.rule.area_radius_m,
    )
