# SPDX-License-Identifier: EUPL-1.2
"""The DataStore's reading side: filters, words, order, formats, pages, dumps, and who may read."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.gates.ckan.conftest import Portal
from tests.houses.catalogue.town import SLUG


@pytest.fixture
def trees(portal: Portal) -> str:
    return str(portal.ask("package_show", id="street-trees")["resources"][0]["id"])


def numbers(found: dict[str, Any]) -> list[int]:
    return [row["_id"] for row in found["records"]]


def test_rows_come_with_their_number_and_the_types_of_postgresql(portal: Portal, trees: str) -> None:
    found = portal.ask("datastore_search", resource_id=trees)
    assert (found["total"], found["limit"], found["total_was_estimated"]) == (60, 100, False)
    assert numbers(found) == list(range(1, 61))
    types = {field["id"]: field["type"] for field in found["fields"]}
    assert types == {
        "_id": "int", "tree_number": "text", "kind": "text", "planted_on": "date", "height_m": "float8",
        "longitude": "float8", "latitude": "float8",
    }  # fmt: skip
    first = found["records"][0]
    assert (first["tree_number"], first["planted_on"], first["height_m"]) == ("T-001", "2025-02-02", 0.25)
    assert list(first) == [field["id"] for field in found["fields"]]
    assert found["fields"][4]["info"]["unit"] == "m"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"filters": {"kind": "Oak"}, "limit": 3}, [1, 4, 9]),
        ({"filters": {"kind": "oak"}}, []),
        ({"filters": {"tree_number": ["T-001", "T-003"]}}, [1, 3]),
        ({"filters": {"_id": [5, 7]}}, [5, 7]),
        ({"filters": {"_id": {"gt": 58}}}, [59, 60]),
        ({"filters": {"height_m": {"gte": 14.5, "lt": 15}}}, [57, 58]),
        ({"filters": {"height_m": None}}, [5]),
        ({"filters": {"planted_on": {"lt": "2025-01-06"}}}, [59]),
        ({"filters": {"kind": []}}, []),
        ({"filters": '{"_id": 2}'}, [2]),
        ({"q": "T-002"}, [2]),
        ({"q": {"tree_number": "t-00", "kind": "maple"}}, [2, 5, 7]),
        ({"q": "oak 0.25"}, [1]),
        ({"q": "T-001 | T-002", "plain": False}, [1, 2]),
        ({"q": "T-00:* & !(Oak | Lime)", "plain": False}, [2, 5, 7]),
        ({"full_text": "'T-001'"}, [1]),
        ({"sort": "height_m desc nulls last", "limit": 2}, [59, 58]),
        ({"sort": "height_m desc", "limit": 2}, [5, 59]),
        ({"sort": "kind, _id desc", "limit": 2}, [59, 56]),
        ({"sort": '"kind" desc, "height_m" asc', "limit": 2}, [1, 4]),
        ({"offset": 58}, [59, 60]),
        ({"offset": 10**15}, []),
        ({"limit": 0}, []),
    ],
)  # fmt: skip
def test_questions_are_answered_as_ckan_would(
    portal: Portal, trees: str, asked: Any, expected: list[int]
) -> None:
    found = portal.ask("datastore_search", resource_id=trees, **asked)
    assert numbers(found) == expected


def test_distinct_rows_of_some_fields(portal: Portal, trees: str) -> None:
    found = portal.ask("datastore_search", resource_id=trees, fields="kind", distinct=True, sort="kind")
    assert found["records"] == [{"kind": "Lime"}, {"kind": "Maple"}, {"kind": "Oak"}]
    assert found["total"] == 3
    assert found["fields"] == [{"id": "kind", "type": "text", "info": {"label": "Kind"}}]


def test_the_formats_of_records_say_the_same(portal: Portal, trees: str) -> None:
    asked = {"resource_id": trees, "limit": 2, "fields": ["_id", "kind", "height_m"], "offset": 3}
    objects = portal.ask("datastore_search", **asked)["records"]
    lists = portal.ask("datastore_search", records_format="lists", **asked)["records"]
    assert lists == [list(row.values()) for row in objects]
    text = portal.ask("datastore_search", records_format="csv", **asked)["records"]
    assert list(csv.reader(io.StringIO(text))) == [
        ["" if cell is None else str(cell) for cell in row] for row in lists
    ]
    tabs = portal.ask("datastore_search", records_format="tsv", **asked)["records"]
    assert tabs == text.replace(",", "\t")


def test_next_leads_through_all_rows(portal: Portal, trees: str) -> None:
    seen: list[int] = []
    path = f"/c/{SLUG}/api/3/action/datastore_search?resource_id={trees}&limit=25"
    while True:
        found = Client().get(path).json()["result"]
        seen += numbers(found)
        if not found["records"]:
            break
        path = found["_links"]["next"]
    assert seen == list(range(1, 61))
    assert found["_links"]["start"].endswith(f"resource_id={trees}&limit=25")


def test_a_total_may_be_left_out_and_a_limit_is_capped(portal: Portal, trees: str) -> None:
    assert "total" not in portal.ask("datastore_search", resource_id=trees, include_total=False)
    assert portal.ask("datastore_search", resource_id=trees, limit=99_999)["limit"] == 32_000


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"filters": {"nothing": 1}}, "filters"),
        ({"filters": "x"}, "filters"),
        ({"filters": {"kind": {"like": "x"}}}, "filters"),
        ({"filters": {"height_m": "tall"}}, "height_m"),
        ({"filters": {"kind": {"eq": {"a": 1}}}}, "filters"),
        ({"filters": {"_id": 2**70}}, "filters"),
        ({"fields": "nothing"}, "fields"),
        ({"sort": "nothing"}, "sort"),
        ({"sort": "kind; drop table data"}, "sort"),
        ({"limit": -1}, "limit"),
        ({"offset": "x"}, "offset"),
        ({"records_format": "yaml"}, "records_format"),
        ({"q": {"nothing": "x"}}, "q"),
        ({"q": "a &", "plain": False}, "q"),
        ({"q": "(" * 50, "plain": False}, "q"),
    ],
)
def test_what_cannot_be_understood_is_named_by_field(
    portal: Portal, trees: str, asked: Any, field: str
) -> None:
    status, error = portal.error("datastore_search", resource_id=trees, **asked)
    assert (status, error["__type"]) == (409, "Validation Error")
    assert list(error)[1:] == [field]


def test_only_tables_that_may_be_read_are_in_the_store(portal: Portal) -> None:
    whole = portal.ask("package_show", "owner", id="internal-trees")
    for one in whole["resources"]:
        status = portal.answer("datastore_search", "owner", resource_id=one["id"]).status_code
        assert status == (200 if one["datastore_active"] else 404)
        for who in ("outsider", "colleague", "stranger"):
            assert portal.error("datastore_search", who, resource_id=one["id"])[0] == 404
    entitled = portal.ask("package_show", "owner", id="entitled-trees")["resources"][0]["id"]
    assert portal.ask("datastore_search", "colleague", resource_id=entitled)["total"] == 60
    assert portal.error("datastore_search", resource_id=entitled)[0] == 404
    assert Client().get(f"/c/{SLUG}/datastore/dump/{entitled}").status_code == 404
    for told in ("draft-trees", "nothing", "x" * 36):
        assert portal.error("datastore_search", "owner", resource_id=told)[0] == 404


def test_the_name_of_a_dataset_is_an_alias_of_its_table(portal: Portal, trees: str) -> None:
    by_alias = portal.ask("datastore_search", resource_id="street-trees", limit=1)
    assert by_alias["resource_id"] == trees
    found = portal.ask("datastore_info", id=trees)
    assert (found["meta"]["count"], found["meta"]["aliases"]) == (60, ["street-trees"])
    assert [field["id"] for field in found["fields"]][:2] == ["_id", "tree_number"]


def test_a_dump_is_the_whole_table_in_four_formats(portal: Portal, trees: str) -> None:
    def text(**asked: Any) -> str:
        answer = Client().get(f"/c/{SLUG}/datastore/dump/{trees}", asked)
        assert answer.status_code == 200
        assert "street-trees" in answer["Content-Disposition"]
        return answer.getvalue().decode()

    rows = list(csv.DictReader(io.StringIO(text())))
    assert [row["_id"] for row in rows] == [str(n) for n in range(1, 61)]
    assert rows[0]["planted_on"] == "2025-02-02"
    assert text(format="tsv", bom="true").startswith("\ufeff_id\ttree_number")
    dumped = json.loads(text(format="json", limit="2", offset="1", fields="_id,kind"))
    assert [field["id"] for field in dumped["fields"]] == ["_id", "kind"]
    assert [row[0] for row in dumped["records"]] == [2, 3]
    tree = ET.fromstring(text(format="xml", filters='{"_id": 5}'))
    assert tree.find("row").get("_id") == "5"  # type: ignore[union-attr]
    assert tree.find("row/height_m").get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("asked", "status", "word"),
    [({"format": "doc"}, 400, "format"), ({"limit": "x"}, 400, "limit"), ({"sort": "x"}, 400, "sort"),
     ({"filters": "{"}, 400, "filters"), ({"q": "\0"}, 400, "text")],
)  # fmt: skip
def test_a_dump_that_cannot_be_made_says_why(
    portal: Portal, trees: str, asked: Any, status: int, word: str
) -> None:
    answer = Client().get(f"/c/{SLUG}/datastore/dump/{trees}", asked)
    assert (answer.status_code, word in answer.content.decode()) == (status, True)


# -- hostile questions

EVIL = st.sampled_from(
    ["kind", "_id", "height_m", "nothing", '"', "'", "; drop table data", "--", "/*", "$1", "?", "\\", "%", "_search",
     "rowid", "Oak", "1", "-1", "1e400", "NaN", "2025-13-99", "ünï", "(", ")", "|", "&", "!", ":*", "<->", "nulls"]
)  # fmt: skip
TEXT = st.lists(EVIL, max_size=6).map(" ".join) | st.text(max_size=40)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "filters": st.dictionaries(EVIL, ANYTHING, max_size=3) | ANYTHING,
        "q": ANYTHING | st.dictionaries(EVIL, TEXT, max_size=2),
        "full_text": TEXT,
        "plain": st.booleans(),
        "sort": ANYTHING,
        "fields": ANYTHING,
        "distinct": st.booleans(),
        "limit": SCALAR,
        "offset": SCALAR,
        "records_format": st.sampled_from(["objects", "lists", "csv", "tsv"]) | SCALAR,
    },
)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(asked=ASKED)
def test_whatever_is_asked_there_is_an_answer_or_a_named_fault(
    portal: Portal, trees: str, asked: Any
) -> None:
    answer = portal.answer("datastore_search", **{"resource_id": trees, **asked})
    assert answer.status_code in {200, 400, 404, 409}
    if answer.status_code == 200:
        assert answer.json()["result"]["total"] <= 60
    elif not isinstance(answer.json(), str):
        assert answer.json()["error"]["__type"] in {"Validation Error", "Not Found Error", "Search Error"}


def test_a_huge_filter_is_refused_quickly(portal: Portal, trees: str) -> None:
    many = {"filters": {"kind": ["x" * 1000] * 1000}}
    assert portal.answer("datastore_search", resource_id=trees, **many).status_code == 200
    assert portal.error("datastore_search", resource_id=trees, filters={"kind": ["x"] * 1001})[0] == 409
    assert portal.error("datastore_search", resource_id=trees, filters={"kind": "x" * 1_000_000})[0] == 409
    huge = portal.answer("datastore_search", resource_id=trees, q="x" * 5_000_000)
    assert (huge.status_code, huge.json()[:11]) == (413, "Bad request")
