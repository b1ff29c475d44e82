# SPDX-License-Identifier: EUPL-1.2
"""Packets of MQTT are read as they were written, in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.standards.mqtt import packets, reading
from stoa.standards.mqtt.reading import Answer, BadPacket, Published, Reader

MESSAGES = st.lists(
    st.builds(
        Published,
        topic=st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20),
        payload=st.binary(max_size=300),
        number=st.integers(0, packets.MOST_NUMBER),
        told=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=200)), max_size=3).map(tuple),
    ),
    max_size=6,
)


def written(message: Published, *, is_version_5: bool) -> bytes:
    return packets.publish(
        message.topic, message.payload, number=message.number, is_version_5=is_version_5, told=message.told
    )


@given(MESSAGES, st.booleans(), st.integers(1, 50))
def test_messages_are_read_as_they_were_written_in_whatever_pieces(
    messages: list[Published], is_version_5: bool, size: int
) -> None:
    if not is_version_5:
        messages = [message._replace(told=()) for message in messages]
    data = b"".join(written(message, is_version_5=is_version_5) for message in messages)
    reader, found = Reader(is_version_5=is_version_5), []
    for begin in range(0, len(data), size):
        found += reader.read(data[begin : begin + size])[0]
    assert found == messages


@given(st.lists(st.binary(max_size=60), max_size=5), st.booleans())
def test_whatever_comes_is_read_or_refused(pieces: list[bytes], is_version_5: bool) -> None:
    reader = Reader(is_version_5=is_version_5)
    try:
        for piece in pieces:
            reader.read(piece)
    except BadPacket:
        return


@given(st.integers(0, 268_435_455))
def test_a_length_says_itself_in_as_few_bytes_as_go(size: int) -> None:
    told = packets.length(size)
    assert sum((byte & 127) << (7 * place) for place, byte in enumerate(told)) == size
    assert len(told) == 1 + (size > 127) + (size > 16_383) + (size > 2_097_151)


def test_other_packets_stand_beside_messages() -> None:
    data = b"\x20\x03\x01\x00\x00" + b"\x90\x05\x00\x01\x00\x01\x87" + b"\xd0\x00" + b"\xe0\x01\x8e"
    messages, answers = Reader(is_version_5=True).read(data)
    assert messages == []
    assert [answer.kind for answer in answers] == [
        *(reading.CONNACK, reading.SUBACK, reading.PINGRESP, reading.DISCONNECT),
    ]
    assert answers[0].session_is_kept
    assert (answers[0].code, answers[3].code) == (0, 0x8E)
    assert answers[1].refusals(2) == 1


def test_a_refusal_of_a_connection_has_its_reason() -> None:
    (refused,) = Reader(is_version_5=False).read(b"\x20\x02\x00\x05")[1]
    assert (refused.code, refused.session_is_kept) == (5, False)
    assert Answer(reading.DISCONNECT, b"").code == 0


def test_of_the_properties_of_a_message_only_those_of_users_are_kept() -> None:
    properties = (
        b"\x01\x01\x02\x00\x00\x00\x09\x03\x00\x01j\x09\x00\x01c\x0b\x07\x23\x00\x01\x26\x00\x01a\x00\x01b"
    )
    body = b"\x00\x01t" + packets.length(len(properties)) + properties + b"payload"
    (found,) = Reader(is_version_5=True).read(b"\x30" + packets.length(len(body)) + body)[0]
    assert found == Published("t", b"payload", 0, (("a", "b"),))


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\xff\xff\xff\xff\x01",
        b"\x32\x03\x00\x01t",
        b"\x30\x03\x00\x01t",
        b"\x30\x05\x00\x01t\x09x",
        b"\x30\x05\x00\x01t\x01\x7f",
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadPacket):
        Reader(is_version_5=True).read(data)


def test_a_client_says_its_name_and_asks_for_a_session() -> None:
    told = packets.connect(packets.Hello("me", "user", "secret", session_s=60))
    assert told[:2] == b"\x10" + bytes((len(told) - 2,))
    assert told[2:12] == b"\x00\x04MQTT\x05\xc0\x00\x1e"
    assert told.endswith(b"\x00\x02me\x00\x04user\x00\x06secret")
    anonymous = packets.connect(packets.Hello("", is_version_5=False, keeps_session=False))
    assert anonymous == b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x1e\x00\x00"


def test_acknowledgements_and_subscriptions_are_as_the_standard_writes_them() -> None:
    assert packets.acknowledgements([1, 0x1234]) == b"\x40\x02\x00\x01\x40\x02\x12\x34"
    assert packets.subscribe(7, ["a/b"], is_version_5=False) == b"\x82\x08\x00\x07\x00\x03a/b\x01"
    assert (
        packets.subscribe(7, ["a"], is_version_5=True, skips_own=True) == b"\x82\x07\x00\x07\x00\x00\x01a\x05"
    )
