# SPDX-License-Identifier: EUPL-1.2
"""The line before the processes that answer pages."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st
from tests.gates.ingest.running import run

from stoa.site.front_line import Line

FOR_EVER = 1e6


def test_whoever_comes_first_is_served_first() -> None:
    async def town() -> list[int]:
        line, served = Line(1, FOR_EVER), []

        async def caller(number: int) -> None:
            leave = await line.enter()
            served.append(number)
            await asyncio.sleep(0)
            leave()

        await asyncio.gather(*(caller(number) for number in range(20)))
        return served

    assert run(town()) == list(range(20))


@given(places=st.integers(1, 4), leaving=st.lists(st.booleans(), min_size=1, max_size=30))
def test_never_more_than_there_are_places_and_every_place_comes_back(
    places: int, leaving: list[bool]
) -> None:
    async def town() -> int:
        line, inside, most = Line(places, FOR_EVER), 0, 0

        async def caller() -> None:
            nonlocal inside, most
            leave = await line.enter()
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1
                leave()
                leave()  # a second time does nothing

        callers = [asyncio.ensure_future(caller()) for _ in leaving]
        await asyncio.sleep(0)
        for task, is_leaving in zip(callers, leaving, strict=True):
            if is_leaving:
                task.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        for _ in range(places):
            await asyncio.wait_for(line.enter(), 5)
        return most

    assert run(town()) <= places


def test_a_place_goes_on_when_the_one_who_was_called_has_just_left() -> None:
    async def town() -> bool:
        line = Line(1, FOR_EVER)
        leave = await line.enter()
        second, third = asyncio.ensure_future(line.enter()), asyncio.ensure_future(line.enter())
        await asyncio.sleep(0)
        leave()
        second.cancel()
        await asyncio.wait_for(third, 5)
        return second.cancelled()

    assert run(town())


def test_a_long_answer_makes_room_for_the_next() -> None:
    async def town() -> None:
        line = Line(1, 0.01)
        await line.enter()
        leave = await asyncio.wait_for(line.enter(), 5)
        leave()

    run(town())
