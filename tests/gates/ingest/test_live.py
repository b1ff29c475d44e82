# SPDX-License-Identifier: EUPL-1.2
"""Who watches hears what is sent at once, as far as they may see it, and the map shows the latest of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.gates.ingest.hot_town import NOW, Call, Standing, outside, sent, sweep, through

from stoa.commons.cities.acting import acting_in
from stoa.gates.ingest.application import Ingest
from stoa.gates.ingest.channels import Subscriber
from stoa.houses.observations.door import keeping
from stoa.houses.observations.terms import Way

pytestmark = pytest.mark.django_db


# --- who watches


async def watched(
    call: Call, ingest: Ingest, path: str, key: str, send: Callable[[], Awaitable[Any]], **headers: str
) -> list[dict[str, Any]]:
    """The events that somebody gets while `send` is done."""
    got: list[dict[str, Any]] = []
    before = ingest.hub.size
    reading = asyncio.create_task(call("GET", path, b"", key, watching=got, **headers))
    while ingest.hub.size == before:
        await asyncio.sleep(0.01)
    await send()
    await asyncio.sleep(0.35)
    reading.cancel()
    text = b"".join(message.get("body", b"") for message in got).decode()
    return [
        json.loads(line.removeprefix("data: ")) | {"id": lines[0].removeprefix("id: ")}
        for event in text.split("\n\n")
        if "event: observation" in (lines := event.split("\n"))
        for line in lines
        if line.startswith("data: ")
    ]


def test_everybody_hears_what_is_open_and_only_colleagues_the_rest(
    standing: Standing, tmp_path: Path
) -> None:
    async def act(call: Call, ingest: Ingest) -> None:
        async def send() -> None:
            rows = [sent(standing, 1, 7.5), sent(standing, 1, 8, datastream=standing.secret)]
            await call("POST", "/ingest/v1/observations", rows)

        nobody = await watched(call, ingest, "/live/events", "", send)
        assert [(event["datastream"], event["result"]) for event in nobody] == [(standing.series, 7.5)]
        assert nobody[0]["at"].endswith("Z")
        await asyncio.to_thread(outside, partial(sweep, standing))
        owner = await watched(call, ingest, "/live/events", standing.key, send)
        assert {event["datastream"] for event in owner} == {standing.series, standing.secret}
        await asyncio.to_thread(outside, partial(sweep, standing))
        roads = await watched(call, ingest, "/live/events", standing.foreign, send)
        assert {event["datastream"] for event in roads} == {standing.series}

    through(standing, "stoa_ingest", act, tmp_path)


@pytest.mark.parametrize(
    ("question", "hears"),
    [
        ("datastream=%(series)s", True),
        ("datastream=999", False),
        ("thing=%(thing)s", True),
        ("thing=999", False),
        ("property=%(property)s", True),
        ("bbox=7.6,51.9,7.7,52", True),
        ("bbox=1,1,2,2", False),
    ],
)
def test_a_reader_hears_what_he_asked_for(
    standing: Standing, tmp_path: Path, question: str, hears: bool
) -> None:
    town = standing.town
    asked = question % {"series": standing.series, "thing": town.thing.pk, "property": town.temperature.pk}

    async def act(call: Call, ingest: Ingest) -> list[dict[str, Any]]:
        async def send() -> None:
            await call("POST", "/ingest/v1/observations", [sent(standing, 1, 7.5)])

        return await watched(call, ingest, f"/live/events?{asked}", "", send)

    assert bool(through(standing, "stoa_ingest", act, tmp_path)) is hears


def test_who_was_cut_off_resumes_where_he_was(standing: Standing, tmp_path: Path) -> None:
    async def act(call: Call, ingest: Ingest) -> None:
        async def send(*minutes: int) -> None:
            await call("POST", "/ingest/v1/observations", [sent(standing, n, n) for n in minutes])

        async def nothing() -> None:
            return

        first = await watched(call, ingest, "/live/events", "", partial(send, 3, 2))
        await send(1)
        await asyncio.sleep(0.2)
        again = await watched(call, ingest, "/live/events", "", nothing, last_event_id=first[0]["id"])
        assert [event["result"] for event in first + again] == [3.0, 2.0, 2.0, 1.0]

    through(standing, "stoa_ingest", act, tmp_path)


def test_what_another_process_writes_is_heard_too(standing: Standing, tmp_path: Path) -> None:
    town = standing.town

    def write() -> None:
        with acting_in(town.cast.city):
            keeping.keep(
                city=town.cast.city, by=town.cast.principal("ada"), way=Way.MQTT,
                observations=[keeping.Observed(standing.series, NOW, 4.25)],
            )  # fmt: skip

    async def act(call: Call, ingest: Ingest) -> list[dict[str, Any]]:
        async def send() -> None:
            await asyncio.to_thread(outside, write)
            await asyncio.sleep(0.3)

        return await watched(call, ingest, "/live/events", "", send)

    assert [event["result"] for event in through(standing, "stoa_ingest", act, tmp_path)] == [4.25]


def test_a_reader_who_falls_behind_is_cut_off() -> None:
    slow = Subscriber(lambda: None)
    for _ in range(40):
        slow.give(b"x" * 20_000)
    assert slow.is_cut
    assert not slow.waiting


def test_the_map_shows_the_latest_of_what_somebody_may_see(standing: Standing, tmp_path: Path) -> None:
    async def act(call: Call, _: Ingest) -> None:
        rows = [sent(standing, 1, 7.5), sent(standing, 1, 8, datastream=standing.secret)]
        await call("POST", "/ingest/v1/observations", rows)
        status, headers, body = await call("GET", "/live/latest?bbox=7,51,8,52", key="")
        assert (status, headers[b"content-type"]) == (200, b"application/geo+json")
        features = json.loads(body)["features"]
        assert [feature["id"] for feature in features] == [standing.series]
        assert features[0]["geometry"] == {"type": "Point", "coordinates": [7.62, 51.96]}
        told = features[0]["properties"]
        assert (told["result"], told["unit"], told["quality"]) == (7.5, "°C", 2)
        assert datetime.fromisoformat(told["at"]) == NOW - timedelta(minutes=1)
        own = json.loads((await call("GET", "/live/latest?bbox=7,51,8,52"))[2])["features"]
        assert {feature["id"] for feature in own} == {standing.series, standing.secret}
        assert json.loads((await call("GET", "/live/latest?bbox=0,0,1,1", key=""))[2])["features"] == []
        assert (await call("GET", "/live/latest?bbox=0,0,1", key=""))[0] == 400
        assert (await call("GET", "/live/events?thing=x", key=""))[0] == 400

    through(standing, "stoa_ingest", act, tmp_path)
