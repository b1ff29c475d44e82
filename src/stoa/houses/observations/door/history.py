# SPDX-License-Identifier: EUPL-1.2
"""Single observations of a series, however old: what is in PostgreSQL and what lies in the lake, as one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries import history as _history
from stoa.houses.observations.queries.history import Reading

__all__ = ["READINGS_MOST", "Reading", "readings", "walk"]

READINGS_MOST = 10_000


def readings(
    *,
    city: City,
    by: Principal,
    series: int,
    since: datetime,
    until: datetime,
    most: int = READINGS_MOST,
    newest_first: bool = False,
) -> list[Reading]:
    """Observations of a series from `since` on and before `until`, by time. Raises NotFound."""
    _see(city, by, series)
    return _history.readings(
        city_id=city.pk,
        series=[series],
        since=since,
        until=until,
        most=min(most, READINGS_MOST),
        newest_first=newest_first,
    )


def walk(*, city: City, by: Principal, series: int, since: datetime, until: datetime) -> Iterator[Reading]:
    """All of them, oldest first, in portions; for files that are sent while they are read. Raises NotFound."""
    _see(city, by, series)
    return _history.walk(city_id=city.pk, series=series, since=since, until=until)


def _see(city: City, by: Principal, series: int) -> None:
    if not Datastream.objects.filter(city=city, pk=series).visible_to(by).exists():
        raise NotFound("datastream", str(series))
