# SPDX-License-Identifier: EUPL-1.2
"""Which registers a city has, and what it decided about them."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.ground.problems import NotFound
from stoa.houses.registers.kinds import SHIPPED
from stoa.houses.registers.models import KindSetting
from stoa.houses.registers.rules.declaring import Kind


def kinds_of(city: City) -> list[Kind]:
    """All registers of a city (no query)."""
    return list(SHIPPED.values())


def kind_of(city: City, slug: str) -> Kind:
    """One of them (no query); else `NotFound`."""
    found = SHIPPED.get(slug)
    if found is None:
        raise NotFound("register", slug)
    return found


def setting_of(city: City, kind: Kind) -> KindSetting:
    """What the city decided, else what holds unless it does; not saved (one query)."""
    found = KindSetting.objects.filter(city=city, kind=kind.slug).select_related("department").first()
    return found or KindSetting(city=city, kind=kind.slug, remind_days=kind.remind_days)


def dataset_slug(kind: Kind) -> str:
    """The short name of the dataset that a register publishes."""
    return f"register-{kind.slug}"
