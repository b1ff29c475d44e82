# SPDX-License-Identifier: EUPL-1.2
"""A version is held against the schema that its owner declared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.rules.conformance import Found, deviations, read_schema
from stoa.standards.tableschema import schema_of

COLUMNS = (
    ColumnSpec("tree_number", "Tree number", Kind.TEXT),
    ColumnSpec("height", "Height", Kind.NUMBER),
    ColumnSpec("planted_on", "Planted on", Kind.DATE),
)
FOUND = Found(COLUMNS, True, {"height": 2}, {"height": [0.5, 31.0]})


def said(schema: Any, found: Found = FOUND) -> list[str]:
    return [str(one) for one in deviations(read_schema(schema), found)]


@given(st.permutations(COLUMNS), st.sets(st.sampled_from(["tree_number", "planted_on"])))
def test_a_version_keeps_to_the_schema_that_travels_with_it(columns: list[ColumnSpec], key: set[str]) -> None:
    assert said(schema_of(tuple(columns), tuple(sorted(key)))) == []


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"name": "crown", "type": "number"}, "“crown” is missing"),
        ({"name": "height", "type": "date"}, "“Height” is number, declared is date"),
        ({"name": "height", "type": "number", "constraints": {"required": True}}, "2 empty cells"),
        ({"name": "height", "type": "number", "constraints": {"minimum": 1}}, "goes down to 0.5"),
        ({"name": "height", "type": "number", "constraints": {"maximum": 30}}, "goes up to 31.0"),
    ],
)
def test_each_departure_from_a_table_schema_is_said_in_words(field: dict[str, Any], words: str) -> None:
    (only,) = said({"fields": [field], "fieldsMatch": "subset"})
    assert words in only


def test_columns_that_the_schema_does_not_know_count_unless_it_allows_them() -> None:
    fields = [{"name": "Tree number", "type": "string"}, {"name": "height", "type": "number"}]
    assert said({"fields": fields}) == ["The column “Planted on” is not in the schema."]
    assert said({"fields": fields, "fieldsMatch": "subset"}) == []


def test_a_json_schema_of_a_feature_speaks_of_its_properties_and_its_place() -> None:
    rows = {
        "type": "object",
        "required": ["height", "crown"],
        "properties": {
            "height": {"type": ["number", "null"]},
            "crown": {"type": "number"},
            "planted_on": {"type": "string", "format": "date"},
            "owner": {"type": "string"},
        },
    }
    feature = {"type": "object", "properties": {"geometry": {}, "properties": rows}}
    assert said(feature) == ["The column “crown” is missing."]
    assert said(feature, Found(COLUMNS, False)) == [
        "The column “crown” is missing.",
        "The rows have no places.",
    ]


@pytest.mark.parametrize("schema", [None, [], "x", {}, {"fields": []}, {"properties": []}, {"fields": "a"}])
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(Refused) as refusal:
        read_schema(schema)
    assert refusal.value.problem.code == "catalogue.schema_unreadable"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "name", "format", "constraints", "minimum", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["fields", "properties", "required", "additionalProperties"]), VALUES))
def test_whatever_is_pasted_is_checked_or_refused_and_never_breaks(schema: dict[str, Any]) -> None:
    try:
        json.dumps(said(schema))
    except Refused:
        assert not isinstance(schema.get("fields"), list) or not schema["fields"]
