# SPDX-License-Identifier: EUPL-1.2
"""One caller cannot hold all of the front door: not its connections, its places for bodies, nor its questions."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.gates.ingest.running import run

from stoa.site import front_protocol
from stoa.site.front import Front, FrontSettings
from stoa.site.front_crowd import BODIES_OF_ONE, QUESTIONS_OF_ONE, Crowd, whose
from stoa.site.front_line import Line
from stoa.site.front_server import configured

FLOODER, RESIDENT = ("203.0.113.9", 40_000), ("198.51.100.4", 40_000)


def test_an_address_stands_for_its_network_and_this_machine_is_not_counted() -> None:
    assert whose("2001:db8::1:2") == whose("2001:db8::3:4") != ""
    assert whose("127.0.0.1") == whose("") == ""


def test_so_many_at_once_and_each_that_leaves_makes_room() -> None:
    crowd = Crowd(2)
    assert [crowd.enter("a"), crowd.enter("a"), crowd.enter("a"), crowd.enter("b")] == [
        True, True, False, True,
    ]  # fmt: skip
    crowd.leave("a")
    with crowd.one_more("a") as may:
        assert may
    with crowd.one_more("a") as may, crowd.one_more("a") as also:
        assert (may, also) == (True, False)
    assert all(crowd.enter("") for _ in range(9))


# --- the line ---


def test_callers_take_turns_however_much_one_of_them_asks() -> None:
    async def town() -> list[str]:
        line, served = Line(1, 1e6), []

        async def caller(who: str) -> None:
            leave = await line.enter(who)
            served.append(who)
            await asyncio.sleep(0)
            leave()

        await asyncio.gather(*(caller(who) for who in ["flooder"] * 50 + ["rosa", "tom"]))
        return served

    served = run(town())
    assert len(served) == 52
    assert {served.index("rosa"), served.index("tom")} <= {2, 3}


def test_slow_questions_of_one_caller_never_have_everything_in_hand() -> None:
    async def town() -> tuple[bool, bool]:
        line = Line(2, 0.0, of_one=3)
        slow = [asyncio.ensure_future(line.enter("flooder")) for _ in range(9)]
        while sum(one.done() for one in slow) < 3:
            await asyncio.sleep(0.001)
        leave = await asyncio.wait_for(line.enter("rosa"), 5)
        leave()
        await asyncio.sleep(0.01)
        held = sum(one.done() for one in slow) == 3
        slow[0].result()()
        await asyncio.sleep(0.01)
        next_came = sum(one.done() for one in slow) == 4
        for one in slow:
            one.cancel()
        return held, next_came

    assert run(town()) == (True, True)


# --- the front ---


class Answers:
    """What is sent to a caller."""

    def __init__(self) -> None:
        self.status: list[int] = []

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status.append(message["status"])


def _scope(client: tuple[str, int], *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    method = "POST" if headers else "GET"
    return {
        "type": "http", "client": client, "scheme": "http", "path": "/", "raw_path": b"/", "method": method,
        "query_string": b"", "headers": [(b"host", b"a"), *headers],
    }  # fmt: skip


async def _never() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


@pytest.mark.parametrize(
    ("most", "headers"),
    [(QUESTIONS_OF_ONE, ()), (BODIES_OF_ONE, ((b"content-length", b"9"),))],
    ids=["questions", "bodies"],
)
def test_others_are_served_while_one_caller_has_all_that_one_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    front = Front(FrontSettings((tmp_path / "none.sock",), tmp_path, ()))
    asked: list[str] = []

    async def forward(scope: dict[str, Any], *_rest: Any) -> None:
        asked.append(scope["client"][0])
        await asyncio.Event().wait()

    monkeypatch.setattr(front, "forward", forward)

    async def town() -> list[int]:
        answers = Answers()
        flood = [
            asyncio.ensure_future(front(_scope(FLOODER, *headers), _never, answers))  # type: ignore[arg-type]
            for _ in range(most + 5)
        ]
        await asyncio.sleep(0)
        other = asyncio.ensure_future(front(_scope(RESIDENT), _never, answers))  # type: ignore[arg-type]
        for _ in range(9):
            await asyncio.sleep(0)
        for one in (*flood, other):
            one.cancel()
        return answers.status

    assert run(town()) == [429] * 5
    assert RESIDENT[0] in asked


def test_one_connection_too_many_is_ended_and_each_that_ends_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_protocol, "whose", lambda _peer: "203.0.113.9")
    front = Front(FrontSettings((tmp_path / "none.sock",), tmp_path, ()))
    front.connections = Crowd(2)

    async def town() -> list[bool]:
        server = uvicorn.Server(configured(front))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            while not server.started:
                await asyncio.sleep(0.01)
            place = listener.getsockname()
            kept = [await asyncio.open_connection(*place) for _ in range(2)]
            lives = [await _lives(*one) for one in kept]
            lives.append(await _lives(*await asyncio.open_connection(*place)))
            kept[0][1].close()
            await asyncio.sleep(0.05)
            lives.append(await _lives(*await asyncio.open_connection(*place)))
            server.should_exit = True
            await serving
        return lives

    assert run(town()) == [True, True, False, True]


async def _lives(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    try:
        writer.write(b"GET /-/live HTTP/1.1\r\nHost: a\r\n\r\n")
        return b" 200 " in await reader.read(200)
    except ConnectionError:
        return False
