# SPDX-License-Identifier: EUPL-1.2
"""The small town with keys: one town for all tests of a module, and every kind of caller of `/api/v1`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from tests.houses.catalogue.town import OPERATOR, OTHER, SLUG, Town, build_town, take_down

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import make_token, revoke_token
from stoa.commons.people.models import ApiToken, Department

JSON = "application/json"


@dataclass(frozen=True)
class Callers:
    """The town and its keys by who holds them; `outsider` has none."""

    town: Town
    keys: dict[str, str]

    def headers(self, who: str) -> dict[str, str]:
        key = self.keys.get(who, "")
        return {"accept-language": "en"} | ({"authorization": f"Bearer {key}"} if key else {})

    def get(self, path: str, who: str = "outsider", city: str = SLUG, **asked: Any) -> Any:
        return Client(headers=self.headers(who)).get(f"/c/{city}/api/v1{path}", asked)

    def post(self, path: str, who: str = "outsider", body: Any = None) -> Any:
        return Client(headers=self.headers(who)).post(
            f"/c/{SLUG}/api/v1{path}", body or {}, content_type=JSON
        )

    def patch(self, path: str, who: str = "outsider", body: Any = None) -> Any:
        return Client(headers=self.headers(who)).patch(
            f"/c/{SLUG}/api/v1{path}", body or {}, content_type=JSON
        )

    def send(self, path: str, who: str, file: Any) -> Any:
        return Client(headers=self.headers(who)).post(f"/c/{SLUG}/api/v1{path}", {"file": file})


def _keys(city: City) -> dict[str, str]:
    with acting_in(city):
        of = {d.slug: d for d in Department.objects.filter(city=city)}
        keys = {
            "owner": make_token(city=city, role="officer", note="parks", by=OPERATOR, department=of["parks"]),
            "colleague": make_token(
                city=city, role="officer", note="traffic", by=OPERATOR, department=of["traffic"]
            ),
            "steward": make_token(city=city, role="steward", note="steward", by=OPERATOR),
            "reader": make_token(city=city, role="reader", note="reader", by=OPERATOR),
            "revoked": make_token(city=city, role="steward", note="old", by=OPERATOR),
        }
        revoke_token(token=ApiToken.objects.get(city=city, note="old"), by=OPERATOR)
    other = City.objects.get(slug=OTHER)
    with acting_in(other):
        keys["stranger"] = make_token(city=other, role="steward", note="abroad", by=OPERATOR)
    return keys


@pytest.fixture(autouse=True)
def own_places() -> None:
    """The town stands longer than a test, so its lake is the one of the whole run."""


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callers]:
    """Built once for all tests of a module, and taken down after them."""
    with django_db_blocker.unblock():
        town = build_town()
        made = Callers(town, _keys(town.city))
    yield made
    with django_db_blocker.unblock():
        take_down([SLUG, OTHER])


@pytest.fixture
def api(standing: Callers, db: None) -> Callers:
    """The API as every kind of caller meets it; what a test writes is rolled back."""
    return standing
