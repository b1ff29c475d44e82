# SPDX-License-Identifier: EUPL-1.2
"""Somebody with an account takes along what the city holds on them, all of it, and nothing of anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from tests.houses.catalogue.cast import OPERATOR, Cast, deliver, draft, make_cast

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.commons.notices.actions import tell
from stoa.commons.people.actions import hand_out_own_data, invite_person
from stoa.commons.people.models import Person
from stoa.commons.people.own_data import own_data, tables
from stoa.ground.problems import Refused
from stoa.ground.words import say
from stoa.houses.catalogue.models import Comment, Follow, RowReport
from stoa.site.houses import HOUSES

ELSEWHERE = {
    ("people", "Person"): "the account itself",
    ("people", "Membership"): "declared by its number",
    ("people", "Department"): "the address of an office",
    ("audit", "AuditLine"): "the deeds",
    ("account", "EmailAddress"): "the same address as the account's",
    ("account", "EmailConfirmation"): "a code that is gone when it is used",
    ("socialaccount", "SocialAccount"): "ways to sign in",
    ("mfa", "Authenticator"): "ways to sign in, without their secrets",
}


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any) -> None:
    for name in ("LAKE", "CACHE", "FILES", "WORK"):
        setattr(settings, f"STOA_{name}", tmp_path / name.lower())


@pytest.fixture
def cast(db: None) -> Cast:
    """Ada sent a file, was told of it, wrote a comment and follows; so did Ben."""
    made = make_cast()
    dataset = draft(made)
    deliver(made, dataset)
    with acting_in(made.city):
        for name in ("ada", "ben"):
            email = f"{name}@here.example"
            about = {"city": made.city, "dataset": dataset, "email": email}
            Comment.objects.create(**about, text=f"words of {name}", by_name=name.title())
            Follow.objects.create(**about)
            tell(
                city_id=made.city.pk, people=[getattr(made, name)], topic=f"for.{name}", saying=say("Come."),
                link="/desk",
            )  # fmt: skip
        RowReport.objects.create(**about, version_number=1, row=1, message="report of ben", values={"a": 1})
    return made


def taken(cast: Cast, who: str) -> dict[str, Any]:
    with acting_in(cast.city):
        return json.loads(json.dumps(own_data(city=cast.city, person=getattr(cast, who)), default=str))


def test_everything_of_hers_is_in_it(cast: Cast) -> None:
    found = taken(cast, "ada")
    assert found["account"]["email"] == "ada@here.example"
    assert [role["department_slug"] for role in found["people"]["roles"]] == ["parks"]
    assert [file["name"] for file in found["catalogue"]["files"]] == ["trees.csv"]
    assert [comment["text"] for comment in found["catalogue"]["comments"]] == ["words of ada"]
    assert [one["dataset_slug"] for one in found["catalogue"]["follows"]] == ["trees"]
    assert [one["topic"] for one in found["notices"]["messages"]] == ["for.ada"]
    verbs = {deed["verb"] for deed in found["deeds"]}
    assert {"file.came", "person.invited", "role.given"} <= verbs


@pytest.mark.parametrize(("who", "others"), [("ada", "ben"), ("ben", "ada")])
def test_nothing_of_anybody_else_is_in_it(cast: Cast, who: str, others: str) -> None:
    text = json.dumps(taken(cast, who)).lower()
    assert f"words of {who}" in text
    for word in (f"{others}@", f"words of {others}", f"for.{others}", "cleo", "egon", "operator@"):
        assert word not in text, word
    assert ("report of ben" in text) is (who == "ben")
    numbers = {deed["thing_id"] for deed in taken(cast, who)["deeds"] if deed["thing"] == "person"}
    assert numbers <= {str(getattr(cast, who).pk), ""}


def test_another_city_holds_nothing_of_hers_but_the_account(cast: Cast) -> None:
    with acting_in(cast.other_city):
        found = own_data(city=cast.other_city, person=cast.ada)
    lists = [rows for house in tables() for rows in found[house].values()]
    assert [len(rows) for rows in lists] == [0] * len(lists)
    assert found["deeds"] == []


def test_an_address_is_the_same_however_it_is_written(cast: Cast) -> None:
    with acting_in(cast.city):
        Comment.objects.filter(text="words of ada").update(email="Ada@Here.Example")
    assert len(taken(cast, "ada")["catalogue"]["comments"]) == 1


def test_a_namesake_gets_nothing_of_hers(cast: Cast) -> None:
    with acting_in(cast.city):
        namesake = invite_person(city=cast.city, email="ada2@here.example", by=OPERATOR, name="Ada")
        found = own_data(city=cast.city, person=namesake)
    assert found["catalogue"]["comments"] == found["catalogue"]["files"] == []


def test_nobody_takes_it_for_somebody_else(cast: Cast) -> None:
    for who in ("ben", "cleo", "dora"):
        with acting_in(cast.city), pytest.raises(Refused) as refused:
            hand_out_own_data(city=cast.city, person=cast.ada, by=cast.principal(who))
        assert refused.value.problem.code == "people.own_data_only"
    with acting_in(cast.city), pytest.raises(Refused):
        hand_out_own_data(city=cast.city, person=cast.ada, by=OPERATOR)


def browser(person: Person | None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_she_sees_it_counted_and_downloads_it(cast: Cast) -> None:
    client = browser(cast.ada)
    shown = client.get("/c/here/account/data")
    assert shown.status_code == 200
    assert "Files that you sent: 1" in shown.content.decode()
    answer = client.post("/c/here/account/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    told = json.loads(answer.content)
    assert told["catalogue"]["comments"][0]["text"] == "words of ada"
    assert "made_at" in told
    with acting_in(cast.city):
        line = AuditLine.objects.get(verb="person.data_taken")
    assert (line.by_id, line.thing_id) == (cast.ada.pk, str(cast.ada.pk))


def test_an_account_of_another_city_may_ask_here_too(cast: Cast) -> None:
    told = json.loads(browser(cast.egon).post("/c/here/account/data").content)
    assert told["account"]["email"] == "egon@there.example"
    assert told["catalogue"]["files"] == []


def test_nobody_is_asked_to_sign_in(cast: Cast) -> None:
    for answer in (browser(None).get("/c/here/account/data"), browser(None).post("/c/here/account/data")):
        assert answer.status_code == 302
        assert "/account/login" in answer.headers["Location"]


# -- nothing is forgotten


def names_a_person(model: type[models.Model]) -> str:
    for field in model._meta.concrete_fields:
        if field.name == "by_id" or isinstance(field, models.EmailField):
            return field.name
        if field.is_relation and field.related_model is Person:
            return field.attname
    return ""


def test_every_table_that_names_somebody_is_declared_or_said_to_be_elsewhere() -> None:
    declared = {own.model for house in tables().values() for own in house}
    missing = {
        (model._meta.app_label, model.__name__)
        for model in apps.get_models()
        if names_a_person(model) and model not in declared
    }
    not_about_account_holders = {("catalogue", "Dataset")}
    assert missing - set(ELSEWHERE) - not_about_account_holders == set()


def test_every_house_whose_tables_name_somebody_contributes() -> None:
    naming = {m._meta.app_label for m in apps.get_models() if names_a_person(m)} & set(HOUSES)
    assert naming <= tables().keys()


def test_no_field_is_declared_that_names_another() -> None:
    for house in tables().values():
        for own in house:
            others = {"decided_by", "answered_by", "revoked_by", "values", "facts", "digest", "mark"}
            assert not others & set(own.fields), own.name
