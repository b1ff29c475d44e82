# SPDX-License-Identifier: EUPL-1.2
"""A decoder definition reads bytes as it says, refuses what it cannot read, and never runs away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.standards.payloads.arithmetic import formula, worked_out
from stoa.standards.payloads.decoding import MOST_STEPS, decode
from stoa.standards.payloads.definition import Decoder
from stoa.standards.payloads.problems import BadDecoder, BadPayload
from stoa.standards.payloads.reading import read_decoder

HEAD = 'id = "a_b"\nversion = 1\nmaker = "A"\nmodel = "B"\ntitle = "A B"\nsource = "us"\n'


def decoder(values: str, messages: str, more: str = "") -> Decoder:
    names = "".join(f'"{name}" = {{}}\n' for name in values.split())
    return read_decoder(f"{HEAD}{more}\n[values]\n{names}\n{messages}")


def one_field(field: str, payload: str) -> object:
    made = decoder("x", f"[[messages]]\nfields = [{{ name = 'x', {field} }}]")
    return decode(made, 1, bytes.fromhex(payload)).records[0].values.get("x")


@pytest.mark.parametrize(
    ("field", "payload", "value"),
    [
        ("type = 'u8'", "ff", 255),
        ("type = 'i8'", "ff", -1),
        ("type = 'u16'", "0102", 258),
        ("type = 'u16', order = 'little'", "0102", 513),
        ("type = 'i24'", "fffffe", -2),
        ("type = 'f32'", "3fc00000", 1.5),
        ("type = 'f32', order = 'little'", "0000c03f", 1.5),
        ("type = 'f32'", "7f800000", None),
        ("type = 'i16', scale = 0.1", "0110", 27.2),
        ("type = 'u16', scale = 0.5, offset = -10", "0064", 40.0),
        ("type = 'u8', scale = 3", "05", 15),
        ("type = 'u8', bits = [4, 4]", "a5", 10),
        ("type = 'u8', bits = [4, 4], signed = true", "a5", -6),
        ("type = 'u8', bits = [7, 1], truth = true", "80", True),
        ("type = 'u16', absent = [65535]", "ffff", None),
        ("type = 'u8', names = { 1 = 'open' }", "01", "open"),
        ("type = 'u8', names = { 1 = 'open' }", "02", None),
        ("type = 'u8', names = { 1 = 'open' }, other = '?'", "02", "?"),
        ("type = 'u8', flags = ['a', '', 'c']", "07", ["a", "c"]),
        ("type = 'hex:3', separator = ':'", "0a0b0c", "0a:0b:0c"),
        ("type = 'bcd:2'", "2026", 2026),
        ("type = 'bcd:2'", "20af", None),
        ("type = 'text:rest'", "41420000", "AB"),
        ("type = 'text:rest'", "411b", None),
        ("constant = 7", "", 7),
        ("compute = '2 ** 3 + min(1, 2)'", "", 9.0),
        ("compute = '1 / 0'", "", None),
        ("compute = 'nobody + 1'", "", None),
        ("type = 'u8', scale = 0.004, offset = 2.5, round = 3", "66", 2.908),
    ],
)
def test_a_field_is_read_as_it_says(field: str, payload: str, value: object) -> None:
    assert one_field(field, payload) == value


def test_a_message_is_chosen_by_port_and_length() -> None:
    made = decoder(
        "x y",
        "[[messages]]\nports = [1]\nbytes = 1\nfields = [{ name = 'x', type = 'u8' }]\n"
        "[[messages]]\nports = [1]\nbytes = 2\nfields = [{ name = 'y', type = 'u16' }]",
    )
    assert decode(made, 1, b"\x05").records[0].values == {"x": 5}
    assert decode(made, 1, b"\x05\x06").records[0].values == {"y": 0x506}
    for port, payload in [(1, b"\1\2\3"), (2, b"\1"), (None, b"\1")]:
        with pytest.raises(BadPayload, match="no rule for port"):
            decode(made, port, payload)


def test_a_device_may_have_another_measuring_range() -> None:
    made = decoder(
        "x",
        "[[messages]]\nfields = [{ name = '_raw', type = 'u8' }, { name = 'x', compute = '_raw * range / 100' }]",
        "[parameters]\nrange = 1.0\n",
    )
    assert decode(made, 1, b"\x32").records[0].values == {"x": 0.5}
    assert decode(made, 1, b"\x32", {"range": 10.0}).records[0].values == {"x": 5.0}


CHANNELS = """[[messages]]
key_bytes = 2
[messages.channels]
0167 = [{ name = "x", type = "i16", scale = 0.1 }]
"??68" = [{ name = "h_{channel}", type = "u8" }]
0909 = { record = true, fields = [{ type = "u32", time = true }, { name = "x", type = "u8" }] }
0a0a = { into = "list", fields = [{ name = "n", type = "u8" }], also = [{ name = "y", constant = 1 }] }
"""


def test_channels_repeat_and_history_stands_apart() -> None:
    made = decoder("x y h_{channel} list", CHANNELS)
    decoded = decode(
        made, 1, bytes.fromhex("016700fa 026832 056833 0909000000640a 0909000000c80b 0a0a01 0a0a02")
    )
    present, *history = decoded.records
    assert present.values == {"x": 25.0, "h_2": 50, "h_5": 51, "list": [{"n": 1}, {"n": 2}], "y": 1}
    assert [(one.at and one.at.timestamp(), one.values) for one in history] == [
        (100, {"x": 10}),
        (200, {"x": 11}),
    ]


@pytest.mark.parametrize("rest", ["7777", "777701", "0167", "016700", "ff"])
def test_what_is_not_known_or_cut_off_is_handed_back_and_what_came_before_is_kept(rest: str) -> None:
    made = decoder("x y h_{channel} list", CHANNELS)
    decoded = decode(made, 1, bytes.fromhex("016700fa" + rest))
    assert decoded.records[0].values == {"x": 25.0}
    assert decoded.unread == bytes.fromhex(rest)


def test_a_decoder_may_refuse_unknown_keys() -> None:
    made = decoder(
        "x y h_{channel} list", CHANNELS.replace("key_bytes = 2", 'key_bytes = 2\nunknown = "refuse"')
    )
    with pytest.raises(BadPayload, match="no rule for the key 7777"):
        decode(made, 1, bytes.fromhex("016700fa7777"))


def test_a_payload_that_ends_inside_a_value_is_refused() -> None:
    made = decoder("x", "[[messages]]\nfields = [{ name = 'x', type = 'u32' }]")
    with pytest.raises(BadPayload, match="in the middle of a value"):
        decode(made, 1, b"\1\2")


def test_a_long_payload_and_a_laborious_one_are_refused() -> None:
    made = decoder(
        "x", "[[messages]]\nkey_bytes = 1\n[messages.channels]\n00 = [" + "{ type = 'skip:0' }," * 9 + "]"
    )
    with pytest.raises(BadPayload, match="1024 are the most"):
        decode(made, 1, bytes(1025))
    with pytest.raises(BadPayload, match=f"more than {MOST_STEPS} steps"):
        decode(made, 1, bytes(1000))


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ("[[messages]]\nfields = [{ name = 'x', typ = 'u8' }]", "'typ' is not known here"),
        ("[[messages]]\nfields = [{ name = 'x', type = 'u7' }]", "type 'u7' is not known"),
        ("[[messages]]\nfields = [{ name = 'x' }]", "exactly one of"),
        ("[[messages]]\nfields = [{ name = 'x', type = 'u8', compute = '1' }]", "exactly one of"),
        ("[[messages]]\nfields = [{ name = 'z', type = 'u8' }]", "'z' comes out and is not explained"),
        ("[[messages]]\nfields = [{ name = 'x', type = 'u8', scale = 0 }]", "loses the value"),
        ("[[messages]]\nfields = [{ name = 'x', type = 'u8', bits = [0, 99] }]", "bits ="),
        ("[[messages]]\nkey_bytes = 1\n[messages.channels]\n0102 = []", "key_bytes"),
        (
            "[[messages]]\nfields = [{ name = 'x', compute = '__import__(\"os\")' }]",
            "may not stand in a formula",
        ),
        ("[[messages]]\nfields = 7", "wrong kind"),
        ("[[messages]\n", "neither TOML nor JSON"),
    ],
)
def test_a_mistake_in_a_definition_is_said(messages: str, why: str) -> None:
    with pytest.raises(BadDecoder, match=why):
        decoder("x", messages)


@pytest.mark.parametrize(
    "text",
    [
        "().__class__",
        "x.real",
        "[1]",
        "'a' * 9",
        "2 ** 9 ** 9",
        "2 ** x",
        "10 ** 99",
        "lambda: 1",
        "(y := 2)",
        "pow(2, 9)",
        "x[0]",
        "1 < 2 < 3",
        "max(1)",
        "max(*[1, 2])",
        "1 if",
        "(" * 300,
        "1 << 9",
        "f'{x}'",
        "await x",
    ],
)
def test_a_formula_can_do_nothing_but_arithmetic(text: str) -> None:
    with pytest.raises(BadDecoder):
        formula(text)


def test_a_formula_that_gives_nothing_finite_gives_nothing() -> None:
    for text in ("1 / x", "ln(x)", "exp(1000 * y)", "sqrt(x - 1)", "x % 0", "missing"):
        assert worked_out(formula(text), {"x": 0, "y": 9}) is None


def test_what_is_not_certain_is_never_an_observation() -> None:
    with pytest.raises(BadDecoder, match="not certain"):
        read_decoder(f'{HEAD}\n[values]\nx = {{ property = "p", certain = false }}\n[[messages]]\n')


@given(payload=st.binary(max_size=80))
def test_no_bytes_do_anything_but_decode_or_be_refused(payload: bytes) -> None:
    made = decoder("x y h_{channel} list", CHANNELS)
    decoded = decode(made, 1, payload)
    assert len(decoded.unread) <= len(payload)
