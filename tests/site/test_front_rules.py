# SPDX-License-Identifier: EUPL-1.2
"""The rules of the front door without a network: headers, lengths, and what is kept between two speeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.site import front_spool
from stoa.site.front_caller import Caller
from stoa.site.front_headers import for_django, for_the_caller, judge_body
from stoa.site.front_pages import NOTICES, page, problem
from stoa.site.front_spool import Answer, BodyRefused, gather_body

ME = Caller("192.0.2.7", "http", "town.example")
names = st.text("abcxyz-_", min_size=1, max_size=12).map(str.encode)
headers = st.lists(st.tuples(names, st.binary(max_size=20)), max_size=12)


@given(headers)
def test_no_name_with_an_underscore_reaches_django(sent: list[tuple[bytes, bytes]]) -> None:
    passed = for_django(sent, ME)
    assert not [name for name, _ in passed if "_" in name]
    assert [value for name, value in passed if name == "x-forwarded-for"] == ["192.0.2.7"]


@given(
    st.sampled_from(
        [b"Connection", b"Transfer-Encoding", b"X-Stoa-File", b"x-stoa-y", b"Keep-Alive", b"UPGRADE"]
    )
)
def test_nothing_of_this_connection_and_nothing_of_ours_leaves(name: bytes) -> None:
    assert for_the_caller([(name, b"x"), (b"ETag", b"1")]) == [(b"etag", b"1")]


@pytest.mark.parametrize(
    ("sent", "path", "refuse"),
    [
        ([], "/", 0),
        ([(b"content-length", b"5242880")], "/search", 0),
        ([(b"content-length", b"5242881")], "/search", 413),
        ([(b"content-length", b"5242881")], "/desk/upload", 0),
        ([(b"content-length", b"5242881")], "/c/town/desk/upload", 0),
        ([(b"content-length", b"5242881")], "/api/v1/uploads", 0),
        ([(b"content-length", b"2147483649")], "/desk/upload", 413),
        ([(b"content-length", b"9" * 60)], "/desk/upload", 413),
        ([(b"transfer-encoding", b"chunked")], "/desk/upload", 411),
        ([(b"content-length", b"1"), (b"content-length", b"2")], "/", 400),
        ([(b"content-length", b"+1")], "/", 400),
        ([(b"content-length", b"-1")], "/", 400),
    ],
)
def test_bodies_are_judged_by_what_they_announce(
    sent: list[tuple[bytes, bytes]], path: str, refuse: int
) -> None:
    assert judge_body(sent, path).refuse == refuse


@given(st.lists(st.binary(max_size=3000), max_size=30), st.lists(st.booleans(), min_size=30, max_size=30))
def test_an_answer_comes_out_as_it_went_in_whoever_is_faster(pieces: list[bytes], pauses: list[bool]) -> None:
    async def source() -> AsyncIterator[bytes]:
        for piece, pause in zip(pieces, pauses, strict=False):
            if pause:
                await asyncio.sleep(0)
            yield piece

    async def through() -> bytes:
        answer = Answer(Path("/tmp"))
        filling = asyncio.ensure_future(answer.fill(source()))
        got = b"".join([piece async for piece in answer.pieces()])
        await filling
        answer.close()
        return got

    assert asyncio.run(through()) == b"".join(pieces)


def test_a_large_answer_goes_through_a_file(tmp_path: Path) -> None:
    sent = [bytes([n]) * 70_000 for n in range(40)]

    async def source() -> AsyncIterator[bytes]:
        for piece in sent:
            yield piece

    async def through() -> bytes:
        answer = Answer(tmp_path)
        await answer.fill(source())
        return b"".join([piece async for piece in answer.pieces()])

    assert asyncio.run(through()) == b"".join(sent)


def test_a_broken_answer_is_broken_for_the_caller_as_well(tmp_path: Path) -> None:
    async def source() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    async def through() -> None:
        answer = Answer(tmp_path)
        await answer.fill(source())
        async for _ in answer.pieces():
            pass

    with pytest.raises(ConnectionResetError):
        asyncio.run(through())


def test_more_than_was_announced_and_leaving_early_are_refused(tmp_path: Path) -> None:
    async def gather(*messages: dict[str, object]) -> int:
        left = list(messages)

        async def receive() -> dict[str, object]:
            return left.pop(0)

        try:
            with await gather_body(receive, 5, tmp_path) as body:
                return len(body.read())
        except BodyRefused as refused:
            return -refused.status

    part = {"type": "http.request", "body": b"abc", "more_body": True}
    assert asyncio.run(gather(part, {"type": "http.request", "body": b"de"})) == 5
    assert asyncio.run(gather(part, part)) == -400
    assert asyncio.run(gather(part, {"type": "http.disconnect"})) == 0


@pytest.mark.parametrize("status", NOTICES)
def test_every_notice_is_told_in_both_languages_and_to_programs(status: int) -> None:
    told = page(status).decode()
    for text in (*NOTICES[status].title, *NOTICES[status].text):
        assert text in told
    assert NOTICES[status].code in problem(status).decode()


def test_a_slow_reader_of_a_large_answer_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_spool, "LOOK_EVERY", 1_000_000)
    monkeypatch.setattr(front_spool, "KEEP_FREE", 2**62)
    came = 0

    async def source() -> AsyncIterator[bytes]:
        nonlocal came
        for _ in range(30):
            came += 1
            yield b"x" * 100_000

    async def town() -> tuple[int, int]:
        answer = Answer(tmp_path)
        filling = asyncio.ensure_future(answer.fill(source()))
        for _ in range(99):
            await asyncio.sleep(0)
        waits_at = came
        size = sum([len(piece) async for piece in answer.pieces()])
        await filling
        answer.close()
        return waits_at, size

    assert asyncio.run(town()) == (11, 3_000_000)
