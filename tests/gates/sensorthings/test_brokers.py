# SPDX-License-Identifier: EUPL-1.2
"""The root says where MQTT is spoken, to the city that it is meant for, and only where messages of a broker are taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.houses.catalogue.cast import make_cast

from stoa.standards.sensorthings.model import MQTT_CREATE, MQTT_UPDATES

pytestmark = pytest.mark.django_db


def said(city: str) -> dict[str, Any]:
    found: dict[str, Any] = Client().get(f"/c/{city}/sta/v1.1").json()["serverSettings"]
    return found


def having(settings: LazySettings, **told: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update=told)


def test_the_brokers_of_a_city_are_announced_with_what_they_fulfil(settings: LazySettings) -> None:
    make_cast()
    having(
        settings,
        mqtt_url="mqtt://127.0.0.1",
        mqtt_publish_at=("mqtts://town.example:8883",),
        mqtt_subscribe_at=("here=mqtt://town.example:1884", "there=mqtt://town.example:1885"),
    )
    here, there = said("here"), said("there")
    assert here[MQTT_CREATE] == there[MQTT_CREATE] == {"endpoints": ["mqtts://town.example:8883"]}
    assert here[MQTT_UPDATES] == {"endpoints": ["mqtt://town.example:1884"]}
    assert there[MQTT_UPDATES] == {"endpoints": ["mqtt://town.example:1885"]}
    assert {MQTT_CREATE, MQTT_UPDATES} <= set(here["conformance"])


def test_without_a_broker_of_ours_nothing_is_announced(settings: LazySettings) -> None:
    make_cast()
    having(settings, mqtt_url="", mqtt_subscribe_at=("mqtt://town.example:1884",))
    assert list(said("here")) == ["conformance"]
    having(settings, mqtt_url="mqtt://127.0.0.1", mqtt_subscribe_at=())
    assert list(said("here")) == ["conformance"]
