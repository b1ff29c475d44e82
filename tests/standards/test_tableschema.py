# SPDX-License-Identifier: EUPL-1.2
"""The dictionary that travels with a download."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.tables import ColumnSpec, Kind
from stoa.standards.tableschema import (
    Package,
    Resource,
    column_of,
    columns_of,
    field_of,
    package_of,
    schema_of,
)

names = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
columns = st.builds(ColumnSpec, names, st.text(), st.sampled_from(Kind), st.text(), st.text(), st.booleans())


@given(columns, st.text(min_size=1), st.booleans())
def test_a_column_is_read_back_as_it_was_whatever_its_heading(
    column: ColumnSpec, heading: str, key: bool
) -> None:
    field = json.loads(json.dumps(field_of(column, name=heading, is_key=key)))
    assert field["name"] == heading
    assert column_of(field) == column


@given(st.lists(columns, max_size=5, unique_by=lambda column: column.name))
def test_a_schema_is_read_back_as_it_was(listed: list[ColumnSpec]) -> None:
    schema = schema_of(tuple(listed), tuple(column.name for column in listed[:1]))
    assert columns_of(json.loads(json.dumps(schema))) == tuple(listed)
    assert ("primaryKey" in schema) is bool(listed)


def test_a_key_uses_the_headings_of_the_file_and_is_left_out_when_incomplete() -> None:
    trees = (ColumnSpec("id", "Nr.", Kind.INTEGER), ColumnSpec("art", "Art", Kind.TEXT))
    assert schema_of(trees, ("id",), headings={"id": "Nr.", "art": "Art"})["primaryKey"] == ["Nr."]
    assert schema_of(trees[1:], ("id",)).get("primaryKey") is None
    assert schema_of(trees, ("id",))["fields"][0]["constraints"] == {"required": True}


def test_a_package_says_licence_publisher_and_dialect() -> None:
    package = Package(
        "trees",
        "Trees",
        version="3",
        publisher="Parks",
        licence_name="CC0-1.0",
        licence_link="https://x.example",
    )
    resource = Resource("trees", "trees.csv", "csv", "text/csv", bytes=10, rows=2, separator=",")
    body = package_of(package, resource, schema_of(()))
    assert body["licenses"] == [{"name": "CC0-1.0", "path": "https://x.example"}]
    assert body["contributors"] == [{"title": "Parks", "roles": ["publisher"]}]
    assert "homepage" not in body
    only = body["resources"][0]
    assert (only["path"], only["bytes"], only["rows"], only["dialect"]["delimiter"]) == (
        "trees.csv",
        10,
        2,
        ",",
    )
