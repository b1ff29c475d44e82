# SPDX-License-Identifier: EUPL-1.2
"""Registering devices, changing them, giving them keys, and keeping the city's own decoders."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import CityDecoder, Device, Feed, Thing
from stoa.houses.observations.queries.decoders import decoder_for
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.device_keys import mosquitto_hash
from stoa.houses.observations.rules.recipes import read_recipe
from stoa.houses.observations.terms import Carrier
from stoa.standards.payloads.decoding import decode
from stoa.standards.payloads.definition import Decoder
from stoa.standards.payloads.problems import BadDecoder, BadPayload
from stoa.standards.payloads.reading import read_decoder

KEY_MARK = "stoadev_"
FACTS = frozenset(
    {"name", "carrier", "identifier", "decoder", "decoder_version", "parameters", "recipe", "expected_interval_s",
     "is_active"}
)  # fmt: skip
_EUI = re.compile(r"[0-9A-F]{16}")


def acting_for(device: Device) -> Principal:
    """The device itself: may write what its department may, and set up the series it fills."""
    rights = frozenset({str(Permission.WRITE_OBSERVATION), str(Permission.CHANGE_THING)})
    grant = Grant("device", rights, frozenset({device.thing.department_id}))
    return Principal(device.city_id, name=f"device {device.uid}", grants=(grant,), channel="device")


@transaction.atomic
def register_device(
    *,
    city: City,
    by: Principal,
    name: str,
    carrier: Carrier,
    identifier: str = "",
    thing: Thing | None = None,
    department: Department | None = None,
    place: tuple[float, float] | None = None,
    access: str = "",
    feed: Feed | None = None,
    **facts: Any,
) -> Device:
    """A new device; without a thing it gets one of its own at `place` (longitude, latitude)."""
    answers = department.pk if thing is None and department else thing.department_id if thing else None
    need(by, Permission.CHANGE_THING, answers)
    device = Device(city=city, carrier=carrier, feed=feed)
    _say(device, {"name": name, "identifier": identifier, **facts})
    device.identifier = device.identifier or str(device.uid)
    _refuse_taken(device)
    # Only now: of a hundred rows that are refused none should have set up a thing first.
    if thing is None:
        more = {"access": access} if access else {}
        thing = setting_up.set_up_thing(city=city, by=by, department=department, name=name, **more)
        if place:
            point = {"type": "Point", "coordinates": list(place)}
            where = setting_up.set_up_location(city=city, by=by, name=name, location=point)
            setting_up.place_thing(thing=thing, locations=[where], by=by)
    device.thing = thing
    device.save()
    _tell(device, by, "device.registered", {"carrier": str(carrier), "decoder": device.decoder})
    return device


@transaction.atomic
def change_device(*, device: Device, by: Principal, **facts: Any) -> Device:
    """Say something else of a device."""
    need(by, Permission.CHANGE_THING, device.thing.department_id)
    changed = _say(device, facts)
    if "identifier" in changed:
        _refuse_taken(device)
    if changed:
        device.save()
        _tell(device, by, "device.changed", {"fields": sorted(changed)})
    return device


@transaction.atomic
def rotate_key(*, device: Device, by: Principal) -> str:
    """A new key; the old one is invalid at once. Returned once, only its hashes are kept."""
    need(by, Permission.CHANGE_THING, device.thing.department_id)
    key = f"{KEY_MARK}{secrets.token_urlsafe(32)}"
    device.key_digest = digest_of(key)
    device.mqtt_hash = mosquitto_hash(key, secrets.token_bytes(12))
    device.save(update_fields=["key_digest", "mqtt_hash"])
    _tell(device, by, "device.key_rotated")
    return key


@transaction.atomic
def remove_device(*, device: Device, by: Principal) -> None:
    """Forget a device; its thing, series and observations stay."""
    need(by, Permission.CHANGE_THING, device.thing.department_id)
    _tell(device, by, "device.removed", {"name": device.name})
    device.delete()


@transaction.atomic
def keep_decoder(*, city: City, by: Principal, text: str) -> CityDecoder:
    """Keep a decoder of the city's own as a new version; it must decode its own examples.

    Devices that follow the newest version are read by it from now on, so their departments' right is needed too.
    """
    need(by, Permission.CHANGE_THING)
    decoder = checked_decoder(text)
    following = Device.objects.filter(city=city, decoder=decoder.identifier, decoder_version=None)
    for department in sorted(set(following.values_list("thing__department_id", flat=True))):
        need(by, Permission.CHANGE_THING, department)
    newest = CityDecoder.objects.filter(city=city, identifier=decoder.identifier).order_by("-version").first()
    kept = CityDecoder.objects.create(
        city=city,
        identifier=decoder.identifier,
        version=(newest.version if newest else 0) + 1,
        title=decoder.title[:200],
        definition=text,
        by_name=by.name[:200],
    )
    facts = {"version": kept.version}
    record(
        city_id=city.pk, by=by, verb="decoder.kept", thing="decoder", thing_id=kept.identifier, facts=facts
    )
    return kept


def checked_decoder(text: str) -> Decoder:
    """The decoder, if it can be read and decodes its own examples. Raises Refused."""
    try:
        decoder = read_decoder(text)
        if not decoder.vectors:
            raise BadDecoder("vectors: at least one example is needed")
        for vector in decoder.vectors:
            found = decode(decoder, vector.port, vector.payload)
            if [one.values for one in found.records] != [dict(record) for record in vector.records]:
                raise BadDecoder(f"the example {vector.payload.hex()} gives {found.records[0].values}")
    except (BadDecoder, BadPayload) as wrong:
        raise Refused(
            Problem(
                "observations.decoder_wrong",
                say("The decoder cannot be used: %(why)s", why=str(wrong)[:300]),
                say("A decoder that is wrong would store wrong values."),
                say("Correct it; the examples in it must come out as they say."),
                field="definition",
            )
        ) from wrong
    return decoder


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _say(device: Device, facts: Mapping[str, Any]) -> set[str]:
    unknown = set(facts) - FACTS
    if unknown:
        raise TypeError(f"not a fact of a device: {sorted(unknown)}")
    if device.carrier == Carrier.LORAWAN and "identifier" in facts:
        facts = {**facts, "identifier": _eui(facts["identifier"])}
    if facts.get("recipe"):
        read_recipe(facts["recipe"])
    changed = {name for name, value in facts.items() if getattr(device, name) != value}
    for name in changed:
        setattr(device, name, facts[name])
    if "decoder" in changed and device.decoder:
        _refuse_unknown_decoder(device)
    return changed


def _eui(told: str) -> str:
    eui = re.sub(r"[\s:.-]", "", told).upper()
    if not _EUI.fullmatch(eui):
        raise Refused(
            Problem(
                "observations.eui_wrong",
                say("“%(told)s” is no DevEUI.", told=told[:40]),
                say("LoRaWAN devices are known by 16 hexadecimal digits."),
                say("Copy it from the label of the device or from the network server."),
                field="identifier",
            )
        )
    return eui


def _refuse_unknown_decoder(device: Device) -> None:
    if decoder_for(device.city_id, device.decoder, device.decoder_version) is None:
        raise Refused(
            Problem(
                "observations.decoder_unknown",
                say("There is no decoder “%(name)s” here.", name=device.decoder[:80]),
                say("Without it nobody can say what the bytes of the device mean."),
                say("Choose one from the list, or bring one in."),
                field="decoder",
            )
        )


def _refuse_taken(device: Device) -> None:
    same = Device.objects.filter(city_id=device.city_id, feed=device.feed, identifier=device.identifier)
    if same.exclude(pk=device.pk).exists():
        raise Refused(
            Problem(
                "observations.device_taken",
                say(
                    "There is a device with the address %(address)s already.", address=device.identifier[:80]
                ),
                say("Its messages could not be told apart."),
                say("Correct the address, or change the device that has it."),
                field="identifier",
            )
        )


def _tell(device: Device, by: Principal, verb: str, facts: Mapping[str, Any] | None = None) -> None:
    record(city_id=device.city_id, by=by, verb=verb, thing="device", thing_id=str(device.uid), facts=facts)
