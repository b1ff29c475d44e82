# SPDX-License-Identifier: EUPL-1.2
"""News of open series are told on the topics of SensorThings, with the same body as over HTTP; internal ones are not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.gates.mqtt import telling
from stoa.gates.mqtt.telling import Teller
from stoa.gates.mqtt.watched import KEPT, LOG
from stoa.houses.observations.actions import keeping, setting_up
from stoa.houses.observations.actions.keeping import Observed
from stoa.houses.observations.door.news import read_news
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.news import news_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Access, Way

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Heard:
    """Stands for the connection: keeps what is published."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def publish(self, topic: str, payload: bytes, *, is_retained: bool = False) -> None:
        assert is_retained == (topic == KEPT)
        self.said.append((topic, json.loads(payload)))

    @property
    def told(self) -> dict[str, dict[str, object]]:
        """The last message on each topic that somebody asked for."""
        return {topic: body for topic, body in self.said if topic != KEPT}


@pytest.fixture
def town() -> Town:
    return make_town()


def news(town: Town, *numbers: float) -> list[str]:
    at = us_of(AT)
    rows = [
        Row(town.series.pk, at + n, us_of(datetime(1000, 1, 1, tzinfo=UTC)), town.cast.city.pk, number)
        for n, number in enumerate(numbers)
    ]
    return news_of(rows, "x")


def teller() -> tuple[Teller, Heard]:
    heard = Heard()
    return Teller(heard, "https://town.example/"), heard  # type: ignore[arg-type]


def listening(tells: Teller, *topics: str) -> None:
    """Somebody subscribes to topics of the town's news, as the broker's log says it."""
    for topic in topics:
        tells.hear(LOG, f"1700000000: somebody 1 here/news/v1.1/{topic}".encode())
    tells._know()
    tells.learn()


def keep(town: Town, **more: Any) -> keeping.Kept:
    """The observation of which `news(town, 20.5)` tells."""
    with acting_in(town.cast.city):
        return keeping.keep_observations(
            city=town.cast.city, by=town.cast.principal("ada"), way=Way.HTTP,
            observations=[Observed(town.series.pk, AT, 20.5, **more)],
        )  # fmt: skip


def change_of(town: Town, kind: str, *ids: int) -> str:
    return json.dumps({"c": town.cast.city.pk, "k": kind, "i": ids})


def test_a_new_observation_of_an_open_series_is_told_on_both_topics_of_its_city(town: Town) -> None:
    tells, heard = teller()
    with transaction.atomic():
        assert [tells.tell(message) for message in news(town, 20.5)] == [1]
    number = f"{town.series.pk}-{us_of(AT)}"
    assert [topic for topic, _body in heard.said] == [
        f"here/news/v1.1/Datastreams({town.series.pk})/Observations",
        "here/news/v1.1/Observations",
    ]
    body = heard.said[0][1]
    assert (body["@iot.id"], body["result"], body["phenomenonTime"]) == (number, 20.5, "2026-11-21T08:00:00Z")
    assert body["@iot.selfLink"] == f"https://town.example/c/here/sta/v1.1/Observations('{number}')"


def test_an_internal_series_is_never_told(town: Town) -> None:
    with acting_in(town.cast.city):
        setting_up.change_thing(thing=town.thing, by=town.cast.principal("ada"), access=Access.INTERNAL)
    tells, heard = teller()
    assert [tells.tell(message) for message in news(town, 20.5)] == [0]
    assert heard.said == []


def test_of_a_flood_only_the_newest_of_each_series_is_told(town: Town) -> None:
    tells, heard = teller()
    told = sum(tells.tell(message) for message in news(town, *map(float, range(1_000))))
    assert told == 1
    assert heard.said[0][1]["result"] == 999.0


