# SPDX-License-Identifier: EUPL-1.2
"""A town as brokers' clients meet it: by requests, with and without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.people.actions import make_token, set_up_city, set_up_department
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal

BASE = "/ngsi-ld/v1"
SLUG, OTHER = "brokerton", "farbroker"
OPERATOR = Principal(name="operator", is_operator=True, channel="command")


@dataclass
class Broker:
    """The city, and its keys by who holds them; `nobody` has none."""

    city: City
    keys: dict[str, str]

    def ask(
        self, method: str, path: str, body: Any = None, who: str = "owner", /, **headers: str
    ) -> HttpResponse:
        """Any request; the body goes as JSON unless another Content-Type is said."""
        said = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        said.setdefault("accept-language", "en")
        if who in self.keys:
            said["authorization"] = f"Bearer {self.keys[who]}"
        kind = said.pop("content-type", "application/json")
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client().generic(  # type: ignore[return-value]
            method,
            f"/c/{SLUG}{BASE}{path}",
            data,
            content_type=kind if body is not None else "",
            headers=said,
        )

    def get(self, path: str, who: str = "nobody", /, **headers: str) -> Any:
        """The document of a question that is answered."""
        response = self.ask("GET", path, None, who, **headers)
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    def make(self, entity: dict[str, Any], who: str = "owner") -> str:
        """A new entity; gives its id."""
        response = self.ask("POST", "/entities", entity, who)
        assert response.status_code == 201, response.content
        return str(entity["id"])


@pytest.fixture(autouse=True)
def own_places() -> None:
    """The town stands longer than a test, so its lake is the one of the whole run."""


def _keys(city: City, other: City) -> dict[str, str]:
    with acting_in(city):
        parks = set_up_department(city=city, slug="parks", name={"en": "Parks"}, by=OPERATOR)
        traffic = set_up_department(city=city, slug="traffic", name={"en": "Traffic"}, by=OPERATOR)
        keys = {
            "owner": make_token(city=city, role="officer", note="parks", by=OPERATOR, department=parks),
            "colleague": make_token(
                city=city, role="officer", note="traffic", by=OPERATOR, department=traffic
            ),
            "steward": make_token(city=city, role="steward", note="steward", by=OPERATOR),
            "reader": make_token(city=city, role="reader", note="reader", by=OPERATOR),
        }
    with acting_in(other):
        set_up_department(city=other, slug="parks", name={"en": "Parks"}, by=OPERATOR)
        return keys | {"stranger": make_token(city=other, role="steward", note="abroad", by=OPERATOR)}


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Broker]:
    with django_db_blocker.unblock():
        city = set_up_city(
            slug=SLUG, by=OPERATOR, name={"en": "Brokerton"}, languages=["en"], zone="Europe/Berlin"
        )
        other = set_up_city(slug=OTHER, by=OPERATOR, name={"en": "Farbroker"}, languages=["en"], zone="UTC")
        made = Broker(city, _keys(city, other))
    yield made
    with django_db_blocker.unblock():
        for one in (city, other):
            with acting_in(one):
                Department.objects.all().delete()
                one.delete()


@pytest.fixture
def broker(standing: Broker, db: None) -> Broker:
    return standing
