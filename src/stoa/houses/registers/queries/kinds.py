# SPDX-License-Identifier: EUPL-1.2
"""Which registers a city has, and what it decided about them."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.ground.problems import NotFound
from stoa.houses.registers.kinds import SHIPPED
from stoa.houses.registers.models import CityKind, KindSetting
from stoa.houses.registers.rules.declared import kind_of_city, with_more
from stoa.houses.registers.rules.declaring import Kind


def kinds_of(city: City) -> list[Kind]:
    """All registers of a city: those of the product with what it added, then its own (one query)."""
    declared = {one.slug: one for one in CityKind.objects.filter(city=city).order_by("slug")}
    shipped = [_with_more(kind, declared.get(slug)) for slug, kind in SHIPPED.items()]
    return shipped + [_own(one) for slug, one in declared.items() if slug not in SHIPPED]


def kind_of(city: City, slug: str) -> Kind:
    """One of them (one query); else `NotFound`."""
    declared = CityKind.objects.filter(city=city, slug=slug).first()
    if slug in SHIPPED:
        return _with_more(SHIPPED[slug], declared)
    if declared is None:
        raise NotFound("register", slug)
    return _own(declared)


def _with_more(kind: Kind, declared: CityKind | None) -> Kind:
    return with_more(kind, declared.fields) if declared else kind


def _own(declared: CityKind) -> Kind:
    return kind_of_city(
        declared.slug, declared.title, declared.about, declared.fields, has_places=declared.has_places
    )


def city_kind(city: City, slug: str) -> CityKind | None:
    """What the city declared of a register, if anything (one query)."""
    return CityKind.objects.filter(city=city, slug=slug).first()


def setting_of(city: City, kind: Kind) -> KindSetting:
    """What the city decided, else what holds unless it does; not saved (one query)."""
    found = KindSetting.objects.filter(city=city, kind=kind.slug).select_related("department").first()
    return found or KindSetting(city=city, kind=kind.slug, remind_days=kind.remind_days)


def dataset_slug(kind: Kind) -> str:
    """The short name of the dataset that a register publishes."""
    return f"register-{kind.slug}"
