# SPDX-License-Identifier: EUPL-1.2
"""Rows that several departments share: whoever changes one needs the right for everything that hangs on it."""

from __future__ import annotations

from django.db.models import Q

from stoa.commons.roles.values import Principal
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import (
    Datastream,
    DatastreamPart,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    Observation,
    ObservedProperty,
    Sensor,
    Thing,
)
from stoa.houses.observations.roles import Permission

Shared = Sensor | ObservedProperty | Location | FeatureOfInterest


def need_for_all(row: Shared, by: Principal) -> None:
    """Refused (`observations.right_missing`) unless `by` may change every thing that hangs on a row. One query."""
    departments = Thing.objects.filter(_hangs_on(row)).values_list("department_id", flat=True)
    for department in sorted(set(departments)):
        need(by, Permission.CHANGE_THING, department)


def _hangs_on(row: Shared) -> Q:
    if isinstance(row, Location):
        return _stands_at(row.pk)
    if isinstance(row, FeatureOfInterest):
        spoken = Observation.objects.filter(feature_id=row.pk).values("datastream_id")
        of_series = Q(pk__in=Datastream.objects.filter(pk__in=spoken).values("thing_id"))
        place = row.made_of_location_id
        return of_series if place is None else of_series | _stands_at(place)
    if isinstance(row, Sensor):
        return Q(pk__in=Datastream.objects.filter(sensor_id=row.pk).values("thing_id"))
    parts = DatastreamPart.objects.filter(observed_property_id=row.pk).values("datastream_id")
    series = Datastream.objects.filter(Q(observed_property_id=row.pk) | Q(pk__in=parts))
    return Q(pk__in=series.values("thing_id"))


def _stands_at(location_id: int) -> Q:
    """What stands at a place, and what once stood there: its history would change too."""
    once = HistoricalLocation.objects.filter(locations=location_id).values("thing_id")
    return Q(locations=location_id) | Q(pk__in=once)
