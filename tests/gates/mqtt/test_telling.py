# SPDX-License-Identifier: EUPL-1.2
"""News of open series are told on the topics of SensorThings, with the same body as over HTTP; internal ones are not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.gates.mqtt.telling import Teller
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.door.news import read_news
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.news import news_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Access

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)


class Heard:
    """Stands for the connection: keeps what is published."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, object]]] = []

    def publish(self, topic: str, payload: bytes) -> None:
        self.said.append((topic, json.loads(payload)))


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
