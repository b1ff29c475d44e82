# SPDX-License-Identifier: EUPL-1.2
"""Which entities answer a question, page by page, with what they point to and which types there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.gates.ngsild.conftest import Broker


@pytest.fixture(scope="module")
def made(standing: Broker, django_db_blocker: Any) -> Iterator[Broker]:
    """Six rooms, made once: a question changes nothing."""
    with django_db_blocker.unblock(), transaction.atomic():
        for n in range(6):
            standing.make(
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
        yield standing
        transaction.set_rollback(True)


@pytest.fixture
def rooms(made: Broker, db: None) -> Broker:
    return made


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
