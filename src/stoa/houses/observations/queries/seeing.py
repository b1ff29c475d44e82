# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody may know of a series."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream


def see_series(*, city: City, by: Principal, series: int) -> None:
    """NotFound unless there is such a series and `by` may read it; one query."""
    if not Datastream.objects.filter(city=city, pk=series).visible_to(by).exists():
        raise NotFound("datastream", str(series))
