# SPDX-License-Identifier: EUPL-1.2
"""The town's weather station as programs of SensorThings meet it, with and without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.gates.sensorthings.lamp import THING
from tests.houses.catalogue.cast import OPERATOR
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token

ROOT = "http://testserver/c/here/sta/v1.1"


@dataclass(frozen=True)
class Service:
    """The service and the keys of who may write; `nobody` has none."""

    town: Town
    keys: dict[str, str]

    def send(self, method: str, path: str, body: Any = None, who: str = "owner", **more: Any) -> Any:
        """The raw answer."""
        headers = {"accept-language": "en", **more.pop("headers", {})}
        if self.keys.get(who):
            headers["authorization"] = f"Bearer {self.keys[who]}"
        address = path if path.startswith("http") else f"{ROOT}/{path}" if path else ROOT
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Client().generic(
            method, address.removeprefix("http://testserver"), content,
            content_type=more.pop("content_type", "application/json"), headers=headers,
        )  # fmt: skip

    def get(self, path: str, who: str = "nobody", status: int = 200) -> Any:
        answer = self.send("GET", path, who=who)
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def make(self, path: str, body: Any, who: str = "owner") -> Any:
        """The entity that was made, read by its address."""
        answer = self.send("POST", path, body, who)
        assert answer.status_code == 201, answer.content
        return self.get(answer["Location"], who)


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Service]:
    with django_db_blocker.unblock(), transaction.atomic():
        town = make_town()
        cast = town.cast
        with acting_in(cast.city):
            keys = {
                "owner": make_token(
                    city=cast.city, role="officer", note="p", by=OPERATOR, department=cast.parks
                ),
                "colleague": make_token(
                    city=cast.city, role="officer", note="r", by=OPERATOR, department=cast.roads
                ),
                "reader": make_token(
                    city=cast.city, role="reader", note="d", by=OPERATOR, department=cast.roads
                ),
            }
        with acting_in(cast.other_city):
            keys["stranger"] = make_token(city=cast.other_city, role="steward", note="a", by=OPERATOR)
        yield Service(town, keys)
        transaction.set_rollback(True)


@pytest.fixture
def sta(standing: Service, db: None) -> Service:
    """What a test writes is rolled back."""
    return standing


@pytest.fixture
def lamp(sta: Service) -> Any:
    """A thing with everything, made by one deep insert."""
    return sta.make("Things", THING)


def stream_of(sta: Service, lamp: Any) -> Any:
    return sta.get(lamp["Datastreams@iot.navigationLink"])["value"][0]
