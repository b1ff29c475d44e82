# SPDX-License-Identifier: EUPL-1.2
"""A small town whose datasets came through the whole pipeline, and four people who look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client
from tests.houses.catalogue.reading import read_here

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import give_role, invite_person, set_up_city, set_up_department
from stoa.commons.people.models import Department, Membership, Person
from stoa.commons.roles.book import OFFICER
from stoa.commons.roles.values import Principal

OPERATOR = Principal(is_operator=True, name="Test")
SLUG, OTHER = "stoa-on-lake", "elsewhere-on-sea"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu")


def trees(*, later: bool = False) -> bytes:
    """A messy little register: decimal commas, dates with dots, an empty cell; two versions of it."""
    lines = ["Tree number;Kind;Planted on;Height [m];Longitude;Latitude"]
    for n in range(1, 61):
        if later and n == 7:
            continue
        kind = ("Lime", "Oak", "Maple")[n % 3]
        height = "" if n == 5 else f"{n / 4 + (1 if later and n == 9 else 0):.2f}".replace(".", ",")
        lines.append(
            f"T-{n:03};{kind};{n % 28 + 1:02}.{n % 12 + 1:02}.2025;{height};{7.6 + n / 1000:.4f};{51.9 + n / 2000:.4f}"
        )
    if later:
        lines.append("T-061;Oak;01.02.2026;2,50;7.7001;51.9501")
    return ("\n".join(lines) + "\n").encode()


def counts() -> bytes:
    """A table without places."""
    lines = [
        "Day;Station;Bicycles",
        *(f"2026-03-{n:02};{station};{n * 10}" for n in range(1, 29) for station in ("North", "South")),
    ]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True)
class Town:
    """The city under test; `people` by who they are."""

    city: City
    people: dict[str, Person | None]

    def client(self, who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        person = self.people[who]
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def get(self, path: str, who: str = "outsider", **headers: str) -> Any:
        return self.client(who).get(f"/c/{SLUG}{path}", headers=headers or None)


def build_town() -> Town:
    city = set_up_city(
        slug=SLUG,
        by=OPERATOR,
        name={"en": "Stoa-on-Lake", "de": "Stoa am See"},
        languages=["en", "de"],
        zone="Europe/Berlin",
    )
    other = set_up_city(slug=OTHER, by=OPERATOR, name={"en": "Elsewhere"}, languages=["en"], zone="UTC")
    with acting_in(other):
        abroad = set_up_department(city=other, slug="parks", name={"en": "Parks"}, by=OPERATOR)
        stranger = _officer(other, abroad, "stranger@elsewhere.example")
    with acting_in(city):
        parks = set_up_department(
            city=city, slug="parks", name={"en": "Parks"}, by=OPERATOR, email="parks@lake.example"
        )
        traffic = set_up_department(city=city, slug="traffic", name={"en": "Traffic"}, by=OPERATOR)
        set_up_department(city=city, slug="gardens", name={"en": "Gardens"}, by=OPERATOR, parent="parks")
        people = {
            "owner": _officer(city, parks, "owner@lake.example"),
            "colleague": _officer(city, traffic, "colleague@lake.example"),
        }
    _publish(
        city,
        parks,
        "Street trees",
        trees(),
        trees(later=True),
        keywords=["trees"],
        description={"en": "Every tree.\n\nMore about it."},
    )
    _publish(
        city, traffic, "Bicycle counts", counts(), frequency="DAILY", description={"en": "Counts by day."}
    )
    _publish(
        city,
        parks,
        "Entitled trees",
        trees(),
        access="entitled",
        description={"en": "For the administration."},
    )
    _publish(
        city,
        parks,
        "Internal trees",
        trees(),
        access="internal",
        description={"en": "Only for the department."},
    )
    with acting_in(city):
        from stoa.houses.catalogue.actions.describing import draft_dataset

        draft_dataset(city=city, department=parks, title={"en": "Draft trees"}, by=OPERATOR)
    return Town(city, {**people, "outsider": None, "stranger": stranger})


def _officer(city: City, department: Department, email: str) -> Person:
    person = invite_person(city=city, email=email, by=OPERATOR, name=email.split("@", maxsplit=1)[0].title())
    give_role(city=city, person=person, role=OFFICER, by=OPERATOR, department=department)
    return person


def _publish(city: City, department: Department, title: str, *files: bytes, **said: Any) -> None:
    from stoa.houses.catalogue.actions.delivering import read_delivery, take_file
    from stoa.houses.catalogue.actions.describing import draft_dataset
    from stoa.houses.catalogue.actions.publishing import publish_delivery
    from stoa.houses.catalogue.models import Delivery

    with acting_in(city):
        dataset = draft_dataset(
            city=city,
            department=department,
            title={"en": title},
            by=OPERATOR,
            theme="ENVI",
            licence="CC_BY_4_0",
            **said,
        )
    for n, content in enumerate(files, start=1):
        with acting_in(city):
            delivery = take_file(
                dataset=dataset, chunks=[content], name="table.csv", by=OPERATOR, reads_itself=False
            )
        with read_here():
            read_delivery(city_id=city.pk, delivery_id=delivery.pk)
        with acting_in(city):
            delivery = Delivery.objects.get(pk=delivery.pk)
            assert delivery.problem is None, delivery.problem
            assert publish_delivery(delivery=delivery, by=OPERATOR, note=f"Delivery {n}") is not None


def take_down(slugs: list[str]) -> None:
    from stoa.commons.files.models import StoredFile
    from stoa.houses.catalogue.models import Dataset, Delivery, Story

    for city in City.objects.filter(slug__in=slugs):
        with acting_in(city):
            Dataset.objects.update(state="draft", current=None)
            Delivery.objects.all().delete()
            Story.objects.all().delete()
            Dataset.objects.all().delete()
            StoredFile.objects.all().delete()
            people = [*Membership.objects.values_list("person_id", flat=True)]
            Membership.objects.all().delete()
            for department in Department.objects.order_by("-path"):
                department.delete()
            city.delete()
            Person.objects.filter(pk__in=people).delete()
