# SPDX-License-Identifier: EUPL-1.2
"""Orange's ngsildclient makes, reads, asks, upserts, removes and subscribes against a running portal."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.features.town_server import town_url
from tests.gates.ckan.conftest import keys_of
from tests.gates.sensorthings.test_clients import strangers_python
from tests.houses.catalogue.town import SLUG, Town

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.observations.models import EntityNews, EntitySubscription, Observation, Thing

__all__ = ["town_url"]
pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def told(town_url: str, django_db_blocker: Any) -> dict[str, Any]:
    python = strangers_python()
    if python is None:
        pytest.skip("the clients' environment is not here; `make test` builds it")
    with django_db_blocker.unblock():
        city = City.objects.get(slug=SLUG)
        key = keys_of(Town(city, {}))["owner"]
    address = urlsplit(town_url)
    done = subprocess.run(
        [python, HERE / "client_script.py", str(address.hostname), str(address.port), SLUG, key, "http://receiver.example/in"],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    with django_db_blocker.unblock(), acting_in(city):
        news = [one.data for one in EntityNews.objects.order_by("pk")]
        EntitySubscription.objects.all().delete()
        Observation.objects.all().delete()
        Thing.objects.all().delete()
    assert done.returncode == 0, (done.stdout, done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"news": news}


def test_the_client_makes_and_reads_an_entity(told: dict[str, Any]) -> None:
    assert told["connected"] is True
    assert told["created"] is True
    assert told["read"] == [21.5, "Hall", "urn:ngsi-ld:Building:1", [7.6, 51.9]]
    assert told["exists"] == [True, False]
    assert told["again"] == "NgsiAlreadyExistsError"


def test_the_client_sends_batches_and_asks(told: dict[str, Any]) -> None:
    assert told["batch_created"] == 5
    assert told["batch_upserted"] == [2, 0]
    assert told["batch_updated"] == 1
    assert told["query"] == [f"urn:ngsi-ld:Room:{number}" for number in (2, 5, 6)]
    assert told["count"] == 6
    assert told["types"] == ["Room"]


def test_the_client_upserts_and_removes(told: dict[str, Any]) -> None:
    assert told["upserted"] is True
    assert told["after_upsert"] == "Great hall"
    assert told["left"] == 4
    assert told["deleted"] is True
    assert told["gone"] is False


def test_the_client_reads_histories(told: dict[str, Any]) -> None:
    assert told["temporal"] == [[40, "2026-11-20T09:00:00Z"], [22, "2026-11-20T08:00:00Z"]]
    assert told["temporal_query"] == ["urn:ngsi-ld:Room:2"]


def test_the_client_subscribes_and_changes_are_told(told: dict[str, Any]) -> None:
    assert told["subscribed"] == "urn:ngsi-ld:Subscription:client"
    assert told["subscriptions"] == ["urn:ngsi-ld:Subscription:client"]
    assert told["subscription_exists"] is True
    assert {"urn:ngsi-ld:Room:2", "urn:ngsi-ld:Room:1"} <= {one["id"] for one in told["news"]}
