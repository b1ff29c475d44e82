# SPDX-License-Identifier: EUPL-1.2
"""Messages of devices, as gates hand them in, and what a broker must know of devices."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import NotFound
from stoa.ground.words import Fact
from stoa.houses.observations.actions import json_messages, taking
from stoa.houses.observations.actions.devices import digest_of
from stoa.houses.observations.actions.taking import Sent, Taken
from stoa.houses.observations.models import Device
from stoa.houses.observations.queries.devices import writers
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules import device_keys
from stoa.houses.observations.rules.device_keys import Ports, Writer
from stoa.houses.observations.terms import Way
from stoa.standards.lorawan.uplink import Uplink

__all__ = [
    "Ports",
    "Sent",
    "Taken",
    "Writer",
    "broker_files",
    "broker_principal",
    "may_send",
    "take_message",
    "take_topic_message",
    "take_uplinks",
    "turn_away",
    "writers",
]


def broker_principal(city: City) -> Principal:
    """Whoever the broker let write: it has asked for the key and keeps each device to its own topics."""
    grant = Grant("broker", frozenset({str(Permission.WRITE_OBSERVATION)}))
    return Principal(city.pk, name="MQTT broker", grants=(grant,), channel="mqtt")


def may_send(by: Principal) -> bool:
    """Whether this principal may send observations for any department at all."""
    return by.may(Permission.WRITE_OBSERVATION)


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
        sent = Sent(payload, Way.MQTT, f"{city.slug}/devices/{uid}/up")
        return taking.turn_away(city, "device_unknown", {"address": uid}, sent)
    return json_messages.take_json(device=device, message=message, payload=payload, way=Way.MQTT)


def turn_away(*, city: City, name: str, facts: Mapping[str, Fact], sent: Sent) -> Taken:
    """Put a message aside with the reason of this name (see `rules/refusals.py`)."""
    return taking.turn_away(city, name, dict(facts), sent)


def broker_files(
    known: Sequence[tuple[str, Sequence[Writer]]],
    *,
    folder: str,
    ports: Ports,
    platform: tuple[str, str],
    saves_every_change: bool = False,
) -> dict[str, str]:
    """The files of a hardened Mosquitto, by name: devices of each city (by short name) and the platform's login.

    `saves_every_change`: what was acknowledged is on the disk at once, for a tenth of the messages a second.
    """
    user, password = platform
    everyone = [writer for _slug, writers in known for writer in writers]
    hashed = device_keys.mosquitto_hash(password, secrets.token_bytes(12))
    saves = device_keys.EVERY_CHANGE if saves_every_change else device_keys.EVERY_SECOND
    lines = {
        "passwords": device_keys.password_lines(everyone, user, hashed),
        "access": device_keys.access_lines(known, user),
        "readers": device_keys.reader_lines(slug for slug, _writers in known),
    }
    return {
        "mosquitto.conf": device_keys.configuration(folder=folder, ports=ports, saves=saves),
        **{name: "\n".join(listed) + "\n" for name, listed in lines.items()},
    }
