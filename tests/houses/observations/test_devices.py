# SPDX-License-Identifier: EUPL-1.2
"""Devices: who may register them, and what becomes of what they send."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.houses.catalogue.cast import Cast, make_cast

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import devices
from stoa.houses.observations.door import devices as door
from stoa.houses.observations.models import (
    Datastream,
    Device,
    DeviceMessage,
    Observation,
    Quarantined,
    SeriesState,
    Thing,
)
from stoa.houses.observations.terms import Carrier, ResultType, Way
from stoa.standards.lorawan.uplink import Gateway, Network, Radio, Uplink

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
EUI = "24E124707C483636"
RECIPE = {"values": {"level": {"path": "water.level_cm", "unit": "cm", "property": "water_level"}}}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def register(cast: Cast, who: str = "ada", **facts: object) -> Device:
    told: dict[str, object] = {
        "name": "Room 7",
        "carrier": Carrier.LORAWAN,
        "identifier": EUI,
        "decoder": "milesight_am103l",
        "place": (7.6, 51.9),
        "department": cast.parks,
        **facts,
    }
    with acting_in(cast.city):
        return devices.register_device(city=cast.city, by=cast.principal(who), **told)  # type: ignore[arg-type]


def uplink(payload_hex: str = "017532 03679cff 046850 077d2003", **facts: object) -> Uplink:
    radio = Radio(gateways=(Gateway("A", -90, 5), Gateway("B", -70, 8)))
    sent = Uplink(
        Network.CHIRPSTACK,
        EUI,
        "x",
        "town",
        85,
        bytes.fromhex(payload_hex),
        NOW - timedelta(minutes=1),
        1,
        radio=radio,
    )
    return replace(sent, **facts)  # type: ignore[arg-type]


def take(cast: Cast, *uplinks: Uplink, who: str = "ada") -> list[door.Taken]:
    with acting_in(cast.city):
        return door.take_uplinks(city=cast.city, by=cast.principal(who), uplinks=uplinks, way=Way.PUSH)


def test_the_first_message_of_a_registered_device_sets_up_its_series_and_is_kept(cast: Cast) -> None:
    device = register(cast)
    (taken,) = take(cast, uplink())
    assert (taken.problem, taken.written, taken.refused) == (None, 4, 0)
    with acting_in(cast.city):
        state = SeriesState.objects.get(datastream__name="Room 7: Air temperature")
        assert (state.number, state.at, state.box) == (
            -10.0,
            NOW - timedelta(minutes=1),
            (7.6, 51.9, 7.6, 51.9),
        )
        series = Datastream.objects.get(pk=state.datastream_id)
        assert (series.unit_code, series.unit_symbol, series.result_type) == ("Cel", "°C", ResultType.NUMBER)
        device = Device.objects.get(pk=device.pk)
        assert (device.battery_percent, device.rssi_dbm, device.last_seen_at) == (
            50,
            -70,
            NOW - timedelta(minutes=1),
        )
        assert [value["name"] for value in DeviceMessage.objects.get().values] == [
            "battery",
            "temperature",
            "humidity",
            "co2",
        ]


def test_the_same_uplink_twice_is_once_and_history_in_it_has_its_own_time(cast: Cast) -> None:
    register(cast)
    at = int((NOW - timedelta(hours=3)).timestamp())
    sent = uplink(f"03679cff 20ce{at.to_bytes(4, 'little').hex()}0a0046f401")
    (first,) = take(cast, sent)
    (again,) = take(cast, sent)
    assert (first.written, again.written, again.unchanged) == (4, 0, 4)
    with acting_in(cast.city):
        assert Observation.objects.filter(at=NOW - timedelta(hours=3)).count() == 3
        assert DeviceMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"device_eui": "0000000000000000"}, "observations.device_unknown"),
        ({"payload": b"\x03\x67"}, "observations.payload_undecodable"),
        ({"payload": bytes(1025)}, "observations.payload_undecodable"),
    ],
)
def test_what_cannot_be_taken_is_put_aside_with_its_reason(
    cast: Cast, change: dict[str, object], code: str
) -> None:
    register(cast)
    (taken,) = take(cast, uplink(**change))
    with acting_in(cast.city):
        aside = [(one.code, bytes(one.payload)) for one in Quarantined.objects.all()]
    sent = uplink(**change).payload
    assert (taken.problem and taken.problem.code, aside) == (code, [(code, sent)])


def test_a_colleague_of_another_department_and_others_cannot_send_for_it(cast: Cast) -> None:
    register(cast)
    for who in ("ben", "dora", "egon"):
        (taken,) = take(cast, uplink(), who=who)
        assert taken.problem is not None
        assert taken.problem.code == "observations.device_not_writable"
    with acting_in(cast.city):
        assert Observation.objects.count() == 0


def test_who_may_not_set_up_things_may_not_register_devices(cast: Cast) -> None:
    for who in ("ben", "dora", "egon"):
        with pytest.raises(Refused, match="right_missing"):
            register(cast, who)
    with acting_in(cast.city):
        assert not Thing.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"identifier": "12"}, "observations.eui_wrong"),
        ({"decoder": "nobodys"}, "observations.decoder_unknown"),
        ({"carrier": Carrier.HTTP, "decoder": "", "recipe": {"values": 7}}, "observations.recipe_wrong"),
    ],
)
def test_a_wrong_registration_is_refused(cast: Cast, facts: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        register(cast, **facts)
    assert refused.value.problem.code == code


def test_one_address_is_one_device_however_it_is_written(cast: Cast) -> None:
    register(cast)
    with pytest.raises(Refused, match="device_taken"):
        register(cast, identifier="24-e1-24-70-7c-48-36-36")


def test_a_device_out_of_use_is_put_aside(cast: Cast) -> None:
    device = register(cast)
    with acting_in(cast.city):
        devices.change_device(device=device, by=cast.principal("ada"), is_active=False)
    (taken,) = take(cast, uplink())
    assert taken.problem is not None
    assert taken.problem.code == "observations.device_resting"


def test_a_device_sends_json_with_its_own_key_until_the_key_is_changed(cast: Cast) -> None:
    device = register(cast, carrier=Carrier.HTTP, identifier="", decoder="", recipe=RECIPE)
    with acting_in(cast.city):
        key = devices.rotate_key(device=device, by=cast.principal("ada"))
        sent = {
            "city": cast.city,
            "uid": str(device.uid),
            "message": {"water": {"level_cm": 12.5}},
            "payload": b"{}",
        }
        assert door.take_message(key=key, **sent).written == 1  # type: ignore[arg-type]
        assert SeriesState.objects.get().number == 12.5
        devices.rotate_key(device=device, by=cast.principal("ada"))
        for wrong in (key, "", "stoadev_x"):
            with pytest.raises(NotFound):
                door.take_message(key=wrong, **sent)  # type: ignore[arg-type]
        assert key not in str(AuditLine.objects.values_list("facts", flat=True))


def test_json_without_the_values_of_the_recipe_is_put_aside(cast: Cast) -> None:
    device = register(cast, carrier=Carrier.HTTP, identifier="", decoder="", recipe=RECIPE)
    with acting_in(cast.city):
        for message in ({}, [], "x", None, {"water": {"level_cm": {"a": 1}}}):
            taken = door.take_topic_message(
                city=cast.city, uid=str(device.uid), message=message, payload=b"x"
            )
            assert taken.problem is not None
            is_group = isinstance(message, dict) and message
            code = "message_value_not_plain" if is_group else "message_without_values"
            assert taken.problem.code == f"observations.{code}"


def test_only_the_newest_messages_are_remembered(cast: Cast) -> None:
    register(cast)
    take(cast, *(uplink(received_at=NOW - timedelta(minutes=n), counter=n) for n in range(1, 31)))
    with acting_in(cast.city):
        counters = sorted(DeviceMessage.objects.values_list("counter", flat=True))
    assert counters == list(range(1, 21))


DECODER = """
id = "own_level"
version = 1
maker = "A"
model = "B"
title = "Our level"
source = "ours"
[values]
level = { unit = "cm", property = "water_level" }
[[messages]]
fields = [{ name = "level", type = "u8" }]
[[vectors]]
port = 1
payload = "07"
records = [{ level = 7 }]
"""


def test_the_city_keeps_decoders_of_its_own_and_old_versions_stay(cast: Cast) -> None:
    with acting_in(cast.city):
        ada = cast.principal("ada")
        assert devices.keep_decoder(city=cast.city, by=ada, text=DECODER).version == 1
        twice = DECODER.replace('type = "u8"', 'type = "u8", scale = 2').replace("level = 7", "level = 14")
        assert devices.keep_decoder(city=cast.city, by=ada, text=twice).version == 2
    fixed = register(cast, decoder="own_level", decoder_version=1)
    newest = register(cast, identifier="00000000000000AA", decoder="own_level")
    take(cast, uplink("05"), uplink("05", device_eui=newest.identifier))
    with acting_in(cast.city):
        numbers = {s.datastream.thing_id: s.number for s in SeriesState.objects.select_related("datastream")}
    assert numbers == {fixed.thing_id: 5, newest.thing_id: 10}


def test_nobody_changes_how_devices_of_another_department_are_read(cast: Cast) -> None:
    with acting_in(cast.city):
        devices.keep_decoder(city=cast.city, by=cast.principal("ada"), text=DECODER)
    register(cast, decoder="own_level")
    with acting_in(cast.city):
        with pytest.raises(Refused, match="right_missing"):
            devices.keep_decoder(city=cast.city, by=cast.principal("ben"), text=DECODER)
        own = DECODER.replace("own_level", "roads_level")
        assert devices.keep_decoder(city=cast.city, by=cast.principal("ben"), text=own).version == 1


@pytest.mark.parametrize("change", [("level = 7", "level = 8"), ("u8", "u9"), ("[[vectors]]", "[[x]]")])
def test_a_decoder_that_does_not_decode_its_examples_is_refused(cast: Cast, change: tuple[str, str]) -> None:
    with acting_in(cast.city), pytest.raises(Refused, match="decoder_wrong"):
        devices.keep_decoder(city=cast.city, by=cast.principal("ada"), text=DECODER.replace(*change))
