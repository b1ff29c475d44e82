# SPDX-License-Identifier: EUPL-1.2
"""Taking messages of devices: find the device, decode, keep, remember; what cannot be taken is put aside with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.ground.words import Fact
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.devices import acting_for
from stoa.houses.observations.actions.keeping import Observed, keep_observations, psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.quarantining import Turned, quarantine
from stoa.houses.observations.models import Datastream, Device, DeviceMessage, DeviceSeries, Sensor
from stoa.houses.observations.queries.decoders import decoder_for
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.decoding import Reading, readings, symbol_of
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.terms import Access, Carrier, ResultType, Way
from stoa.standards.lorawan.uplink import Uplink
from stoa.standards.payloads.decoding import decode
from stoa.standards.payloads.definition import Decoder, Value
from stoa.standards.payloads.problems import BadPayload

MESSAGES_KEPT = 20
MOST_SERIES = 80
"""Of one device; a message that invents names must not make thousands of series."""
_KINDS: dict[type, ResultType] = {bool: ResultType.TRUTH, str: ResultType.CATEGORY}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it came."""

    payload: bytes
    way: Way
    origin: str
    """Topic, device or address, kept with what is put aside."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message."""

    device: str = ""
    """Its uid; empty: unknown."""
    written: int = 0
    unchanged: int = 0
    refused: int = 0
    problem: Problem | None = None
    """Why nothing of it was taken; it lies in quarantine."""


@transaction.atomic
def take_uplinks(*, city: City, uplinks: Sequence[Uplink], by: Principal, way: Way) -> list[Taken]:
    """Take what network servers handed on; one answer each."""
    known = {
        device.identifier: device
        for device in Device.objects.filter(
            city=city, feed=None, carrier=Carrier.LORAWAN, identifier__in={one.device_eui for one in uplinks}
        ).select_related("thing")
    }
    return [_take_uplink(city, uplink, known.get(uplink.device_eui), by, way) for uplink in uplinks]


def _take_uplink(city: City, uplink: Uplink, device: Device | None, by: Principal, way: Way) -> Taken:
    sent = Sent(uplink.payload, way, f"{uplink.network} {uplink.device_eui}")
    if device is None:
        return turn_away(city, "device_unknown", {"address": uplink.device_eui}, sent)
    if not by.may(Permission.WRITE_OBSERVATION, device.thing.department_id):
        return turn_away(city, "device_not_writable", {"address": uplink.device_eui}, sent)
    if not device.is_active:
        return turn_away(city, "device_resting", {"name": device.name}, sent)
    _heard(device, uplink.received_at, uplink=uplink)
    if not uplink.payload or uplink.port == 0:
        return Taken(str(device.uid))
    decoder = decoder_for(city.pk, device.decoder, device.decoder_version)
    if decoder is None:
        return turn_away(city, "decoder_missing", {"name": device.name}, sent)
    try:
        decoded = decode(decoder, uplink.port, uplink.payload, device.parameters)
    except BadPayload as wrong:
        problem = turn_away(city, "payload_undecodable", {"why": str(wrong)[:200]}, sent)
        _remember(device, uplink, [], problem.problem)
        return problem
    found = readings(decoder, decoded, uplink.received_at)
    if not found:
        return turn_away(
            city, "payload_undecodable", {"why": f"nothing is known of {decoded.unread.hex()[:60]}"}, sent
        )
    _remember(device, uplink, found, None)
    return take_readings(device=device, found=found, way=way, decoder=decoder)


def take_readings(
    *, device: Device, found: Sequence[Reading], way: Way, decoder: Decoder | None = None
) -> Taken:
    """Keep what is an observation of these readings, in the series of the device."""
    wanted = [reading for reading in found if reading.is_observation]
    _note_battery(device, wanted)
    series = _series_of(device, wanted, decoder)
    observed = [
        Observed(series[one.name], one.at, one.value, unit=one.meaning.unit)
        for one in wanted
        if one.name in series
    ]
    kept = keep_observations(
        city=device.city,
        observations=observed,
        by=acting_for(device),
        way=way,
        origin=f"{device.carrier} {device.identifier}",
    )
    return Taken(str(device.uid), kept.written + kept.corrected, kept.unchanged, len(kept.refused))


def turn_away(city: City, name: str, facts: dict[str, Fact], sent: Sent) -> Taken:
    """Put a message aside with its reason."""
    code = f"observations.{name}"
    with packing_cursor(psycopg_connection()) as cursor:
        turned = Turned(city.pk, None, code, facts, sent.payload)
        quarantine(cursor, [turned], way=sent.way, origin=sent.origin, received=us_of(timezone.now()))
    return Taken(problem=problem_of(code, facts))


