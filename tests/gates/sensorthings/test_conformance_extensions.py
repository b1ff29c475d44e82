# SPDX-License-Identifier: EUPL-1.2
"""What SensorThings 1.1 asserts of its extensions: tables of observations, results of several parts, batches."""

from __future__ import annotations

from typing import Any

import pytest
from tests.gates.sensorthings.conftest import Service, stream_of
from tests.gates.sensorthings.lamp import LOCATION, MEASUREMENT, PROPERTY, SENSOR, UNIT

pytestmark = pytest.mark.django_db


def test_observations_go_in_and_out_as_tables(sta: Service, lamp: Any) -> None:
    stream = stream_of(sta, lamp)
    table = {
        "Datastream": {"@iot.id": stream["@iot.id"]}, "components": ["phenomenonTime", "result"], "dataArray@iot.count": 3,
        "dataArray": [["2017-01-01T00:00:00Z", 1.5], ["2017-01-02T00:00:00Z", "x"], ["2017-01-03T00:00:00Z", 2.5]],
    }  # fmt: skip
    answer = sta.send("POST", "CreateObservations", [table, {**table, "Datastream": {"@iot.id": 10**9}}])
    assert answer.status_code == 201
    links = answer.json()
    assert [link.startswith("error") for link in links] == [False, True, False, True, True, True]
    assert sta.get(links[0])["result"] == 1.5

    found = sta.get(
        "Observations?$resultFormat=dataArray&$filter=result%20lt%203&$select=phenomenonTime,result&$count=true"
    )
    mine = next(
        one for one in found["value"] if one["Datastream@iot.navigationLink"] == stream["@iot.selfLink"]
    )
    assert mine["components"] == ["phenomenonTime", "result"]
    assert mine["dataArray"] == [["2017-01-01T00:00:00Z", 1.5], ["2017-01-03T00:00:00Z", 2.5]]
    again = sta.send("POST", "CreateObservations", [table])
    assert again.json()[0] == links[0]
    assert sta.get(f"{stream['@iot.selfLink']}/Observations?$count=true")["@iot.count"] == 4


def test_a_series_of_several_properties_has_results_of_several_parts(sta: Service, lamp: Any) -> None:
    multi = {
        "name": "wind", "description": "", "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
        "unitOfMeasurements": [UNIT, {"name": "degree", "symbol": "°", "definition": None}],
        "Thing": {"@iot.id": lamp["@iot.id"]}, "Sensor": SENSOR, "ObservedProperties": [PROPERTY,
        {**PROPERTY, "name": "Direction"}],
    }  # fmt: skip
    made = sta.make("MultiDatastreams", multi)
    assert made["unitOfMeasurements"] == multi["unitOfMeasurements"]
    assert made["multiObservationDataTypes"] == [MEASUREMENT, MEASUREMENT]
    assert len(sta.get(f"{made['@iot.selfLink']}/ObservedProperties")["value"]) == 2
    observation = sta.make(
        "Observations", {"result": [3.5, 270], "MultiDatastream": {"@iot.id": made["@iot.id"]}}
    )
    assert observation["result"] == [3.5, 270]
    assert "MultiDatastream@iot.navigationLink" in observation
    assert "Datastream@iot.navigationLink" not in observation
    assert sta.send("POST", f"{made['@iot.selfLink']}/Observations", {"result": [1]}).status_code == 400
    assert (
        sta.send("POST", "MultiDatastreams", {**multi, "ObservedProperties": [PROPERTY]}).status_code == 400
    )
    sta.get(f"Datastreams({made['@iot.id']})", "owner", status=404)
    assert sta.get("MultiDatastreams?$expand=Observations&$filter=name eq 'wind'".replace(" ", "%20"))[
        "value"
    ][0]["Observations"]


def test_a_batch_of_json_is_answered_one_by_one(sta: Service, lamp: Any) -> None:
    requests = [
        {
            "id": "a",
            "method": "POST",
            "url": "Things",
            "body": {"name": "One", "description": ""},
            "atomicityGroup": "g",
        },
        {"id": "b", "method": "POST", "url": "$a/Locations", "body": LOCATION, "atomicityGroup": "g"},
        {"id": "c", "method": "GET", "url": "/v1.1/Things?$filter=name eq 'One'&$expand=Locations"},
        {"id": "d", "method": "POST", "url": "Sensors", "body": SENSOR, "atomicityGroup": "h"},
        {"id": "e", "method": "DELETE", "url": "Things(999999)", "atomicityGroup": "h"},
        {"id": "f", "method": "GET", "url": "Nothings"},
    ]
    before = len(sta.get("Sensors", "owner")["value"])
    answer = sta.send("POST", "$batch", {"requests": requests})
    assert answer.status_code == 200, answer.content
    told = {one["id"]: one for one in answer.json()["responses"]}
    assert {name: one["status"] for name, one in told.items()} == {
        "a": 201,
        "b": 201,
        "c": 200,
        "d": 424,
        "e": 404,
        "f": 404,
    }
    assert [one["Locations"][0]["name"] for one in told["c"]["body"]["value"]] == ["Bow"]
    assert len(sta.get("Sensors", "owner")["value"]) == before


def test_a_batch_of_parts_is_answered_in_parts(sta: Service) -> None:
    body = (
        "--b\r\nContent-Type: application/http\r\n\r\nGET Things?$top=1&$select=name HTTP/1.1\r\n\r\n\r\n"
        "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        "--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
        'POST Things HTTP/1.1\r\n\r\n{"name":"P","description":""}\r\n'
        "--c--\r\n--b--\r\n"
    )
    answer = sta.send("POST", "$batch", body.encode(), content_type="multipart/mixed; boundary=b")
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("multipart/mixed; boundary=")
    assert b"HTTP/1.1 200 OK" in answer.content
    assert b"HTTP/1.1 201 Created" in answer.content
    assert b"Content-ID: 1" in answer.content
