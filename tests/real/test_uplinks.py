# SPDX-License-Identifier: EUPL-1.2
"""271 recorded uplinks of 33 device models through four network servers decode to the results stated beside them.

The results come from somebody else's converters, in which facts of the envelope and of the payload stand side by side.
So every stated value is looked for where it belongs: in the uplink as we read it, or in what the decoder says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import make_real_table as real
import pytest

import stoa.houses.observations
from stoa.standards.lorawan.envelopes import read_uplink
from stoa.standards.lorawan.uplink import Network, Uplink
from stoa.standards.payloads.decoding import Decoded, decode
from stoa.standards.payloads.definition import Decoder
from stoa.standards.payloads.reading import read_decoder

UPLINKS = real.DATA / "11_lorawan" / "uplinks"
DECODERS = Path(stoa.houses.observations.__path__[0]) / "rules" / "decoders"
FILES = {
    "ChirpStack": Network.CHIRPSTACK,
    "LORIOT": Network.LORIOT,
    "ThingPark": Network.THINGPARK,
    "ThingsStackCommunity": Network.THINGS_STACK,
}
OURS = {
    ("Bosch", "Parking_Lot_Sensor"): "bosch_parking_lot_sensor",
    ("Milesight", "CT101-CT103"): "milesight_ct101",
    ("SensiEDGE", "SensiLora2_0"): "sensiedge_sensilora2",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

NOT_IN_THE_PAYLOAD = {
    "latestDownlinkStatus": "made of the time of reception by the converter",
    "latestFPort": "the port again",
}
"""Stated, and made by the converter rather than told by device or network."""

WRONGLY_STATED = {
    ("EM300-SLD-ZLD", "humidity", 79.0): 46.5,
    # The stated value is half of the first byte of the time stamp; the humidity stands after the temperature.
}
"""(model, value, stated): what the payload says by the maker's own description."""


def _lines(name: str) -> list[dict[str, Any]]:
    path = UPLINKS / f"{name}.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _pairs() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for network in FILES:
        results = {one["file"].replace("/result", "/payload"): one for one in _lines(f"{network}_results")}
        for sent in _lines(f"{network}_payloads"):
            yield network, sent, results[sent["file"]]


PAIRS = list(_pairs())


def _decoder(sent: Mapping[str, Any]) -> Decoder:
    name = OURS.get((sent["vendor"], sent["device"])) or f"{sent['vendor']}_{sent['device']}".lower().replace(
        "-", "_"
    )
    return read_decoder((DECODERS / f"{name}.toml").read_text(encoding="utf-8"))


def test_all_271_are_there() -> None:
    assert len(PAIRS) == 271
    assert len({(sent["vendor"], sent["device"]) for _, sent, _ in PAIRS}) == 33


@pytest.mark.parametrize(("network", "sent", "stated"), PAIRS, ids=[sent["file"] for _, sent, _ in PAIRS])
def test_an_uplink_decodes_to_the_stated_result(
    network: str, sent: dict[str, Any], stated: dict[str, Any]
) -> None:
    uplink = read_uplink(sent["body"])
    assert uplink.network is FILES[network]
    decoder = _decoder(sent)
    decoded = decode(decoder, uplink.port, uplink.payload) if uplink.payload else Decoded(())

    results = stated["body"] if isinstance(stated["body"], list) else [stated["body"]]
    device, *gateways = results
    told = _Told(sent["device"], uplink, decoder, decoded, _forwarded(sent))
    told.check_attributes(device["attributes"])
    told.check_series(device["telemetry"])
    told.check_gateways(gateways)
    if sent["vendor"] == "Decentlab":
        assert told.is_named(device["deviceName"])
    assert told.left_over() == set(), "decoded and not stated"


def _forwarded(sent: Mapping[str, Any]) -> datetime | None:
    """The Things Stack tells twice when: as the network received it (ours), and as the application did."""
    outer = sent["body"].get("received_at") if sent["vendor"] == "Decentlab" else None
    return datetime.fromisoformat(outer[:26] + "+00:00") if outer else None


def _instant(told: int | str) -> datetime:
    return datetime.fromisoformat(told) if isinstance(told, str) else EPOCH + timedelta(milliseconds=told)


