# SPDX-License-Identifier: EUPL-1.2
"""Who acts in the tests: Ada owns, Ben is a colleague elsewhere, Cleo is the steward, Dora an outsider, Egon of another city."""

from __future__ import annotations

from dataclasses import dataclass

from tests.houses.catalogue.reading import read_here

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import give_role, invite_person, set_up_city, set_up_department
from stoa.commons.people.models import Department, Person
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.actions.delivering import read_delivery, take_file
from stoa.houses.catalogue.actions.describing import draft_dataset
from stoa.houses.catalogue.actions.publishing import publish_delivery
from stoa.houses.catalogue.models import Dataset, Delivery, Version

OPERATOR = Principal(name="operator", is_operator=True, channel="command")


def _tree(n: int) -> str:
    kind = "Linde" if n % 3 else "Eiche"
    return f"{n};{kind};{n % 20},5;{n % 28 + 1:02d}.05.2019;{51.9 + n / 1000:.4f};{7.6 + n / 1000:.4f}\n"


TREES = ("id;art;hoehe;gepflanzt;lat;lon\n" + "".join(map(_tree, range(1, 61)))).encode()


@dataclass(frozen=True, slots=True)
class Cast:
    """Two cities and the people of the stories."""

    city: City
    other_city: City
    parks: Department
    roads: Department
    ada: Person
    ben: Person
    cleo: Person
    egon: Person

    def principal(self, name: str) -> Principal:
        """Somebody as the city of the story sees them; `dora` has no account."""
        person = getattr(self, name, None)
        with acting_in(self.city):
            return principal_of(person, self.city)


def make_cast() -> Cast:
    city = set_up_city(
        slug="here",
        by=OPERATOR,
        name={"en": "Here", "de": "Hier"},
        languages=["en", "de"],
        zone="Europe/Berlin",
        area=[7.4, 51.8, 7.8, 52.1],
    )
    other = set_up_city(slug="there", by=OPERATOR, name={"en": "There"}, languages=["en"])
    people = {}
    with acting_in(city):
        parks = set_up_department(
            city=city, slug="parks", name={"en": "Parks"}, by=OPERATOR, email="parks@here.example"
        )
        roads = set_up_department(city=city, slug="roads", name={"en": "Roads"}, by=OPERATOR)
        for name, role, department in (
            ("ada", "officer", parks),
            ("ben", "officer", roads),
            ("cleo", "steward", None),
        ):
            people[name] = invite_person(
                city=city,
                email=f"{name}@here.example",
                by=OPERATOR,
                name=name.title(),
                password="long enough 1234",
            )
            give_role(city=city, person=people[name], role=role, by=OPERATOR, department=department)
    with acting_in(other):
        people["egon"] = invite_person(
            city=other, email="egon@there.example", by=OPERATOR, name="Egon", password="long enough 1234"
        )
        give_role(city=other, person=people["egon"], role="steward", by=OPERATOR)
    return Cast(city, other, parks, roads, **people)


def draft(cast: Cast, *, title: str = "Trees", **said: object) -> Dataset:
    """A draft of the parks department, described well enough to be published."""
    facts = {"description": {"en": "All trees of the parks."}, "licence": "CC_BY_4_0"} | said
    with acting_in(cast.city):
        return draft_dataset(
            city=cast.city, department=cast.parks, title={"en": title}, by=cast.principal("ada"), **facts
        )


def deliver(
    cast: Cast,
    dataset: Dataset,
    content: bytes = TREES,
    *,
    name: str = "trees.csv",
    by: str = "ada",
    **more: object,
) -> Delivery:
    """A file that came and has been read, as the job would do it."""
    with acting_in(cast.city):
        delivery = take_file(
            dataset=dataset, chunks=[content], name=name, by=cast.principal(by), reads_itself=False, **more
        )  # type: ignore[arg-type]
    with read_here():
        read_delivery(city_id=cast.city.pk, delivery_id=delivery.pk)
    with acting_in(cast.city):
        return Delivery.objects.select_related(
            "dataset__department", "dataset__city", "dataset__current", "file"
        ).get(pk=delivery.pk)


def publish(cast: Cast, delivery: Delivery, *, by: str = "cleo", note: str = "") -> Version | None:
    with acting_in(cast.city):
        return publish_delivery(delivery=delivery, by=cast.principal(by), note=note)


def published(cast: Cast, content: bytes = TREES, **said: object) -> Dataset:
    """A published dataset made through the whole pipeline."""
    dataset = draft(cast, **said)
    publish(cast, deliver(cast, dataset, content))
    with acting_in(cast.city):
        return Dataset.objects.select_related("department", "city", "current__delivery").get(pk=dataset.pk)
