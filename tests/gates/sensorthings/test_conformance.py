# SPDX-License-Identifier: EUPL-1.2
"""What the OGC's test suite for SensorThings asserts of entities (ets-sta10, as the fact sheet lists it), and what 1.1 adds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gates.sensorthings.conftest import ROOT, Service, stream_of
from tests.gates.sensorthings.lamp import (
    FEATURE,
    LOCATION,
    MEASUREMENT,
    POINT,
    PROPERTY,
    SENSOR,
    SETS,
    STREAM,
    THING,
    UNIT,
)

pytestmark = pytest.mark.django_db


def test_the_root_lists_the_sets_with_their_addresses_and_what_is_fulfilled(sta: Service) -> None:
    root = sta.get("")
    assert [one["name"] for one in root["value"]] == SETS
    assert all(one["url"] == f"{ROOT}/{one['name']}" for one in root["value"])
    assert any(one.endswith("/data-array/data-array") for one in root["serverSettings"]["conformance"])
    assert sta.send("GET", f"{ROOT}/", who="nobody").status_code == 200


@pytest.mark.parametrize("name", SETS)
def test_every_set_and_entity_has_its_mandatory_properties_and_relations(
    sta: Service, lamp: Any, name: str
) -> None:
    from stoa.standards.sensorthings.model import SETS as KINDS

    entities = sta.get(name, "owner")["value"]
    assert entities or name == "MultiDatastreams"
    for one in entities:
        assert sta.get(one["@iot.selfLink"], "owner") == one
        for known in KINDS[name].listed:
            assert not known.is_needed or known.name in one
        for relation in KINDS[name].ways:
            if relation.name == "MultiDatastream":
                continue
            link = one[f"{relation.name}@iot.navigationLink"]
            found = sta.get(link, "owner")
            assert ("value" in found) is relation.is_many
            assert "value" in sta.get(f"{link}/$ref", "owner") or not relation.is_many


@pytest.mark.parametrize("name", SETS)
def test_what_is_not_there_is_not_found(sta: Service, name: str) -> None:
    for path in (
        f"{name}(99999999)",
        f"{name}('x')",
        f"{name}(99999999)/$ref",
        f"{name}(1)/nothing",
        f"{name}(1)/$value",
    ):
        assert sta.send("GET", path, who="nobody").status_code == 404, path
    for method in ("PATCH", "DELETE"):
        assert sta.send(method, f"{name}(99999999)", {}).status_code == 404
    assert sta.send("GET", "Nothings", who="nobody").json()["code"] == 404


def test_a_deep_insert_makes_everything_and_what_follows_from_it(sta: Service, lamp: Any) -> None:
    deep = "Datastreams($expand=Sensor,ObservedProperty,Observations($expand=FeatureOfInterest)),Locations,HistoricalLocations"
    found = sta.get(f"{lamp['@iot.selfLink']}?$expand={deep}")
    stream = found["Datastreams"][0]
    assert stream["unitOfMeasurement"] == UNIT
    assert stream["Sensor"]["metadata"] == SENSOR["metadata"]
    assert stream["ObservedProperty"]["definition"] == PROPERTY["definition"]
    assert stream["phenomenonTime"] == "2015-03-03T00:00:00Z/2015-03-04T00:00:00Z"
    assert [one["result"] for one in stream["Observations"]] == [3, 4]
    assert {json.dumps(one["FeatureOfInterest"]["feature"]) for one in stream["Observations"]} == {
        json.dumps(POINT)
    }
    assert len({one["FeatureOfInterest"]["@iot.id"] for one in stream["Observations"]}) == 1
    assert found["Locations"][0]["location"] == POINT
    assert len(found["HistoricalLocations"]) == 1


def test_a_deep_insert_that_fails_makes_nothing(sta: Service) -> None:
    before = {name: sta.get(f"{name}?$count=true&$top=0", "owner")["@iot.count"] for name in SETS}
    broken = {**THING, "Datastreams": [{**STREAM, "Observations": [{"result": "much"}]}]}
    assert sta.send("POST", "Things", broken).status_code == 400
    assert (
        sta.send(
            "POST", "Things", {**THING, "Datastreams": [{**STREAM, "Sensor": {"@iot.id": 999}}]}
        ).status_code
        == 400
    )
    assert {name: sta.get(f"{name}?$count=true&$top=0", "owner")["@iot.count"] for name in SETS} == before


def test_integrity_is_kept(sta: Service, lamp: Any) -> None:
    stream = {"name": "x", "description": "x", "unitOfMeasurement": UNIT, "observationType": MEASUREMENT}
    links = {"Thing": {"@iot.id": lamp["@iot.id"]}, "Sensor": SENSOR, "ObservedProperty": PROPERTY}
    for missing in links:
        body = {**stream, **{name: link for name, link in links.items() if name != missing}}
        assert sta.send("POST", "Datastreams", body).status_code == 400
    assert sta.send("POST", "Observations", {"result": 1}).status_code == 400
    bare = sta.make("Things", {"name": "Bare", "description": ""})
    made = sta.make("Datastreams", {**stream, **links, "Thing": {"@iot.id": bare["@iot.id"]}})
    nowhere = {"result": 1, "Datastream": {"@iot.id": made["@iot.id"]}}
    assert sta.send("POST", "Observations", nowhere).status_code == 400
    assert sta.make("Observations", {**nowhere, "FeatureOfInterest": FEATURE})["result"] == 1


def test_posting_by_way_of_another_entity_ties_to_it(sta: Service, lamp: Any) -> None:
    stream = stream_of(sta, lamp)
    made = sta.make(
        f"{stream['@iot.selfLink']}/Observations",
        {"result": 9, "phenomenonTime": "2016-01-01T00:00:00+01:00"},
    )
    assert made["phenomenonTime"] == "2015-12-31T23:00:00Z"
    assert sta.get(made["Datastream@iot.navigationLink"])["@iot.id"] == stream["@iot.id"]
    place = sta.make(f"{lamp['@iot.selfLink']}/Locations", {**LOCATION, "name": "Moved"})
    assert [one["@iot.id"] for one in sta.get(f"{lamp['@iot.selfLink']}/Locations")["value"]] == [
        place["@iot.id"]
    ]
    history = sta.get(f"{lamp['@iot.selfLink']}/HistoricalLocations?$expand=Locations&$orderby=time desc")[
        "value"
    ]
    assert [one["Locations"][0]["name"] for one in history] == ["Moved", "Bow"]


@pytest.mark.parametrize("way", ["PATCH", "PUT"])
def test_entities_are_changed(sta: Service, lamp: Any, way: str) -> None:
    stream = stream_of(sta, lamp)
    observation = sta.get(f"{stream['@iot.selfLink']}/Observations")["value"][0]
    for path, whole, changed in (
        (lamp["@iot.selfLink"], {"name": "Lamp", "description": "old"}, {"description": "new"}),
        (f"Locations({sta.get(lamp['@iot.selfLink'] + '/Locations')['value'][0]['@iot.id']})", LOCATION, {"name": "Elbow"}),
        (stream["@iot.selfLink"], {name: stream[name] for name in ("name", "description",
        "unitOfMeasurement", "observationType")},
         {"unitOfMeasurement": {**UNIT, "symbol": "lx"}}),
        (sta.get(stream["Sensor@iot.navigationLink"])["@iot.selfLink"], SENSOR, {"metadata": {"a": 1}}),
        (sta.get(stream["ObservedProperty@iot.navigationLink"])["@iot.selfLink"], PROPERTY, {"properties": {"x": 1}}),
        (observation["@iot.selfLink"], {"result": 3, "phenomenonTime": observation["phenomenonTime"]}, {"parameters": {"a": 1}}),
        (sta.get(observation["FeatureOfInterest@iot.navigationLink"])["@iot.selfLink"], FEATURE, {"description": "changed"}),
        (sta.get(f"{lamp['@iot.selfLink']}/HistoricalLocations")["value"][0]["@iot.selfLink"],
         {"time": "2014-01-01T00:00:00Z"}, {"time": "2014-02-01T00:00:00.5Z"}),
    ):  # fmt: skip
        body = changed if way == "PATCH" else {**whole, **changed}
        answer = sta.send(way, path, body)
        assert answer.status_code == 200, (path, answer.content)
        found = sta.get(path)
        assert {name: found[name] for name in changed} == {
            name: "2014-02-01T00:00:00.500Z" if name == "time" else value for name, value in changed.items()
        }
    assert sta.get(lamp["@iot.selfLink"]).get("properties") == (
        THING["properties"] if way == "PATCH" else None
    )


def test_a_change_with_entities_inside_is_refused(sta: Service, lamp: Any) -> None:
    for body in ({"Locations": [LOCATION]}, {"Datastreams": [STREAM]}):
        assert sta.send("PATCH", lamp["@iot.selfLink"], body).status_code == 400
    sensor = sta.make("Sensors", SENSOR)
    stream = stream_of(sta, lamp)
    assert (
        sta.send("PATCH", stream["@iot.selfLink"], {"Sensor": {"@iot.id": sensor["@iot.id"]}}).status_code
        == 200
    )
    assert sta.get(f"{stream['@iot.selfLink']}/Sensor")["@iot.id"] == sensor["@iot.id"]


def test_a_json_patch_changes_inside_of_properties(sta: Service, lamp: Any) -> None:
    steps = [
        {"op": "add", "path": "/properties/n/deep/-", "value": 3},
        {"op": "replace", "path": "/name", "value": "Light"},
    ]
    answer = sta.send("PATCH", lamp["@iot.selfLink"], steps, content_type="application/json-patch+json")
    assert answer.status_code == 200, answer.content
    found = sta.get(lamp["@iot.selfLink"])
    assert (found["name"], found["properties"]["n"]["deep"]) == ("Light", [1, 2, 3])
    wrong = [{"op": "remove", "path": "/name"}]
    assert (
        sta.send(
            "PATCH", lamp["@iot.selfLink"], wrong, content_type="application/json-patch+json"
        ).status_code
        == 400
    )


@pytest.mark.parametrize(
    ("removed", "goes", "stays"),
    [
        ("thing", {"thing", "stream", "observation", "history"}, {"location", "sensor", "property"}),
        ("stream", {"stream", "observation"}, {"thing", "sensor", "property"}),
        ("sensor", {"sensor", "stream", "observation"}, {"thing", "property"}),
        ("property", {"property", "stream", "observation"}, {"thing", "sensor"}),
        ("feature", {"feature", "observation"}, {"thing", "stream"}),
        ("observation", {"observation"}, {"stream", "feature"}),
        ("location", {"location"}, {"thing", "stream", "observation"}),
        ("history", {"history"}, {"thing", "location"}),
    ],
)
def test_removing_takes_along_what_cannot_be_without(
    sta: Service, lamp: Any, removed: str, goes: set[str], stays: set[str]
) -> None:
    stream = stream_of(sta, lamp)
    link = lamp["@iot.selfLink"]
    at = {
        "thing": link,
        "stream": stream["@iot.selfLink"],
        "observation": sta.get(f"{stream['@iot.selfLink']}/Observations")["value"][0]["@iot.selfLink"],
        "sensor": sta.get(f"{stream['@iot.selfLink']}/Sensor")["@iot.selfLink"],
        "property": sta.get(f"{stream['@iot.selfLink']}/ObservedProperty")["@iot.selfLink"],
        "location": sta.get(f"{link}/Locations")["value"][0]["@iot.selfLink"],
        "history": sta.get(f"{link}/HistoricalLocations")["value"][0]["@iot.selfLink"],
    }
    at["feature"] = sta.get(f"{at['observation']}/FeatureOfInterest")["@iot.selfLink"]
    assert sta.send("DELETE", at[removed]).status_code == 200
    assert sta.send("DELETE", at[removed]).status_code == 404
    for name in goes:
        sta.get(at[name], "owner", status=404)
    for name in stays:
        sta.get(at[name], "owner")
    if "observation" in goes and "stream" in stays:
        left = sta.get(f"{at['stream']}/Observations?$count=true")
        assert left["@iot.count"] == len(left["value"]) == (1 if removed == "observation" else 0)
