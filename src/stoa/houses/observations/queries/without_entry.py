# SPDX-License-Identifier: EUPL-1.2
"""Things in public space that stand in no register although the city wants it, and what was refused for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Quarantined, Thing
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.registers import door as registers
from stoa.houses.registers.door import Demand

CODE = "observations.thing_unregistered"
SHOWN = 300
_PORTION = 1_000
_PORTIONS_MOST = 20


@dataclass(frozen=True, slots=True)
class WithoutEntry:
    """One thing."""

    thing: Thing
    series: int
    aside: int
    """How many messages of it wait to be taken."""
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What a person's departments have to enter."""

    demand: Demand
    found: list[WithoutEntry]
    is_whole: bool


def things_without_entry(*, city: City, by: Principal) -> Overview:
    """Those of departments whose inside this person sees: refused ones first, then by name.

    Five queries; where the city only wants entries and refuses nothing, two for each thousand things of public space.
    """
    demand = registers.demand_for_things(city=city)
    if demand is Demand.NOTHING:
        return Overview(demand, [], is_whole=True)
    mine = Thing.objects.filter(of_departments(by, Permission.SEE_INTERNAL, "department_id"), city=city)
    mine = mine.filter(in_public_space=True).select_related("department")
    if demand is Demand.REFUSE:
        listed = list(mine.filter(awaits_entry=True).order_by("name", "pk")[: SHOWN + 1])
        return Overview(demand, _told(city, listed[:SHOWN]), is_whole=len(listed) <= SHOWN)
    listed, last, portions = [], 0, 0
    while len(listed) <= SHOWN and portions < _PORTIONS_MOST:
        portion = list(mine.filter(pk__gt=last).order_by("pk")[:_PORTION])
        if not portion:
            break
        last, portions = portion[-1].pk, portions + 1
        listed += _unknown(city, portion)
    is_whole = len(listed) <= SHOWN and portions < _PORTIONS_MOST
    return Overview(demand, _told(city, sorted(listed[:SHOWN], key=lambda one: one.name)), is_whole=is_whole)


def _unknown(city: City, things: Sequence[Thing]) -> list[Thing]:
    names = [name for one in things for name in (str(one.uid), one.uri)]
    known = registers.entries_for(city=city, things=names)
    return [one for one in things if str(one.uid) not in known and one.uri not in known]


def _told(city: City, things: Sequence[Thing]) -> list[WithoutEntry]:
    series = dict(
        Thing.objects.filter(pk__in=[one.pk for one in things]).values_list("pk", Count("datastreams"))
    )
    kept = Quarantined.objects.filter(
        city=city, code=CODE, settled_at=None, datastream__thing__in=[one.pk for one in things]
    )
    summed = kept.values_list("datastream__thing").annotate(times=Sum("times"), newest=Max("at"))
    aside = {thing: (times, newest) for thing, times, newest in summed}
    return [WithoutEntry(one, series.get(one.pk, 0), *aside.get(one.pk, (0, None))) for one in things]
