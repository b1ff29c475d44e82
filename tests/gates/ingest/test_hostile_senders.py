# SPDX-License-Identifier: EUPL-1.2
"""What a hostile sender or reader tries against the hot path, and what everybody else notices of it: nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.gates.ingest.hot_town import Call, Standing, sent, stored, through
from tests.gates.ingest.running import run as run_apart

from stoa.commons.cities.acting import acting_in
from stoa.commons.roles.values import Principal
from stoa.gates.ingest import bodies, channels, events, reading
from stoa.gates.ingest.application import Caller, Ingest
from stoa.gates.ingest.bodies import Bodies, BodyRefused
from stoa.gates.ingest.events import Hub
from stoa.gates.ingest.watching import Watch
from stoa.houses.observations.actions import knowing, streaming
from stoa.houses.observations.actions.gathering import Gatherer
from stoa.houses.observations.actions.knowing import Known
from stoa.houses.observations.actions.streaming import Batch
from stoa.houses.observations.actions.writing import Written
from stoa.houses.observations.models import Quarantined
from stoa.houses.observations.rules.instants import NO_RESULT_US
from stoa.houses.observations.rules.judging import Series
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import ResultType

pytestmark = pytest.mark.django_db
PATH = "/ingest/v1/observations"


# --- bodies that never come


def announced(length: int) -> dict[bytes, bytes]:
    return {b"content-length": str(length).encode()}


async def silence() -> Any:
    await asyncio.Event().wait()


def test_a_body_that_never_comes_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_MOST_S", 0.02)

    async def act() -> int:
        with pytest.raises(BodyRefused) as refused:
            await asyncio.wait_for(Bodies().take(announced(5), silence), 5)
        return refused.value.status

    assert run_apart(act()) == 408


def test_announced_bodies_take_no_room_and_those_that_came_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODIES_MOST", 100)

    async def act() -> None:
        held = Bodies()

        async def small() -> Any:
            return {"type": "http.request", "body": b"x" * 60, "more_body": False}

        idle = [asyncio.create_task(held.take(announced(5_000_000), silence)) for _ in range(50)]
        await asyncio.sleep(0)
        assert len(await held.take(announced(60), small)) == held.held == 60
        with pytest.raises(BodyRefused) as refused:
            await held.take(announced(60), small)
        assert (refused.value.status, held.held) == (429, 60)
        for one in idle:
            one.cancel()

    run_apart(act())


@pytest.mark.parametrize("length", [2, 4])
def test_a_body_of_another_length_than_announced_is_refused(length: int) -> None:
    async def act() -> int:
        held = Bodies()

        async def three() -> Any:
            return {"type": "http.request", "body": b"abc", "more_body": False}

        with pytest.raises(BodyRefused):
            await held.take(announced(length), three)
        return held.held

    assert run_apart(act()) == 0


def test_nobody_without_a_key_is_listened_to(standing: Standing, tmp_path: Path) -> None:
    async def act(_: Call, ingest: Ingest) -> list[int | None]:
        async def never() -> Any:
            raise AssertionError("a byte of the body was asked for")

        told = []
        for path, key in ((PATH, b""), (PATH, b"Bearer stoa_wrong"), ("/sta/v1.1/Observations", b"")):
            scope = {
                "path": path, "method": "POST", "query_string": b"",
                "headers": [(b"content-length", b"5000000"), (b"authorization", key)],
            }  # fmt: skip
            found = ingest.wants(scope)
            assert found is not None
            request = await ingest.request(scope, found, Caller("http://data.test", "data.test"))
            assert request is not None
            answer, body = await ingest.take(request, never)
            assert body is None
            told.append(None if answer is None else answer.status)
        return told

    assert through(standing, "stoa_ingest", act, tmp_path) == [401, 401, None]


def test_who_may_write_nowhere_is_told_so_before_a_byte_is_read(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(call: Call, ingest: Ingest) -> tuple[int, int, int]:
        reader = Principal(standing.town.cast.city.pk, name="reader")
        monkeypatch.setattr(ingest.known, "key", lambda *_: (True, reader))
        huge = b"x" * (bodies.BODY_MOST + 1)  # would be 413 if it were looked at
        batch = (await call("POST", PATH, huge))[0]
        return batch, (await call("POST", "/sta/v1.1/Observations", {"result": 1}))[0], ingest.bodies.held

    assert through(standing, "stoa_ingest", act, tmp_path) == (403, 502, 0)
    with acting_in(standing.town.cast.city):
        assert not Quarantined.objects.exists()


# --- rows that poison a batch


@pytest.mark.parametrize(
    "poison", [{"at": "\0"}, {"unit": "m\0"}, {"at": "2026\0-01-01T00:00:00Z/x"}, {"result": "\0"}]
)
def test_a_nul_in_a_refused_row_costs_nobody_else_a_row(
    standing: Standing, role: str, tmp_path: Path, poison: dict[str, Any]
) -> None:
    async def act(call: Call, _: Ingest) -> tuple[int, dict[str, Any]]:
        status, _headers, body = await call(
            "POST", PATH, [sent(standing, 2, 1), sent(standing, 1, 2) | poison]
        )
        return status, json.loads(body)

    status, told = through(standing, role, act, tmp_path)
    assert (status, told["written"], told["refused"]) == (200, 1, 1)
    with acting_in(standing.town.cast.city):
        assert "\0" not in json.dumps(Quarantined.objects.get().reason)


def test_what_cannot_even_be_put_aside_costs_no_row(
    standing: Standing, role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(cursor: Any, *_: Any, **__: Any) -> None:
        cursor.execute("select 1/0")

    monkeypatch.setattr(streaming, "quarantine", breaks)

    async def act(call: Call, _: Ingest) -> int:
        return (await call("POST", PATH, [sent(standing, 2, 1), sent(standing, 1, "x")]))[0]

    assert through(standing, role, act, tmp_path) == 200
    assert [number for number, _ in stored(standing)] == [1.0]


class Picky:
    """A writer that one row makes stumble over something that is no error of the database."""

    def write(self, batches: Sequence[Batch], _: int) -> Written:
        if any(row.number == 13 for batch in batches for row in batch.rows):
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "no")
        return Written(frozenset(), frozenset(), was_merged=False)

    def close(self) -> None:
        return


def test_whatever_one_caller_breaks_the_others_are_answered() -> None:
    async def act() -> list[Any]:
        gatherer = Gatherer(Picky())  # type: ignore[arg-type]
        batches = [Batch([Row(1, 0, 0, 1, float(number))]) for number in (1, 13, 2)]
        told = await asyncio.gather(*map(gatherer.keep, batches), return_exceptions=True)
        await gatherer.close()
        return [type(one).__name__ for one in told]

    assert run_apart(act()) == ["Outcome", "Rejected", "Outcome"]


# --- readers who ask for too much


def test_the_limit_of_the_map_counts_what_the_reader_may_see(standing: Standing, tmp_path: Path) -> None:
    prop = standing.town.temperature.pk

    async def act(call: Call, _: Ingest) -> None:
        rows = [sent(standing, 1, 8, datastream=standing.secret), sent(standing, 1, 7.5)]
        await call("POST", PATH, rows[:1])
        await call("POST", PATH, rows[1:])
        for question in ("limit=1&bbox=7,51,8,52", f"limit=1&property={prop}"):
            found = json.loads((await call("GET", f"/live/latest?{question}", key=""))[2])["features"]
            assert [feature["id"] for feature in found] == [standing.series]
        assert json.loads((await call("GET", "/live/latest?limit=0", key=""))[2])["features"] == []
        assert (await call("GET", "/live/latest?limit=-1", key=""))[0] == 200

    through(standing, "stoa_ingest", act, tmp_path)


def test_no_key_waits_behind_the_questions_of_readers(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAITING_MOST", 3)
    going_on = threading.Event()

    async def act(call: Call, ingest: Ingest) -> None:
        real = ingest.known.ask_latest
        monkeypatch.setattr(ingest.known, "ask_latest", lambda *given: (going_on.wait(15), real(*given))[1])
        ask = [f"/live/latest?bbox={n},51,8,52" for n in range(3)]
        slow = [asyncio.create_task(call("GET", path, key="")) for path in [*ask, *ask]]
        try:
            while len(ingest.readers._waiting) < 3:
                await asyncio.sleep(0)
            assert (await call("GET", "/live/latest?bbox=5,51,8,52", key=""))[0] == 503
            assert (await call("GET", "/live/events?bbox=5,51,8,52", key=""))[0] == 503
            assert (await call("POST", PATH, [sent(standing, 1, 1)]))[0] == 200
        finally:
            going_on.set()
        assert [status for status, _, _ in await asyncio.gather(*slow)] == [200] * 6, (
            "same question, same answer"
        )
        assert not ingest.readers._waiting

    through(standing, "stoa_ingest", act, tmp_path)


def test_a_question_of_a_reader_ends_in_time(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowing, "READING_MOST_MS", 30)
    monkeypatch.setattr(knowing, "latest_map", lambda cursor, **_: cursor.execute("select pg_sleep(10)"))

    async def act(call: Call, _: Ingest) -> int:
        return (await call("GET", "/live/latest?bbox=6,51,8,52", key=""))[0]

    assert through(standing, "stoa_ingest", act, tmp_path) == 503


def test_strangers_of_one_address_have_so_many_streams_and_colleagues_more(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "OF_AN_ADDRESS_MOST", 2)

    async def act(call: Call, ingest: Ingest) -> None:
        open_ones = [asyncio.create_task(call("GET", "/live/events", key="", watching=[])) for _ in range(2)]
        while ingest.hub.size < 2:
            await asyncio.sleep(0.01)
        assert (await call("GET", "/live/events", key=""))[0] == 429
        open_ones.append(asyncio.create_task(call("GET", "/live/events", watching=[])))
        while ingest.hub.size < 3:
            await asyncio.sleep(0.01)
        for one in open_ones:
            one.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
        assert not ingest.hub._strangers

    through(standing, "stoa_ingest", act, tmp_path)


def nothing() -> None:
    """Nobody waits for the notice."""


def hub_with(many: int) -> tuple[Hub, Series]:
    """A hub through which so many values of series 1 went, and as many of series 2."""
    known = Known("postgresql://nobody@127.0.0.1:1/none")
    for pk in (1, 2):
        known.series[pk] = Series(pk, 1, 1, 1, ResultType.NUMBER)
    hub = Hub(known, "x")
    hub.news_of(1)
    for number in range(many):
        hub._add(1, number + 1, NO_RESULT_US, float(number), 2)
        hub._add(2, number + 1, NO_RESULT_US, float(number), 2)
    return hub, known.series[1]


def test_who_missed_too_much_is_told_of_a_gap_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "BEHIND_MOST", 2_000)
    hub, _ = hub_with(50)
    news = hub.news_of(1)
    news.flush()
    watch = Watch(1, frozenset())
    with news.subscribed(watch, f"{hub._boot}-1", nothing) as late:
        assert (list(late.waiting), late.is_cut) == ([b"event: gap\ndata: {}\n\n"], False)
    with news.subscribed(watch, f"{hub._boot}-97", nothing) as nearly:
        assert b"".join(nearly.waiting).count(b"event: observation") == 3


def test_who_named_series_hears_of_them_in_order_and_of_no_other() -> None:
    hub, _ = hub_with(20)
    news = hub.news_of(1)
    two, all_of_it = frozenset({2, 99}), frozenset({1, 2})
    with (
        news.subscribed(Watch(1, frozenset(), two), "", nothing) as one,
        news.subscribed(Watch(1, frozenset(), all_of_it), "", nothing) as both,
    ):
        news.flush()
    heard = b"".join(one.waiting)
    assert (heard.count(b'"datastream":2'), heard.count(b'"datastream":1')) == (20, 0)
    lines = b"".join(both.waiting).split(b"\n")
    numbers = [int(line.rpartition(b"-")[2]) for line in lines if line.startswith(b"id:")]
    assert numbers == list(range(1, 41))


def two_cities() -> Hub:
    """Series 1 and 2 belong to city 1, series 3 to city 2; somebody watches in both."""
    known = Known("postgresql://nobody@127.0.0.1:1/none")
    known.series = {
        1: Series(1, 1, 1, 1, ResultType.NUMBER),
        2: Series(2, 1, 2, 1, ResultType.NUMBER),
        3: Series(3, 2, 3, 1, ResultType.NUMBER),
    }
    hub = Hub(known, "x")
    hub.news_of(1)
    hub.news_of(2)
    return hub


def test_a_storm_in_one_city_pushes_no_news_of_another_out_of_reach() -> None:
    hub = two_cities()
    hub._add(1, 1, NO_RESULT_US, 1.0, 2)
    hub.news_of(1).flush()
    hub._add(1, 2, NO_RESULT_US, 2.0, 2)
    for number in range(channels.RING_MOST + 10):
        hub._add(3, number, NO_RESULT_US, 0.0, 2)
    for city in (1, 2):
        hub.news_of(city).flush()
    with hub.news_of(1).subscribed(Watch(1, frozenset()), f"{hub._boot}-1", nothing) as back:
        heard = b"".join(back.waiting)
    assert (heard.count(b"event: observation"), heard.count(b'"result":2.0')) == (1, 1)


def test_who_names_a_thing_hears_of_it_alone() -> None:
    hub = two_cities()
    watch = Watch(1, frozenset(), things=frozenset({2, 3}))
    with hub.news_of(1).subscribed(watch, "", nothing) as one:
        for series in (1, 2, 3):
            hub._add(series, 1, NO_RESULT_US, float(series), 2)
        hub.news_of(1).flush()
        heard = b"".join(one.waiting)
    assert [pk for pk in (1, 2, 3) if f'"datastream":{pk}'.encode() in heard] == [2]


def test_a_city_full_of_readers_keeps_out_no_other_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SUBSCRIBERS_MOST", 3)
    monkeypatch.setattr(events, "OF_A_CITY_SURE", 2)
    monkeypatch.setattr(events, "SUBSCRIBERS_AT_ALL", 5)
    hub = two_cities()
    with contextlib.ExitStack() as stack:

        def join(city: int) -> bool:
            if is_let_in := hub.has_room(city):
                watch = Watch(city, frozenset())
                stack.enter_context(hub.news_of(city).subscribed(watch, "", nothing))
            return is_let_in

        assert [join(1) for _ in range(5)] == [True, True, True, False, False]
        assert [join(2) for _ in range(3)] == [True, True, False]
    assert hub.size == 0
