# SPDX-License-Identifier: EUPL-1.2
"""Who somebody is here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from stoa.commons.cities.models import City
from stoa.commons.people.models import ApiToken, Department, Membership, Person
from stoa.commons.people.rules import below
from stoa.commons.roles.book import BOOK
from stoa.commons.roles.values import NOBODY, Grant, Principal

Opener = Callable[[City, int | None, str], frozenset[str]]
_OPENERS: dict[str, Opener] = {}


def add_opener(house: str, opener: Opener) -> None:
    """Let a house say which single things are open to a person (by number) or to the holder of a key (by digest)."""
    _OPENERS[house] = opener


def _opened(city: City, person_id: int | None, digest: str = "") -> frozenset[str]:
    return frozenset[str]().union(*(opener(city, person_id, digest) for opener in _OPENERS.values()))


def principal_of(person: Person | None, city: City | None, *, channel: str = "web") -> Principal:
    """The rights of a person in a city (three queries; none for somebody who is not signed in)."""
    city_id = city.pk if city else None
    if person is None or not person.is_active:
        return Principal(city_id=city_id, channel=channel)
    grants: list[Grant] = []
    if city:
        held = list(Membership.objects.filter(city=city, person=person).select_related("department"))
        paths = _paths(city) if any(m.department_id for m in held) else {}
        grants = [_grant(m.role, m.department, paths) for m in held if m.role in BOOK]
    reached = frozenset[int]().union(*(g.departments for g in grants if g.departments))
    return Principal(
        city_id,
        person.pk,
        person.name or person.email,
        tuple(grants),
        person.is_operator,
        channel,
        reached,
        _opened(city, person.pk) if city else frozenset(),
    )


def principal_by_token(key: str, city: City | None) -> Principal:
    """The rights of a program by its key; nobody if the key is unknown, revoked or of another city."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    token = (
        ApiToken.objects.filter(digest=digest, revoked_at=None, city=city)
        .select_related("department")
        .first()
    )
    if token is None and city is not None:
        opened = _opened(city, None, digest)
        return (
            Principal(city.pk, name="access on request", channel="api", opened=opened) if opened else NOBODY
        )
    if token is None or city is None or token.role not in BOOK:
        return NOBODY
    grant = _grant(token.role, token.department, _paths(city) if token.department_id else {})
    return Principal(
        city.pk,
        None,
        f"token: {token.note}",
        (grant,),
        channel="api",
        department_ids=grant.departments or frozenset(),
        token_id=token.pk,
    )


def _paths(city: City) -> dict[int, str]:
    return dict(Department.objects.filter(city=city).values_list("pk", "path"))


def _grant(role: str, department: Department | None, paths: dict[int, str]) -> Grant:
    reached = below(department.path, paths) if department else None
    return Grant(role, BOOK[role].permissions, reached)


def departments(city: City) -> list[Department]:
    """All departments in tree order."""
    return list(Department.objects.filter(city=city).order_by("path"))


def people_with_role(city: City, role: str, department_id: int | None = None) -> list[Person]:
    """Active people who hold a role for the city, or for the given department or one above it."""
    held = Membership.objects.filter(city=city, role=role, person__is_active=True).select_related(
        "person", "department"
    )
    path = Department.objects.get(pk=department_id).path if department_id else ""
    return [m.person for m in held if m.department is None or (path and path.startswith(m.department.path))]
