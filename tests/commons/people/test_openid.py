# SPDX-License-Identifier: EUPL-1.2
"""Signing in by the city's OpenID provider, from the button to the desk, with a real one on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from tests.commons.people.provider import Provider, known_to_portal, running

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import give_role, invite_person, set_up_city
from stoa.commons.people.models import Person
from stoa.commons.roles.values import Principal

OPERATOR = Principal(name="operator", is_operator=True, channel="command")
ADA = {"sub": "4711", "email": "Ada@here.example", "email_verified": True, "name": "Ada"}
SIGN_IN = "/c/here/account/oidc/city/login/"


@pytest.fixture
def provider(db: None, settings: Any) -> Iterator[Provider]:
    """Ada was invited as a steward; the portal knows the provider by its address, a name and a secret."""
    city = set_up_city(slug="here", by=OPERATOR, name={"en": "Here"}, languages=["en"])
    with acting_in(city):
        ada = invite_person(city=city, email="ada@here.example", by=OPERATOR, name="Ada")
        give_role(city=city, person=ada, role="steward", by=OPERATOR)
    with running() as found:
        found.person = dict(ADA)
        settings.SOCIALACCOUNT_PROVIDERS = known_to_portal(found)
        yield found


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def sent_back(client: Client) -> str:
    """Press the button, go to the provider, come back: the path with code and state."""
    begun = client.post(SIGN_IN)
    assert begun.status_code == 302, begun.content
    there = urlsplit(begun.headers["Location"])
    assert there.path == "/authorize"
    line = HTTPConnection(there.netloc)
    try:
        line.request("GET", f"{there.path}?{there.query}")
        answer = line.getresponse()
        back = urlsplit(str(answer.headers["Location"]))
    finally:
        line.close()
    assert back.path == "/c/here/account/oidc/city/login/callback/"
    return f"{back.path}?{back.query}"


def is_inside(client: Client) -> bool:
    return client.get("/c/here/desk/").status_code == 200


def test_somebody_who_was_invited_comes_in(provider: Provider) -> None:
    client = browser()
    assert not is_inside(client)
    inside = client.get(sent_back(client))
    assert (inside.status_code, inside.headers["Location"]) == (302, "/c/here/desk/"), (
        "in the city where she asked"
    )
    assert is_inside(client)
    assert "/keys" in provider.asked, "the signature was looked at"
    account = SocialAccount.objects.get()
    assert (account.uid, account.user.email) == ("4711", "ada@here.example")


def test_the_second_time_the_number_counts_and_not_the_address(provider: Provider) -> None:
    first = browser()
    first.get(sent_back(first))
    provider.person |= {"email": "ada.new@here.example"}
    again = browser()
    again.get(sent_back(again))
    assert is_inside(again)
    assert Person.objects.filter(email__startswith="ada").count() == 1


@pytest.mark.parametrize(
    "person",
    [ADA | {"email": "eve@here.example", "sub": "1"}, ADA | {"email_verified": False}, {"sub": "4711"}],
)
def test_who_was_not_invited_by_a_proven_address_stays_out(
    provider: Provider, person: dict[str, Any]
) -> None:
    provider.person = person
    client = browser()
    answer = client.get(sent_back(client))
    assert answer.status_code == 403
    assert "not been invited" in answer.content.decode()
    assert not is_inside(client)
    assert not SocialAccount.objects.exists()
    assert Person.objects.filter(email__icontains="@here.example").count() == 1


FORGED = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    "trick",
    [
        {"signs_with": FORGED}, {"claims": {"aud": "another program"}}, {"claims": {"iss": "http://else.example"}},
        {"claims": {"exp": 1_000_000_000}}, {"claims": {"sub": "9"}}, {"told": ADA | {"sub": "9"}}, {"sends_token": False},
        {"names_key": False, "published": 2}, {"signs_with": "public", "way": "HS256"}, {"way": "none", "signs_with": ""},
    ],
    ids=["forged", "other program", "other issuer", "old", "signed for another", "tells of another",
         "no token", "key unnamed", "a word", "not signed"],
)  # fmt: skip
def test_an_answer_that_proves_nothing_opens_nothing(provider: Provider, trick: dict[str, Any]) -> None:
    for name, value in trick.items():
        setattr(provider, name, value)
    client = browser()
    answer = client.get(sent_back(client))
    assert answer.status_code < 500
    assert not is_inside(client)
    assert not SocialAccount.objects.exists()


def test_the_only_key_of_a_provider_need_not_be_named(provider: Provider) -> None:
    provider.names_key = False
    client = browser()
    client.get(sent_back(client))
    assert is_inside(client)


def test_why_somebody_could_not_come_in_is_told_to_the_operator_and_not_who_it_was(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.claims = {"exp": 1_000_000_000}
    client = browser()
    client.get(sent_back(client))
    (line,) = [one for one in caplog.records if one.getMessage() == "sign_in_failed"]
    assert "ExpiredSignatureError" in str(vars(line)["why"])
    assert "here.example" not in str(vars(line)["why"])


def test_a_way_back_is_good_once_and_for_its_own_browser_only(provider: Provider) -> None:
    client, thief = browser(), browser()
    back = sent_back(client)
    assert thief.get(back).status_code < 500
    assert not is_inside(thief)
    made_up = f"{urlsplit(back).path}?{urlencode({'code': 'guessed', 'state': 'guessed'})}"
    assert browser().get(made_up).status_code < 500
    client.get(back)
    assert is_inside(client)
    other = browser()
    other.get(back)
    assert not is_inside(other)


def test_somebody_who_left_stays_out(provider: Provider) -> None:
    client = browser()
    client.get(sent_back(client))
    Person.objects.filter(email="ada@here.example").update(is_active=False)
    assert not is_inside(client)
    again = browser()
    again.get(sent_back(again))
    assert not is_inside(again)


def test_a_provider_that_nobody_set_up_is_not_there(provider: Provider) -> None:
    assert browser().get("/c/here/account/oidc/other/login/callback/").status_code == 404
