# SPDX-License-Identifier: EUPL-1.2
"""Entities over time by HTTP: instances, pairs and figures, against what a slow count says."""

from __future__ import annotations

import json
import statistics
from typing import Any

import pytest
from tests.gates.ngsild.conftest import Broker

ID = "urn:ngsi-ld:Station:1"
VALUES = [3, 5, 5, 8, 13, 21]
TIMES = [f"2026-11-0{day}T{hour:02}:00:00Z" for day in (1, 2) for hour in (6, 12, 18)]
STATION: dict[str, Any] = {
    "id": ID,
    "type": "Station",
    "level": [
        {"type": "Property", "value": value, "observedAt": at, "unitCode": "CMT"}
        for value, at in zip(VALUES, TIMES, strict=True)
    ],
    "mood": [{"type": "Property", "value": "calm", "observedAt": TIMES[0]}],
}


@pytest.fixture
def station(broker: Broker) -> Broker:
    response = broker.ask("POST", "/temporal/entities", STATION)
    assert response.status_code == 201, response.content
    return broker


def past(broker: Broker, query: str = "", who: str = "nobody") -> Any:
    return broker.get(f"/temporal/entities/{ID}?{query}", who)


def test_a_history_is_made_once_and_grows(station: Broker) -> None:
    more = STATION | {"level": [{"type": "Property", "value": 34, "observedAt": "2026-11-03T06:00:00Z"}]}
    assert station.ask("POST", "/temporal/entities", more).status_code == 204
    body = {"level": [{"type": "Property", "value": 55, "observedAt": "2026-11-03T12:00:00Z"}]}
    assert station.ask("POST", f"/temporal/entities/{ID}/attrs", body).status_code == 204
    assert station.ask("POST", f"/temporal/entities/{ID}/attrs", body).status_code == 204
    values = [one["value"] for one in past(station)["level"]]
    assert values == [55, 34, *reversed(VALUES)], "the same instance twice is one"
    assert station.get(f"/entities/{ID}")["level"]["value"] == 55


def test_instances_have_all_that_is_said_of_them(station: Broker) -> None:
    newest = past(station, "lastN=1&attrs=level")["level"][0]
    assert newest.pop("instanceId").startswith("urn:ngsi-ld:Instance:")
    assert newest == {"type": "Property", "value": 21, "unitCode": "CMT", "observedAt": TIMES[-1]}
    assert "mood" not in past(station, "attrs=level")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("timerel=after&timeAt=2026-11-02T06:00:00Z", [21, 13]),
        ("timerel=before&timeAt=2026-11-01T12:00:00Z", [3]),
        ("timerel=between&timeAt=2026-11-01T12:00:00Z&endTimeAt=2026-11-02T06:00:00Z", [5, 5]),
        ("lastN=2", [21, 13]),
        ("timerel=after&timeAt=2026-11-01T06:00:00Z&lastN=1", [21]),
    ],
)
def test_a_time_may_be_asked_for(station: Broker, query: str, expected: list[int]) -> None:
    values = past(station, f"attrs=level&options=temporalValues&{query}")["level"]["values"]
    assert [value for value, _at in values] == expected


def test_figures_are_those_that_a_slow_count_gives(station: Broker) -> None:
    methods = "totalCount,distinctCount,sum,avg,min,max,stddev,sumsq"
    whole = past(station, f"attrs=level&options=aggregatedValues&aggrMethods={methods}")["level"]
    slow = {
        "totalCount": len(VALUES),
        "distinctCount": len(set(VALUES)),
        "sum": sum(VALUES),
        "avg": statistics.fmean(VALUES),
        "min": min(VALUES),
        "max": max(VALUES),
        "stddev": statistics.pstdev(VALUES),
        "sumsq": sum(value * value for value in VALUES),
    }
    for method, expected in slow.items():
        ((value, begins, ends),) = whole[method]
        assert value == pytest.approx(expected), method
        assert (begins, ends) == (TIMES[0], TIMES[-1])
    daily = past(station, "attrs=level&options=aggregatedValues&aggrMethods=sum&aggrPeriodDuration=P1D")[
        "level"
    ]["sum"]
    assert daily == [
        [13, "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"],
        [42, "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"],
    ]
    monthly = past(station, "attrs=level&options=aggregatedValues&aggrMethods=max&aggrPeriodDuration=P1M")[
        "level"
    ]["max"]
    assert monthly == [[21, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]]


def test_many_histories_are_found_by_what_entities_are_now(station: Broker) -> None:
    when = "timerel=after&timeAt=2026-11-01T00:00:00Z"
    assert [one["id"] for one in station.get(f"/temporal/entities?type=Station&{when}")] == [ID]
    assert station.get(f"/temporal/entities?type=Station&q=level>99&{when}") == []
    late = "timerel=after&timeAt=2027-01-01T00:00:00Z"
    assert station.get(f"/temporal/entities?type=Station&attrs=level&{late}") == []
    body = {
        "type": "Query",
        "entities": [{"type": "Station"}],
        "temporalQ": {"timerel": "before", "timeAt": "2026-11-01T07:00:00Z"},
        "attrs": ["level"],
    }
    response = station.ask("POST", "/temporal/entityOperations/query", body, "nobody")
    assert [one["value"] for one in json.loads(response.content)[0]["level"]] == [3]


def test_one_instance_may_be_corrected_or_removed(station: Broker) -> None:
    newest = past(station, "lastN=1&attrs=level")["level"][0]["instanceId"]
    path = f"/temporal/entities/{ID}/attrs/level/{newest}"
    assert station.ask("PATCH", path, {"value": 22}).status_code == 204
    assert past(station, "lastN=1&attrs=level")["level"][0]["value"] == 22
    assert station.ask("DELETE", path, None, "nobody").status_code == 401
    assert station.ask("DELETE", path, None, "colleague").status_code == 403
    assert station.ask("DELETE", path).status_code == 204
    assert station.ask("DELETE", path).status_code == 404
    assert [one["value"] for one in past(station, "attrs=level")["level"]] == [13, 8, 5, 5, 3]
    assert station.ask("DELETE", f"/temporal/entities/{ID}/attrs/level").status_code == 204
    assert "level" not in past(station)
    assert station.ask("DELETE", f"/temporal/entities/{ID}").status_code == 204
    assert station.ask("GET", f"/temporal/entities/{ID}").status_code == 404


def test_more_instances_than_are_shown_are_said_to_be(
    station: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stoa.houses.observations.queries import entity_history

    monkeypatch.setattr(entity_history, "MOST_INSTANCES", 4)
    response = station.ask("GET", f"/temporal/entities/{ID}?attrs=level", None, "nobody")
    assert response.status_code == 206
    assert response["Content-Range"] == f"DateTime {TIMES[-1]}-{TIMES[2]}/4"
