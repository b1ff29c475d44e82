# SPDX-License-Identifier: EUPL-1.2
"""Read a payload by a decoder: a pure function with limits, as nobody vouches for the bytes or for the definition."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from stoa.standards.payloads.arithmetic import worked_out
from stoa.standards.payloads.definition import MOST_BYTES, Channel, Decoder, Field, Form, Message, Value
from stoa.standards.payloads.problems import BadPayload

MOST_STEPS = 2_000
MOST_RECORDS = 200
_SLOT = re.compile(r"\{(\w+)(:x)?\}")
_FLOATS = {2: "e", 4: "f", 8: "d"}


@dataclass(frozen=True, slots=True)
class Record:
    """Values of one instant."""

    at: datetime | None
    """What the payload itself says; None: when the message was received."""
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a payload says. The first record is the present (and may be empty), others are history."""

    records: tuple[Record, ...]
    unread: bytes = b""
    """What the definition does not know; never silently dropped."""


def decode(
    decoder: Decoder, port: int | None, payload: bytes, parameters: Mapping[str, float] | None = None
) -> Decoded:
    """The records of this payload; raises `BadPayload`."""
    if len(payload) > MOST_BYTES:
        raise BadPayload(f"the payload has {len(payload)} bytes; {MOST_BYTES} are the most")
    message = _message(decoder, port, payload)
    reading = _Reading(payload, {**decoder.parameters, **(parameters or {})})
    present = _Sheet(dict(reading.parameters))
    _take(reading, message.fields, present)
    if message.select:
        _take(reading, _case(message, present), present)
    for bit, fields in message.sections:
        if _whole(present.seen.get(message.flags)) >> bit & 1:
            _take(reading, fields, present)
    history: list[_Sheet] = []
    if message.channels:
        _take_channels(reading, message, present, history)
    return Decoded(tuple(sheet.record() for sheet in [present, *history]), reading.rest())


def _message(decoder: Decoder, port: int | None, payload: bytes) -> Message:
    for message in decoder.messages:
        fits_port = not message.ports or port in message.ports
        if fits_port and message.least_bytes <= len(payload) <= message.most_bytes:
            return message
    raise BadPayload(f"no rule for port {port} with {len(payload)} bytes")


def _case(message: Message, present: _Sheet) -> tuple[Field, ...]:
    chosen = str(present.seen.get(message.select))
    if chosen not in message.cases:
        raise BadPayload(f"no rule for {message.select.strip('_')} {chosen}")
    return message.cases[chosen]


@dataclass(slots=True)
class _Reading:
    """Where in the payload we are, and how much work was done."""

    payload: bytes
    parameters: Mapping[str, float]
    at: int = 0
    steps: int = 0

    def take(self, size: int) -> bytes:
        size = len(self.payload) - self.at if size < 0 else size
        piece = self.payload[self.at : self.at + size]
        if len(piece) < size:
            raise BadPayload(f"the payload ends after {len(self.payload)} bytes, in the middle of a value")
        self.at += size
        return piece

    def rest(self) -> bytes:
        return self.payload[self.at :]

    def step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise BadPayload(f"more than {MOST_STEPS} steps")


@dataclass(slots=True)
class _Sheet:
    """What was read so far for one record."""

    seen: dict[str, object]
    values: dict[str, Value] = field(default_factory=dict)
    at: datetime | None = None

    def record(self) -> Record:
        return Record(self.at, self.values)


def _take(reading: _Reading, fields: Iterable[Field], sheet: _Sheet) -> None:
    for one in fields:
        reading.step()
        value = _value(reading, one, sheet.seen)
        name = one.name.replace("{channel}", str(sheet.seen.get("channel", "")))
        if value is None:
            sheet.seen.pop(name, None)
            continue
        if one.is_time:
            sheet.at = _instant(value)
        if name:
            sheet.seen[name] = value
        if name and not name.startswith("_"):
            sheet.values[name] = value


