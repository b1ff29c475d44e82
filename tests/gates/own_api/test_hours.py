# SPDX-License-Identifier: EUPL-1.2
"""Hours of series for analysts: whatever lies where, page by page or as a table, and only what one may read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.gates.own_api import observation_routes
from stoa.houses.observations.actions import rolling, setting_up
from stoa.houses.observations.door import keeping
from stoa.houses.observations.models import Datastream, Observation
from stoa.houses.observations.terms import Access, Way

pytestmark = pytest.mark.django_db
HOURS = "/c/here/api/v1/observations/hours"
START = datetime(2026, 5, 6, tzinfo=UTC)
SPAN = {"from": "2026-05-06T00:00:00Z", "to": "2026-05-08T00:00:00Z"}


@pytest.fixture(autouse=True)
def own_places(settings: LazySettings, tmp_path: Path) -> None:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """Two series, a value every twenty minutes for two days: the first day lies in the lake, the second in PostgreSQL."""
    made = make_town()
    cast = made.cast
    with acting_in(cast.city):
        rain = setting_up.set_up_datastream(
            thing=made.thing, sensor=made.sensor, observed_property=made.temperature, by=cast.principal("ada"),
            name="=Rain", unit_symbol="mm",
        )  # fmt: skip
        for series, factor in ((made.series, 1.0), (rain, 10.0)):
            seen = [
                keeping.Observed(series.pk, START + timedelta(minutes=minute), minute * factor)
                for minute in range(0, 2880, 20)
            ]
            keeping.keep(city=cast.city, observations=seen, by=cast.principal("ada"), way=Way.HTTP)
        Observation.objects.update(received_at=START)
    assert rolling.roll_day(START.date()).is_done
    with acting_in(cast.city):
        yield made


def asked(who: Client, path: str = "", **said: Any) -> Any:
    return who.get(f"{HOURS}{path}", SPAN | said)


def pages(who: Client, limit: int, **said: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = ""
    for _page in range(200):
        answer = asked(who, limit=limit, after=after, **said)
        assert answer.status_code == 200, answer.content
        found += answer.json()["hours"]
        after = answer.json()["after"]
        if not after:
            return found
    raise AssertionError("paging does not end")


def test_hours_of_all_series_by_time_from_lake_and_table(town: Town) -> None:
    anybody = Client()
    told = pages(anybody, 1_000)
    assert len(told) == 2 * 48
    assert [one["start"] for one in told] == sorted(one["start"] for one in told)
    first = next(one for one in told if one["series"] == str(town.series.uid))
    assert (first["count"], first["sum"], first["mean"], first["min"], first["max"]) == (3, 60, 20, 0, 40)
    for limit in (1, 7, 95, 96):
        assert pages(anybody, limit) == told, limit
    rows = list(csv.DictReader(io.StringIO(asked(anybody, ".csv").getvalue().decode())))
    assert {(row["series"], row["start"], float(row["mean"])) for row in rows} == {
        (one["series"], one["start"], one["mean"]) for one in told
    }
    assert {row["name"] for row in rows} == {"Air temperature", "'=Rain"}, "no formula for a spreadsheet"


def test_one_chooses_by_series_thing_and_property(town: Town) -> None:
    anybody = Client()
    answer = asked(anybody, series=str(town.series.uid)).json()
    assert {one["series"] for one in answer["hours"]} == {str(town.series.uid)}
    (series,) = answer["series"]
    assert (series["name"], series["thing"], series["unit"]) == ("Air temperature", "Station", "°C")
    assert len(pages(anybody, 50, thing=str(town.thing.uid))) == 96
    assert len(pages(anybody, 50, property="https://example.org/air-temperature")) == 96
    half = asked(
        anybody, series=str(town.series.uid), **{"from": "2026-05-06T23:30:00", "to": "2026-05-07T02:00:00Z"}
    )
    assert [one["start"] for one in half.json()["hours"]] == ["2026-05-07T00:00:00Z", "2026-05-07T01:00:00Z"]
    assert asked(anybody, property="Noise").status_code == 404


def test_nobody_reads_hours_of_what_they_may_not_see(town: Town) -> None:
    Datastream.objects.filter(name="=Rain").update(access=Access.INTERNAL)
    rain = Datastream.objects.get(name="=Rain")
    ada = Client()
    ada.force_login(town.cast.ada)
    egon = Client()
    egon.force_login(town.cast.egon)
    for outsider in (Client(), egon):
        assert len(pages(outsider, 1_000)) == 48
        for path in ("", ".csv"):
            assert asked(outsider, path, series=str(rain.uid)).status_code == 404
        assert b"Rain" not in asked(outsider, ".csv").getvalue()
    assert len(pages(ada, 1_000)) == 96


def test_what_cannot_be_answered_is_said(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    anybody = Client()
    for wrong in (
        {"after": "x"},
        {"limit": 0},
        {"series": "x"},
        {"from": "yesterday"},
        {"to": "0001-01-01T00:00:00+10:00"},
    ):
        assert asked(anybody, **wrong).status_code == 422, wrong
    answer = asked(anybody, ".csv", **{"from": "1901-01-01T00:00:00Z", "to": "2199-01-01T00:00:00Z"})
    assert answer.status_code == 200, "two series for three hundred years are few"
    monkeypatch.setattr("stoa.houses.observations.queries.hour_pages.CELLS_MOST", 90)
    answer = asked(anybody, ".csv")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "observations.hours_too_many"
    monkeypatch.setattr(observation_routes, "table_pace", observation_routes.Pace(burst=1, per_second=0.001))
    assert [asked(anybody, ".csv").status_code for _ in range(2)] == [422, 429]
    home, away = Client(REMOTE_ADDR="2001:db8:1::5"), Client(REMOTE_ADDR="2001:db8:2::5")
    assert [asked(who, ".csv").status_code for who in (home, away)] == [422, 422], (
        "each network has its own turn"
    )
    assert asked(Client(REMOTE_ADDR="2001:db8:2::6"), ".csv").status_code == 429
    monkeypatch.setattr(
        observation_routes, "unknown_pace", observation_routes.Pace(burst=1, per_second=0.001)
    )
    strangers = [Client(REMOTE_ADDR=f"192.0.2.{n}") for n in (1, 2)]
    assert [asked(who, ".csv").status_code for who in strangers] == [422, 429], "and all together another one"
