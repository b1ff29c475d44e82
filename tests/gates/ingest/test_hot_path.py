# SPDX-License-Identifier: EUPL-1.2
"""The hot path as senders meet it: the real front, in this process, on the real database; no portal behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from django.db import connection
from tests.gates.ingest.running import run as run_apart
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token, revoke_token
from stoa.commons.people.models import ApiToken, Membership, Person
from stoa.gates.ingest.application import Ingest
from stoa.gates.ingest.channels import Subscriber
from stoa.houses.observations.actions import gathering, knowing, setting_up
from stoa.houses.observations.door import keeping
from stoa.houses.observations.models import DirtyBucket, Observation, Quarantined, SeriesState, Thing
from stoa.houses.observations.terms import Access, Way
from stoa.site import front as front_module
from stoa.site.front import Front, FrontSettings

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
T = TypeVar("T")


def outside(act: Callable[[], T]) -> T:
    """Do it on a connection of its own: the test's own transaction is seen by nobody else."""

    def work() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@dataclass(frozen=True, slots=True)
class Standing:
    """A town that other connections see too, and the addresses of the database for two roles."""

    town: Town
    urls: dict[str, str]
    key: str
    foreign: str
    """A key of the roads, which may read what is open but may not write here."""
    secret: int
    """An internal series of the parks."""

    @property
    def series(self) -> int:
        return self.town.series.pk


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    with django_db_blocker.unblock():
        town = make_town()
        cast = town.cast
        cast.city.hosts = ["data.test"]
        cast.city.save()
        with acting_in(cast.city):
            ada = cast.principal("ada")
            key = make_token(city=cast.city, role="officer", note="gateway", by=ada, department=cast.parks)
            foreign = make_token(city=cast.city, role="officer", note="roads", by=ada, department=cast.roads)
            secret = setting_up.set_up_datastream(
                thing=town.thing, sensor=town.sensor, observed_property=town.temperature, by=ada, name="Hidden",
                access=Access.INTERNAL,
            )  # fmt: skip
        yield Standing(town, _urls(), key, foreign, secret.pk)
        _take_down(town)
        connection.close()


def _urls() -> dict[str, str]:
    import os

    from stoa.site import postgres_roles as roles
    from stoa.site.home import Home
    from stoa.site.postgres import Cluster
    from stoa.site.postgres_place import find_place

    server = Home(Path(os.environ["STOA_TESTS_BASE"]) / "server")
    cluster = Cluster(server, find_place(server))
    name = connection.settings_dict["NAME"]
    return {role: cluster.url(role, name) for role in (roles.INGEST, roles.OWNER)}


def _take_down(town: Town) -> None:
    for city in (town.cast.city, town.cast.other_city):
        with acting_in(city):
            for model in (Observation, DirtyBucket, Quarantined, SeriesState):
                model.objects.all().delete()  # type: ignore[attr-defined]
            Thing.objects.all().delete()
            people = [*Membership.objects.values_list("person_id", flat=True)]
            Membership.objects.all().delete()
            ApiToken.objects.filter(city=city).delete()
            city.department_set.all().delete()
            Person.objects.filter(pk__in=people).delete()
        with acting_in(city):
            city.delete()


@pytest.fixture(params=["stoa_ingest", "stoa_owner"])
def role(request: pytest.FixtureRequest) -> str:
    """By COPY past row-level security, and as a role that is bound by it: an operator's own server may have no other."""
    return str(request.param)


Call = Callable[..., Awaitable[tuple[int, dict[bytes, bytes], bytes]]]


def through(
    standing: Standing, role: str, act: Callable[[Call, Ingest], Awaitable[Any]], tmp_path: Path
) -> Any:
    """Run `act` with a front of its own."""
    front = Front(FrontSettings((tmp_path / "none.sock",), tmp_path, (), ingest_url=standing.urls[role]))
    assert front.hot is not None
    ingest = front.hot.ingest

    async def call(
        method: str,
        path: str,
        body: Any = b"",
        key: str = standing.key,
        watching: list[dict[str, Any]] | None = None,
        **headers: str,
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        told += [(b"host", b"data.test"), (b"content-length", str(len(data)).encode())]
        if key:
            told.append((b"authorization", f"Bearer {key}".encode()))
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": told, "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        sent: list[dict[str, Any]] = watching if watching is not None else []

        async def receive() -> Any:
            if sent or watching is not None:
                await leaving.wait()
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await front(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:])

    leaving = asyncio.Event()

    async def run() -> Any:
        front._ways = [front_module.Way(uds) for uds in front.settings.uds]
        await ingest.start()
        try:
            async with asyncio.timeout(20):
                while not ingest.is_ready:
                    await asyncio.sleep(0.01)
                return await act(call, ingest)
        finally:
            leaving.set()
            await ingest.stop()
            for way in front._ways:
                await way.close()

    return run_apart(run())


