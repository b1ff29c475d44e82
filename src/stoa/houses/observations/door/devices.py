# SPDX-License-Identifier: EUPL-1.2
"""Messages of devices, as gates hand them in, and what a broker must know of devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.ground.words import Fact
from stoa.houses.observations.actions import json_messages, taking
from stoa.houses.observations.actions.devices import digest_of
from stoa.houses.observations.actions.taking import Sent, Taken
from stoa.houses.observations.models import Device
from stoa.houses.observations.queries.devices import writers
from stoa.houses.observations.rules.device_keys import Writer
from stoa.houses.observations.terms import Way
from stoa.standards.lorawan.uplink import Uplink

__all__ = [
    "Sent",
    "Taken",
    "Writer",
    "take_message",
    "take_topic_message",
    "take_uplinks",
    "turn_away",
    "writers",
]


def take_uplinks(*, city: City, by: Principal, uplinks: Sequence[Uplink], way: Way) -> list[Taken]:
    """Take what network servers of LoRaWAN handed on; one answer each. What cannot be taken is put aside.

    Rights are checked for each device; the same uplink twice is one.
    """
    return taking.take_uplinks(city=city, uplinks=uplinks, by=by, way=way)


def take_message(*, city: City, uid: str, key: str, message: Any, payload: bytes) -> Taken:
    """Take the JSON that a device sends with its own key, by its recipe. Raises NotFound for anybody else."""
    device = (
        Device.objects.filter(city=city, uid=uid, key_digest=digest_of(key))
        .select_related("thing", "city")
        .first()
        if key
        else None
    )
    if device is None:
        raise NotFound("device", uid)
    return json_messages.take_json(device=device, message=message, payload=payload, way=Way.PUSH)


def take_topic_message(*, city: City, uid: str, message: Any, payload: bytes) -> Taken:
    """Take the JSON of a device from its own topic, on which the broker lets nobody else write."""
    device = Device.objects.filter(city=city, uid=uid).select_related("thing", "city").first()
    if device is None:
        sent = Sent(payload, Way.MQTT, f"devices/{uid}/up")
        return taking.turn_away(city, "device_unknown", {"address": uid}, sent)
    return json_messages.take_json(device=device, message=message, payload=payload, way=Way.MQTT)


def turn_away(*, city: City, name: str, facts: Mapping[str, Fact], sent: Sent) -> Taken:
    """Put a message aside with the reason of this name (see `rules/refusals.py`)."""
    return taking.turn_away(city, name, dict(facts), sent)