class _Told:
    """What we found in one message, to be held against what is stated."""

    def __init__(
        self, model: str, uplink: Uplink, decoder: Decoder, decoded: Decoded, forwarded: datetime | None
    ) -> None:
        self.model, self.uplink, self.decoder, self.decoded = model, uplink, decoder, decoded
        self.stated: set[tuple[int, str]] = set()
        at = uplink.received_at
        self.received = at.replace(microsecond=at.microsecond // 1000 * 1000)
        self.forwarded = forwarded and forwarded.replace(microsecond=forwarded.microsecond // 1000 * 1000)

    def check_attributes(self, attributes: Mapping[str, Any]) -> None:
        for name, value in attributes.items():
            if name in NOT_IN_THE_PAYLOAD:
                continue
            if name == "latestIncomingSettings":
                for setting, number in value.items():
                    self.is_decoded(0, setting.replace("latestSetting", "setting"), number)
            elif name in self.decoder.facts:
                assert self.decoder.facts[name] == value
            elif not self.is_of_the_envelope(name, value):
                self.is_decoded(0, name, value)

    def check_series(self, series: Any) -> None:
        for entry in series if isinstance(series, list) else [series]:
            at = _instant(entry["ts"]) if "ts" in entry else self.received
            for name, value in entry["values"].items():
                if name in self.decoder.facts:
                    assert self.decoder.facts[name] == value
                elif not self.is_of_the_envelope(name, value):
                    self.is_decoded(self.record_at(at, name), name, value)

    def check_gateways(self, gateways: list[dict[str, Any]]) -> None:
        heard = {one.identifier: one for one in self.uplink.radio.gateways}
        for stated in gateways:
            one = heard[stated["attributes"]["eui"]]
            assert {"rssi": one.rssi_dbm, "snr": one.snr_db} == stated["telemetry"][0]["values"]

    def record_at(self, at: datetime, name: str) -> int:
        times = [(record.at or self.received, name in record.values) for record in self.decoded.records]
        alike = {at, self.received} if at == self.forwarded else {at}
        fits = [number for number, (time, has_it) in enumerate(times) if time in alike and has_it]
        assert fits, f"no record of {at} with {name}: {times}"
        return fits[0]

    def is_decoded(self, record: int, name: str, value: Any) -> None:
        found = self.decoded.records[record].values[name]
        self.stated.add((record, name))
        if not isinstance(value, list | dict | str) and (self.model, name, value) in WRONGLY_STATED:
            assert found == WRONGLY_STATED[self.model, name, value]
        elif isinstance(value, float):
            assert isinstance(found, int | float)
            assert math.isclose(found, value, rel_tol=1e-9), name
        else:
            assert found == value, name
            assert isinstance(found, bool) == isinstance(value, bool)

    def is_of_the_envelope(self, name: str, value: Any) -> bool:
        """Whether this is a fact of the network; if it is one that an `Uplink` carries, it must be the same."""
        uplink, radio = self.uplink, self.uplink.radio
        ours = {
            "eui": uplink.device_eui,
            "lora_dev_eui": uplink.device_eui,
            "devEui": uplink.device_eui,
            "fPort": uplink.port,
            "lora_frame_port": uplink.port,
            "fCnt": uplink.counter,
            "lora_frame_counter": uplink.counter,
            "confirmed": uplink.is_confirmed,
            "frequency": radio.frequency_hz,
            "lora_frequency": radio.frequency_hz,
            "bandwidth": radio.bandwidth_hz,
            "spreadingFactor": radio.spreading_factor,
            "lora_spreading_factor": radio.spreading_factor,
            "codeRate": radio.code_rate,
            "lora_rssi": radio.best and radio.best.rssi_dbm,
            "lora_snr": radio.best and radio.best.snr_db,
            "applicationId": uplink.application,
            "device_id": uplink.device_name,
            "devId": uplink.device_name,
        }
        of_the_network = {
            *(
                "devAddr",
                "tenantId",
                "tenantName",
                "applicationName",
                "deviceProfileId",
                "deviceProfileName",
                "tags",
            ),
            *("deviceClassEnabled", "join_eui", "net_id", "cluster_id", "cluster_adress", "dr"),
        }
        if name == "frequency" and any(name in record.values for record in self.decoded.records):
            return False
        if name in ours:
            assert str(ours[name]).lower() == str(value).lower() or ours[name] == value, name
        return name in ours or name in of_the_network

    def left_over(self) -> set[tuple[int, str]]:
        everything = {
            (number, name) for number, one in enumerate(self.decoded.records) for name in one.values
        }
        return everything - self.stated

    def is_named(self, name: str) -> bool:
        """Decentlab's serial number is stated as the name of the device."""
        self.stated.add((0, "device_id"))
        return str(self.decoded.records[0].values["device_id"]) == name
