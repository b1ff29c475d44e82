# SPDX-License-Identifier: EUPL-1.2
"""What was put aside, for those who can mend it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Quarantined
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission


def open_ones(*, city: City, by: Principal) -> QuerySet[Quarantined]:
    """Not settled, newest first: of departments for which the right is held; what belongs to no series, for all of those.

    A message of an unknown device belongs to nobody yet, and somebody has to recognise it.
    """
    found = Quarantined.objects.filter(city=city, settled_at=None).select_related(
        "city", "datastream__thing__department"
    )
    if not by.may(Permission.WRITE_OBSERVATION):
        return found.none()
    own = of_departments(by, Permission.WRITE_OBSERVATION, "datastream__thing__department_id")
    return found.filter(Q(datastream=None) | own).order_by("-at", "-pk")


def open_one(*, city: City, by: Principal, number: int) -> Quarantined:
    """One of them; else `NotFound`. One query."""
    found = open_ones(city=city, by=by).filter(pk=number).first()
    if found is None:
        raise NotFound("quarantined", str(number))
    return found
