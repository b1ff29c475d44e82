# SPDX-License-Identifier: EUPL-1.2
"""Single observations of a series, however old: what is in PostgreSQL and what lies in the lake, as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from stoa.commons.cities.models import City
from stoa.commons.history.schema import HOUR_SCHEMA
from stoa.commons.roles.values import Principal
from stoa.houses.observations.queries import history as _history
from stoa.houses.observations.queries import hour_pages as _pages
from stoa.houses.observations.queries import hours as _hours
from stoa.houses.observations.queries.history import Reading
from stoa.houses.observations.queries.hour_pages import Chosen, HourPage, HourRow, SeriesLabel
from stoa.houses.observations.queries.seeing import see_series

__all__ = [
    "READINGS_MOST", "Chosen", "HourPage", "HourRow", "Hours", "Reading", "SeriesLabel", "hour_page", "hour_portions",
    "hours", "readings", "walk",
]  # fmt: skip

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
    see_series(city=city, by=by, series=series)
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
    see_series(city=city, by=by, series=series)
    return _history.walk(city_id=city.pk, series=series, since=since, until=until)


@dataclass(frozen=True, slots=True)
class Hours:
    """What series came to by the hour."""

    portions: Iterator[pa.RecordBatch]
    """In no order; to be fetched once."""
    schema: pa.Schema = HOUR_SCHEMA


def hours(*, city: City, by: Principal, since: datetime, until: datetime) -> Hours:
    """Full hours (UTC) from `since` on and before `until` of all series that `by` may read, exact at this moment.

    Bad and missing values (quality 4 and 9) are not in them. A year of a thousand series are eight million rows.
    """
    return Hours(_hours.hours_of_all(city=city, by=by, since=since, until=until))


def hour_page(
    *,
    city: City,
    by: Principal,
    chosen: Chosen,
    since: datetime,
    until: datetime,
    limit: int,
    after: str = "",
) -> HourPage:
    """At most `limit` hours of chosen series by time, then by series; go on with `after`. Raises NotFound, Refused."""
    return _pages.hour_page(
        city=city, by=by, chosen=chosen, since=since, until=until, limit=limit, after=after
    )


def hour_portions(
    *, city: City, by: Principal, chosen: Chosen, since: datetime, until: datetime
) -> tuple[dict[int, SeriesLabel], Hours]:
    """All hours of chosen series, and what these are called; more than ten million are refused. Raises NotFound, Refused.

    What PostgreSQL holds is read at once, the lake while the answer is fetched: no transaction stays open.
    """
    labels, portions = _pages.hour_portions(city=city, by=by, chosen=chosen, since=since, until=until)
    return labels, Hours(portions=portions)