def stored(standing: Standing) -> list[tuple[float | None, int]]:
    with acting_in(standing.town.cast.city):
        return list(
            Observation.objects.filter(datastream_id=standing.series)
            .order_by("at")
            .values_list("number", "revision")
        )


@pytest.fixture(autouse=True)
def clean(standing: Standing) -> Iterator[None]:
    yield

    outside(partial(_sweep, standing))


def _sweep(standing: Standing) -> None:
    with acting_in(standing.town.cast.city):
        Observation.objects.all().delete()
        Quarantined.objects.all().delete()
        SeriesState.objects.update(
            count=0, at=None, result_at=None, number=None, first_at=None, last_until=None
        )


def sent(standing: Standing, minutes: int, result: Any, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"datastream": standing.series, "at": at, "result": result} | more


def test_a_batch_is_written_once_corrected_and_counted(standing: Standing, role: str, tmp_path: Path) -> None:
    async def act(call: Call, _: Ingest) -> None:
        path = "/ingest/v1/observations"
        batch = [sent(standing, 3, 1), sent(standing, 2, 2.5), sent(standing, 1, "warm")]
        status, _, body = await call("POST", path, batch)
        told = json.loads(body)
        assert (status, told["written"], told["refused"]) == (200, 2, 1)
        assert (told["reasons"][0]["index"], told["reasons"][0]["code"]) == (
            2,
            "observations.result_type_differs",
        )
        told = json.loads(
            (await call("POST", "/c/here" + path, [sent(standing, 3, 1), sent(standing, 2, 3)]))[2]
        )
        assert (told["written"], told["corrected"], told["unchanged"]) == (0, 1, 1)

    through(standing, role, act, tmp_path)
    assert stored(standing) == [(1.0, 0), (3.0, 1)]
    with acting_in(standing.town.cast.city):
        state = SeriesState.objects.get(datastream=standing.town.series)
        assert (state.count, state.number) == (2, 3.0)
        assert DirtyBucket.objects.filter(datastream=standing.town.series).exists()
        assert Quarantined.objects.get().datastream_id == standing.series


def test_every_form_of_a_batch_says_the_same(standing: Standing, tmp_path: Path) -> None:
    rows = [sent(standing, n, n / 2) for n in range(4)]
    columns = {
        "datastream": standing.series,
        "at": [r["at"] for r in rows],
        "result": [r["result"] for r in rows],
    }
    forms = [
        (json.dumps(rows).encode(), "application/json"),
        (json.dumps(columns | {"unit": "Cel"}).encode(), "application/json"),
        (b"\n".join(json.dumps(row).encode() for row in rows), "application/x-ndjson"),
        (msgspec.msgpack.encode(rows), "application/msgpack"),
        (msgspec.msgpack.encode(columns), "application/msgpack"),
    ]

    async def act(call: Call, _: Ingest) -> list[int]:
        return [
            json.loads((await call("POST", "/ingest/v1/observations", body, content_type=kind))[2])["written"]
            for body, kind in forms
        ]

    assert through(standing, "stoa_ingest", act, tmp_path) == [4, 0, 0, 0, 0]


def test_one_observation_of_sensorthings_is_answered_with_its_address(
    standing: Standing, role: str, tmp_path: Path
) -> None:
    async def act(call: Call, _: Ingest) -> None:
        named = {
            "phenomenonTime": "2026-01-02T03:04:05.678Z",
            "result": 4,
            "Datastream": {"@iot.id": standing.series},
        }
        status, headers, _ = await call("POST", "/sta/v1.1/Observations", named)
        at = 1767323045678000
        assert (status, headers[b"location"].decode()) == (
            201, f"http://data.test/sta/v1.1/Observations('{standing.series}-{at}')",
        )  # fmt: skip
        path = f"/c/here/sta/v1.1/Datastreams({standing.series})/Observations"
        status, headers, _ = await call("POST", path, {"result": 5, "parameters": {"rssi": -7}})
        assert status == 201
        assert headers[b"location"].startswith(b"http://data.test/c/here/sta/v1.1/Observations('")
        status, _, body = await call("POST", path, {"result": "x"})
        assert (status, json.loads(body)["stoa"]) == (400, "observations.result_type_differs")

    through(standing, role, act, tmp_path)
    assert [number for number, _ in stored(standing)] == [4.0, 5.0]


