# SPDX-License-Identifier: EUPL-1.2
"""Which types and attributes there are among the entities that somebody may see, and how many of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.asking.budgets import check_time, timed
from stoa.houses.observations.queries.entities import things_for
from stoa.houses.observations.rules.entities import LOCATION, THING
from stoa.standards.ngsild.describing import AttributeUse, TypeUse
from stoa.standards.ngsild.kinds import Kind

_PORTION = 5_000


@dataclass(slots=True)
class _Use:
    types: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    count: int = 0


@dataclass(slots=True)
class _Census:
    types: Counter[str] = field(default_factory=Counter)
    uses: dict[str, dict[str, _Use]] = field(default_factory=dict)
    """By type, by attribute."""
    attributes: dict[str, _Use] = field(default_factory=dict)

    def note(self, types: list[str], attributes: dict[str, set[str]]) -> None:
        for one in types:
            self.types[one] += 1
            for name, kinds in attributes.items():
                use = self.uses.setdefault(one, {}).setdefault(name, _Use())
                use.kinds |= kinds
                use.count += 1
        for name, kinds in attributes.items():
            use = self.attributes.setdefault(name, _Use())
            use.types |= set(types)
            use.kinds |= kinds
            use.count += 1


def _census(city: City, by: Principal) -> _Census:
    """One look at every thing; two queries for each five thousand. Raises Refused if it takes too long."""
    with timed():
        return _counted(city, by)


def _counted(city: City, by: Principal) -> _Census:
    found = _Census()
    asked = things_for(city, by).order_by("pk").only("pk", "types", "attributes", "place")
    last = 0
    while things := list(asked.filter(pk__gt=last)[:_PORTION]):
        last = things[-1].pk
        check_time()
        series: dict[int, set[str]] = {}
        visible = Datastream.objects.filter(thing__in=things, state__at__isnull=False).exclude(attribute="")
        for number, name in visible.visible_to(by).values_list("thing_id", "attribute"):
            series.setdefault(number, set()).add(name)
        for thing in things:
            here = series.get(thing.pk, set())
            attributes = {
                name: {str(one["type"]) for one in many}
                for name, many in thing.attributes.items()
                if name in here or any(one["type"] != Kind.PROPERTY or "value" in one for one in many)
            }
            attributes |= {name: {Kind.PROPERTY.value} for name in here if name not in attributes}
            if thing.place and LOCATION not in attributes:
                attributes[LOCATION] = {Kind.GEO.value}
            found.note(list(thing.types) or [THING], attributes)
    return found


def types(*, city: City, by: Principal) -> list[TypeUse]:
    """All types with their attributes, by name."""
    census = _census(city, by)
    return [
        TypeUse(name, count, tuple(_use(one, use) for one, use in sorted(census.uses.get(name, {}).items())))
        for name, count in sorted(census.types.items())
    ]


def attributes(*, city: City, by: Principal) -> list[AttributeUse]:
    """All attributes, by name."""
    return [_use(name, use) for name, use in sorted(_census(city, by).attributes.items())]


def _use(name: str, use: _Use) -> AttributeUse:
    return AttributeUse(name, tuple(sorted(use.types)), tuple(sorted(use.kinds)), use.count)
