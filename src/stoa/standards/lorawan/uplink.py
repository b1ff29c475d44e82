# SPDX-License-Identifier: EUPL-1.2
"""An uplink in our own words, whichever network server handed it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Network(StrEnum):
    """The network servers whose messages are understood."""

    THINGS_STACK = "things_stack"
    CHIRPSTACK = "chirpstack"
    LORIOT = "loriot"
    THINGPARK = "thingpark"


class BadUplink(ValueError):  # noqa: N818 - reads as what it is
    """The message is not what this network server sends; the text says what is wrong."""


class NotAnUplink(BadUplink):
    """A message of this network server that carries no payload of a device: a join, a receipt, a downlink."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """How one gateway heard the device."""

    identifier: str
    rssi_dbm: float | None
    snr_db: float | None


@dataclass(frozen=True, slots=True)
class Radio:
    """How the message came through the air, as far as the network server says."""

    frequency_hz: int | None = None
    bandwidth_hz: int | None = None
    spreading_factor: int | None = None
    code_rate: str = ""
    gateways: tuple[Gateway, ...] = ()

    @property
    def best(self) -> Gateway | None:
        """The gateway that heard it best."""
        heard = [one for one in self.gateways if one.rssi_dbm is not None]
        return max(heard, key=lambda one: one.rssi_dbm or 0.0) if heard else None


@dataclass(frozen=True, slots=True)
class Uplink:
    """One message of one device."""

    network: Network
    device_eui: str
    """16 hexadecimal digits, capital letters."""
    device_name: str
    application: str
    port: int | None
    payload: bytes
    """Empty when the message carries none (a status report)."""
    received_at: datetime
    counter: int | None = None
    is_confirmed: bool | None = None
    radio: Radio = Radio()
    battery_percent: float | None = None
    """As told by the network server from the device's status answer; None when unknown or fed from the mains."""
