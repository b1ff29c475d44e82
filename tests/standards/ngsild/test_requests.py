# SPDX-License-Identifier: EUPL-1.2
"""Headers, parameters and Query documents."""

from __future__ import annotations

from typing import Any

import pytest

from stoa.ground.conditions import Call, Literal, Path
from stoa.standards.ngsild import contexts, parameters, wire
from stoa.standards.ngsild.failures import ErrorType, Failed
from stoa.standards.ngsild.query_documents import query_document
from stoa.standards.ngsild.rendering import Form

CORE = contexts.core()
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
LINK = '<https://e.org/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


def status_of(ask: Any, *args: Any) -> int:
    with pytest.raises(Failed) as failed:
        ask(*args)
    return failed.value.status


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json, application/ld+json", "application/json"),
        ("application/ld+json, application/json", "application/ld+json"),
        ("application/json;q=0.5, application/ld+json", "application/ld+json"),
        ("text/html, application/ld+json;q=0.1", "application/ld+json"),
        ("application/json;q=0, */*", "application/ld+json"),
        ("application/ld+json; charset=utf-8", "application/ld+json"),
    ],
)
def test_the_answer_has_the_media_type_that_is_wanted(header: str, expected: str) -> None:
    assert wire.accepted(header) == expected


def test_what_cannot_be_had_or_read_has_its_status() -> None:
    assert status_of(wire.accepted, "text/html") == 406
    assert status_of(wire.accepted, "application/geo+json") == 406
    assert wire.accepted("application/geo+json", (wire.JSON, wire.JSON_LD, wire.GEO_JSON)) == wire.GEO_JSON
    assert status_of(wire.needs_body_type, "text/plain") == 415
    assert status_of(wire.needs_body_type, "") == 415
    assert wire.needs_body_type("application/JSON; charset=utf-8") == "application/json"


def test_the_context_stands_in_the_body_or_in_the_header_but_not_in_both() -> None:
    body = {"@context": ["https://e.org/c.jsonld"], "id": "urn:x:1"}
    assert wire.body_context(wire.JSON_LD, dict(body), "") == ["https://e.org/c.jsonld"]
    assert wire.body_context(wire.JSON, {}, "https://e.org/c") == "https://e.org/c"
    assert wire.body_context(wire.JSON, {}, "") is None
    assert status_of(wire.body_context, wire.JSON_LD, dict(body), "https://e.org/c") == 400
    assert status_of(wire.body_context, wire.JSON_LD, {}, "") == 400
    assert status_of(wire.body_context, wire.JSON, dict(body), "") == 400


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", ""), (LINK, "https://e.org/c.jsonld"), ('<https://e.org/>; rel="next"', ""), (f"<https://e.org/>;rel=next, {LINK}", "https://e.org/c.jsonld")],
)  # fmt: skip
def test_a_link_header_names_the_context(header: str, expected: str) -> None:
    assert wire.context_link(header) == expected


@pytest.mark.parametrize("header", ["nonsense", "<https://e.org/", f"{LINK}, {LINK}", "<a b>", "<" * 9000])
def test_a_link_header_that_cannot_be_read_is_refused(header: str) -> None:
    assert status_of(wire.context_link, header) == 400


