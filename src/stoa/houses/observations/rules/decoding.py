# SPDX-License-Identifier: EUPL-1.2
"""Which decoders ship, and what a decoded payload comes to: named values with unit and observed property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from stoa.standards.payloads.decoding import Decoded
from stoa.standards.payloads.definition import Decoder, Meaning, Value
from stoa.standards.payloads.reading import read_decoder

_SHIPPED = Path(__file__).parent / "decoders"
_NOTHING = Meaning()
_SYMBOLS = {
    "Cel": "°C", "[ppm]": "ppm", "[ppb]": "ppb", "ug/m3": "µg/m³", "deg": "°", "m/s2": "m/s²", "W/m2": "W/m²",
    "m3/m3": "m³/m³", "{count}": "", "1": "", "um": "µm", "uT": "µT", "kW.h": "kWh", "W.h": "Wh", "A.h": "Ah",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one instant, with what it means."""

    name: str
    value: Value
    at: datetime
    meaning: Meaning

    @property
    def is_observation(self) -> bool:
        return bool(self.meaning.observed_property)


@cache
def shipped() -> Mapping[str, Decoder]:
    """The decoders that come with the product, by id; read once."""
    found = (read_decoder(path.read_text(encoding="utf-8")) for path in sorted(_SHIPPED.glob("*.toml")))
    return {one.identifier: one for one in found}


def meaning_of(decoder: Decoder, name: str) -> Meaning:
    """What a value is; names that carry their channel are looked up without its number."""
    if name in decoder.values:
        return decoder.values[name]
    return decoder.values.get(name.rstrip("0123456789") + "{channel}", _NOTHING)


def readings(decoder: Decoder, decoded: Decoded, received_at: datetime) -> tuple[Reading, ...]:
    """All values, the present ones first; where the payload does not say when, it was when it was received."""
    return tuple(
        Reading(name, value, record.at or received_at, meaning_of(decoder, name))
        for record in decoded.records
        for name, value in record.values.items()
    )


def symbol_of(unit: str) -> str:
    """How a unit of UCUM is written after a number.

    >>> symbol_of("Cel"), symbol_of("%")
    ('°C', '%')
    """
    return _SYMBOLS.get(unit, unit)