def test_news_of_a_truth_series_say_true_and_of_others_their_number(town: Town) -> None:
    (message,) = news(town, 1.0)
    kinds = {town.cast.city.pk: {town.series.pk: "truth"}}
    assert read_news(message, kinds).values[0].result is True
    assert read_news(message, {town.cast.city.pk: {town.series.pk: "number"}}).values[0].result == 1.0
    assert read_news(message, {}).values == ()
    assert read_news(message, kinds).values[0].at == AT + timedelta(0)


def test_who_selects_properties_of_observations_gets_only_these(town: Town) -> None:
    tells, heard = teller()
    series = f"Datastreams({town.series.pk})/Observations"
    listening(
        tells, f"{series}?$select=phenomenonTime,result", f"Things({town.thing.pk})/{series}?$select=result"
    )
    keep(town)
    for message in news(town, 20.5):
        tells.tell(message)
    assert heard.told[f"here/news/v1.1/{series}?$select=phenomenonTime,result"] == {
        "phenomenonTime": "2026-11-21T08:00:00Z", "result": 20.5,
    }  # fmt: skip
    assert heard.told[f"here/news/v1.1/Things({town.thing.pk})/{series}?$select=result"] == {"result": 20.5}


def test_an_observation_with_more_to_it_is_told_in_full(town: Town) -> None:
    kept = keep(town, until=AT + timedelta(hours=1), extra={"parameters": {"a": 1}})
    at = us_of(AT)
    row = Row(
        town.series.pk, at, us_of(datetime(1000, 1, 1, tzinfo=UTC)), town.cast.city.pk, 20.5,
        until=at + 3_600_000_000, extra=b'{"parameters":{"a":1}}',
    )  # fmt: skip
    (message,) = news_of([row], "x")
    tells, heard = teller()
    tells.tell(message)
    body = heard.said[0][1]
    assert (body["@iot.id"], body["parameters"]) == (kept.ids[0], {"a": 1})
    assert body["phenomenonTime"] == "2026-11-21T08:00:00Z/2026-11-21T09:00:00Z"


def test_a_changed_entity_is_told_to_its_set_to_itself_and_by_the_property_that_changed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SURE_AFTER_S", 0.0)
    tells, heard = teller()
    one = f"Things({town.thing.pk})"
    listening(tells, "Things", one, f"{one}?$select=name", f"{one}/name", f"{one}/description", "Sensors",
              f"Datastreams({town.series.pk})/Thing")  # fmt: skip
    with acting_in(town.cast.city):
        setting_up.change_thing(thing=town.thing, by=town.cast.principal("ada"), name="Weather mast")
    assert tells.changed(change_of(town, "thing", town.thing.pk)) == 5
    told = {topic.removeprefix("here/news/v1.1/"): body for topic, body in heard.told.items()}
    assert set(told) == {
        "Things",
        one,
        f"{one}?$select=name",
        f"{one}/name",
        f"Datastreams({town.series.pk})/Thing",
    }
    assert (told["Things"]["name"], told[one]["@iot.id"]) == ("Weather mast", town.thing.pk)
    assert told[f"{one}?$select=name"] == told[f"{one}/name"] == {"name": "Weather mast"}
    assert tells.changed(change_of(town, "thing", town.thing.pk)) == 4  # the name is what it was


def test_the_times_of_a_series_are_told_when_observations_change_them(town: Town) -> None:
    tells, heard = teller()
    topic = f"Datastreams({town.series.pk})/phenomenonTime"
    listening(tells, topic, f"Datastreams({town.series.pk})/name")
    keep(town)
    for message in news(town, 20.5):
        tells.tell(message)
    tells.tell_dirty()
    told = [(name, body) for name, body in heard.said if name.endswith(("phenomenonTime", "/name"))]
    assert told == [
        (f"here/news/v1.1/{topic}", {"phenomenonTime": "2026-11-21T08:00:00Z/2026-11-21T08:00:00Z"})
    ]