def _take_channels(reading: _Reading, message: Message, present: _Sheet, history: list[_Sheet]) -> None:
    while len(reading.rest()) >= message.key_bytes:
        start = reading.at
        key = reading.take(message.key_bytes)
        channel = message.channels.get(key.hex()) or message.channels.get("??" + key[1:].hex())
        if channel is None:
            if not message.stops_at_unknown:
                raise BadPayload(f"no rule for the key {key.hex()}")
            reading.at = start
            return
        if not _take_channel(reading, channel, key, present, history):
            reading.at = start
            return


def _take_channel(
    reading: _Reading, channel: Channel, key: bytes, present: _Sheet, history: list[_Sheet]
) -> bool:
    """False when the payload ends inside the channel: what came before stays good."""
    apart = channel.is_record or channel.into
    sheet = _Sheet(dict(reading.parameters)) if apart else present
    sheet.seen["channel"] = key[0]
    try:
        _take(reading, channel.fields, sheet)
    except BadPayload:
        if reading.steps > MOST_STEPS:
            raise
        return False
    if channel.is_record:
        history.append(sheet)
    elif channel.into:
        cast("list[Value]", present.values.setdefault(channel.into, [])).append(sheet.values)
        present.seen.update({name: value for name, value in sheet.seen.items() if name.startswith("_")})
        _take(reading, channel.also, present)
    if len(history) > MOST_RECORDS:
        raise BadPayload(f"more than {MOST_RECORDS} records")
    return True


def _value(reading: _Reading, one: Field, seen: Mapping[str, object]) -> Value | None:
    raw = _raw(reading, one, seen)
    if raw is None or str(raw) in one.absent:
        return None
    if isinstance(raw, int) and one.bits:
        raw = _bits(raw, one)
        if str(raw) in one.absent:
            return None
    if one.names or one.other is not None:
        return one.names.get(str(raw), one.other)
    if one.flags:
        return [name for bit, name in enumerate(one.flags) if name and _whole(raw) >> bit & 1]
    if one.is_truth:
        return bool(raw)
    if isinstance(raw, bool | str | list | dict):
        return raw
    return _measured(raw, one)


def _raw(reading: _Reading, one: Field, seen: Mapping[str, object]) -> Value | None:
    if one.form:
        return _from_bytes(reading.take(one.form.size), one.form, one)
    if one.source:
        return cast("Value | None", seen.get(one.source))
    if one.compute:
        return worked_out(one.compute, seen)
    if one.template:
        return _filled(one.template, seen)
    return one.constant


def _from_bytes(piece: bytes, form: Form, one: Field) -> Value | None:
    match form.kind:
        case "unsigned" | "signed":
            return int.from_bytes(piece, one.order, signed=form.kind == "signed")
        case "float":
            return cast(
                "float", struct.unpack((">" if one.order == "big" else "<") + _FLOATS[form.size], piece)[0]
            )
        case "hex":
            digits = piece.hex(one.separator) if one.separator else piece.hex()
            return digits.upper() if one.is_upper else digits
        case "bcd":
            digits = piece.hex()
            return int(digits) if digits.isdecimal() and len(digits) <= 18 else None
        case "text":
            letters = piece.decode("ascii", "replace").strip("\0 ")
            return letters if letters.isprintable() else None
    return None


def _bits(raw: int, one: Field) -> int:
    assert one.bits
    lowest, count = one.bits
    found = raw >> lowest & (1 << count) - 1
    return found - (1 << count) if one.is_signed and found >> count - 1 else found


def _measured(raw: float, one: Field) -> Value | None:
    if not math.isfinite(raw):
        return None
    found: float = raw
    if one.scale != 1.0:
        parts = round(1 / one.scale)
        exact = parts > 1 and math.isclose(1 / one.scale, parts, rel_tol=1e-12)
        found = raw / parts if exact else raw * one.scale
    if one.offset:
        found += one.offset
    return found if one.digits is None else round(found, one.digits)


def _filled(template: str, seen: Mapping[str, object]) -> str | None:
    slots = [match.group(1) for match in _SLOT.finditer(template)]
    if any(name not in seen for name in slots):
        return None
    return _SLOT.sub(lambda m: format(_whole(seen[m[1]]), "x") if m[2] else str(seen[m[1]]), template)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _instant(value: Value) -> datetime | None:
    if not isinstance(value, int) or value <= 0 or value >= 1 << 33:
        return None
    return datetime.fromtimestamp(value, UTC)
