# SPDX-License-Identifier: EUPL-1.2
"""What nobody can make the broker do with one request."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from django.utils import timezone
from tests.gates.ngsild.conftest import Broker

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import entity_news
from stoa.houses.observations.models import EntityNews, EntitySubscription
from stoa.houses.observations.queries import entity_history
from stoa.houses.observations.queries.asking import budgets
from stoa.standards.ngsild.patterns import each_watched, matches

HOURS = [f"2026-11-01T{hour:02}:00:00Z" for hour in range(12)]


@pytest.fixture
def stations(broker: Broker) -> Broker:
    """Three stations with a dozen values of two attributes each."""
    for number in (1, 2, 3):
        values = [{"type": "Property", "value": n, "observedAt": at} for n, at in enumerate(HOURS)]
        entity = {"id": f"urn:x:{number}", "type": "Station", "level": values, "flow": values}
        assert broker.ask("POST", "/temporal/entities", entity).status_code == 201
    return broker


def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the second look at the clock on, all time is over."""
    clock = itertools.chain([0.0], itertools.repeat(1_000.0))
    monkeypatch.setattr(budgets, "monotonic", lambda: next(clock))


PAST = "/temporal/entities?type=Station&timerel=before&timeAt=2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "path",
    [
        "/entities?type=Station",
        "/entities?idPattern=^urn:x:.*$&type=Station",
        '/entities?type=Station&q=level~="a"',
        "/types",
        "/attributes",
        PAST,
        f"{PAST}&options=aggregatedValues&aggrMethods=sum&aggrPeriodDuration=PT1H",
    ],
)
def test_a_question_ends_with_its_time(stations: Broker, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    path = path.replace('"', "%22").replace("^", "%5E").replace("$", "%24")
    stations.get(path)
    late(monkeypatch)
    response = stations.ask("GET", path, None, "nobody")
    assert response.status_code == 403, response.content
    assert json.loads(response.content)["type"].endswith("TooComplexQuery")


def test_the_time_is_looked_at_before_every_text_that_is_tried() -> None:
    seen: list[int] = []
    with each_watched(lambda: seen.append(1)):
        assert [matches("a.c", text) for text in ("abc", "abd", "xabc")] == [True, False, True]
    assert len(seen) == 3
    assert matches("a.c", "abc")


def test_all_instances_of_an_answer_have_a_limit_and_are_shared_evenly(
    stations: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stations.ask("GET", PAST, None, "nobody").status_code == 200
    monkeypatch.setattr(entity_history, "MOST_IN_ALL", 24)
    response = stations.ask("GET", PAST, None, "nobody")
    assert response.status_code == 206
    found: list[dict[str, Any]] = json.loads(response.content)
    counts = {(one["id"], name): len(one[name]) for one in found for name in ("level", "flow")}
    assert len(counts) == 6
    assert set(counts.values()) == {4}
    assert response["Content-Range"].startswith("DateTime 2026-11-01T11:00:00Z-2026-11-01T08:00:00Z")
    assert stations.ask("GET", f"{PAST}&lastN=4", None, "nobody").status_code == 200
    assert stations.ask("GET", f"{PAST}&lastN=5", None, "nobody").status_code == 206


def test_more_figures_than_an_answer_holds_are_refused(
    stations: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hourly = f"{PAST}&options=aggregatedValues&aggrMethods=sum,avg&aggrPeriodDuration="
    assert stations.ask("GET", f"{hourly}PT1H", None, "nobody").status_code == 200
    monkeypatch.setattr(entity_history, "MOST_IN_ALL", 12 * 6)
    response = stations.ask("GET", f"{hourly}PT1H", None, "nobody")
    assert response.status_code == 403
    assert json.loads(response.content)["type"].endswith("TooManyResults")
    assert stations.ask("GET", f"{hourly}PT2H", None, "nobody").status_code == 200


def test_a_subscription_that_asks_for_too_much_keeps_nobody_else_waiting(
    stations: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        document = {
            "id": f"urn:x:s{number}", "type": "Subscription", "entities": [{"type": "Station"}],
            "timeInterval": 60, "notification": {"endpoint": {"uri": "http://receiver.example/in"}},
        }  # fmt: skip
        assert stations.ask("POST", "/subscriptions", document).status_code == 201
    whole = entity_news._selected

    def selected(city: Any, one: Any) -> Any:
        if one.row.uri == "urn:x:s1":
            raise budgets.too_costly()
        return whole(city, one)

    monkeypatch.setattr(entity_news, "_selected", selected)
    with acting_in(stations.city):
        EntitySubscription.objects.update(next_at=timezone.now())
        assert entity_news.tell_by_clock(stations.city) == 1
        assert {news.subscription.uri for news in EntityNews.objects.all()} == {"urn:x:s2"}
        assert EntitySubscription.objects.get(uri="urn:x:s1").times_failed == 1
        assert entity_news.tell_by_clock(stations.city) == 0
