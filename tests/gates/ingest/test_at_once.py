# SPDX-License-Identifier: EUPL-1.2
"""Single observations over a real connection: what comes in one piece takes a short way, and nobody can tell."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from tests.gates.ingest.hot_town import NOW, Standing, stored
from tests.gates.ingest.running import run as run_apart
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stoa.gates.ingest import quick
from stoa.gates.ingest.application import Ingest
from stoa.houses.observations.actions import gathering
from stoa.houses.observations.rules.instants import us_of
from stoa.site.front import Front, FrontSettings
from stoa.site.front_caller import Outside, networks
from stoa.site.front_server import configured

pytestmark = pytest.mark.django_db


class Line:
    """A kept connection of a sender."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, piece: bytes) -> None:
        self._writer.write(piece)

    async def hear(self) -> tuple[int, dict[str, str], bytes]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        return (
            int(head[0].split()[1]),
            headers,
            await self._reader.readexactly(int(headers["content-length"])),
        )

    async def is_closed(self) -> bool:
        return await self._reader.read(1) == b""


def over_the_wire(
    standing: Standing, act: Callable[[Line, Ingest], Awaitable[Any]], tmp_path: Path, origin: str = ""
) -> Any:
    """Run `act` against a front that listens; `origin`: whom it trusts as a proxy."""
    told = FrontSettings(
        (tmp_path / "none.sock",),
        tmp_path,
        (),
        Outside(networks([origin] if origin else [])),
        standing.urls["stoa_ingest"],
    )
    front = Front(told)
    assert front.hot is not None
    ingest = front.hot.ingest

    async def run() -> Any:
        server = uvicorn.Server(configured(front))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serving = asyncio.create_task(server.serve([listener]))
            try:
                async with asyncio.timeout(20):
                    while not (server.started and ingest.is_ready):
                        await asyncio.sleep(0.01)
                    line = Line(*await asyncio.open_connection(*listener.getsockname()))
                    return await act(line, ingest)
            finally:
                server.should_exit = True
                await serving

    return run_apart(run())


def request(standing: Standing, number: object, minutes: int = 1, key: str = "", **more: str) -> bytes:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    body = json.dumps({"phenomenonTime": at, "result": number}).encode()
    headers = {
        "Host": "data.test",
        "Authorization": f"Bearer {key or standing.key}",
        "Content-Length": str(len(body)),
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (headers | more).items()]
    first = f"POST /sta/v1.1/Datastreams({standing.series})/Observations HTTP/1.1"
    return "\r\n".join([first, *lines, "", ""]).encode() + body