def test_our_own_link_header_can_be_read() -> None:
    assert wire.context_link(wire.link_to("https://e.org/c")) == "https://e.org/c"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff", b"[" * 100_000, b'{"a":1}x']
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    assert status_of(wire.read_json, raw) == 400


def asked(**values: str) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def test_a_query_is_read_with_all_its_parameters() -> None:
    found = parameters.query(
        asked(
            type="Room,Hall",
            id="urn:x:1,urn:x:2",
            attrs="a,b",
            q="a>5",
            georel="near;maxDistance==10",
            geometry="Point",
            coordinates="[1,2]",
            scopeQ="/a/#",
            options="keyValues,sysAttrs",
            limit="5",
            offset="10",
            count="true",
            lang="de",
            datasetId="@none",
            join="inline",
            joinLevel="2",
        ),
        CORE,
    )
    assert found.selectors[0].ids == ("urn:x:1", "urn:x:2")
    assert found.attributes == (DEFAULT + "a", DEFAULT + "b")
    assert found.wanted.form is Form.SIMPLIFIED
    assert found.wanted.has_system
    assert found.wanted.language == "de"
    assert (found.limit, found.offset, found.has_count) == (5, 10, True)
    assert (found.join, found.join_level) == ("inline", 2)
    assert isinstance(found.condition, Call)
    assert len(found.condition.args) == 5


def test_names_in_braces_are_for_things_pointed_to() -> None:
    found = parameters.retrieval(asked(pick="id,isPartOf{id,name},a"), CORE)
    assert found.wanted.pick == {"id", DEFAULT + "isPartOf", DEFAULT + "a"}
    assert found.linked == {DEFAULT + "isPartOf": frozenset({"id", DEFAULT + "name"})}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"limit": "10"},
        {"type": "A", "colour": "red"},
        {"type": "A", "limit": "x"},
        {"type": "A", "limit": "-1"},
        {"type": "A", "limit": "0"},
        {"type": "A", "options": "nonsense"},
        {"type": "A", "options": ""},
        {"type": "A", "attrs": ""},
        {"type": "A", "attrs": "a,,b"},
        {"type": "A", "attrs": "a", "pick": "b"},
        {"type": "A", "pick": "a", "omit": "a"},
        {"type": "A", "pick": "a{b"},
        {"type": "A", "count": "yes"},
        {"type": "A", "id": "no-scheme"},
        {"type": "A", "idPattern": "("},
        {"type": "A", "georel": "within"},
        {"type": "A", "join": "sideways"},
        {"type": "A", "joinLevel": "2"},
        {"type": "A", "join": "flat", "joinLevel": "0"},
    ],
)
def test_what_is_no_query_is_refused(values: dict[str, str]) -> None:
    if values == {"type": "A", "options": ""}:
        assert parameters.query(asked(**values), CORE).wanted.form is Form.NORMALIZED
    else:
        assert status_of(parameters.query, asked(**values), CORE) == 400


def test_a_parameter_said_twice_and_too_many_results_are_refused() -> None:
    assert status_of(parameters.query, {"type": ["A", "B"]}, CORE) == 400
    with pytest.raises(Failed) as failed:
        parameters.query(asked(type="A", limit="100000"), CORE)
    assert failed.value.kind is ErrorType.TOO_MANY_RESULTS


def test_a_query_document_says_the_same_as_parameters() -> None:
    body = {
        "type": "Query",
        "entities": [{"type": "Room"}, {"type": "Hall", "idPattern": "^urn:x"}],
        "attrs": ["a", "b"],
        "q": "a>5",
        "geoQ": {
            "georel": "within",
            "geometry": "Polygon",
            "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
        },
        "scopeQ": "/a",
        "temporalQ": {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z", "lastN": 3},
    }
    found, temporal = query_document(body, asked(limit="7"), CORE)
    same = parameters.query(
        asked(
            attrs="a,b",
            q="a>5",
            georel="within",
            geometry="Polygon",
            coordinates="[[[0,0],[1,0],[1,1],[0,0]]]",
            scopeQ="/a",
        ),
        CORE,
    )
    assert (found.q, found.place, found.scope, found.attributes) == (
        same.q,
        same.place,
        same.scope,
        same.attributes,
    )
    assert found.limit == 7
    assert len(found.selectors) == 2
    assert found.selectors[0].condition() == Call("eq", (Path(("type",)), Literal(DEFAULT + "Room")))
    assert temporal == {"timerel": "after", "timeAt": "2026-01-01T00:00:00Z", "lastN": "3"}


@pytest.mark.parametrize(
    "body",
    [[], {}, {"type": "Query"}, {"type": "Query", "x": 1}, {"type": "Query", "entities": []}, {"type": "Query", "entities": [5]},
     {"type": "Query", "entities": [{"kind": "A"}]}, {"type": "Query", "q": 5}, {"type": "Query", "attrs": [5]},
     {"type": "Query", "entities": [{"id": "x"}]}, {"type": "Query", "geoQ": 5}, {"type": "Query", "temporalQ": [], "q": "a"}],
)  # fmt: skip
def test_what_is_no_query_document_is_refused(body: Any) -> None:
    assert status_of(query_document, body, {}, CORE) == 400
