# SPDX-License-Identifier: EUPL-1.2
"""JSON messages that a device sends by itself, read by its recipe."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from stoa.houses.observations.actions.taking import Sent, Taken, heard, take_readings, turn_away
from stoa.houses.observations.models import Device
from stoa.houses.observations.rules.decoding import Reading
from stoa.houses.observations.rules.recipes import Sighting, read_recipe, sightings
from stoa.houses.observations.terms import Way


@transaction.atomic
def take_json(*, device: Device, message: Any, payload: bytes, way: Way) -> Taken:
    """Keep what the recipe of the device finds in the message; what it cannot find puts the message aside."""
    sent = Sent(payload, way, f"device {device.uid}")
    if not device.is_active:
        return turn_away(device.city, "device_resting", {"name": device.name}, sent)
    heard(device)
    if not device.recipe:
        return turn_away(device.city, "decoder_missing", {"name": device.name}, sent)
    found = list(sightings(read_recipe(device.recipe), message, ZoneInfo(device.city.zone)))
    broken = [name for one in found for name in one.problems]
    if broken:
        return turn_away(device.city, "message_value_not_plain", {"value": broken[0]}, sent)
    if not any(one.values for one in found):
        return turn_away(device.city, "message_without_values", {"name": device.name}, sent)
    return take_readings(device=device, found=[r for one in found for r in readings_of(one)], way=way)


def readings_of(one: Sighting) -> list[Reading]:
    """The values of a sighting; without a time of its own it is as of now."""
    at = one.at or timezone.now()
    return [Reading(name, value, at, meaning) for name, (value, meaning) in one.values.items()]
