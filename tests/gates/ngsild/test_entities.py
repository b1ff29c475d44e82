# SPDX-License-Identifier: EUPL-1.2
"""Entities by HTTP: made, told in every form, changed, removed and sent in batches, and who may see and do that."""

from __future__ import annotations

import json

import pytest
from tests.gates.ngsild.conftest import OTHER, Broker
from tests.gates.ngsild.rooms import ERRORS, ID, ROOM

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.models import Datastream, Observation, SeriesState, Thing


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
