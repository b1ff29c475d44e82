# SPDX-License-Identifier: EUPL-1.2
"""A town that keeps a sensor register, and the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.commons.people.actions import give_role, invite_person, set_up_city, set_up_department
from stoa.commons.people.models import Department, Membership, Person
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.houses.registers.actions.keeping import draft_entry
from stoa.houses.registers.actions.publishing import publish_entry
from stoa.houses.registers.kinds.sensors import SENSORS
from stoa.houses.registers.models import Entry
from stoa.houses.registers.roles import REGISTRAR, REVIEWER

OPERATOR = Principal(is_operator=True, name="Test")
SLUG, OTHER = "sensor-town", "sensor-abroad"


def raw(**said: Any) -> dict[str, Any]:
    """What somebody says of a whole, harmless sensor; `None` takes a field away."""
    whole: dict[str, Any] = {
        "title": "Counter at the harbour bridge",
        "reference": "C-1",
        "type": "density",
        "measures": "How many bicycles pass.",
        "themes": ["mobility"],
        "mobile": "no",
        "place": [7.6261, 51.9607],
        "exemption": "none",
        "owner_kind": "city",
        "organisation": "Town of Sensors",
        "personal_data": "no",
        "goals": [{"goal": "Plan wider cycle paths"}],
        "ends_on": "2099-12-31",
    }
    return {name: value for name, value in {**whole, **said}.items() if value is not None}


@dataclass(frozen=True)
class Town:
    """The city under test; people by who they are, nobody is None."""

    city: City
    other: City
    parks: Department
    traffic: Department
    people: dict[str, Person | None]

    def by(self, who: str) -> Principal:
        return principal_of(self.people[who], self.other if who == "stranger" else self.city)

    def client(self, who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        person = self.people[who]
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def get(self, path: str, who: str = "nobody") -> Any:
        return self.client(who).get(f"/c/{SLUG}{path}")

    def draft(self, who: str = "registrar", department: Department | None = None, **said: Any) -> Entry:
        return draft_entry(
            city=self.city,
            kind=SENSORS,
            department=department or self.parks,
            raw=raw(**said),
            by=self.by(who) if who != "operator" else OPERATOR,
        )

    def published(self, **said: Any) -> Entry:
        return publish_entry(entry=self.draft("operator", **said), kind=SENSORS, by=OPERATOR)


def build_town() -> Town:
    city = set_up_city(
        slug=SLUG,
        by=OPERATOR,
        name={"en": "Sensor Town", "de": "Fühlerstadt"},
        languages=["en", "de"],
        zone="Europe/Berlin",
    )
    other = set_up_city(slug=OTHER, by=OPERATOR, name={"en": "Abroad"}, languages=["en"], zone="UTC")
    with acting_in(other):
        abroad = set_up_department(city=other, slug="parks", name={"en": "Parks"}, by=OPERATOR)
        stranger = _person(other, abroad, "stranger", "steward")
    with acting_in(city):
        parks = set_up_department(city=city, slug="parks", name={"en": "Parks"}, by=OPERATOR)
        traffic = set_up_department(city=city, slug="traffic", name={"en": "Traffic"}, by=OPERATOR)
        people = {
            "registrar": _person(city, parks, "registrar", REGISTRAR),
            "colleague": _person(city, traffic, "colleague", REGISTRAR),
            "reviewer": _person(city, None, "reviewer", REVIEWER),
            "steward": _person(city, None, "steward", "steward"),
            "reader": _person(city, None, "reader", "reader"),
        }
    return Town(city, other, parks, traffic, {**people, "stranger": stranger, "nobody": None})


def _person(city: City, department: Department | None, name: str, role: str) -> Person:
    person = invite_person(city=city, email=f"{name}@{city.slug}.example", by=OPERATOR, name=name.title())
    give_role(city=city, person=person, role=role, by=OPERATOR, department=department)
    return person


def forget_entries(city: City) -> None:
    """Take the entries of a town out of the database; only the owner of the table can, and only in tests."""
    with acting_in(city), connection.cursor() as cursor:
        cursor.execute("alter table registers_entryversion disable trigger append_only")
        cursor.execute("delete from registers_entryversion where city_id = %s", [city.pk])
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table registers_entryversion enable trigger append_only")
        Entry.objects.filter(city=city).delete()


def take_down_town(slugs: list[str]) -> None:
    """Away with the cities and their people; entries must have been forgotten before."""
    for city in City.objects.filter(slug__in=slugs):
        with acting_in(city):
            StoredFile.objects.filter(city_id=city.pk).delete()
            people = [*Membership.objects.values_list("person_id", flat=True)]
            Membership.objects.all().delete()
            Department.objects.all().delete()
            city.delete()
            Person.objects.filter(pk__in=people).delete()