def test_a_table_of_sensorthings_is_answered_row_by_row(standing: Standing, tmp_path: Path) -> None:
    table = {
        "Datastream": {"@iot.id": standing.series}, "components": ["phenomenonTime", "result"], "dataArray@iot.count": 2,
        "dataArray": [["2026-01-02T03:04:05Z", 1], ["2026-01-02T03:04:06Z", None], ["2026-01-02T03:04:07Z", 3]],
    }  # fmt: skip

    async def act(call: Call, _: Ingest) -> Any:
        status, _, body = await call("POST", "/sta/v1.1/CreateObservations", [table])
        return status, json.loads(body)

    status, links = through(standing, "stoa_ingest", act, tmp_path)
    assert (status, links[1]) == (201, "error")
    assert links[0].endswith(f"Observations('{standing.series}-1767323045000000')")
    assert [number for number, _ in stored(standing)] == [1.0, 3.0]


def test_what_needs_a_closer_look_goes_to_the_portal(standing: Standing, tmp_path: Path) -> None:
    deep = {"result": 1, "Datastream": {"name": "new", "Thing": {"name": "new"}}}
    one = {"result": 1, "Datastream": {"@iot.id": standing.series}}
    asked = [
        ("POST", "/sta/v1.1/Observations", deep, standing.key),
        ("POST", "/sta/v1.1/Observations", one | {"FeatureOfInterest": {"@iot.id": 1}}, standing.key),
        ("POST", "/sta/v1.1/Observations", one | {"Datastream": {"@iot.id": 999_999}}, standing.key),
        ("POST", "/sta/v1.1/Observations", one, ""),
        ("POST", "/sta/v1.1/Observations", one, "stoa_wrong"),
        ("POST", "/sta/v1.1/Observations", one, standing.foreign),
        ("POST", "/sta/v1.1/Observations?$select=id", one, standing.key),
        ("POST", "/sta/v1.1/Observations", b"{" * 100_000, standing.key),
        ("GET", "/sta/v1.1/Observations", b"", standing.key),
        ("POST", "/sta/v1.1/Things", one, standing.key),
        ("POST", "/c/nowhere/ingest/v1/observations", [], standing.key),
    ]

    async def act(call: Call, _: Ingest) -> list[int]:
        return [(await call(method, path, body, key))[0] for method, path, body, key in asked]

    assert through(standing, "stoa_ingest", act, tmp_path) == [502] * len(asked)
    assert stored(standing) == []


def test_keys_count_and_a_revoked_one_ends_within_seconds(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowing, "KEY_FRESH_S", 0.0)
    cast = standing.town.cast

    def keys() -> tuple[str, str]:
        ada = cast.principal("ada")
        with acting_in(cast.city):
            short = make_token(city=cast.city, role="officer", note="short", by=ada, department=cast.parks)
        with acting_in(cast.other_city):
            return short, make_token(city=cast.other_city, role="officer", note="there", by=ada)

    short, strange = outside(keys)

    async def act(call: Call, _: Ingest) -> None:
        path, batch = "/ingest/v1/observations", [sent(standing, 1, 1)]
        assert (await call("POST", path, batch, ""))[0] == 401
        assert (await call("POST", path, batch, "stoa_wrong"))[0] == 401
        assert (await call("POST", "/c/here" + path, batch, strange))[0] == 401
        status, _, body = await call("POST", path, batch, standing.foreign)
        assert (status, json.loads(body)["reasons"][0]["code"]) == (422, "observations.series_not_writable")
        body = (
            await call("POST", path, [sent(standing, 1, 1, datastream=standing.secret)], standing.foreign)
        )[2]
        assert json.loads(body)["reasons"][0]["code"] == "observations.series_unknown"
        assert (await call("POST", path, batch, short))[0] == 200
        await asyncio.to_thread(outside, partial(_revoke, standing))
        assert (await call("POST", path, batch, short))[0] == 401

    through(standing, "stoa_ingest", act, tmp_path)


