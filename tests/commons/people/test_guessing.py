# SPDX-License-Identifier: EUPL-1.2
"""Unknown keys: so many of an address are looked up and no more, and nobody beside them loses theirs."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people import guessing, middleware
from stoa.commons.people.actions import make_token, set_up_city
from stoa.commons.people.guessing import Guesses
from stoa.commons.people.middleware import principal_for
from stoa.commons.roles.values import Principal

OPERATOR = Principal(name="operator", is_operator=True, channel="command")
GUESSER, NEIGHBOUR = "203.0.113.7", "203.0.113.8"


def test_who_guesses_is_looked_up_a_few_times_and_the_neighbour_as_ever() -> None:
    guesses = Guesses()
    asked = 0
    for number in range(500):
        if guesses.may_ask(number, GUESSER):
            asked += 1
            guesses.note(number, GUESSER, is_good=False)
    assert asked == guessing.MOST_A_MINUTE
    assert guesses.may_ask("any", NEIGHBOUR)
    assert guesses.may_ask("any", "127.0.0.1")


def test_a_network_of_ipv6_counts_as_one() -> None:
    guesses = Guesses()
    for number in range(guessing.MOST_A_MINUTE):
        guesses.note(number, f"2001:db8::{number:x}", is_good=False)
    assert not guesses.may_ask("any", "2001:db8::ffff")
    assert guesses.may_ask("any", "2001:db8:0:1::1")


def test_what_is_remembered_does_not_grow() -> None:
    guesses = Guesses()
    for number in range(guessing._MOST_REMEMBERED + 10):
        guesses.note(number, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", is_good=False)
        guesses.note(number, GUESSER, is_good=True)
    assert len(guesses._wrong) <= guessing._MOST_REMEMBERED
    assert len(guesses._good) <= guessing._MOST_REMEMBERED


@pytest.fixture
def city(db: None) -> City:
    return set_up_city(slug="keyton", by=OPERATOR, name={"en": "Keyton"}, languages=["en"], zone="UTC")


def request_of(city: City, key: str) -> HttpRequest:
    request = RequestFactory().get(
        "/api/v1/datasets", headers={"authorization": f"Bearer {key}"}, REMOTE_ADDR=GUESSER
    )
    request.city = city  # type: ignore[attr-defined]
    return request


def test_a_known_key_works_on_beside_a_guesser(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_guesses", Guesses())
    monkeypatch.setattr(guessing, "MOST_A_MINUTE", 3)
    with acting_in(city):
        known = make_token(city=city, role="steward", note="sensors", by=OPERATOR)
        late = make_token(city=city, role="steward", note="later", by=OPERATOR)
        assert principal_for(request_of(city, known)).is_inside
        for number in range(10):
            assert not principal_for(request_of(city, f"stoa_guess{number}")).is_known
        assert principal_for(request_of(city, known)).is_inside
        assert not principal_for(request_of(city, late)).is_inside
