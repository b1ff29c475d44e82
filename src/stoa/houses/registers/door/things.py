# SPDX-License-Identifier: EUPL-1.2
"""Where a thing that an entry is tied to can be looked at: told by the house that has it, which stands above."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal


@dataclass(frozen=True, slots=True)
class ThingLink:
    """The live page of a thing."""

    title: str
    url: str
    """Its path below the city's address, e.g. `/things/short-name`."""


Finder = Callable[[City, Principal, tuple[str, ...]], Mapping[str, ThingLink]]
"""By public id the page of each thing that this principal may see; others are left out."""
_FINDERS: list[Finder] = []


def offer_links(finder: Finder) -> None:
    """Let a house say where its things are looked at; called once at start."""
    _FINDERS.append(finder)


def links_of(*, city: City, by: Principal, things: tuple[str, ...]) -> dict[str, ThingLink]:
    """The pages of things, from every house that has some."""
    found: dict[str, ThingLink] = {}
    for finder in _FINDERS if things else ():
        found.update(finder(city, by, things))
    return found
