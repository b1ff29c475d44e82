# SPDX-License-Identifier: EUPL-1.2
"""The messages of four network servers, each read into one `Uplink`.

Sources: The Things Stack 3.x (ApplicationUp), ChirpStack 3 and 4 (event up, status), LORIOT (cmd rx, gw), ThingPark
(DevEUI_uplink). What they say beyond an `Uplink` is left aside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from stoa.standards.lorawan.uplink import BadUplink, Gateway, Network, NotAnUplink, Radio, Uplink
from stoa.standards.lorawan.values import (
    Json,
    data_rate,
    eui,
    from_base64,
    from_hex,
    instant,
    number,
    table,
    tables,
    truth,
    whole,
    words,
)

_LORIOT_FULL = 254
_LORIOT_UNKNOWN = 255


def network_of(body: object) -> Network:
    """Which network server sent this message; raises `BadUplink` when none of the four did."""
    if isinstance(body, Mapping):
        if "end_device_ids" in body:
            return Network.THINGS_STACK
        if "deviceInfo" in body or "devEUI" in body:
            return Network.CHIRPSTACK
        if "cmd" in body:
            return Network.LORIOT
        if "DevEUI_uplink" in body or any(str(key).startswith("DevEUI_") for key in list(body)[:4]):
            return Network.THINGPARK
    raise BadUplink("no network server that is known here sends such a message")


def read_uplink(body: object, network: Network | None = None) -> Uplink:
    """The uplink in this message (parsed JSON); raises `NotAnUplink` or `BadUplink`."""
    found = network or network_of(body)
    if not isinstance(body, Mapping):
        raise BadUplink("the message is not a JSON object")
    return _READERS[found](body)


def _things_stack(body: Json) -> Uplink:
    message = table(body, "uplink_message")
    if not message:
        raise NotAnUplink("not an uplink_message")
    ids = table(body, "end_device_ids")
    lora = table(table(table(message, "settings"), "data_rate"), "lora")
    settings = table(message, "settings")
    gateways = [
        _gateway(words(table(one, "gateway_ids"), "eui"), one, "rssi", "snr")
        for one in tables(message, "rx_metadata")
    ]
    return Uplink(
        network=Network.THINGS_STACK,
        device_eui=eui(ids.get("dev_eui")),
        device_name=words(ids, "device_id"),
        application=words(table(ids, "application_ids"), "application_id"),
        port=whole(message, "f_port"),
        payload=from_base64(message.get("frm_payload")),
        received_at=instant(message.get("received_at") or body.get("received_at")),
        counter=whole(message, "f_cnt"),
        is_confirmed=truth(message, "confirmed"),
        radio=Radio(
            whole(settings, "frequency"),
            whole(lora, "bandwidth"),
            whole(lora, "spreading_factor"),
            words(lora, "coding_rate") or words(settings, "coding_rate"),
            tuple(gateways),
        ),
        battery_percent=number(table(message, "last_battery_percentage"), "value"),
    )


def _chirpstack(body: Json) -> Uplink:
    """Version 4 has `deviceInfo`, version 3 has everything on the first level."""
    if not ({"data", "batteryLevel"} & set(body)) and "fPort" not in body:
        raise NotAnUplink("neither an uplink nor a status report")
    info = table(body, "deviceInfo") or body
    heard = tables(body, "rxInfo")
    gateways = [
        _gateway(words(one, "gatewayId") or words(one, "gatewayID"), one, "rssi", "snr", "loRaSNR")
        for one in heard
    ]
    time = body.get("time") or next((one["time"] for one in heard if one.get("time")), None)
    level = (
        None
        if truth(body, "externalPowerSource") or truth(body, "batteryLevelUnavailable")
        else "batteryLevel"
    )
    return Uplink(
        network=Network.CHIRPSTACK,
        device_eui=eui(info.get("devEui") or info.get("devEUI")),
        device_name=words(info, "deviceName"),
        application=words(info, "applicationId") or words(info, "applicationID"),
        port=whole(body, "fPort"),
        payload=from_base64(body.get("data")),
        received_at=instant(time),
        counter=whole(body, "fCnt"),
        is_confirmed=truth(body, "confirmed"),
        radio=_chirpstack_radio(table(body, "txInfo"), tuple(gateways)),
        battery_percent=number(body, level) if level else None,
    )


def _chirpstack_radio(sent: Json, gateways: tuple[Gateway, ...]) -> Radio:
    lora = table(table(sent, "modulation"), "lora")
    if lora:
        bandwidth = whole(lora, "bandwidth")
    else:
        lora = table(sent, "loRaModulationInfo")
        in_khz = whole(lora, "bandwidth")
        bandwidth = in_khz * 1000 if in_khz else None
    return Radio(
        whole(sent, "frequency"), bandwidth, whole(lora, "spreadingFactor"), words(lora, "codeRate"), gateways
    )


def _loriot(body: Json) -> Uplink:
    """`rx` comes at once from the best gateway, `gw` later with all of them; both say the same about the device."""
    if body.get("cmd") not in ("rx", "gw"):
        raise NotAnUplink("neither rx nor gw")
    spreading, bandwidth, code_rate = data_rate(words(body, "dr"))
    gateways = [_gateway(words(one, "gweui"), one, "rssi", "snr") for one in tables(body, "gws")]
    if not gateways and "rssi" in body:
        gateways = [_gateway("", body, "rssi", "snr")]
    battery = whole(body, "bat")
    return Uplink(
        network=Network.LORIOT,
        device_eui=eui(body.get("EUI")),
        device_name="",
        application="",
        port=whole(body, "port"),
        payload=from_hex(body.get("data")),
        received_at=instant(body.get("ts")),
        counter=whole(body, "fcnt"),
        is_confirmed=truth(body, "confirmed"),
        radio=Radio(whole(body, "freq"), bandwidth, spreading, code_rate, tuple(gateways)),
        battery_percent=round(battery / _LORIOT_FULL * 100, 1)
        if battery and 0 < battery < _LORIOT_UNKNOWN
        else None,
    )


def _thingpark(body: Json) -> Uplink:
    sent = table(body, "DevEUI_uplink")
    if not sent:
        raise NotAnUplink("not a DevEUI_uplink")
    gateways = [
        _gateway(words(one, "Lrrid"), one, "LrrRSSI", "LrrSNR") for one in tables(table(sent, "Lrrs"), "Lrr")
    ]
    if not gateways and "LrrRSSI" in sent:
        gateways = [_gateway(words(sent, "Lrrid"), sent, "LrrRSSI", "LrrSNR")]
    frequency = number(sent, "Frequency")
    return Uplink(
        network=Network.THINGPARK,
        device_eui=eui(sent.get("DevEUI")),
        device_name=words(table(sent, "CustomerData"), "name"),
        application=words(sent, "CustomerID"),
        port=whole(sent, "FPort"),
        payload=from_hex(sent.get("payload_hex")),
        received_at=instant(sent.get("Time")),
        counter=whole(sent, "FCntUp"),
        is_confirmed={2: False, 4: True}.get(whole(sent, "MType") or 0),
        radio=Radio(
            round(frequency * 1_000_000) if frequency else None,
            None,
            whole(sent, "SpFact"),
            "",
            tuple(gateways),
        ),
    )


def _gateway(identifier: str, told: Json, rssi: str, *snr: str) -> Gateway:
    heard = next((value for name in snr if (value := number(told, name)) is not None), None)
    return Gateway(identifier.upper(), number(told, rssi), heard)


_READERS: dict[Network, Callable[[Json], Uplink]] = {
    Network.THINGS_STACK: _things_stack,
    Network.CHIRPSTACK: _chirpstack,
    Network.LORIOT: _loriot,
    Network.THINGPARK: _thingpark,
}
