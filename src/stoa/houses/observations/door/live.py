# SPDX-License-Identifier: EUPL-1.2
"""What series say now, and what they came to: latest values, counts and time buckets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.houses.observations.queries import buckets as _buckets
from stoa.houses.observations.queries import latest as _latest
from stoa.houses.observations.queries.buckets import Bucket
from stoa.houses.observations.queries.latest import Latest
from stoa.houses.observations.queries.seeing import see_series
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.terms import Width

__all__ = ["Bucket", "Latest", "buckets", "latest", "latest_in", "result_of", "short_buckets"]

BUCKETS_MOST = 20_000
LATEST_MOST = 10_000


def latest(*, city: City, by: Principal, series: Sequence[int]) -> dict[int, Latest]:
    """Latest value, counts and first and last times by number of the series; those that `by` may not see are absent."""
    return _latest.latest_of(city=city, by=by, series=series)


def latest_in(
    *,
    city: City,
    by: Principal,
    box: Box | None = None,
    observed_property: int | None = None,
    most: int = LATEST_MOST,
) -> list[Latest]:
    """The same of all series that have a value, whose thing stands in the box, newest first."""
    return _latest.latest_in(
        city=city, by=by, box=box, observed_property=observed_property, most=min(most, LATEST_MOST)
    )


def buckets(
    *, city: City, by: Principal, series: int, width: Width, since: datetime, until: datetime
) -> list[Bucket]:
    """Hours, days, months or years of a series, exact at this moment; empty ones are left out. Raises NotFound.

    Bad and missing values (quality 4 and 9) are not in them. Days and longer follow the city's clock.
    """
    see_series(city=city, by=by, series=series)
    return _buckets.buckets_of(
        city_id=city.pk,
        series=series,
        width=width,
        since=since,
        until=until,
        zone=city.zone,
        most=BUCKETS_MOST,
    )


def short_buckets(
    *, city: City, by: Principal, series: int, seconds: int, since: datetime, until: datetime
) -> list[Bucket]:
    """Buckets of less than an hour, counted on the spot from the values that are still kept. Raises NotFound."""
    see_series(city=city, by=by, series=series)
    return _buckets.short_buckets_of(
        series=series, seconds=max(1, seconds), since=since, until=until, most=BUCKETS_MOST
    )
