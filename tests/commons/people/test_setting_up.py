# SPDX-License-Identifier: EUPL-1.2
"""The first steps of a real install: what cannot be a city is refused, and who becomes what is said, not guessed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import make_operator, set_up_city, set_up_department
from stoa.commons.people.models import Membership, Person
from stoa.commons.people.rules import city_problems
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.problems import Refused
from stoa.site.cli import parser as stoa
from stoa.site.commands import city as command

OPERATOR = Principal(name="operator", is_operator=True, channel="command")
FACTS: dict[str, Any] = {"name": {"en": "Here"}, "languages": ["en"], "zone": "UTC"}


@pytest.mark.parametrize(
    ("slug", "facts", "code"),
    [
        ("UPPER/../", {}, "people.city_name_wrong"), ("", {}, "people.city_name_wrong"),
        ("-here", {}, "people.city_name_wrong"), ("h" * 41, {}, "people.city_name_wrong"),
        ("here", {"zone": "Nowhere/Land"}, "people.zone_unknown"), ("here", {"zone": "../etc"}, "people.zone_unknown"),
        ("here", {"languages": []}, "people.languages_wrong"), ("here", {"languages": ["de", "de"]}, "people.languages_wrong"),
        ("here", {"languages": ["German"]}, "people.languages_wrong"),
        ("here", {"area": [50.0, 2.0, 3.0, 4.0]}, "people.area_wrong"),
        ("here", {"area": [1.0, float("nan"), 3.0, 4.0]}, "people.area_wrong"), ("here", {"area": [1.0]}, "people.area_wrong"),
        ("here", {"area": [1.0, 2.0, 3.0, 95.0]}, "people.area_wrong"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_can_be_no_city_is_refused_and_nothing_is_made(
    slug: str, facts: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        set_up_city(slug=slug, by=OPERATOR, **FACTS | facts)
    assert refused.value.problem.code == code
    assert not City.objects.exists()


@given(st.text(), st.lists(st.floats(), max_size=5), st.lists(st.text(max_size=6), max_size=3), st.text())
def test_no_words_and_no_numbers_make_the_rule_fail(
    slug: str, area: list[float], languages: list[str], zone: str
) -> None:
    problems = city_problems(slug, {"area": area, "languages": languages, "zone": zone})
    assert {one.code.partition(".")[0] for one in problems} <= {"people"}


@pytest.fixture
def here(db: None) -> City:
    city = set_up_city(slug="here", by=OPERATOR, **FACTS)
    with acting_in(city):
        set_up_department(city=city, slug="parks", name={"en": "Parks"}, by=OPERATOR)
    return city


def asked(*words: str) -> int:
    return command.run.__wrapped__(stoa().parse_args(["city", *words]))  # type: ignore[attr-defined,no-any-return]


def test_a_department_that_is_not_there_is_named_with_those_that_are(
    here: City, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ["person", "anna@here.example", "--role", "officer", "--department", "trees", "--no-password"],
        ["department", "trees", "--name", "Trees", "--parent", "woods"],
    ):
        assert asked(*words) == 2
        assert "people.department_unknown" in (said := capsys.readouterr().err)
        assert "parks" in said
    assert not Person.objects.exists()


def test_who_signs_in_elsewhere_needs_no_password_and_who_has_one_is_not_asked_for_another(
    here: City, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.delenv("STOA_NEW_PASSWORD", raising=False)
    officer = ["person", "anna@here.example", "--role", "officer", "--department", "parks"]
    assert asked(*officer) == 2
    assert "STOA_NEW_PASSWORD" in capsys.readouterr().err
    assert asked(*officer, "--no-password") == 0
    anna = Person.objects.get()
    assert not anna.has_usable_password()
    assert asked("person", "anna@here.example", "--role", "reader") == 0, "she has her account already"
    with acting_in(here):
        assert sorted(Membership.objects.values_list("role", flat=True)) == ["officer", "reader"]


def test_nobody_becomes_an_operator_by_a_word_that_was_forgotten(
    here: City, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        asked("person", "anna@here.example", "--no-password")
    assert asked("person", "anna@here.example", "--operator", "--no-password") == 0
    anna = Person.objects.get()
    assert anna.is_operator
    with acting_in(here):
        assert AuditLine.objects.get(verb="operator.made").thing_id == str(anna.pk)
        with pytest.raises(Refused):
            make_operator(city=here, person=anna, by=NOBODY)
