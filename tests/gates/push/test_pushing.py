# SPDX-License-Identifier: EUPL-1.2
"""What network servers and devices push over HTTP: by whom it is taken, and how they are told."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token
from stoa.houses.observations.actions import devices
from stoa.houses.observations.models import Device, Quarantined, SeriesState
from stoa.houses.observations.terms import Carrier

pytestmark = pytest.mark.django_db
EUI = "24E124535B316056"
NOW = datetime.now(UTC).isoformat()
UP = {"deviceInfo": {"devEui": EUI}, "time": NOW, "fPort": 85, "data": "AXUQ/y4B"}
ADDRESS = "/c/here/push/lorawan"


@pytest.fixture
def town() -> Town:
    town = make_town()
    cast = town.cast
    with acting_in(cast.city):
        devices.register_device(
            city=cast.city, by=cast.principal("ada"), name="Button", carrier=Carrier.LORAWAN,
            identifier=EUI, decoder="milesight_ws101", thing=town.thing,
        )  # fmt: skip
    return town


def key_of(town: Town, role: str, department: str = "") -> str:
    cast = town.cast
    with acting_in(cast.city):
        of = getattr(cast, department) if department else None
        return make_token(city=cast.city, role=role, note="test", by=cast.principal("cleo"), department=of)


def push(body: object, key: str = "", address: str = ADDRESS) -> tuple[int, dict[str, object]]:
    sent = body if isinstance(body, str) else json.dumps(body)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = Client().post(address, sent, content_type="application/json", headers=headers)
    return answer.status_code, answer.json() if answer["Content-Type"] == "application/json" else {}


def test_a_key_of_the_department_is_taken_and_the_same_message_again_changes_nothing(town: Town) -> None:
    key = key_of(town, "officer", "parks")
    assert push(UP, key) == (200, {"written": 2, "unchanged": 0, "refused": 0, "problems": []})
    assert push([UP, UP], key, f"{ADDRESS}/chirpstack")[1]["unchanged"] == 4
    with acting_in(town.cast.city):
        assert SeriesState.objects.filter(text="short").exists()


def test_without_a_key_or_with_one_that_only_reads_nothing_is_taken_nor_kept(town: Town) -> None:
    for key in ("", "stoa_wrong", key_of(town, "reader")):
        assert push(UP, key) == (401, {"code": "observations.key_missing"})
    with acting_in(town.cast.city):
        assert not Quarantined.objects.exists()


def test_a_key_of_another_department_is_told_and_its_message_put_aside(town: Town) -> None:
    status, told = push(UP, key_of(town, "officer", "roads"))
    assert (status, told["refused"]) == (202, 1)
    with acting_in(town.cast.city):
        assert Quarantined.objects.get().code == "observations.device_not_writable"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ('{"a": NaN}', 400),
        ({"a": 1}, 202),
        ([], 200),
        ({**UP, "time": "x"}, 202),
        ({"cmd": "txd"}, 200),
    ],
)
def test_what_is_no_uplink_is_answered_and_never_a_defect(town: Town, body: object, status: int) -> None:
    assert push(body, key_of(town, "officer", "parks"))[0] == status


def test_an_unknown_network_is_no_address_and_get_is_not_answered(town: Town) -> None:
    assert push(UP, key_of(town, "officer"), f"{ADDRESS}/sigfox")[0] == 404
    assert Client().get(ADDRESS).status_code == 405


def test_a_device_pushes_json_with_its_own_key_and_no_other(town: Town) -> None:
    cast = town.cast
    with acting_in(cast.city):
        device: Device = devices.register_device(
            city=cast.city, by=cast.principal("ada"), name="Gauge", carrier=Carrier.HTTP, thing=town.thing,
            recipe={"time": "t", "values": {"level": {"path": "m.level", "unit": "cm"}}},
        )  # fmt: skip
        key = devices.rotate_key(device=device, by=cast.principal("ada"))
    address = f"/c/here/push/devices/{device.uid}"
    assert push({"t": NOW, "m": {"level": 7}}, key, address)[1]["written"] == 1
    assert push({"t": NOW, "m": {"level": 7}}, key, address)[1]["unchanged"] == 1
    assert push({"t": NOW, "m": {}}, key, address)[0] == 202
    for wrong in ("", "stoadev_wrong", key_of(town, "officer", "parks")):
        assert push({"t": NOW, "m": {"level": 8}}, wrong, address)[0] == 401
    assert push({"t": NOW, "m": {"level": 8}}, key, address.replace("/here/", "/there/"))[0] == 401
