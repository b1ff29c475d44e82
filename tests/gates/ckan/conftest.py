# SPDX-License-Identifier: EUPL-1.2
"""The small town as programs written for CKAN meet it: by actions, with and without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, build_town, take_down

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import make_token
from stoa.commons.people.models import Department


@dataclass(frozen=True)
class Portal:
    """The town and its keys by who holds them; `outsider` has none."""

    town: Town
    keys: dict[str, str]

    def headers(self, who: str) -> dict[str, str]:
        """The key alone in the header, as clients of CKAN send it."""
        key = self.keys.get(who, "")
        return {"accept-language": "en"} | ({"authorization": key} if key else {})

    def answer(self, action: str, who: str = "outsider", /, **asked: Any) -> Any:
        """The raw answer to a JSON question."""
        return Client(headers=self.headers(who)).post(
            f"/c/{SLUG}/api/action/{action}", json.dumps(asked), content_type="application/json"
        )

    def ask(self, action: str, who: str = "outsider", /, **asked: Any) -> Any:
        """The result of an action that succeeds."""
        answer = self.answer(action, who, **asked)
        assert answer.status_code == 200, answer.content
        assert answer.json()["success"] is True
        return answer.json()["result"]

    def error(self, action: str, who: str = "outsider", /, **asked: Any) -> tuple[int, dict[str, Any]]:
        """The status and the error of an action that fails."""
        answer = self.answer(action, who, **asked)
        assert answer.json()["success"] is False, answer.content
        return answer.status_code, answer.json()["error"]

    def get(self, action: str, who: str = "outsider", /, **asked: Any) -> Any:
        """The raw answer to a question in an address."""
        return Client(headers=self.headers(who)).get(f"/c/{SLUG}/api/3/action/{action}", asked)


def keys_of(town: Town) -> dict[str, str]:
    city = town.city
    with acting_in(city):
        of = {d.slug: d for d in Department.objects.filter(city=city)}
        keys = {
            "owner": make_token(city=city, role="officer", note="parks", by=OPERATOR, department=of["parks"]),
            "colleague": make_token(
                city=city, role="officer", note="traffic", by=OPERATOR, department=of["traffic"]
            ),
            "steward": make_token(city=city, role="steward", note="steward", by=OPERATOR),
            "manager": make_token(city=city, role="manager", note="manager", by=OPERATOR),
        }
    other = City.objects.get(slug=OTHER)
    with acting_in(other):
        keys["stranger"] = make_token(city=other, role="steward", note="abroad", by=OPERATOR)
    return keys


@pytest.fixture(autouse=True)
def own_places() -> None:
    """The town stands longer than a test, so its lake is the one of the whole run."""


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Portal]:
    """Built once for all tests of a module, and taken down after them."""
    with django_db_blocker.unblock():
        town = build_town()
        made = Portal(town, keys_of(town))
    yield made
    with django_db_blocker.unblock():
        take_down([SLUG, OTHER])


@pytest.fixture
def portal(standing: Portal, db: None) -> Portal:
    """The portal as every kind of caller meets it; what a test writes is rolled back."""
    return standing
