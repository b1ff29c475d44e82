# SPDX-License-Identifier: EUPL-1.2
"""An entity as the two sorts of people see it: those of its department, and everybody."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Thing
from stoa.houses.observations.queries.entities import entities_of
from stoa.houses.observations.terms import Access
from stoa.standards.ngsild.kinds import Entity


@dataclass(frozen=True, slots=True)
class Views:
    """One thing, seen twice."""

    inside: Entity
    """By whoever may see what is internal in its department."""
    outside: Entity | None
    """By everybody; None: they may not even know of it."""


def views_of(thing: Thing) -> Views:
    """The thing as it is at this moment in this transaction; three or four queries."""
    fresh = Thing.objects.get(pk=thing.pk)
    (inside,) = entities_of([fresh], Principal(thing.city_id, is_operator=True, channel="job"))
    if fresh.access != Access.OPEN:
        return Views(inside, None)
    if not fresh.datastreams.exclude(access=Access.OPEN).exists():
        return Views(inside, inside)
    (outside,) = entities_of([fresh], Principal(thing.city_id, channel="job"))
    return Views(inside, outside)