def test_nobody_hears_of_what_is_internal_however_they_listen(town: Town) -> None:
    with acting_in(town.cast.city):
        setting_up.change_thing(thing=town.thing, by=town.cast.principal("ada"), access=Access.INTERNAL)
    tells, heard = teller()
    one, series = f"Things({town.thing.pk})", f"Datastreams({town.series.pk})"
    listening(tells, "Things", one, f"{one}/name", "Datastreams", series, f"{series}/name", "Locations", "Sensors",
              f"{series}/Observations?$select=result", f"{series}/phenomenonTime", f"{one}/Datastreams")  # fmt: skip
    for kind, pk in (("thing", town.thing.pk), ("datastream", town.series.pk), ("location", town.location.pk),
                     ("sensor", town.sensor.pk)):  # fmt: skip
        assert tells.changed(change_of(town, kind, pk)) == 0
    for message in news(town, 20.5):
        tells.tell(message)
    tells.tell_dirty()
    assert heard.told == {}


def test_from_the_moment_that_a_series_becomes_internal_it_is_told_no_more(town: Town) -> None:
    tells, _heard = teller()
    with acting_in(town.cast.city):
        assert [tells.tell(message) for message in news(town, 20.5)] == [1]
        setting_up.change_thing(thing=town.thing, by=town.cast.principal("ada"), access=Access.INTERNAL)
    tells.changed(change_of(town, "thing", town.thing.pk))
    assert [tells.tell(message) for message in news(town, 21.5)] == [0]


def test_one_city_hears_nothing_of_another(town: Town) -> None:
    tells, heard = teller()
    tells.hear(LOG, b"1: somebody 1 there/news/v1.1/Things")
    tells.hear(LOG, f"1: somebody 1 there/news/v1.1/Things({town.thing.pk})/name".encode())
    tells._know()
    tells.learn()
    assert tells.changed(change_of(town, "thing", town.thing.pk)) == 0
    assert heard.told == {}


def test_what_was_watched_is_known_again_after_a_new_start(town: Town) -> None:
    first, said = teller()
    listening(first, "Things")
    kept = next(body for topic, body in said.said if topic == KEPT)
    assert kept == ["here/news/v1.1/Things"]
    again, heard = teller()
    again.hear(KEPT, json.dumps(kept).encode())
    again.hear(KEPT, b"no list")
    again._know()
    again.learn()
    assert again.changed(change_of(town, "thing", town.thing.pk)) == 1
    assert list(heard.told) == ["here/news/v1.1/Things"]


def test_the_database_says_which_entities_are_new_or_changed(town: Town) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgrelid::regclass::text, tgname from pg_trigger where tgname like 'tell_entity_%'"
        )
        there = set(cursor.fetchall())
    assert {table for table, _name in there} == {
        f"observations_{name}" for name in (
            "thing", "location", "historicallocation", "sensor", "observedproperty", "datastream", "featureofinterest",
        )
    }  # fmt: skip
    assert len(there) == 14


def test_what_nobody_listens_to_is_not_published_where_the_broker_says_who_does(town: Town) -> None:
    tells, heard = teller()
    listening(tells, "Datastreams(999)/Observations")
    for message in news(town, 20.5):
        tells.tell(message)
    assert heard.told == {}
    listening(tells, "+/Observations")
    for message in news(town, 21.5):
        tells.tell(message)
    assert list(heard.told) == [f"here/news/v1.1/Datastreams({town.series.pk})/Observations"]


def test_the_name_of_a_series_is_told_when_it_changes(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "SURE_AFTER_S", 0.0)
    tells, heard = teller()
    topic = f"Datastreams({town.series.pk})/name"
    listening(tells, topic)
    for message in news(town, 20.5):
        tells.tell(message)
    with acting_in(town.cast.city):
        setting_up.change_datastream(datastream=town.series, by=town.cast.principal("ada"), name="Warmth")
    tells.changed(change_of(town, "datastream", town.series.pk))
    assert heard.told == {f"here/news/v1.1/{topic}": {"name": "Warmth"}}
