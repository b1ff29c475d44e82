# SPDX-License-Identifier: EUPL-1.2
"""What the OGC's test suite for SensorThings asserts (ets-sta10, as the fact sheet lists it), and what 1.1 adds."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from tests.gates.sensorthings.conftest import ROOT, Service

pytestmark = pytest.mark.django_db
POINT = {"type": "Point", "coordinates": [-114.05, 51.05]}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
LOCATION = {
    "name": "Bow",
    "description": "A river",
    "encodingType": "application/vnd.geo+json",
    "location": POINT,
}
SENSOR = {
    "name": "Probe",
    "description": "x",
    "encodingType": "application/pdf",
    "metadata": "http://example.org/TM.pdf",
}
PROPERTY = {
    "name": "Luminous Flux",
    "definition": "http://qudt.org/LuminousFlux",
    "description": "Power of light",
}
UNIT = {"name": "Lumen", "symbol": "lm", "definition": "http://qudt.org/Lumen"}
STREAM = {
    "name": "light", "description": "datastream 1", "unitOfMeasurement": UNIT, "observationType": MEASUREMENT,
    "ObservedProperty": PROPERTY, "Sensor": SENSOR,
    "Observations": [
        {"phenomenonTime": "2015-03-03T00:00:00Z", "result": 3}, {"phenomenonTime": "2015-03-04T00:00:00Z", "result": 4},
    ],
}  # fmt: skip
THING = {
    "name": "Lamp", "description": "thing 1", "properties": {"reference": "first", "n": {"deep": [1, 2]}},
    "Locations": [LOCATION], "Datastreams": [STREAM],
}  # fmt: skip
FEATURE = {"name": "Pond", "description": "x", "encodingType": "application/geo+json", "feature": POINT}
SETS = ["Things", "Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties",
        "Observations", "FeaturesOfInterest"]  # fmt: skip


@pytest.fixture
def lamp(sta: Service) -> Any:
    """A thing with everything, made by one deep insert."""
    return sta.make("Things", THING)


def stream_of(sta: Service, lamp: Any) -> Any:
    return sta.get(lamp["Datastreams@iot.navigationLink"])["value"][0]


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


def test_properties_are_told_alone_and_bare(sta: Service, lamp: Any) -> None:
    link = lamp["@iot.selfLink"]
    assert sta.get(f"{link}/name") == {"name": "Lamp"}
    answer = sta.send("GET", f"{link}/name/$value", who="nobody")
    assert (answer.content, answer["Content-Type"].split(";")[0]) == (b"Lamp", "text/plain")
    assert sta.get(f"{link}/properties/n/deep/1") == {"1": 2}
    assert sta.get(f"{link}/properties/nothing", status=404)["code"] == 404
    observation = sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/Observations")["value"][0]
    assert sta.send("GET", f"{observation['@iot.selfLink']}/resultTime", who="nobody").status_code == 204
    assert sta.get(f"{observation['@iot.selfLink']}/result") == {"result": 3}
    assert sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/Thing/name") == {"name": "Lamp"}


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


QUERIES = [
    ("Observations?$filter=result gt 3", [4]), ("Observations?$filter=result eq 3 or result eq 4&$orderby=result desc", [4, 3]),
    ("Observations?$filter=phenomenonTime lt 2015-03-03T12:00:00Z", [3]), ("Observations?$top=1&$orderby=result desc", [4]),
    ("Observations?$skip=1&$orderby=phenomenonTime", [4]), ("Observations?$filter=day(phenomenonTime) eq 4", [4]),
    ("Observations?$filter=Datastream/ObservedProperty/name eq 'Luminous Flux' and result add 1 eq 5", [4]),
    ("Observations?$filter=st_within(FeatureOfInterest/feature, geography'POLYGON ((-115 51,-114 51,-114 52,-115 51))')", [3, 4]),
    ("Observations?$filter=geo.distance(FeatureOfInterest/feature, geography'POINT (0 0)') lt 1", []),
    ("Observations?$filter=phenomenonTime gt 2015-03-03T00:00:00%2B00:00", [4]),
    ("Observations?$filter=not (result eq 3)", [4]),
    ("Observations?$filter=Datastream/Thing/properties/reference eq 'first'", [3, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=range(len(QUERIES)))
def test_questions_are_answered_also_percent_encoded(
    sta: Service, lamp: Any, query: str, expected: list[int]
) -> None:
    for asked in (query, query.replace("$", "%24").replace(" ", "%20").replace("'", "%27")):
        path, _sign, words = asked.partition("?")
        encoded = words if "%24" in words else quote(words, safe="=&$()/,'%")
        found = sta.get(f"{stream_of(sta, lamp)['@iot.selfLink']}/{path}?{encoded}")
        assert [one["result"] for one in found["value"]] == expected


def test_pages_are_linked_until_the_last(sta: Service, lamp: Any) -> None:

    link = stream_of(sta, lamp)["@iot.selfLink"]
    first = sta.get(f"{link}/Observations?$top=1&$count=true&$select=result&$orderby=result desc")
    assert first["@iot.count"] == 2
    assert first["value"] == [{"result": 4}]
    second = sta.get(first["@iot.nextLink"])
    assert second["value"] == [{"result": 3}]
    assert "@iot.nextLink" not in second
    assert second["@iot.count"] == 2


def test_only_what_is_selected_is_told(sta: Service, lamp: Any) -> None:
    found = sta.get(
        f"{lamp['@iot.selfLink']}?$select=name,properties/reference&$expand=Datastreams($select=name;$top=1)"
    )
    assert found == {"name": "Lamp", "properties": {"reference": "first"}, "Datastreams": [{"name": "light"}]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Things?$top=-1", 400), ("Things?$count=maybe", 400), ("Things?$filter=colour eq 1", 400),
        ("Things?$filter=name gt 1", 400),
        ("Things?$filter=" + "(" * 5000, 400), ("Things?$filter=soundex(name) eq 'x'", 501), ("Things?$apply=x", 501),
        ("Things?$orderby=Datastreams/name", 400), ("Things?$skiptoken=nonsense", 400), ("Things({thing})?$filter=id eq 1", 400),
        ("Things?$filter=name", 400), ("Things?$filter=substring(name, 1e300) eq 'x'", 400), ("Things?$filter=%00", 400),
        ("Things?$filter=name eq '%00'", 400), ("Things?$expand=Things", 400), ("Things?$filter=1e308 mul 1e308 gt 1", 400),
        ("Things?$filter=" + "not " * 900 + "true", 400), ("Things?$filter=name eq '" + "a*" * 20_000 + "'", 200),
    ],
    ids=range(18),
)  # fmt: skip
def test_wrong_questions_are_refused_in_words(sta: Service, path: str, status: int) -> None:
    address = path.replace("{thing}", str(sta.town.thing.pk)).replace(" ", "%20")
    answer = sta.send("GET", address, who="nobody")
    assert answer.status_code == status, answer.content[:500]
    assert status == 200 or answer.json()["message"]


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
