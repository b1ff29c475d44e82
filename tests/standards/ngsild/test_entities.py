# SPDX-License-Identifier: EUPL-1.2
"""Entities in all their forms: what goes in comes out again, whichever way it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.standards.ngsild import contexts, parsing, rendering
from stoa.standards.ngsild.failures import Failed
from stoa.standards.ngsild.kinds import Entity, Kind
from stoa.standards.ngsild.rendering import Form, Wanted

SHARED = Path(__file__).parents[4] / "shared"
REAL = SHARED / "data" / "10_standards_samples" / "ngsi-ld"
CORE = contexts.core()
DEFECTIVE = {
    "CityWork_example-normalized.jsonld": "there is no “Property ”",
    "RoadAccident_example.jsonld": "The coordinates of “location” are not those of a Point",
}
"""Published examples that say what nobody can mean, and what we say to them."""
SOUND = [path for path in sorted(REAL.glob("*.jsonld")) if path.name not in DEFECTIVE]
ROOM: dict[str, Any] = {
    "id": "urn:ngsi-ld:Room:1",
    "type": "Room",
    "temperature": {
        "type": "Property",
        "value": 21.5,
        "unitCode": "CEL",
        "observedAt": "2026-11-21T08:00:00Z",
        "accuracy": {"type": "Property", "value": 0.1},
    },
    "isPartOf": {"type": "Relationship", "object": "urn:ngsi-ld:Building:1", "objectType": "Building"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [7.6, 51.9]}},
    "name": {"type": "LanguageProperty", "languageMap": {"de": "Saal", "en": "Hall"}},
    "use": {"type": "VocabProperty", "vocab": "Assembly"},
    "plan": {"type": "JsonProperty", "json": {"a": [1, None]}},
    "doors": {"type": "ListProperty", "valueList": [1, 2]},
    "next": {"type": "ListRelationship", "objectList": [{"object": "urn:ngsi-ld:Room:2"}]},
}


def read(document: Any, **style: Any) -> Entity:
    return parsing.entity(document, CORE, parsing.Style(**style))


def written(entity: Entity, form: Form, **wanted: Any) -> dict[str, Any]:
    return rendering.entity(entity, CORE, Wanted(form=form, **wanted))


def test_every_kind_of_attribute_comes_back_normalized_and_concise() -> None:
    entity = read(ROOM)
    assert written(entity, Form.NORMALIZED) == ROOM
    concise = written(entity, Form.CONCISE)
    assert concise["location"] == {"type": "Point", "coordinates": [7.6, 51.9]}
    assert concise["temperature"]["accuracy"] == 0.1
    assert read(concise) == entity


def test_the_simplified_form_has_bare_values() -> None:
    simple = written(read(ROOM), Form.SIMPLIFIED)
    assert simple["temperature"] == 21.5
    assert simple["isPartOf"] == "urn:ngsi-ld:Building:1"
    assert simple["name"] == {"languageMap": {"de": "Saal", "en": "Hall"}}
    assert simple["use"] == {"vocab": "Assembly"}
    again = read(simple, is_simplified=True, kinds={CORE.expand("isPartOf"): Kind.RELATIONSHIP})
    assert written(again, Form.SIMPLIFIED) == simple


_TEXTS = st.text(max_size=8).filter(lambda text: text != "urn:ngsi-ld:null")
_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "value", "object", "a", "coordinates", "json"]), inner, max_size=3
        )
        | st.just({"type": "Point", "coordinates": [1, 2]})
        | st.just([{"type": "Property", "value": 1}])
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_VALUES, st.booleans(), st.booleans())
def test_any_value_survives_the_concise_form(value: Any, has_time: bool, has_part: bool) -> None:
    attribute: dict[str, Any] = {"type": "Property", "value": value}
    if has_time:
        attribute["observedAt"] = "2026-01-01T00:00:00Z"
    if has_part:
        attribute["part"] = {"type": "Property", "value": value}
    entity = read({"id": "urn:x:1", "type": "T", "a": attribute})
    assert read(written(entity, Form.CONCISE)) == entity
    assert read(json.loads(json.dumps(written(entity, Form.NORMALIZED)))) == entity


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared examples are not beside this checkout")
@pytest.mark.parametrize(
    "path", [path for path in SOUND if "-normalized" in path.name], ids=lambda path: path.name
)
def test_examples_of_the_smart_data_models_come_back_in_all_forms(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    context = contexts.build(
        document.pop("@context"),
        lambda address: {"@context": {"sdm": "https://smartdatamodels.org/", "address": "sdm:address"}},
    )
    entity = parsing.entity(document, context)
    assert all(":" in name for name in entity.attributes)
    assert rendering.entity(entity, context) == document
    assert parsing.entity(rendering.entity(entity, context, Wanted(form=Form.CONCISE)), context) == entity
    simple = rendering.entity(entity, context, Wanted(form=Form.SIMPLIFIED))
    kinds = {name: Kind(many[0]["type"]) for name, many in entity.attributes.items()}
    again = parsing.entity(simple, context, parsing.Style(is_simplified=True, kinds=kinds))
    assert rendering.entity(again, context, Wanted(form=Form.SIMPLIFIED)) == simple
    feature = rendering.feature(entity, context)
    assert feature["geometry"] == document.get("location", {}).get("value")


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared examples are not beside this checkout")
@pytest.mark.parametrize(
    "path", [path for path in SOUND if "-normalized" not in path.name], ids=lambda path: path.name
)
def test_examples_in_key_values_come_back(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("@context", None)
    assert written(read(document, is_simplified=True), Form.SIMPLIFIED) == document


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared examples are not beside this checkout")
@pytest.mark.parametrize("name", sorted(DEFECTIVE))
def test_examples_with_a_mistake_are_told_which(name: str) -> None:
    document = json.loads((REAL / name).read_text(encoding="utf-8"))
    document.pop("@context", None)
    with pytest.raises(Failed) as failed:
        read(document, is_simplified="-normalized" not in name)
    assert DEFECTIVE[name] in failed.value.detail


def test_instances_of_one_attribute_differ_in_their_dataset() -> None:
    speeds = [
        {"type": "Property", "value": 50},
        {"type": "Property", "value": 52, "datasetId": "urn:ngsi-ld:Dataset:gps"},
    ]
    entity = read({"id": "urn:x:1", "type": "Car", "speed": speeds})
    assert written(entity, Form.NORMALIZED)["speed"] == speeds
    assert written(entity, Form.SIMPLIFIED)["speed"] == {
        "dataset": {"@none": 50, "urn:ngsi-ld:Dataset:gps": 52}
    }
    assert written(entity, Form.SIMPLIFIED, datasets=frozenset({"@none"}))["speed"] == 50
    again = read(written(entity, Form.SIMPLIFIED), is_simplified=True)
    assert again == entity
    with pytest.raises(Failed):
        read({"id": "urn:x:1", "type": "Car", "speed": [speeds[0], speeds[0]]})


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Saal"), ("fr,en;q=0.5", "Hall"), ("de-AT", "Saal"), ("*", "Saal"), ("xx", "Saal")],
)
def test_a_text_in_many_languages_is_told_in_the_one_wanted(language: str, text: str) -> None:
    told = written(read(ROOM), Form.NORMALIZED, language=language)["name"]
    assert told["type"] == "Property"
    assert told["value"] == text
    assert told["lang"] in {"de", "en"}


def test_only_what_is_picked_is_shown_and_what_is_omitted_is_not() -> None:
    entity = read(ROOM)
    temperature = CORE.expand("temperature")
    assert written(entity, Form.SIMPLIFIED, pick=frozenset({"id", temperature})) == {
        "id": ROOM["id"],
        "temperature": 21.5,
    }
    assert "temperature" not in written(entity, Form.NORMALIZED, omit=frozenset({temperature}))
    assert set(written(entity, Form.NORMALIZED, attributes=frozenset({temperature}))) == {
        "id",
        "type",
        "temperature",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"id": "no-scheme"},
        {"id": None},
        {"type": None},
        {"type": 5},
        {"scope": "not a scope"},
        {"a": None},
        {"a": {"type": "Property"}},
        {"a": {"type": "Property", "value": None}},
        {"a": {"type": "Property", "value": {"x": None}}},
        {"a": {"type": "Property", "value": "urn:ngsi-ld:null"}},
        {"a": {"type": "Property", "value": 1, "object": "urn:x:2"}},
        {"a": {"type": "Nonsense", "value": 1}},
        {"a": {"type": "Relationship", "object": "room 2"}},
        {"a": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [200, 0]}}},
        {
            "a": {
                "type": "GeoProperty",
                "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0]]]},
            }
        },
        {"a": {"type": "GeoProperty", "value": "here"}},
        {"a": {"type": "LanguageProperty", "languageMap": {"de": 5}}},
        {"a": {"type": "ListProperty", "valueList": 5}},
        {"a": {"type": "VocabProperty", "vocab": 5}},
        {"a": {"type": "Property", "value": 1, "observedAt": "2026-11-21T08:00:00"}},
        {"a": {"type": "Property", "value": 1, "observedAt": "2026-13-41T08:00:00Z"}},
        {"a": {"type": "Property", "value": 1, "unitCode": 5}},
        {"a": {"type": "Property", "value": 1, "datasetId": "x"}},
        {"a b": 1},
        {"a<": 1},
        {"@value": 1},
        {f"a{n}": 1 for n in range(2_001)},
    ],
)
def test_what_is_no_entity_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Failed) as failed:
        read({"id": "urn:x:1", "type": "T"} | change)
    assert failed.value.status == 400


def test_a_value_nested_without_end_is_refused() -> None:
    value: Any = 1
    for _ in range(50):
        value = [value]
    with pytest.raises(Failed):
        read({"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": value}})
    part: Any = {"value": 1}
    for _ in range(20):
        part = {"value": 1, "p": part}
    with pytest.raises(Failed):
        read({"id": "urn:x:1", "type": "T", "a": part})


def test_a_geometry_may_come_as_a_text_and_types_may_be_several() -> None:
    entity = read(
        {
            "id": "urn:x:1",
            "@type": ["A", "B", "A"],
            "scope": ["/a/b", "c"],
            "location": {"type": "GeoProperty", "value": '{"type": "Point", "coordinates": [1, 2]}'},
        }
    )
    document = written(entity, Form.NORMALIZED)
    assert document["type"] == ["A", "B"]
    assert document["scope"] == ["/a/b", "/c"]
    assert document["location"]["value"] == {"type": "Point", "coordinates": [1, 2]}