def heard(device: Device) -> None:
    """The device sent something just now."""
    _heard(device, timezone.now())


def _heard(device: Device, at: datetime, uplink: Uplink | None = None) -> None:
    at = min(at, timezone.now())
    changed = ["silent_since"]
    device.silent_since = None
    if device.last_seen_at is None or at > device.last_seen_at:
        device.last_seen_at = at
        changed.append("last_seen_at")
    best = uplink.radio.best if uplink else None
    if best:
        device.rssi_dbm, device.snr_db = best.rssi_dbm, best.snr_db
        changed += ["rssi_dbm", "snr_db"]
    if uplink and uplink.battery_percent is not None:
        device.battery_percent = uplink.battery_percent
        changed.append("battery_percent")
    device.save(update_fields=changed)


def _note_battery(device: Device, found: Sequence[Reading]) -> None:
    for one in found:
        if isinstance(one.value, bool) or not isinstance(one.value, int | float):
            continue
        if one.meaning.observed_property == "battery_level":
            device.battery_percent = float(one.value)
        elif one.meaning.observed_property == "battery_voltage":
            device.battery_v = one.value / (1000 if one.meaning.unit == "mV" else 1)
        else:
            continue
        device.save(update_fields=["battery_percent", "battery_v"])


def _remember(device: Device, uplink: Uplink, found: Sequence[Reading], problem: Problem | None) -> None:
    """Keep the message among the newest few; the same one heard by a second way is not kept twice."""
    same = {"device": device, "received_at": uplink.received_at, "counter": uplink.counter}
    values: list[dict[str, Any]] = [
        {"name": one.name, "value": one.value, "unit": one.meaning.unit, "at": one.at.isoformat()}
        for one in found
    ]
    DeviceMessage.objects.get_or_create(
        **same,
        defaults={
            "city_id": device.city_id,
            "port": uplink.port,
            "payload": uplink.payload,
            "values": values,
            "problem": problem.to_json() if problem else None,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from observations_devicemessage where device_id = %s and id not in (select id from"
            " observations_devicemessage where device_id = %s order by received_at desc, id desc limit %s)",
            [device.pk, device.pk, MESSAGES_KEPT],
        )


def _series_of(device: Device, wanted: Sequence[Reading], decoder: Decoder | None) -> dict[str, int]:
    """The series for each value; those that are missing are set up now, as the first message says what they are."""
    known = dict(DeviceSeries.objects.filter(device=device).values_list("value", "datastream_id"))
    missing = {one.name: one for one in wanted if one.name not in known}
    if not missing or len(known) >= MOST_SERIES:
        return known
    Device.objects.select_for_update().get(pk=device.pk)
    known = dict(DeviceSeries.objects.filter(device=device).values_list("value", "datastream_id"))
    for name, one in list(missing.items())[: MOST_SERIES - len(known)]:
        if name not in known:
            series = _set_up_series(device, one, decoder)
            DeviceSeries.objects.create(city_id=device.city_id, device=device, value=name, datastream=series)
            known[name] = series.pk
    return known


def _set_up_series(device: Device, one: Reading, decoder: Decoder | None) -> Datastream:
    by, meaning = acting_for(device), one.meaning
    label = meaning.label or one.name
    observed = setting_up.known_property(
        city=device.city,
        by=by,
        definition=f"urn:stoa:property:{meaning.observed_property}",
        name=meaning.observed_property.replace("_", " "),
    )
    model = f"{decoder.maker} {decoder.model}"[:255] if decoder else device.name
    sensor = Sensor.objects.filter(city_id=device.city_id, name=model).order_by("pk").first()
    sensor = sensor or setting_up.set_up_sensor(
        city=device.city, by=by, name=model, description=decoder.title if decoder else ""
    )
    return setting_up.set_up_datastream(
        thing=device.thing,
        sensor=sensor,
        observed_property=observed,
        by=by,
        name=f"{device.name}: {label}"[:255],
        unit_code=meaning.unit[:40],
        unit_symbol=symbol_of(meaning.unit)[:30],
        unit_name=symbol_of(meaning.unit)[:100],
        result_type=_kind_of(one.value),
        observation_type=_observation_type(one.value),
        access=device.thing.access or Access.OPEN,
        expected_interval_s=device.expected_interval_s,
    )


def _kind_of(value: Value) -> ResultType:
    return _KINDS.get(type(value), ResultType.JSON if isinstance(value, list | dict) else ResultType.NUMBER)


def _observation_type(value: Value) -> str:
    from stoa.houses.observations.terms import OBSERVATION_TYPES

    return OBSERVATION_TYPES[_kind_of(value)]
