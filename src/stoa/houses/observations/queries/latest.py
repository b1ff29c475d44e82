# SPDX-License-Identifier: EUPL-1.2
"""The latest of each series, in constant time whatever the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.houses.observations.models import Datastream, SeriesState
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.terms import NO_RESULT_TIME


@dataclass(frozen=True, slots=True)
class Latest:
    """Where a series stands now. Moments are None, and so is the result, while there is no observation."""

    series: int
    thing: int
    count: int
    first_at: datetime | None
    last_until: datetime | None
    first_result_at: datetime | None
    last_result_at: datetime | None
    at: datetime | None
    until: datetime | None
    result_at: datetime | None
    result: Any
    quality: int
    received_at: datetime | None


def latest_of(*, city: City, by: Principal, series: Sequence[int]) -> dict[int, Latest]:
    """Of those of these series that `by` may see; one query."""
    return {one.series: one for one in _asked(city, by, {"pk__in": list(series)}, len(series))}


def latest_in(
    *, city: City, by: Principal, box: Box | None, observed_property: int | None, most: int
) -> list[Latest]:
    """Of all series whose thing stands in the box, newest first; one query."""
    conditions: dict[str, Any] = {"at__isnull": False}
    if box is not None:
        conditions["box__overlaps"] = box
    if observed_property is not None:
        conditions["datastream__observed_property"] = observed_property
    return _asked(city, by, conditions, most)


def _asked(city: City, by: Principal, conditions: dict[str, Any], most: int) -> list[Latest]:
    visible = Datastream.objects.filter(city=city).visible_to(by)
    found = (
        SeriesState.objects.filter(city=city, datastream__in=visible, **conditions)
        .order_by("-at", "datastream_id")
        .values_list(
            "datastream_id", "datastream__thing_id", "count", "first_at", "last_until", "first_result_at",
            "last_result_at", "at", "until", "result_at", "quality", "received_at",
            "datastream__result_type", "number", "text", "json",
        )[:most]
    )  # fmt: skip
    return [
        Latest(
            *one[:9],
            result_at=None if one[9] == NO_RESULT_TIME else one[9],
            result=result_of(*one[12:]),
            quality=one[10],
            received_at=one[11],
        )
        for one in found
    ]
