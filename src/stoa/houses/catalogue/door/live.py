# SPDX-License-Identifier: EUPL-1.2
"""Where the live source of a dataset can be looked at: told by the house that has it, which stands above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal


@dataclass(frozen=True, slots=True)
class LiveLink:
    """The page of something whose record the dataset is."""

    title: str
    url: str
    """Its path below the city's address, e.g. `/series/short-name`."""


@dataclass(frozen=True, slots=True)
class Live:
    """What a dataset is the record of."""

    links: Sequence[LiveLink]
    """Some of them, those that whoever asked may see."""
    total: int
    """How many there are for them."""


Finder = Callable[[City, Principal, str], Live | None]
"""By short name of the dataset what it is the record of; None: of nothing that this house has."""
_FINDERS: list[Finder] = []


def offer_live(finder: Finder) -> None:
    """Let a house say which datasets are records of what it shows live; called once at start."""
    _FINDERS.append(finder)


def live_of(*, city: City, by: Principal, slug: str) -> Live | None:
    """What a dataset is the record of, by the first house that knows."""
    return next((found for finder in _FINDERS if (found := finder(city, by, slug)) is not None), None)
