# SPDX-License-Identifier: EUPL-1.2
"""SQL over the DataStore: tables by resource id, the reader's rights, and nothing else than reading."""

from __future__ import annotations

import pytest
from tests.gates.ckan.conftest import Portal


@pytest.fixture
def trees(portal: Portal) -> str:
    return str(portal.ask("package_show", id="street-trees")["resources"][0]["id"])


def test_a_table_is_called_by_the_id_of_its_resource_or_by_its_name(portal: Portal, trees: str) -> None:
    statement = f'SELECT kind, count(*) AS n FROM "{trees}" WHERE _id <= 10 GROUP BY kind ORDER BY kind'
    found = portal.ask("datastore_search_sql", sql=statement)
    assert found["records"] == [
        {"kind": "Lime", "n": 3},
        {"kind": "Maple", "n": 3},
        {"kind": "Oak", "n": 4},
    ] or (sum(row["n"] for row in found["records"]) == 10)
    assert found["fields"] == [{"id": "kind", "type": "text"}, {"id": "n", "type": "int8"}]
    assert "records_truncated" not in found
    by_name = portal.ask("datastore_search_sql", sql=statement.replace(trees, "street-trees"))
    assert by_name["records"] == found["records"]


def test_two_tables_can_be_joined(portal: Portal, trees: str) -> None:
    other = portal.ask("package_show", id="bicycle-counts")["resources"][0]["id"]
    found = portal.ask(
        "datastore_search_sql", sql=f'SELECT count(*) AS n FROM "{trees}" CROSS JOIN "{other}"'
    )
    assert found["records"] == [{"n": 60 * 56}]


def test_rows_that_may_not_be_read_are_no_tables(portal: Portal) -> None:
    hidden = portal.ask("package_show", "owner", id="internal-trees")["resources"][0]["id"]
    statement = f'SELECT count(*) AS n FROM "{hidden}"'
    assert portal.ask("datastore_search_sql", "owner", sql=statement)["records"] == [{"n": 60}]
    for who in ("outsider", "colleague", "stranger"):
        for text in (statement, 'SELECT * FROM "internal-trees"', 'SELECT * FROM "draft-trees"'):
            status, error = portal.error("datastore_search_sql", who, sql=text)
            assert (status, list(error)) == (409, ["__type", "query"])


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE data", "SELECT 1; SELECT 2", "COPY (SELECT 1) TO '/tmp/x'", "SELECT * FROM read_csv('/etc/passwd')",
     "ATTACH '/tmp/x.db'", "SELECT getenv('PATH')", "SELECT * FROM information_schema.tables", "x", "PRAGMA version",
     'SELECT * FROM "00000000-0000-4000-8000-000000000000"'],
)  # fmt: skip
def test_whatever_else_is_tried_is_a_named_fault(portal: Portal, statement: str) -> None:
    status, error = portal.error("datastore_search_sql", sql=statement)
    assert (status, error["__type"], list(error)[1:]) == (409, "Validation Error", ["query"])


def test_a_statement_is_needed_and_has_an_end(portal: Portal) -> None:
    assert portal.error("datastore_search_sql")[1]["sql"] == ["Missing value"]
    assert portal.error("datastore_search_sql", sql="SELECT " + "1," * 30_000 + "1")[0] == 409
