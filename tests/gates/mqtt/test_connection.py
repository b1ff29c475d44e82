# SPDX-License-Identifier: EUPL-1.2
"""The connection to a broker that this test plays: its last words are heard, and no other message is acknowledged for them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.broker import broker

from stoa.gates.mqtt.broker import Broker, read_address
from stoa.gates.mqtt.connection import OURS, Connection, lets_anybody_in
from stoa.gates.mqtt.messages import Message
from stoa.gates.mqtt.waiting import BYTES_MOST, Waiting
from stoa.site.processes import wait_until
from stoa.standards.mqtt import packets

CONNACK = b"\x20\x03\x00\x00\x00"


class Played:
    """Listens like a broker, and does what the test says."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.settimeout(20)
        self.port = int(self.door.getsockname()[1])
        self.call = socket.socket()

    def let_in(self, answer: bytes = CONNACK) -> bytes:
        """Take the next connection and answer it; what it said."""
        self.call, _ = self.door.accept()
        self.call.settimeout(20)
        said = self.call.recv(65_536)
        self.call.sendall(answer)
        return said

    def hear(self, what: bytes) -> bytes:
        """Until this was said."""
        heard = b""
        while what not in heard:
            piece = self.call.recv(65_536)
            assert piece, "the other side has ended"
            heard += piece
        return heard

    def say(self, *messages: bytes) -> None:
        self.call.sendall(b"".join(messages))

    def die(self) -> None:
        """End at once, as a killed process does: no goodbye, and whatever still comes is answered by a reset."""
        self.call.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.call.close()


@pytest.fixture
def played() -> Iterator[Played]:
    found = Played()
    yield found
    found.call.close()
    found.door.close()


@contextmanager
def connected(played: Played) -> Iterator[Connection]:
    connection = Connection(Broker("127.0.0.1", played.port))
    connection.listen_to(["here/#"])
    connection.open()
    played.let_in()
    played.hear(b"here/#")
    try:
        yield connection
    finally:
        connection.close()


def sent(number: int, text: str = "x") -> bytes:
    return packets.publish("here/t", text.encode(), number=number)


def test_what_is_stored_is_acknowledged_and_nothing_before(played: Played) -> None:
    with connected(played) as connection:
        played.say(sent(1, "a"), sent(2, "b"))
        assert wait_until(lambda: len(connection.waiting) == 2, 20)
        batch = connection.batch(20)
        assert [(m.topic, m.payload, m.number) for m in batch] == [("here/t", b"a", 1), ("here/t", b"b", 2)]
        connection.acknowledge(batch)
        assert played.hear(packets.acknowledgements([1, 2])) == packets.acknowledgements([1, 2])


def test_the_last_words_of_a_broker_that_was_killed_are_heard_though_it_hears_us_no_more(
    played: Played,
) -> None:
    with connected(played) as connection:
        played.say(*(sent(n) for n in range(1, 6)))
        assert wait_until(lambda: len(connection.waiting) == 5, 20)
        first = connection.batch(20)
        played.say(*(sent(n) for n in range(6, 3_006)))
        played.call.shutdown(socket.SHUT_RD)
        connection.acknowledge(first)
        for message in first:
            connection.acknowledge([message])
        played.call.close()
        assert wait_until(lambda: len(connection.waiting) == 3_000, 20)


def test_what_came_by_a_former_connection_is_not_acknowledged_by_the_next(played: Played) -> None:
    with connected(played) as connection:
        played.say(sent(7, "old"))
        old = connection.batch(20)
        played.die()
        played.door.settimeout(20)
        said = played.let_in()
        connection.acknowledge(old)
        assert b"here/#" in played.hear(b"here/#")
        played.say(sent(7, "new"))
        new = connection.batch(20)
        connection.acknowledge(old)
        connection.acknowledge(new)
        assert played.hear(packets.acknowledgements([7])) == packets.acknowledgements([7])
        assert packets.acknowledgements([7]) not in said


def test_what_we_tell_ourselves_does_not_come_back(played: Played) -> None:
    with connected(played) as connection:
        ours = packets.publish("here/t", b"ours", number=3, told=[OURS])
        played.say(ours, sent(4, "theirs"))
        assert [m.payload for m in connection.batch(20)] == [b"theirs"]
        assert played.hear(packets.acknowledgements([3])) == packets.acknowledgements([3])


def test_when_much_waits_nothing_more_is_read() -> None:
    waiting = Waiting()
    waiting.put([Message("t", bytes(BYTES_MOST // 2), n) for n in range(2)])
    assert waiting.is_full
    taken, was_full = waiting.take(1, 0)
    assert (len(taken), was_full, waiting.is_full, len(waiting)) == (1, True, False, 1)


@pytest.mark.parametrize(("answer", "open_to_all"), [(CONNACK, True), (b"\x20\x03\x00\x87\x00", False)])
def test_whether_a_broker_lets_anybody_in_is_asked_without_a_name(
    played: Played, answer: bytes, open_to_all: bool
) -> None:
    import threading

    told: list[bool] = []
    asking = threading.Thread(
        target=lambda: told.append(lets_anybody_in(Broker("127.0.0.1", played.port, user="me", password="x")))
    )
    asking.start()
    said = played.let_in(answer)
    asking.join(20)
    assert told == [open_to_all]
    assert b"me" not in said


def test_a_stranger_who_comes_by_our_name_neither_ends_our_session_nor_what_waits_in_it(
    tmp_path: Path,
) -> None:
    with broker(tmp_path) as running:
        ours = read_address(f"mqtt://stoa:long%20enough@127.0.0.1:{running.port}")
        connection = _listening(ours)
        connection.close()
        with calling(running.port, packets.Hello("gauge")) as gauge:
            gauge.sendall(sent(1, "kept"))
            assert gauge.recv(100)
        with calling(running.port, packets.Hello(ours.client, keeps_session=False)):
            pass
        connection = _listening(ours)
        try:
            assert [one.payload for one in connection.batch(20)] == [b"kept"]
        finally:
            connection.close()


def _listening(broker: Broker) -> Connection:
    connection = Connection(broker)
    connection.listen_to(["here/#"])
    connection.open()
    assert wait_until(lambda: connection.is_open and not connection._unsent, 20)
    return connection


@contextmanager
def calling(port: int, hello: packets.Hello) -> Iterator[socket.socket]:
    """Somebody else's connection to the broker."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as call:
        call.sendall(packets.connect(hello))
        assert call.recv(100)[0] == 0x20
        yield call
        call.sendall(packets.GOODBYE)


def test_our_name_at_a_broker_stays_the_same_and_is_not_to_be_guessed() -> None:
    first, other = (read_address(f"mqtt://stoa:{secret}@b.example") for secret in ("one", "two"))
    assert first.session_name == read_address("mqtt://stoa:one@b.example").session_name
    assert first.session_name != other.session_name
    assert read_address("mqtt://stoa:one@b.example?client=a").session_name.startswith("a-")
    assert read_address("mqtt://b.example").session_name == "stoa"
    assert "one" not in first.session_name
