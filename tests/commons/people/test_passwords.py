# SPDX-License-Identifier: EUPL-1.2
"""How passwords are kept. The other tests hash quickly; these take the way that the portal goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import global_settings
from django.contrib.auth.hashers import check_password, identify_hasher
from tests.conftest import QUICK_HASH

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import invite_person, set_up_city
from stoa.commons.roles.values import Principal
from stoa.site import settings as of_the_portal

OPERATOR = Principal(name="operator", is_operator=True, channel="command")
WORDS = "long enough 1234"
ROUNDS = 1_000_000


def the_portals_own() -> list[str]:
    return [*getattr(of_the_portal, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)]


def test_the_quick_hash_of_the_tests_is_none_that_the_portal_knows() -> None:
    assert QUICK_HASH not in the_portals_own()


@pytest.mark.django_db
def test_a_password_is_kept_by_a_slow_hash_and_opens_the_account(settings: Any) -> None:
    settings.PASSWORD_HASHERS = the_portals_own()
    city = set_up_city(slug="here", by=OPERATOR, name={"en": "Here"}, languages=["en"])
    with acting_in(city):
        ada = invite_person(city=city, email="ada@here.example", by=OPERATOR, password=WORDS)
    assert WORDS not in ada.password
    hasher = identify_hasher(ada.password)
    assert hasher.algorithm == "pbkdf2_sha256"
    assert int(hasher.decode(ada.password)["iterations"]) >= ROUNDS
    assert check_password(WORDS, ada.password)
    assert not check_password(WORDS + "5", ada.password)