async def warm(line: Line, standing: Standing) -> None:
    """Have the key and the cities known, so that the next one goes at once."""
    line.send(request(standing, 0.5, minutes=59))
    assert (await line.hear())[0] == 201


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each that might go the short way, whether it did."""
    seen: list[bool] = []
    begin = quick.begin

    def watched(*given: Any) -> Any:
        found = begin(*given)
        seen.append(found is not None)
        return found

    monkeypatch.setattr(quick, "begin", watched)
    return seen


def test_one_that_came_in_one_piece_is_answered_like_one_that_did_not(
    standing: Standing, begun: list[bool], tmp_path: Path
) -> None:
    async def act(line: Line, _: Ingest) -> list[Any]:
        await warm(line, standing)
        line.send(request(standing, 1.5, minutes=2))
        at_once = await line.hear()
        whole = request(standing, 2.5, minutes=3)
        line.send(whole[:-3])
        await asyncio.sleep(0.05)
        line.send(whole[-3:])
        return [at_once, await line.hear()]

    at_once, usual = over_the_wire(standing, act, tmp_path)
    assert begun[-1] is True
    assert (at_once[0], at_once[2]) == (usual[0], usual[2]) == (201, b"")
    assert at_once[1].keys() == usual[1].keys()
    us = int((NOW - timedelta(minutes=2)).timestamp()) * 1_000_000
    assert at_once[1]["location"] == f"http://data.test/sta/v1.1/Observations('{standing.series}-{us}')"
    assert sorted(number or 0 for number, _ in stored(standing)) == [0.5, 1.5, 2.5]


def test_those_that_come_before_the_answer_wait_for_their_turn(
    standing: Standing, begun: list[bool], tmp_path: Path
) -> None:
    async def act(line: Line, _: Ingest) -> list[Any]:
        await warm(line, standing)
        line.send(b"".join(request(standing, n, minutes=n) for n in range(1, 6)))
        return [(await line.hear())[1]["location"].rpartition("-")[2][:-2] for _ in range(5)]

    at = [int((NOW - timedelta(minutes=n)).timestamp()) * 1_000_000 for n in range(1, 6)]
    assert over_the_wire(standing, act, tmp_path) == list(map(str, at))
    assert True in begun
    assert len(stored(standing)) == 6


def test_what_is_wrong_is_told_as_ever(standing: Standing, begun: list[bool], tmp_path: Path) -> None:
    async def act(line: Line, _: Ingest) -> list[int]:
        await warm(line, standing)
        told = []
        for asked in (
            request(standing, "warm"),
            request(standing, 1, minutes=-60),
            request(standing, 1, key=standing.foreign),
            request(standing, 1, key="stoa_wrong"),
        ):
            line.send(asked)
            told.append((await line.hear())[0])
        return told

    # Whether a stranger or a colleague may know of the series is for the portal to say, which is not there.
    assert over_the_wire(standing, act, tmp_path) == [400, 400, 502, 502]
    assert not any(begun[1:])
    assert [number for number, _ in stored(standing)] == [0.5]


def test_who_wants_to_leave_after_the_answer_is_let_go(standing: Standing, tmp_path: Path) -> None:
    async def act(line: Line, _: Ingest) -> tuple[int, bool]:
        await warm(line, standing)
        line.send(request(standing, 1, Connection="close"))
        return (await line.hear())[0], await line.is_closed()

    assert over_the_wire(standing, act, tmp_path) == (201, True)


def test_when_too_much_waits_the_single_one_is_told_too(
    standing: Standing, begun: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(line: Line, ingest: Ingest) -> tuple[int, str, bool]:
        await warm(line, standing)
        monkeypatch.setattr(gathering, "ROWS_WAITING_MOST", 0)
        monkeypatch.setattr(ingest.writer, "_rows", 1)
        line.send(request(standing, 1))
        status, headers, _ = await line.hear()
        monkeypatch.setattr(ingest.writer, "_rows", 0)
        return status, headers["retry-after"], await line.is_closed()

    assert over_the_wire(standing, act, tmp_path) == (429, "1", True)
    assert begun[-1] is True


def test_without_the_database_a_single_one_is_not_acknowledged(
    standing: Standing, begun: list[bool], tmp_path: Path
) -> None:
    async def act(line: Line, ingest: Ingest) -> int:
        await warm(line, standing)
        for hand in ingest.writer._hands:
            hand.writer._url = "postgresql://nobody@127.0.0.1:1/none"
            await asyncio.to_thread(hand.writer.close)
        line.send(request(standing, 1))
        return (await line.hear())[0]

    assert over_the_wire(standing, act, tmp_path) == 503
    assert begun[-1] is True


def test_a_proxy_that_is_trusted_names_the_address_of_the_observation(
    standing: Standing, begun: list[bool], tmp_path: Path
) -> None:
    async def act(line: Line, _: Ingest) -> str:
        told = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "data.test"}
        await warm(line, standing)
        line.send(request(standing, 1, **told))
        return (await line.hear())[1]["location"].partition("/sta")[0]

    assert over_the_wire(standing, act, tmp_path, "127.0.0.1") == "https://data.test"
    assert over_the_wire(standing, act, tmp_path) == "http://data.test"
    assert begun.count(True) >= 2


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Pieces that went through the parser."""
    seen: list[bytes] = []
    feed = HttpToolsProtocol.data_received

    def watched(self: HttpToolsProtocol, data: bytes) -> None:
        seen.append(data)
        feed(self, data)

    monkeypatch.setattr(HttpToolsProtocol, "data_received", watched)
    return seen


def test_the_same_fields_are_parsed_once_whatever_the_observation(
    standing: Standing, parsed: list[bytes], tmp_path: Path
) -> None:
    whole = [request(standing, number, minutes=10 + place) for place, number in enumerate((1.5, 2.5, 3.5))]

    async def act(line: Line, _: Ingest) -> list[tuple[int, str]]:
        await warm(line, standing)
        told = []
        for piece in (whole[0], whole[1], whole[2] + whole[0], whole[1][:-2]):
            line.send(piece)
            told.append(await line.hear() if len(piece) >= len(whole[0]) else (0, {}))
        told.append(await line.hear())
        line.send(whole[1][-2:])
        told.append(await line.hear())
        line.send(whole[2].replace(standing.key.encode(), b"x" * len(standing.key)))
        told.append(await line.hear())
        return [(one[0], one[1].get("location", "").rpartition("-")[2]) for one in told]

    ids = [str(us_of(NOW - timedelta(minutes=minutes))) + "')" for minutes in (10, 11, 12)]
    expected = [(201, ids[0]), (201, ids[1]), (201, ids[2]), (0, ""), (201, ids[0]), (201, ids[1]), (502, "")]
    assert over_the_wire(standing, act, tmp_path) == expected
    assert whole[1] not in parsed
    assert [number for number, _ in stored(standing)] == [0.5, 3.5, 2.5, 1.5]


def test_fields_of_one_connection_say_nothing_of_another_that_comes_from_elsewhere(
    tmp_path: Path,
) -> None:
    """Whom a proxy names is believed only where it is trusted: what a block of fields means depends on who sends it."""
    told = FrontSettings(
        (tmp_path / "none.sock",), tmp_path, (), Outside(networks(["10.0.0.1"])), "postgresql://x"
    )
    hot = Front(told).hot
    assert hot is not None
    fields = [(b"host", b"data.test"), (b"x-forwarded-host", b"evil.test"), (b"content-length", b"2")]
    head = hot.head_of(fields, ("10.0.0.9", "http"))
    hot.remember(("10.0.0.9", "http"), b"fields", head)
    assert head.caller.host == "data.test"
    assert hot.known_head(("10.0.0.9", "http"), b"fields") is head
    assert hot.known_head(("10.0.0.1", "http"), b"fields") is None
    assert hot.head_of(fields, ("10.0.0.1", "http")).caller.host == "evil.test"
