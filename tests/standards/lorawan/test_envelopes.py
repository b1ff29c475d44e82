# SPDX-License-Identifier: EUPL-1.2
"""What four network servers send becomes the same uplink; what is none is told apart from what is broken."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.standards.lorawan.envelopes import network_of, read_uplink
from stoa.standards.lorawan.topics import uplink_topic
from stoa.standards.lorawan.uplink import BadUplink, Network, NotAnUplink

EUI = "A84041FFFF123456"
AT = datetime(2026, 11, 21, 8, 30, 0, 250_000, tzinfo=UTC)

SENT: dict[Network, dict[str, Any]] = {
    Network.THINGS_STACK: {
        "end_device_ids": {
            "device_id": "lamp-7",
            "application_ids": {"application_id": "town"},
            "dev_eui": EUI,
        },
        "received_at": "2026-11-21T08:30:00.450000000Z",
        "uplink_message": {
            "f_port": 5,
            "f_cnt": 42,
            "frm_payload": "AQID",
            "received_at": "2026-11-21T08:30:00.250000999Z",
            "rx_metadata": [
                {"gateway_ids": {"eui": "0011223344556677"}, "rssi": -90, "snr": 7.5},
                {"gateway_ids": {"eui": "0011223344556688"}, "rssi": -60, "snr": 9},
            ],
            "settings": {
                "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7, "coding_rate": "4/5"}},
                "frequency": "868300000",
            },
        },
    },
    Network.CHIRPSTACK: {
        "time": "2026-11-21T08:30:00.25+00:00",
        "deviceInfo": {"applicationId": "town", "deviceName": "lamp-7", "devEui": EUI.lower()},
        "fCnt": 42,
        "fPort": 5,
        "data": "AQID",
        "rxInfo": [
            {"gatewayId": "0011223344556677", "rssi": -90, "snr": 7.5},
            {"gatewayId": "0011223344556688", "rssi": -60, "snr": 9},
        ],
        "txInfo": {
            "frequency": 868300000,
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 7, "codeRate": "CR_4_5"}},
        },
    },
    Network.LORIOT: {
        "cmd": "gw",
        "EUI": EUI,
        "ts": 1795249800250,
        "fcnt": 42,
        "port": 5,
        "freq": 868300000,
        "dr": "SF7 BW125 4/5",
        "data": "010203",
        "bat": 127,
        "gws": [
            {"gweui": "0011223344556677", "rssi": -90, "snr": 7.5},
            {"gweui": "0011223344556688", "rssi": -60, "snr": 9},
        ],
    },
    Network.THINGPARK: {
        "DevEUI_uplink": {
            "Time": "2026-11-21T09:30:00.250+01:00",
            "DevEUI": EUI,
            "FPort": "5",
            "FCntUp": "42",
            "payload_hex": "010203",
            "SpFact": "7",
            "Frequency": 868.3,
            "Lrrs": {
                "Lrr": [
                    {"Lrrid": "0011223344556677", "LrrRSSI": "-90.0", "LrrSNR": "7.5"},
                    {"Lrrid": "0011223344556688", "LrrRSSI": -60.0, "LrrSNR": 9.0},
                ]
            },
        }
    },
}


@pytest.mark.parametrize("network", Network)
def test_the_same_uplink_whoever_hands_it_on(network: Network) -> None:
    uplink = read_uplink(SENT[network])
    assert uplink.network is network
    assert (uplink.device_eui, uplink.port, uplink.counter, uplink.payload) == (EUI, 5, 42, b"\1\2\3")
    assert uplink.received_at == AT
    assert (uplink.radio.frequency_hz, uplink.radio.spreading_factor) == (868_300_000, 7)
    assert uplink.radio.best
    assert (uplink.radio.best.identifier, uplink.radio.best.rssi_dbm) == ("0011223344556688", -60)


def test_chirpstack_3_sends_the_address_in_base64() -> None:
    body = {
        "devEUI": "qEBB//8SNFY=",
        "fPort": 5,
        "data": "AQID",
        "rxInfo": [{"time": AT.isoformat(), "loRaSNR": 9}],
    }
    uplink = read_uplink(body)
    assert (uplink.device_eui, uplink.received_at) == (EUI, AT)


def test_the_battery_is_told_by_loriot_and_by_a_status_of_chirpstack() -> None:
    assert read_uplink(SENT[Network.LORIOT]).battery_percent == 50.0
    status = {"deviceInfo": {"devEui": EUI}, "time": AT.isoformat(), "batteryLevel": 71.5}
    assert read_uplink(status).battery_percent == 71.5
    assert read_uplink({**status, "externalPowerSource": True}).battery_percent is None
    assert read_uplink(status).payload == b""


@pytest.mark.parametrize(
    "body",
    [
        {"end_device_ids": {"dev_eui": EUI}, "join_accept": {}},
        {"deviceInfo": {"devEui": EUI}, "time": AT.isoformat(), "devAddr": "1"},
        {"cmd": "txd", "EUI": EUI},
        {"DevEUI_downlink_Sent": {}},
    ],
)
def test_other_messages_are_no_uplinks(body: dict[str, Any]) -> None:
    with pytest.raises(NotAnUplink):
        read_uplink(body)


@pytest.mark.parametrize("body", [None, [], 1, "x", {}, {"a": 1}])
def test_what_nobody_sends_is_refused(body: object) -> None:
    with pytest.raises(BadUplink, match="no network server"):
        network_of(body)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"EUI": "12"}, "address"),
        ({"EUI": None}, "address"),
        ({"data": "xyz"}, "hexadecimal"),
        ({"data": "00" * 1025}, "more than 1024 bytes"),
        ({"ts": "yesterday"}, "time"),
        ({"ts": 1e300}, "time"),
        ({"ts": None}, "does not say when"),
    ],
)
def test_a_broken_uplink_is_refused_with_the_reason(change: dict[str, Any], why: str) -> None:
    with pytest.raises(BadUplink, match=why):
        read_uplink({**SENT[Network.LORIOT], **change})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(network=st.sampled_from(Network), name=st.integers(0, 30), value=JSON)
def test_whatever_stands_in_one_member_nothing_but_a_refusal_comes_of_it(
    network: Network, name: int, value: object
) -> None:
    body: dict[str, Any] = dict(SENT[network])
    inner = next((key for key in ("uplink_message", "DevEUI_uplink") if key in body), None)
    target = dict(body[inner]) if inner else body
    if inner:
        body[inner] = target
    target[sorted(target)[name % len(target)]] = value
    with contextlib.suppress(BadUplink):
        assert read_uplink(body, network).network is network


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("v3/town@ttn/devices/lamp-7/up", (Network.THINGS_STACK, "lamp-7")),
        ("application/1/device/a84041ffff123456/event/up", (Network.CHIRPSTACK, "a84041ffff123456")),
        ("application/1/device/a84041ffff123456/event/status", (Network.CHIRPSTACK, "a84041ffff123456")),
        ("application/1/device/a84041ffff123456/event/join", None),
        ("v3/town@ttn/devices/lamp-7/down/push", None),
        ("v1.1/Observations", None),
    ],
)
def test_topics_name_their_network(topic: str, found: tuple[Network, str] | None) -> None:
    assert uplink_topic(topic) == found
