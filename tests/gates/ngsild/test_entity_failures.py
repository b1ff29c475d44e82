# SPDX-License-Identifier: EUPL-1.2
"""What cannot be done with an entity has the status and the name that the standard gives it, whatever is sent."""

from __future__ import annotations

import json
from typing import Any

from tests.gates.ngsild.conftest import Broker
from tests.gates.ngsild.rooms import ERRORS, ID, JSON_LD, ROOM

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
