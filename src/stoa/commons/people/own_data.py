# SPDX-License-Identifier: EUPL-1.2
"""What a city holds on somebody with an account: each part of the install says where, one place puts it together.

A table is declared by what names the person in it: their number (`by_id`, `person_id`), or the address of their
account, which only who reads its mails can have. Names alone are not enough: two people may be called alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.models import City
from stoa.commons.people.models import Membership, Person
from stoa.ground.words import Saying, say

FORMAT = "stoa-own-data 1"


@dataclass(frozen=True, slots=True)
class Own:
    """One table with rows about somebody; `fields` are theirs, never the name of anybody else."""

    name: str
    title: Saying
    model: type[Model]
    by: str
    """The field that names the person: `by_id`, `person_id` or `email`."""
    fields: tuple[str, ...]

    def rows(self, city: City, person: Person) -> QuerySet[Any, dict[str, Any]]:
        """One query; those of this city only."""
        named: dict[str, Any] = (
            {"email__iexact": person.email} if self.by == "email" else {self.by: person.pk}
        )
        rows = self.model._default_manager.filter(city_id=city.pk, **named)  # noqa: SLF001 - Django's documented name
        return rows.order_by("pk").values(*self.fields)


_OWN: dict[str, tuple[Own, ...]] = {}


def add_own_data(house: str, tables: tuple[Own, ...]) -> None:
    """Say where a house or a common part holds something on people with an account."""
    _OWN[house] = tables


def tables() -> dict[str, tuple[Own, ...]]:
    """All that was declared, by who declared it."""
    return {"people": PEOPLE, **_OWN}


PEOPLE = (Own("roles", say("Your roles"), Membership, "person_id", ("role", "department__slug", "since_at")),)


def own_data(*, city: City, person: Person) -> dict[str, Any]:
    """Everything that this city holds on a person, as plain values; three queries and one a table."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "city": city.slug,
        "account": {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "joined_at": person.joined_at,
            "last_login": person.last_login,
            "may_sign_in": person.is_active,
            "is_operator": person.is_operator,
        },
        "sign_in": _sign_in(person),
        "deeds": list(_deeds(city, person)),
    }
    for house, declared in tables().items():
        found[house] = {own.name: [_named(row) for row in own.rows(city, person)] for own in declared}
    return found


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "_"): value for name, value in row.items()}


def _sign_in(person: Person) -> dict[str, Any]:
    """How they can sign in, without any secret."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    return {
        "providers": list(
            SocialAccount.objects.filter(user=person).values("provider", "uid", "date_joined", "last_login")
        ),
        "second_steps": list(
            Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at")
        ),
    }


def _deeds(city: City, person: Person) -> Iterator[dict[str, Any]]:
    """What the audit trail says they did, and what was done to their account; never to whom else."""
    own = str(person.pk)
    lines = AuditLine.objects.filter(city_id=city.pk)
    mine = lines.filter(by_id=person.pk) | lines.filter(thing="person", thing_id=own)
    for line in mine.order_by("at").iterator():
        is_about_somebody = line.thing == "person" and line.thing_id != own
        yield {
            "at": line.at,
            "by_yourself": line.by_id == person.pk,
            "channel": line.channel,
            "verb": line.verb,
            "thing": line.thing,
            "thing_id": "" if is_about_somebody else line.thing_id,
        }
