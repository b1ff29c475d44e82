# SPDX-License-Identifier: EUPL-1.2
"""Which city somebody asks for."""

from __future__ import annotations

from stoa.commons.cities.models import City


def all_cities() -> list[City]:
    return list(City.objects.all())


def city_for(*, slug: str = "", host: str = "") -> City | None:
    """By the short name if one is given; else by host name; else the only city, if there is just one."""
    if slug:
        return City.objects.filter(slug=slug).first()
    if host:
        by_host = City.objects.filter(hosts__contains=[host.split(":", maxsplit=1)[0].lower()]).first()
        if by_host:
            return by_host
    first_two = list(City.objects.all()[:2])
    return first_two[0] if len(first_two) == 1 else None
