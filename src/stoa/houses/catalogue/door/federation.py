# SPDX-License-Identifier: EUPL-1.2
"""Several installs together: what one tells another about the use of its datasets, and who is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem
from stoa.houses.catalogue.actions import federating
from stoa.houses.catalogue.models import Republisher
from stoa.houses.catalogue.queries import federation as reads
from stoa.standards.usagereport import Uses

__all__ = ["PortalCard", "Uses", "accept", "ask", "forget", "portals", "uses_for_origin"]


@dataclass(frozen=True, slots=True)
class PortalCard:
    """Another portal that the city accepts counts from."""

    id: int
    title: str
    url: str
    known_as: str
    looked_at: datetime | None
    problem: Problem | None

    @classmethod
    def of(cls, found: Republisher) -> PortalCard:
        problem = Problem.from_json(found.problem) if found.problem else None
        return cls(found.pk, found.title, found.url, found.known_as, found.looked_at, problem)


def uses_for_origin(*, city: City, origin: str, since: date) -> list[Uses]:
    """Uses by day of what was harvested from another Stoa, for that Stoa (two queries)."""
    return reads.uses_for_origin(city=city, origin=origin, since=since)


def portals(*, city: City) -> list[PortalCard]:
    """Portals that the city accepts counts from (one query)."""
    return [PortalCard.of(one) for one in reads.republishers(city=city)]


def accept(*, city: City, by: Principal, title: str, url: str, known_as: str) -> PortalCard:
    """Accept counts from another portal."""
    made = federating.accept_republisher(city=city, by=by, title=title, url=url, known_as=known_as)
    return PortalCard.of(made)


def forget(*, city: City, by: Principal, url: str) -> None:
    """Take no more counts from a portal; `NotFound` if it was never accepted."""
    found = Republisher.objects.filter(city=city, url=url.rstrip("/")).first()
    if found is None:
        raise NotFound("portal", url)
    federating.forget_republisher(republisher=found, by=by)


def ask(*, city: City, portal_id: int) -> int:
    """Ask one portal now, outside of any transaction; how many lines it gave."""
    return federating.ask_republisher(city_id=city.pk, republisher_id=portal_id)
