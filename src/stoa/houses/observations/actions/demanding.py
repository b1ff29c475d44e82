# SPDX-License-Identifier: EUPL-1.2
"""What a city demands of things in public space: an entry in a register, and perhaps no measurement before it.

Whether a thing may measure is kept with it, so that every way in knows it without asking the registers, whichever
process it runs in: for a new thing at once, for all others when the registers tell of news.
"""

from __future__ import annotations

from collections.abc import Sequence

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.models import Thing
from stoa.houses.registers import door as registers
from stoa.houses.registers.door import Demand

_PORTION = 1_000


def awaits_entry(thing: Thing) -> bool:
    """Whether what a thing measures is refused for now; two or three queries, none for what stands elsewhere."""
    if not thing.in_public_space:
        return False
    return registers.objection(city=thing.city, things=[str(thing.uid), thing.uri]) is not None


def look_again(city_id: int) -> None:
    """Decide anew for all things of a city; two queries for each thousand."""
    with acting_in(city_id):
        city = City.objects.get(pk=city_id)
        refuses = registers.demand_for_things(city=city) is Demand.REFUSE
        if not refuses:
            Thing.objects.filter(city=city, awaits_entry=True).update(awaits_entry=False)
            return
        last = 0
        while things := _portion(city, last):
            last = things[-1].pk
            _decide(city, things)


def _portion(city: City, last: int) -> list[Thing]:
    asked = Thing.objects.filter(city=city, pk__gt=last).order_by("pk")
    return list(asked.only("pk", "uid", "uri", "in_public_space", "awaits_entry")[:_PORTION])


def _decide(city: City, things: Sequence[Thing]) -> None:
    public = [one for one in things if one.in_public_space]
    known = registers.entries_for(
        city=city, things=[name for one in public for name in (str(one.uid), one.uri)]
    )
    waiting = {one.pk for one in public if str(one.uid) not in known and one.uri not in known}
    for awaits in (True, False):
        changed = [one.pk for one in things if one.awaits_entry != awaits and (one.pk in waiting) == awaits]
        if changed:
            Thing.objects.filter(pk__in=changed).update(awaits_entry=awaits)
