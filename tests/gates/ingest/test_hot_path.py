# SPDX-License-Identifier: EUPL-1.2
"""The hot path as senders meet it: batches in every form, keys, limits and refusals, with the real front on the real database."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.gates.ingest.hot_town import Call, Standing, outside, sent, stored, through

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.actions import make_token, revoke_token
from stoa.commons.people.models import ApiToken
from stoa.gates.ingest.application import Ingest
from stoa.houses.observations.actions import gathering, knowing, setting_up
from stoa.houses.observations.models import DirtyBucket, Quarantined, SeriesState

pytestmark = pytest.mark.django_db


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
