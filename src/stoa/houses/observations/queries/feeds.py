# SPDX-License-Identifier: EUPL-1.2
"""Feeds, for whoever keeps them and for the clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Feed
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission


def due_feeds(city: City, now: datetime) -> list[int]:
    """Feeds whose time has come (one query)."""
    found = Feed.objects.filter(city=city, is_active=True, next_at__lte=now)
    return list(found.order_by("next_at").values_list("pk", flat=True))


def feeds_for(*, city: City, principal: Principal) -> list[Feed]:
    """The feeds that this principal keeps, by title, each with `sources`: how many things it tells of (one query)."""
    found = Feed.objects.filter(
        of_departments(principal, Permission.CHANGE_THING, "department_id"), city=city
    )
    return list(found.annotate(sources=Count("devices")).order_by("title", "pk"))


def feed_for(*, city: City, principal: Principal, pk: int) -> Feed:
    """One feed (one query); else `NotFound`."""
    kept = of_departments(principal, Permission.CHANGE_THING, "department_id")
    found = Feed.objects.filter(kept, city=city, pk=pk).first()
    if found is None:
        raise NotFound("feed", str(pk))
    return found
