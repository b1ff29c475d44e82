# SPDX-License-Identifier: EUPL-1.2
"""A department moves with all below it, and what roles reach moves with it; the tree stays a tree."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import (
    give_role,
    invite_person,
    move_department,
    set_up_city,
    set_up_department,
)
from stoa.commons.people.models import Department, Person
from stoa.commons.people.queries import principal_of
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Refused

pytestmark = pytest.mark.django_db
OPERATOR = Principal(name="operator", is_operator=True, channel="command")
TREE = {"green": "", "parks": "green", "trees": "parks", "works": "", "roads": "works"}


@dataclass
class Hall:
    city: City
    other: City
    mia: Person
    ole: Person

    def at(self, slug: str) -> Department:
        return Department.objects.get(city=self.city, slug=slug)

    def move(self, slug: str, above: str, by: Principal = OPERATOR) -> Department:
        return move_department(department=self.at(slug), parent=self.at(above) if above else None, by=by)

    def paths(self) -> dict[str, str]:
        return dict(Department.objects.filter(city=self.city).values_list("slug", "path"))


@pytest.fixture
def hall() -> Hall:
    """Mia manages the portal, Ole is an officer of green and what is below."""
    city = set_up_city(slug="here", by=OPERATOR, name={"en": "Here"}, languages=["en"])
    other = set_up_city(slug="there", by=OPERATOR, name={"en": "There"}, languages=["en"])
    with acting_in(city):
        for slug, above in TREE.items():
            set_up_department(city=city, slug=slug, name={"en": slug.title()}, by=OPERATOR, parent=above)
        mia, ole = (
            invite_person(city=city, email=f"{name}@here.example", by=OPERATOR, password="long enough 1234")
            for name in ("mia", "ole")
        )
        give_role(city=city, person=mia, role="manager", by=OPERATOR)
        green = Department.objects.get(city=city, slug="green")
        give_role(city=city, person=ole, role="officer", by=OPERATOR, department=green)
    with acting_in(other):
        set_up_department(city=other, slug="parks", name={"en": "Parks"}, by=OPERATOR)
    return Hall(city, other, mia, ole)


def test_all_below_moves_along_and_it_is_written_down(hall):
    with acting_in(hall.city):
        moved = hall.move("parks", "works", principal_of(hall.mia, hall.city))
        assert moved.parent.slug == "works"
        assert hall.paths() == {
            "green": "green/", "works": "works/", "roads": "works/roads/",
            "parks": "works/parks/", "trees": "works/parks/trees/",
        }  # fmt: skip
        line = AuditLine.objects.get(verb="department.moved")
    assert (line.thing_id, line.facts) == ("parks", {"from": "green", "to": "works", "with_below": 1})
    with acting_in(hall.other):
        assert Department.objects.get(city=hall.other, slug="parks").path == "parks/"


def test_it_can_stand_at_the_top(hall):
    with acting_in(hall.city):
        hall.move("parks", "")
        assert hall.paths()["trees"] == "parks/trees/"
        assert hall.at("parks").parent is None


def test_roles_reach_what_is_below_their_department_now(hall):
    with acting_in(hall.city):
        parks = hall.at("parks").pk
        assert principal_of(hall.ole, hall.city).may("catalogue.edit_dataset", parks)
        hall.move("parks", "works")
        assert not principal_of(hall.ole, hall.city).may("catalogue.edit_dataset", parks)
        hall.move("works", "green")
        assert principal_of(hall.ole, hall.city).may("catalogue.edit_dataset", parks)


@pytest.mark.parametrize(("slug", "above"), [("green", "green"), ("green", "parks"), ("green", "trees")])
def test_it_cannot_stand_below_itself(hall, slug, above):
    with acting_in(hall.city):
        before = hall.paths()
        with pytest.raises(Refused) as refused:
            hall.move(slug, above)
        assert hall.paths() == before
    assert refused.value.problem.code == "people.department_cycle"


def test_an_officer_may_not_move_even_their_own(hall):
    with acting_in(hall.city), pytest.raises(Refused) as refused:
        hall.move("parks", "", principal_of(hall.ole, hall.city))
    assert refused.value.problem.code == "people.right_missing"


def test_a_tree_cannot_grow_without_end(hall):
    with acting_in(hall.city):
        slugs = [f"{n}-{'x' * 50}" for n in range(8)]
        for slug, above in zip(slugs, ["trees", *slugs], strict=False):
            set_up_department(city=hall.city, slug=slug, name={"en": slug}, by=OPERATOR)
            if slug != slugs[-1]:
                hall.move(slug, above)
        with pytest.raises(Refused) as refused:
            hall.move(slugs[-1], slugs[-2])
    assert refused.value.problem.code == "people.department_too_deep"


def test_setting_up_again_moves_too(hall):
    with acting_in(hall.city):
        set_up_department(city=hall.city, slug="parks", name={"en": "Park"}, by=OPERATOR, parent="works")
        assert hall.paths()["trees"] == "works/parks/trees/"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(TREE)), st.sampled_from(["", *sorted(TREE)])), max_size=6))
def test_whatever_moves_every_path_is_the_way_through_the_parents(hall, moves):
    with acting_in(hall.city):
        for slug, above in moves:
            with suppress(Refused):
                hall.move(slug, above)
        for one in Department.objects.filter(city=hall.city):
            way, at = [one.slug], one
            while at.parent:
                at = at.parent
                way.insert(0, at.slug)
            assert one.path == "/".join(way) + "/"


def page(hall: Hall, who: Person | None, **said: str):
    client = Client()
    if who:
        client.force_login(who)
    address = "/c/here/desk/departments/parks"
    return client.post(address, said) if said else client.get(address)


def test_the_manager_moves_it_on_its_page(hall):
    shown = page(hall, hall.mia)
    assert shown.status_code == 200
    form = shown.content.decode()
    assert '<option value="green" selected>' in form
    assert 'value="works"' in form
    assert 'value="trees"' not in form, "what is below it is no place for it"
    assert page(hall, hall.mia, name_en="Parks", parent="works", email="").status_code == 302
    with acting_in(hall.city):
        assert hall.paths()["trees"] == "works/parks/trees/"


def test_the_page_refuses_a_place_below_itself(hall):
    assert page(hall, hall.mia, name_en="Parks", parent="trees", email="").status_code == 422
    with acting_in(hall.city):
        assert hall.paths()["parks"] == "green/parks/"


def test_nobody_else_comes_to_the_page(hall):
    assert page(hall, hall.ole, name_en="P", parent="works", email="").status_code == 403
    assert page(hall, None, name_en="P", parent="works", email="").status_code in {302, 403}
    with acting_in(hall.city):
        assert hall.paths()["parks"] == "green/parks/"
