# SPDX-License-Identifier: EUPL-1.2
"""Entities by HTTP: the status codes that conformance suites ask for, and who may see and change what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.gates.ngsild.conftest import OTHER, Broker

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.models import Datastream, Observation, SeriesState, Thing

ROOM: dict[str, Any] = {
    "id": "urn:ngsi-ld:Room:1",
    "type": "Room",
    "name": {"type": "Property", "value": "Hall"},
    "temperature": {
        "type": "Property",
        "value": 21.5,
        "unitCode": "CEL",
        "observedAt": "2026-11-20T08:00:00Z",
        "accuracy": {"type": "Property", "value": 0.1},
    },
    "isPartOf": {"type": "Relationship", "object": "urn:ngsi-ld:Building:1"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [7.6, 51.9]}},
}
ID = ROOM["id"]
ERRORS = "https://uri.etsi.org/ngsi-ld/errors/"
JSON_LD = {"content_type": "application/ld+json"}


def test_a_new_entity_is_made_once_and_comes_back_as_it_was_sent(broker: Broker) -> None:
    response = broker.ask("POST", "/entities", ROOM)
    assert response.status_code == 201
    assert response.content == b""
    assert response["Location"].endswith(f"/ngsi-ld/v1/entities/{ID}")
    assert broker.get(f"/entities/{ID}") == ROOM
    again = broker.ask("POST", "/entities", ROOM)
    assert again.status_code == 409
    assert json.loads(again.content)["type"] == f"{ERRORS}AlreadyExists"


def test_what_was_observed_is_a_series_and_the_rest_a_document(broker: Broker) -> None:
    broker.make(ROOM)
    with acting_in(broker.city):
        thing = Thing.objects.get(uri=ID)
        series = Datastream.objects.get(thing=thing)
        assert series.name == "temperature"
        assert series.unit_code == "CEL"
        assert SeriesState.objects.get(datastream=series).number == 21.5
        assert Observation.objects.filter(datastream_id=series.pk).count() == 1
        assert "21.5" not in json.dumps(thing.attributes)
        assert thing.name == "Hall"
        assert thing.place == ROOM["location"]["value"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("", "application/json"), ("*/*", "application/json"), ("application/ld+json", "application/ld+json")],
)
def test_the_context_stands_where_the_media_type_wants_it(broker: Broker, accept: str, kind: str) -> None:
    broker.make(ROOM)
    response = broker.ask("GET", f"/entities/{ID}", **({"accept": accept} if accept else {}))
    assert response["Content-Type"] == kind
    body = json.loads(response.content)
    assert ("@context" in body) is (kind == "application/ld+json")
    assert response.has_header("Link") is (kind == "application/json")


def test_all_forms_can_be_asked_for(broker: Broker) -> None:
    broker.make(ROOM)
    assert broker.get(f"/entities/{ID}?options=keyValues")["temperature"] == 21.5
    assert broker.get(f"/entities/{ID}?format=concise")["location"]["type"] == "Point"
    assert "createdAt" in broker.get(f"/entities/{ID}?options=sysAttrs")["temperature"]
    assert set(broker.get(f"/entities/{ID}?pick=id,temperature")) == {"id", "temperature"}
    assert "name" not in broker.get(f"/entities/{ID}?omit=name")
    assert set(broker.get(f"/entities/{ID}?attrs=name")) == {"id", "type", "name"}
    feature = json.loads(
        broker.ask("GET", f"/entities/{ID}", None, "nobody", accept="application/geo+json").content
    )
    assert feature["type"] == "Feature"
    assert feature["geometry"]["coordinates"] == [7.6, 51.9]


SECTION_OF_CODES: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("GET", "/entities/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("GET", "/entities/nonsense", None, {}, 400, "BadRequestData"),
    ("GET", f"/entities/{ID}?attrs=none", None, {}, 404, "ResourceNotFound"),
    ("GET", f"/entities/{ID}?colour=red", None, {}, 400, "InvalidRequest"),
    ("GET", f"/entities/{ID}", None, {"accept": "text/html"}, 406, "InvalidRequest"),
    ("GET", f"/entities/{ID}", None, {"link": "nonsense"}, 400, "InvalidRequest"),
    ("GET", "/entities", None, {}, 400, "BadRequestData"),
    ("GET", "/entities?type=Room&q=a==", None, {}, 400, "InvalidRequest"),
    ("GET", "/entities?type=Room&limit=-1", None, {}, 400, "InvalidRequest"),
    ("GET", "/entities?type=Room&limit=0", None, {}, 400, "InvalidRequest"),
    ("GET", "/entities?type=Room&limit=5000", None, {}, 403, "TooManyResults"),
    ("GET", "/entities?type=Room&georel=within", None, {}, 400, "InvalidRequest"),
    ("GET", "/entities?type=Room&q=a~=(a%2B)%2B", None, {}, 403, "TooComplexQuery"),
    ("POST", "/entities", b"{", {}, 400, "InvalidRequest"),
    ("POST", "/entities", b'{"a": NaN}', {}, 400, "InvalidRequest"),
    ("POST", "/entities", [], {}, 400, "BadRequestData"),
    ("POST", "/entities", {"id": "urn:x:2"}, {}, 400, "BadRequestData"),
    ("POST", "/entities", {"type": "T"}, {}, 400, "BadRequestData"),
    ("POST", "/entities", {"id": "x", "type": "T"}, {}, 400, "BadRequestData"),
    ("POST", "/entities", ROOM, {"content_type": "text/plain"}, 415, "InvalidRequest"),
    ("POST", "/entities", {"id": "urn:x:2", "type": "T"}, JSON_LD, 400, "BadRequestData"),
    ("POST", "/entities", {"id": "urn:x:2", "type": "T", "@context": []}, {}, 400, "BadRequestData"),
    ("POST", "/entities", {"id": "urn:x:2", "type": "OffStreetParking", "occupancy": 7}, {}, 400, "BadRequestData"),
    ("POST", "/entities/urn:x:none/attrs", {"a": 1}, {}, 404, "ResourceNotFound"),
    ("PATCH", "/entities/urn:x:none/attrs", {"a": 1}, {}, 404, "ResourceNotFound"),
    ("PATCH", "/entities/urn:x:none", {"a": 1}, {}, 404, "ResourceNotFound"),
    ("PUT", "/entities/urn:x:none", {"type": "T"}, {}, 404, "ResourceNotFound"),
    ("PATCH", f"/entities/{ID}/attrs/none", {"value": 1}, {}, 404, "ResourceNotFound"),
    ("PUT", f"/entities/{ID}/attrs/none", {"value": 1}, {}, 404, "ResourceNotFound"),
    ("DELETE", f"/entities/{ID}/attrs/none", None, {}, 404, "ResourceNotFound"),
    ("DELETE", f"/entities/{ID}/attrs/name?datasetId=urn:x:d", None, {}, 404, "ResourceNotFound"),
    ("PATCH", f"/entities/{ID}", {"id": "urn:x:other"}, {}, 400, "BadRequestData"),
    ("DELETE", "/entities/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("PATCH", "/entities", {"a": 1}, {}, 405, "OperationNotSupported"),
    ("POST", "/entityOperations/query", {"type": "Nonsense"}, {}, 400, "BadRequestData"),
    ("POST", "/entityOperations/create", {}, {}, 400, "BadRequestData"),
    ("POST", "/entityOperations/delete", [], {}, 400, "BadRequestData"),
    ("GET", "/types/Nothing", None, {}, 404, "ResourceNotFound"),
    ("GET", "/attributes/nothing", None, {}, 404, "ResourceNotFound"),
    ("GET", "/temporal/entities?type=Room", None, {}, 400, "InvalidRequest"),
    ("GET", "/temporal/entities/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("GET", f"/temporal/entities/{ID}?timerel=after", None, {}, 400, "InvalidRequest"),
    ("POST", "/csourceRegistrations", {"type": "ContextSourceRegistration"}, {}, 422, "OperationNotSupported"),
    ("GET", "/csourceRegistrations/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("GET", f"/entities/{ID}", None, {"ngsild_tenant": "nowhere"}, 404, "NonexistentTenant"),
    ("GET", "/subscriptions/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("DELETE", "/subscriptions/urn:x:none", None, {}, 404, "ResourceNotFound"),
    ("POST", "/subscriptions", {"type": "Subscription"}, {}, 400, "BadRequestData"),
    ("POST", "/jsonldContexts", {"a": 1}, {}, 400, "BadRequestData"),
    ("GET", "/jsonldContexts/none", None, {}, 404, "ResourceNotFound"),
    ("DELETE", "/jsonldContexts/none", None, {}, 404, "ResourceNotFound"),
]  # fmt: skip


def test_every_failure_has_the_status_and_the_name_of_the_standard(broker: Broker) -> None:
    broker.make(ROOM)
    for method, path, body, headers, status, name in SECTION_OF_CODES:
        response = broker.ask(method, path, body, "owner", **headers)
        told = json.loads(response.content)
        assert (response.status_code, told["type"]) == (status, ERRORS + name), (method, path, body, told)
        assert told["status"] == status
        assert told["title"]
        assert told["detail"]


def test_a_context_that_cannot_be_had_is_said_to_be(broker: Broker) -> None:
    link = '<http://127.0.0.1:9/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
    response = broker.ask("GET", "/entities?type=Room", None, "nobody", link=link)
    assert response.status_code == 503
    assert json.loads(response.content)["type"] == f"{ERRORS}LdContextNotAvailable"


# -- writing


def test_attributes_are_appended_updated_replaced_and_removed(broker: Broker) -> None:
    broker.make(ROOM)
    path = f"/entities/{ID}/attrs"
    assert broker.ask("POST", path, {"seats": {"type": "Property", "value": 80}}).status_code == 204
    kept = broker.ask("POST", f"{path}?options=noOverwrite", {"seats": 1, "doors": 2})
    assert kept.status_code == 207
    assert json.loads(kept.content)["updated"] == ["doors"]
    assert broker.ask("PATCH", path, {"seats": {"type": "Property", "value": 81}}).status_code == 204
    partly = broker.ask("PATCH", path, {"seats": 82, "windows": 1})
    assert partly.status_code == 207
    assert json.loads(partly.content)["notUpdated"][0]["attributeName"] == "windows"
    assert broker.ask("PATCH", f"{path}/seats", {"value": 83, "unitCode": "C62"}).status_code == 204
    assert broker.get(f"/entities/{ID}")["seats"] == {"type": "Property", "value": 83, "unitCode": "C62"}
    assert broker.ask("PUT", f"{path}/seats", {"type": "Property", "value": 84}).status_code == 204
    assert broker.get(f"/entities/{ID}")["seats"] == {"type": "Property", "value": 84}
    gone = broker.ask("DELETE", f"{path}/seats")
    assert (gone.status_code, gone.content) == (204, b"")
    assert "seats" not in broker.get(f"/entities/{ID}")


def test_a_merge_patch_changes_what_it_names(broker: Broker) -> None:
    broker.make(ROOM)
    change = {
        "name": "urn:ngsi-ld:null",
        "temperature": {"value": 22, "observedAt": "2026-11-20T09:00:00Z"},
        "new": 1,
    }
    response = broker.ask("PATCH", f"/entities/{ID}", change, content_type="application/merge-patch+json")
    assert response.status_code == 204
    entity = broker.get(f"/entities/{ID}")
    assert "name" not in entity
    assert entity["temperature"]["value"] == 22
    assert entity["temperature"]["accuracy"]["value"] == 0.1
    assert entity["new"] == {"type": "Property", "value": 1}


def test_replacing_an_entity_leaves_nothing_else(broker: Broker) -> None:
    broker.make(ROOM)
    assert broker.ask("PUT", f"/entities/{ID}", {"type": "Room", "seats": 5}).status_code == 204
    assert set(broker.get(f"/entities/{ID}")) == {"id", "type", "seats"}
    with acting_in(broker.city):
        assert not Datastream.objects.filter(thing__uri=ID).exists()


def test_values_of_another_sort_and_late_ones_are_kept(broker: Broker) -> None:
    broker.make(ROOM)
    path = f"/entities/{ID}/attrs/temperature"
    assert (
        broker.ask("PATCH", path, {"value": "broken", "observedAt": "2026-11-20T10:00:00Z"}).status_code
        == 204
    )
    assert broker.get(f"/entities/{ID}")["temperature"]["value"] == "broken"
    assert broker.ask("PATCH", path, {"value": 19, "observedAt": "2026-11-20T07:00:00Z"}).status_code == 204
    history = broker.get(f"/temporal/entities/{ID}?attrs=temperature&options=temporalValues")["temperature"][
        "values"
    ]
    assert [value for value, _when in history] == ["broken", 21.5, 19]


def test_an_entity_is_deleted_with_its_history(broker: Broker) -> None:
    broker.make(ROOM)
    assert broker.ask("DELETE", f"/entities/{ID}").status_code == 204
    assert broker.ask("GET", f"/entities/{ID}").status_code == 404
    with acting_in(broker.city):
        assert not Observation.objects.filter(city_id=broker.city.pk).exists()


def test_a_future_or_absurd_observation_is_refused_and_changes_nothing(broker: Broker) -> None:
    broker.make(ROOM)
    late = {"temperature": {"value": 1, "observedAt": "2199-01-01T00:00:00Z"}, "name": "Other"}
    response = broker.ask("PATCH", f"/entities/{ID}/attrs", late)
    assert response.status_code == 400
    assert broker.get(f"/entities/{ID}") == ROOM


# -- batches


def test_a_batch_does_each_for_itself(broker: Broker) -> None:
    rooms = [ROOM | {"id": f"urn:ngsi-ld:Room:{n}"} for n in range(3)]
    created = broker.ask("POST", "/entityOperations/create", rooms)
    assert created.status_code == 201
    assert json.loads(created.content) == [room["id"] for room in rooms]
    mixed = broker.ask(
        "POST", "/entityOperations/create", [rooms[0], ROOM | {"id": "urn:ngsi-ld:Room:9"}, {"id": "x"}]
    )
    assert mixed.status_code == 207
    told = json.loads(mixed.content)
    assert told["success"] == ["urn:ngsi-ld:Room:9"]
    assert {error["entityId"] for error in told["errors"]} == {rooms[0]["id"], "x"}
    assert {error["error"]["status"] for error in told["errors"]} == {409, 400}


def test_upserting_says_what_is_new(broker: Broker) -> None:
    first = broker.ask("POST", "/entityOperations/upsert", [ROOM])
    assert (first.status_code, json.loads(first.content)) == (201, [ID])
    assert broker.ask("POST", "/entityOperations/upsert", [ROOM]).status_code == 204
    fresh = {"id": ID, "type": "Room", "seats": 5}
    assert broker.ask("POST", "/entityOperations/upsert?options=update", [fresh]).status_code == 204
    assert {"seats", "name"} <= broker.get(f"/entities/{ID}").keys()
    assert broker.ask("POST", "/entityOperations/upsert?options=replace", [fresh]).status_code == 204
    assert set(broker.get(f"/entities/{ID}")) == {"id", "type", "seats"}


def test_batches_update_merge_and_delete(broker: Broker) -> None:
    broker.make(ROOM)
    part = {"id": ID, "type": "Room", "name": {"type": "Property", "value": "New hall"}}
    assert broker.ask("POST", "/entityOperations/update", [part]).status_code == 204
    missing = broker.ask("POST", "/entityOperations/update", [part, part | {"id": "urn:x:none"}])
    assert missing.status_code == 207
    merge = {"id": ID, "type": "Room", "name": "urn:ngsi-ld:null"}
    assert broker.ask("POST", "/entityOperations/merge", [merge]).status_code == 204
    assert "name" not in broker.get(f"/entities/{ID}")
    assert broker.ask("POST", "/entityOperations/delete", [ID]).status_code == 204
    assert broker.ask("POST", "/entityOperations/delete", [ID]).status_code == 207


# -- questions


@pytest.fixture
def rooms(broker: Broker) -> Broker:
    for n in range(6):
        broker.make(
            {
                "id": f"urn:ngsi-ld:Room:{n}",
                "type": "Room" if n < 4 else ["Hall", "Room"],
                "scope": f"/house/{n % 2}",
                "temperature": {"value": 10 + n, "observedAt": "2026-11-20T08:00:00Z"},
                "floor": n % 3,
                "location": {"type": "Point", "coordinates": [7.6 + n / 100, 51.9]},
                "next": {"object": f"urn:ngsi-ld:Room:{(n + 1) % 6}"},
            }
        )
    return broker


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=Room", "012345"),
        ("type=Hall", "45"),
        ("type=Hall,Room", "012345"),
        ("type=Hall;Room", "45"),
        ("type=Nothing", ""),
        ("id=urn:ngsi-ld:Room:1,urn:ngsi-ld:Room:3", "13"),
        ("idPattern=Room:[23]$", "23"),
        ("attrs=temperature", "012345"),
        ("attrs=none", ""),
        ("q=temperature>13", "45"),
        ("q=temperature>=12;floor==0", "3"),
        ("q=temperature<11|floor==2", "025"),
        ("q=!temperature", ""),
        ("type=Hall&q=temperature==14..20", "45"),
        ("q=next==urn:ngsi-ld:Room:2", "1"),
        ("type=Room&scopeQ=/house/1", "135"),
        ("type=Room&scopeQ=/house/%23", "012345"),
        ("georel=near;maxDistance==800&geometry=Point&coordinates=[7.6,51.9]", "01"),
        ("georel=within&geometry=Polygon&coordinates=[[[7.615,51],[8,51],[8,52],[7.615,52],[7.615,51]]]", "2345"),
        ("georel=disjoint&geometry=Polygon&coordinates=[[[7.615,51],[8,51],[8,52],[7.615,52],[7.615,51]]]", "01"),
        ("type=Room&limit=2", "01"),
        ("type=Room&limit=2&offset=4", "45"),
        ("q=temperature>10&limit=2&offset=1", "23"),
    ],
)  # fmt: skip
def test_questions_are_answered(rooms: Broker, query: str, expected: str) -> None:
    found = rooms.get(f"/entities?{query}")
    assert "".join(entity["id"][-1] for entity in found) == expected


def test_pages_are_linked_and_counted(rooms: Broker) -> None:
    response = rooms.ask("GET", "/entities?type=Room&limit=2&offset=2&count=true", None, "nobody")
    assert response["NGSILD-Results-Count"] == "6"
    assert 'rel="next"' in response["Link"]
    assert 'rel="prev"' in response["Link"]
    only = rooms.ask("GET", "/entities?q=temperature>12&limit=0&count=true", None, "nobody")
    assert (only["NGSILD-Results-Count"], json.loads(only.content)) == ("3", [])


def test_a_question_may_come_as_a_document(rooms: Broker) -> None:
    body = {"type": "Query", "entities": [{"type": "Hall"}], "q": "temperature>14"}
    response = rooms.ask("POST", "/entityOperations/query", body, "nobody")
    assert response.status_code == 200
    assert [entity["id"] for entity in json.loads(response.content)] == ["urn:ngsi-ld:Room:5"]


def test_things_that_are_pointed_to_come_along(rooms: Broker) -> None:
    inline = rooms.get("/entities/urn:ngsi-ld:Room:0?join=inline&joinLevel=2")
    assert inline["next"]["entity"]["id"] == "urn:ngsi-ld:Room:1"
    assert inline["next"]["entity"]["next"]["entity"]["id"] == "urn:ngsi-ld:Room:2"
    flat = rooms.get("/entities?id=urn:ngsi-ld:Room:0&join=flat")
    assert [entity["id"][-1] for entity in flat] == ["0", "1"]


def test_types_and_attributes_are_told(rooms: Broker) -> None:
    assert rooms.get("/types")["typeList"] == ["Hall", "Room"]
    details = rooms.get("/types?details=true")
    assert set(details[1]["attributeNames"]) == {"temperature", "floor", "location", "next"}
    room = rooms.get("/types/Room")
    assert room["entityCount"] == 6
    assert "temperature" in rooms.get("/attributes")["attributeList"]
    assert rooms.get("/attributes/temperature")["attributeCount"] == 6


# -- who


def test_writing_needs_a_key_and_the_right(broker: Broker) -> None:
    broker.make(ROOM)
    assert broker.ask("POST", "/entities", ROOM, "nobody").status_code == 401
    assert broker.ask("DELETE", f"/entities/{ID}", None, "nobody").status_code == 401
    assert broker.ask("POST", "/entities", ROOM | {"id": "urn:x:9"}, "reader").status_code == 403
    assert broker.ask("DELETE", f"/entities/{ID}", None, "colleague").status_code == 403
    assert broker.ask("PATCH", f"/entities/{ID}/attrs", {"name": "x"}, "colleague").status_code == 403
    assert broker.ask("DELETE", f"/entities/{ID}", None, "stranger").status_code == 401
    assert broker.ask("PATCH", f"/entities/{ID}/attrs", {"name": "x"}, "steward").status_code == 204


def test_what_is_internal_does_not_exist_for_others(broker: Broker) -> None:
    broker.make(ROOM)
    with acting_in(broker.city):
        Thing.objects.filter(uri=ID).update(access="internal")
    assert broker.get(f"/entities/{ID}", "owner")["id"] == ID
    for who in ("nobody", "colleague"):
        assert broker.ask("GET", f"/entities/{ID}", None, who).status_code == 404
        assert broker.get("/entities?type=Room", who) == []
        assert broker.get("/types", who)["typeList"] == []
        assert broker.ask("GET", f"/temporal/entities/{ID}", None, who).status_code == 404
    assert broker.ask("DELETE", f"/entities/{ID}", None, "colleague").status_code == 404


def test_an_internal_series_is_no_attribute_for_others(broker: Broker) -> None:
    broker.make(ROOM)
    with acting_in(broker.city):
        Datastream.objects.filter(thing__uri=ID).update(access="internal")
    assert "temperature" not in broker.get(f"/entities/{ID}", "nobody")
    assert broker.get("/entities?q=temperature>1", "nobody") == []
    assert "temperature" not in broker.get(f"/temporal/entities/{ID}", "nobody")
    assert broker.get(f"/entities/{ID}", "owner") == ROOM


def test_tenants_are_cities(broker: Broker) -> None:
    broker.make(ROOM)
    response = broker.ask("GET", f"/entities/{ID}", None, "nobody", ngsild_tenant=OTHER)
    assert response.status_code == 404
    assert response["NGSILD-Tenant"] == OTHER
    made = broker.ask("POST", "/entities", ROOM, "stranger", ngsild_tenant=OTHER)
    assert made.status_code == 201
    assert broker.ask("POST", "/entities", ROOM, "owner", ngsild_tenant=OTHER).status_code == 401


# -- what hostile callers send


NASTY: list[Any] = [
    b'{"id": "urn:x:1", "type": "T", "a": "\\u0000"}',
    b'{"id": "urn:x:1", "type": "T", "a": "\\ud800"}',
    b'{"id": "urn:x:1", "type": "T", "a": {"value": "\\u0000", "observedAt": "2026-01-01T00:00:00Z"}}',
    {"id": "urn:x:" + "y" * 3_000, "type": "T"},
    {"id": "urn:x:" + "y" * 600, "type": "T"},
    {"id": "urn:x:1", "type": "T" * 900},
    {"id": "urn:x:1", "type": "T", "a" * 900: 5},
    {"id": "urn:x:1", "type": "T", "a" * 400: {"value": 5, "observedAt": "2026-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "scope": "/" + "s" * 400},
    {"id": "urn:x:1", "type": "T", "a": {"value": 5, "datasetId": "urn:" + "d" * 900, "observedAt": "2026-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "a": {"value": 5, "unitCode": "u" * 150, "observedAt": "2026-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "a": {"value": 10**30}},
    {"id": "urn:x:1", "type": "T", "a": {"value": 10**30, "observedAt": "2026-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "a": {"value": 1, "observedAt": "0001-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "a": {"value": [[1]] * 2_000, "observedAt": "2026-01-01T00:00:00Z"}},
    {"id": "urn:x:1", "type": "T", "a": "x" * 900_000},
    {"id": "urn:x:1", "type": "T"} | {f"a{n}": n for n in range(2_001)},
    {"id": "urn:x:1", "type": "T", "location": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
    {"id": "urn:x:1", "type": "T", "location": {"type": "GeometryCollection", "geometries": []}},
    {"id": "urn:x:1", "type": "T", "location": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [0, 0], [0, 0], [0, 0]]]]}},
    {"id": "urn:x:1", "type": "T", "location": {"type": "Property", "value": "here"}},
    {"id": "urn:x:1", "type": "T", "name": "n" * 2_000},
]  # fmt: skip
ASKED = [
    "/entities?type=%00", "/entities?q=a==%22%00%22", "/entities?id=urn:x:%00", "/entities?idPattern=%00", "/types/%00",
    "/entities/urn:x:%00", "/jsonldContexts/%00", "/attributes/%00", "/entities?type=T&idPattern=[[:alpha:]]",
    "/entities?q=a~=%5Cd",
    "/entities?type=T&geoproperty=x&georel=near;maxDistance==1&geometry=Point&coordinates=[0,90]",
    "/entities?georel=near;maxDistance==999999999&geometry=Point&coordinates=[0,0]", "/entities?q=createdAt>2026-01-01T00:00:00Z",
    "/temporal/entities?type=T&timerel=after&timeAt=0001-01-01T00:00:00Z",
    "/temporal/entities?type=T&timerel=before&timeAt=9999-12-31T23:59:59Z",
    "/temporal/entities?type=T&timerel=after&timeAt=2026-01-01T00:00:00Z&options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=PT0.000001S",
    "/temporal/entities?type=T&timerel=after&timeAt=2026-01-01T00:00:00Z&options=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=P9999Y",
]  # fmt: skip


def test_whatever_is_sent_is_taken_or_refused_but_never_breaks(broker: Broker) -> None:
    broken: list[object] = []
    for body in NASTY:
        status = broker.ask("POST", "/entities", body).status_code
        if status >= 500:
            broken.append((status, str(body)[:120]))
        elif status == 201:
            identifier = body["id"]
            assert broker.get(f"/entities/{identifier}")["id"] == identifier
            assert broker.ask("GET", f"/temporal/entities/{identifier}").status_code == 200
            assert broker.ask("DELETE", f"/entities/{identifier}").status_code == 204
    broker.make(ROOM | {"type": "T"})
    broken += [path for path in ASKED if broker.ask("GET", path, None, "nobody").status_code >= 500]
    assert broken == []
