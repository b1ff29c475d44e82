# SPDX-License-Identifier: EUPL-1.2
"""Read a decoder from TOML or JSON text, strictly: an unknown word is refused, since a typing error would lose data."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, cast

from stoa.standards.payloads.arithmetic import formula
from stoa.standards.payloads.definition import (
    MOST_BYTES,
    MOST_FIELDS,
    MOST_TEXT,
    Channel,
    Decoder,
    Field,
    Form,
    Meaning,
    Message,
    Order,
    Value,
    Vector,
)
from stoa.standards.payloads.problems import BadDecoder

_FORM = re.compile(r"(?:(u|i)(8|16|24|32|40|48|56|64)|f(16|32|64)|(hex|bcd|text|skip):(\d{1,4}|rest))")
_KINDS = {"u": "unsigned", "i": "signed"}
_SOURCES = ("type", "from", "compute", "constant", "format")
_FIELD_WORDS = {
    *("name", "order", "bits", "signed", "scale", "offset", "round", "names", "other", "flags", "absent"),
    *("truth", "time", "separator", "upper", *_SOURCES),
}
_MESSAGE_WORDS = {
    *(
        "ports",
        "bytes",
        "least_bytes",
        "most_bytes",
        "order",
        "fields",
        "select",
        "cases",
        "flags",
        "sections",
    ),
    *("key_bytes", "channels", "unknown"),
}
_WORDS = {
    *("id", "version", "maker", "model", "title", "source", "order", "facts", "parameters", "values"),
    *("messages", "vectors"),
}
_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")

Table = Mapping[str, Any]


def read_decoder(text: str) -> Decoder:
    """The decoder that this text defines; raises `BadDecoder` with the place in the text."""
    if len(text) > MOST_TEXT:
        raise BadDecoder(f"a definition may have {MOST_TEXT} letters")
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise BadDecoder(f"neither TOML nor JSON: {wrong}") from wrong
    try:
        return _decoder(told)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise BadDecoder(f"something is missing or of the wrong kind: {wrong}") from wrong


def _decoder(told: Table) -> Decoder:
    _known(told, _WORDS, "the definition")
    if not _ID.fullmatch(told["id"]):
        raise BadDecoder("id: small letters, digits and underscores")
    order = _order(told.get("order", "big"))
    messages = tuple(_message(one, order, f"messages[{at}]") for at, one in enumerate(told["messages"]))
    values = {name: _meaning(one, name) for name, one in told["values"].items()}
    _explained(messages, values)
    return Decoder(
        identifier=told["id"],
        version=int(told["version"]),
        maker=str(told["maker"]),
        model=str(told["model"]),
        title=str(told["title"]),
        source=str(told["source"]),
        facts=dict(told.get("facts", {})),
        parameters={name: float(number) for name, number in told.get("parameters", {}).items()},
        values=values,
        messages=messages,
        vectors=tuple(_vector(one) for one in told.get("vectors", [])),
    )


def _known(told: Table, words: set[str], where: str) -> None:
    strange = sorted(set(told) - words)
    if strange:
        raise BadDecoder(f"{where}: '{strange[0]}' is not known here")


def _order(told: str) -> Order:
    if told not in ("big", "little"):
        raise BadDecoder("order: big or little")
    return cast("Order", told)


def _meaning(told: Table, name: str) -> Meaning:
    _known(told, {"label", "unit", "property", "certain"}, f"values.{name}")
    meaning = Meaning(
        str(told.get("label", "")),
        str(told.get("unit", "")),
        str(told.get("property", "")),
        bool(told.get("certain", True)),
    )
    if meaning.observed_property and not meaning.is_certain:
        raise BadDecoder(f"values.{name}: what is not certain cannot be an observed property")
    return meaning


def _message(told: Table, order: Order, where: str) -> Message:
    _known(told, _MESSAGE_WORDS, where)
    order = _order(told.get("order", order))
    least = int(told.get("least_bytes", told.get("bytes", 0)))
    return Message(
        ports=frozenset(int(port) for port in told.get("ports", [])),
        least_bytes=least,
        most_bytes=int(told.get("most_bytes", told.get("bytes", MOST_BYTES))),
        fields=_fields(told.get("fields", []), order, where),
        select=str(told.get("select", "")),
        cases={key: _fields(one, order, f"{where}.{key}") for key, one in told.get("cases", {}).items()},
        flags=str(told.get("flags", "")),
        sections=tuple(
            (int(one["bit"]), _fields(one["fields"], order, where)) for one in told.get("sections", [])
        ),
        key_bytes=int(told.get("key_bytes", 0)),
        channels=_channels(told, order, where),
        stops_at_unknown=told.get("unknown", "stop") == "stop",
    )


def _channels(told: Table, order: Order, where: str) -> dict[str, Channel]:
    size = int(told.get("key_bytes", 0)) * 2
    channels = {}
    for key, one in told.get("channels", {}).items():
        if size == 0 or not re.fullmatch(rf"(?:[0-9a-f]{{2}}|\?\?)[0-9a-f]{{{max(size - 2, 0)}}}", key):
            raise BadDecoder(f"{where}: the key {key} does not have key_bytes hexadecimal bytes")
        channels[key] = _channel({"fields": one} if isinstance(one, list) else one, order, f"{where}.{key}")
    return channels


def _channel(told: Table, order: Order, where: str) -> Channel:
    _known(told, {"fields", "record", "into", "also"}, where)
    return Channel(
        _fields(told["fields"], order, where),
        bool(told.get("record", False)),
        str(told.get("into", "")),
        _fields(told.get("also", []), order, where),
    )


def _fields(told: list[Table], order: Order, where: str) -> tuple[Field, ...]:
    return tuple(_field(one, order, f"{where}.{one.get('name') or at}") for at, one in enumerate(told))


def _field(told: Table, order: Order, where: str) -> Field:
    _known(told, _FIELD_WORDS, where)
    if sum(word in told for word in _SOURCES) != 1:
        raise BadDecoder(f"{where}: exactly one of {', '.join(_SOURCES)}")
    form = _form(told["type"], where) if "type" in told else None
    bits = told.get("bits")
    if bits is not None and (len(bits) != 2 or not 0 <= bits[0] <= 63 or not 1 <= bits[1] <= 64):
        raise BadDecoder(f"{where}: bits = [lowest, how many]")
    return Field(
        name=str(told.get("name", "")),
        form=form,
        source=str(told.get("from", "")),
        compute=formula(told["compute"]) if "compute" in told else None,
        constant=told.get("constant"),
        template=str(told.get("format", "")),
        order=_order(told.get("order", order)),
        bits=(int(bits[0]), int(bits[1])) if bits else None,
        is_signed=bool(told.get("signed", False)),
        scale=_number(told.get("scale", 1.0), where),
        offset=_number(told.get("offset", 0.0), where),
        digits=int(told["round"]) if "round" in told else None,
        names={str(key): value for key, value in told.get("names", {}).items()},
        other=told.get("other"),
        flags=tuple(str(name) for name in told.get("flags", [])),
        absent=frozenset(str(raw) for raw in told.get("absent", [])),
        is_truth=bool(told.get("truth", False)),
        is_time=bool(told.get("time", False)),
        separator=str(told.get("separator", ""))[:1],
        is_upper=bool(told.get("upper", False)),
    )


def _number(told: object, where: str) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not -1e12 < told < 1e12:
        raise BadDecoder(f"{where}: scale and offset are numbers")
    if told == 0 and isinstance(told, int):
        return 0.0
    return float(told)


def _form(told: str, where: str) -> Form:
    found = _FORM.fullmatch(told)
    if not found:
        raise BadDecoder(f"{where}: type '{told}' is not known")
    sign, whole_bits, float_bits, letters, count = found.groups()
    if sign:
        return Form(cast("Any", _KINDS[sign]), int(whole_bits) // 8)
    if float_bits:
        return Form("float", int(float_bits) // 8)
    return Form(cast("Any", letters), -1 if count == "rest" else int(count))


def _vector(told: Table) -> Vector:
    _known(told, {"port", "payload", "records", "times"}, "vectors")
    records: tuple[Mapping[str, Value], ...] = tuple(told["records"])
    times = tuple(at or None for at in told.get("times", [0] * len(records)))
    return Vector(int(told["port"]), bytes.fromhex(told["payload"]), records, times)


def _explained(messages: tuple[Message, ...], values: Mapping[str, Meaning]) -> None:
    fields = [one for message in messages for one in _comes_out(message)]
    if len(fields) > MOST_FIELDS:
        raise BadDecoder(f"a definition may have {MOST_FIELDS} fields")
    for one in fields:
        if one.scale == 0:
            raise BadDecoder(f"{one.name}: a scale of nought loses the value")
        if one.name and not one.name.startswith("_") and one.name not in values:
            raise BadDecoder(f"values: '{one.name}' comes out and is not explained")


def _comes_out(message: Message) -> list[Field]:
    found = [*message.fields]
    for fields in message.cases.values():
        found += fields
    for _bit, fields in message.sections:
        found += fields
    for channel in message.channels.values():
        found += channel.also if channel.into else channel.fields
    return found
