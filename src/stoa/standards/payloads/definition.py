# SPDX-License-Identifier: EUPL-1.2
"""A decoder as data: what the messages of one device model look like and what the values in them mean.

A definition is a TOML file (or the same as JSON). `docs/reference` and the how-to explain it by example; in short:
`[values.<name>]` says what comes out, `[[messages]]` says how it is read. A message is chosen by port and length; its
`fields` are read one after another; then, as the maker does it, `cases` by an earlier field, `sections` by the bits of
a flag word, or `channels` (type-length-value) until the end. Nothing in it is a script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stoa.standards.payloads.arithmetic import Formula

Value = int | float | bool | str | list[Any] | dict[str, Any]
Order = Literal["big", "little"]

MOST_FIELDS = 600
MOST_TEXT = 64_000
"""Letters of a definition file."""
MOST_BYTES = 1_024
"""Of one payload: LoRaWAN carries 242 at most, NB-IoT and HTTP devices send more."""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the bytes: a number, hexadecimal digits, decimal digits (bcd), letters, or nothing of interest."""

    kind: Literal["unsigned", "signed", "float", "hex", "bcd", "text", "skip"]
    size: int
    """In bytes; -1 takes the rest of the message."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value: read from the bytes, taken from an earlier one, worked out by a formula, or always the same."""

    name: str
    """With a leading underscore it is a step on the way and never comes out."""
    form: Form | None = None
    source: str = ""
    """The earlier field that it is taken from."""
    compute: Formula | None = None
    constant: Value | None = None
    template: str = ""
    order: Order = "big"
    bits: tuple[int, int] | None = None
    """Lowest bit and how many."""
    is_signed: bool = False
    """For bits: two's complement."""
    scale: float = 1.0
    offset: float = 0.0
    digits: int | None = None
    """Round to so many digits."""
    names: Mapping[str, Value] = field(default_factory=dict)
    """Raw value to what it stands for; a value that is not listed gives `other`, or nothing."""
    other: Value | None = None
    flags: tuple[str, ...] = ()
    """Names of the bits from the lowest on; gives the list of those that are set."""
    absent: frozenset[str] = frozenset()
    """Raw values by which the device says that it has none."""
    is_truth: bool = False
    is_time: bool = False
    """Seconds since 1970: the time of this record."""
    separator: str = ""
    """Between hexadecimal pairs."""
    is_upper: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """What follows one key in a message of keys and values."""

    fields: tuple[Field, ...]
    is_record: bool = False
    """A record of its own, with its own time: history that the device sends later."""
    into: str = ""
    """Each occurrence becomes one item of the list with this name ..."""
    also: tuple[Field, ...] = ()
    """... and these stand beside the list."""


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message."""

    ports: frozenset[int]
    """Empty: any port."""
    least_bytes: int
    most_bytes: int
    fields: tuple[Field, ...]
    select: str = ""
    cases: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    flags: str = ""
    sections: tuple[tuple[int, tuple[Field, ...]], ...] = ()
    key_bytes: int = 0
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """By the key in hexadecimal digits; `??` in place of the first byte takes any channel number."""
    stops_at_unknown: bool = True
    """At a key that is not listed the rest is left unread; otherwise the message is refused."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value that comes out is."""

    label: str = ""
    unit: str = ""
    """UCUM."""
    observed_property: str = ""
    """Empty: it is not an observation (a fact about the device, or not certain enough to be kept)."""
    is_certain: bool = True
    """False: the rule was found from few examples and the maker's own words were not at hand."""


@dataclass(frozen=True, slots=True)
class Vector:
    """An example that the definition must decode: the proof that travels with it."""

    port: int
    payload: bytes
    records: tuple[Mapping[str, Value], ...]
    times: tuple[int | None, ...]
    """Seconds since 1970 where the payload itself says when; in the order of the records."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """One definition, checked."""

    identifier: str
    version: int
    maker: str
    model: str
    title: str
    source: str
    """What the rules rest on."""
    facts: Mapping[str, Value]
    parameters: Mapping[str, float]
    """Numbers that one device may have otherwise, such as a measuring range."""
    values: Mapping[str, Meaning]
    messages: tuple[Message, ...]
    vectors: tuple[Vector, ...]