def _revoke(standing: Standing) -> None:
    with acting_in(standing.town.cast.city):
        token = ApiToken.objects.get(note="short")
        revoke_token(token=token, by=standing.town.cast.principal("ada"))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b'{"datastream":', "application/json"),
        (b'[{"datastream":1,"at":"2026-01-01T00:00:00Z","result":NaN}]', "application/json"),
        (b'[{"datastream":"1","at":"2026-01-01T00:00:00Z","result":1}]', "application/json"),
        (b'{"datastream":1,"at":["2026-01-01T00:00:00Z"],"result":[]}', "application/json"),
        (b'[{"datastream":1,"at":"2026-01-01T00:00:00Z","result":1,"evil":2}]', "application/json"),
        (b'[{"datastream":1e400,"at":"","result":1}]', "application/json"),
        (b"\xff\xfe\x00", "application/x-ndjson"),
        (b"\xdd\xff\xff\xff\xff", "application/msgpack"),
        (b"\xdf\xff\xff\xff\xff", "application/msgpack"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_and_kept(
    standing: Standing, tmp_path: Path, body: bytes, kind: str
) -> None:
    async def act(call: Call, _: Ingest) -> tuple[int, Any]:
        status, _, told = await call("POST", "/ingest/v1/observations", body, content_type=kind)
        return status, json.loads(told)["code"]

    assert through(standing, "stoa_ingest", act, tmp_path) == (400, "observations.observation_unreadable")
    with acting_in(standing.town.cast.city):
        held = Quarantined.objects.get()
        assert bytes(held.payload) == body[: 64 * 1024]
        assert held.size == len(body)


def test_too_much_is_told_to_come_again_and_leaves_no_trace(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "ROWS_WAITING_MOST", 30)

    async def act(call: Call, ingest: Ingest) -> list[tuple[int, bytes]]:
        calls = [
            call("POST", "/ingest/v1/observations", [sent(standing, 100 * n + k, 1) for k in range(20)])
            for n in range(6)
        ]
        answers = await asyncio.gather(*calls)
        assert ingest.writer._rows == ingest.bodies.held == 0
        return [(status, headers.get(b"retry-after", b"")) for status, headers, _ in answers]

    told = through(standing, "stoa_ingest", act, tmp_path)
    taken = sum(status == 200 for status, _ in told)
    assert 1 <= taken < 6
    assert {answer for answer in told if answer[0] != 200} == {(429, b"1")}
    assert len(stored(standing)) == 20 * taken


def test_bodies_beyond_the_limits_are_refused(standing: Standing, tmp_path: Path) -> None:
    many = {"datastream": 1, "at": ["2026-01-01T00:00:00Z"] * 50_001, "result": [1] * 50_001}
    big = [sent(standing, 1, 1, parameters={"x": "y" * 1_000_000}), sent(standing, 2, 2)]
    wide = [sent(standing, 1, 1, parameters={str(n): n for n in range(10_000)})]

    async def act(call: Call, _: Ingest) -> None:
        assert (await call("POST", "/ingest/v1/observations", b"x" * (5 * 1024 * 1024 + 1)))[0] == 413
        assert (await call("POST", "/ingest/v1/observations", many))[0] == 413
        told = json.loads((await call("POST", "/ingest/v1/observations", big))[2])
        assert (told["written"], told["reasons"][0]["code"]) == (1, "observations.result_too_large")
        status, _, body = await call("POST", "/ingest/v1/observations", wide)
        assert (status, json.loads(body)["reasons"][0]["code"]) == (422, "observations.too_many_members")

    through(standing, "stoa_ingest", act, tmp_path)


def test_without_its_database_nothing_is_acknowledged(standing: Standing, tmp_path: Path) -> None:
    async def act(call: Call, ingest: Ingest) -> tuple[int, bytes]:
        await call("POST", "/ingest/v1/observations", [sent(standing, 1, 1)])
        for hand in ingest.writer._hands:
            hand.writer._url = "postgresql://nobody@127.0.0.1:1/none"
            await asyncio.to_thread(hand.writer.close)
        status, headers, _ = await call("POST", "/ingest/v1/observations", [sent(standing, 2, 2)])
        return status, headers[b"retry-after"]

    assert through(standing, "stoa_ingest", act, tmp_path) == (503, b"3")
    assert len(stored(standing)) == 1


def test_a_series_that_was_just_set_up_takes_observations(
    standing: Standing, role: str, tmp_path: Path
) -> None:
    town = standing.town

    def set_up() -> int:
        with acting_in(town.cast.city):
            return setting_up.set_up_datastream(
                thing=town.thing, sensor=town.sensor, observed_property=town.temperature,
                by=town.cast.principal("ada"), name=f"New for {role}",
            ).pk  # fmt: skip

    async def act(call: Call, _: Ingest) -> int:
        fresh = await asyncio.to_thread(outside, set_up)
        return (await call("POST", "/ingest/v1/observations", [sent(standing, 1, 1, datastream=fresh)]))[0]

    assert through(standing, role, act, tmp_path) == 200


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
        await asyncio.to_thread(outside, partial(_sweep, standing))
        owner = await watched(call, ingest, "/live/events", standing.key, send)
        assert {event["datastream"] for event in owner} == {standing.series, standing.secret}
        await asyncio.to_thread(outside, partial(_sweep, standing))
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
