# SPDX-License-Identifier: EUPL-1.2
"""Where the things of this house are looked at, for registers that name them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.models import Thing
from stoa.houses.registers.door.things import ThingLink


def links_of_things(city: City, by: Principal, things: tuple[str, ...]) -> Mapping[str, ThingLink]:
    """By the id that the register names, be it ours or that of the entity: the page of the thing (one query)."""
    ours = [uid for one in things if (uid := _uuid(one))]
    found = (
        Thing.objects.filter(Q(uid__in=ours) | Q(uri__in=things), city=city)
        .visible_to(by)
        .values_list("uid", "uri", "name")
    )
    links: dict[str, ThingLink] = {}
    for own, uri, name in found:
        link = ThingLink(name, f"/things/{own}/")
        links |= {one: link for one in things if one == uri or _uuid(one) == own}
    return links


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
