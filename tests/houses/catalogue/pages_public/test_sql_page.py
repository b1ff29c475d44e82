# SPDX-License-Identifier: EUPL-1.2
"""Asking in SQL on the page and by program: what everybody gets, in every form, and what nobody gets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import duckdb
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from tests.houses.catalogue.town import SLUG, Town

from stoa.commons.sandbox import tickets
from stoa.commons.sandbox.pace import Pace
from stoa.houses.catalogue.pages.public import sql
from stoa.houses.catalogue.queries.answers import scratch

Get = Callable[..., Any]
BY_KIND = "SELECT kind, count(*) AS n FROM street_trees GROUP BY kind ORDER BY kind"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins with nobody having asked yet."""
    monkeypatch.setattr(sql, "_pace", Pace())


def asked(statement: str, path: str = "/sql", **more: str) -> str:
    return f"{path}?{urlencode({'query': statement, **more})}"


def test_the_page_shows_tables_columns_and_examples_of_the_city(get: Get) -> None:
    page = get("/sql").content.decode()
    assert "street_trees" in page
    assert "height_m" in page
    assert "GROUP BY kind" in page
    assert "internal_trees" not in page
    assert "entitled_trees" not in page


def test_every_example_can_be_answered(get: Get) -> None:
    response = get("/sql")
    assert len(response.context["examples"]) >= 4
    for words, statement, _url in response.context["examples"]:
        answer = get(asked(statement))
        assert answer.status_code == 200, (words, statement)
        assert answer.context["table"] or answer.context["figure"]


def test_an_answer_has_table_chart_link_and_downloads(get: Get) -> None:
    response = get(asked(BY_KIND))
    page = response.content.decode()
    assert response.context["figure"].title == "n by kind"
    assert "Lime" in page
    assert page.count("<table") == 1, "the chart brings its table, and the same one stands nowhere else"
    assert 'href="http://testserver/c/' + SLUG + "/sql?" in page
    assert "/sql.xlsx?" in page
    assert "Made from:" in page
    assert "/datasets/street-trees" in page


def test_places_get_a_map(get: Get) -> None:
    response = get(asked("SELECT kind, geometry FROM street_trees LIMIT 5"))
    layer = response.context["layer"]
    places = get(layer.geojson_url.removeprefix(f"/c/{SLUG}"))
    assert len(json.loads(b"".join(places.streaming_content))["features"]) == 5
    assert layer.bounds.west < 7.602 < layer.bounds.east


def test_a_mistake_is_said_with_its_place_and_the_question_is_kept(get: Get) -> None:
    response = get(asked("SELECT kind,\n  heigt FROM street_trees"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "In line 2 at letter 3" in page
    assert "heigt FROM street_trees</textarea>" in page


def test_what_is_typed_never_becomes_part_of_the_page(get: Get) -> None:
    for statement in ("SELECT '<script>x</script>' AS \"<b>\"", "</textarea><script>x</script>"):
        assert b"<script>x" not in get(asked(statement)).content


def test_a_closed_table_is_unknown_to_an_outsider_in_every_form(get: Get) -> None:
    for path in ("/sql", "/sql.json", "/sql.csv", "/sql.parquet", "/sql.geojson", "/sql.xlsx"):
        response = get(asked("SELECT * FROM internal_trees", path))
        assert response.status_code == 422
        assert b"There is no table" in response.content


def test_an_answer_kept_for_the_owner_is_not_given_to_an_outsider(get: Get) -> None:
    statement = "SELECT count(*) AS kept_for_the_owner FROM internal_trees"
    assert get(asked(statement, "/sql.csv"), "owner").status_code == 200
    assert get(asked(statement, "/sql.csv"), "colleague").status_code == 422
    assert get(asked(statement, "/sql.csv"), "outsider").status_code == 422


def test_programs_get_json_with_kinds(get: Get) -> None:
    response = get(
        asked(
            "SELECT kind, planted_on, geometry FROM street_trees ORDER BY tree_number", "/sql.json", limit="2"
        )
    )
    told = response.json()
    assert [column["kind"] for column in told["columns"]] == ["text", "date", "geometry"]
    assert told["truncated"] is True
    assert told["rows"][0][1] == "2025-02-02"
    assert told["rows"][0][2]["type"] == "Point"
    assert told["datasets"] == [f"http://testserver/c/{SLUG}/datasets/street-trees"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_program_gets_a_refusal_as_problem_details(get: Get) -> None:
    response = get(asked("DROP TABLE x", "/sql.json"))
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["problems"][0]["code"] == "sql.statement_not_question"


def content(response: Any) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def test_every_download_holds_the_answer(get: Get, tmp_path: Any) -> None:
    assert content(get(asked(BY_KIND, "/sql.csv"))).decode().splitlines() == [
        "kind,n", "Lime,20", "Maple,20", "Oak,20",
    ]  # fmt: skip
    assert pq.read_table(BytesIO(content(get(asked(BY_KIND, "/sql.parquet"))))).num_rows == 3
    book = CalamineWorkbook.from_filelike(BytesIO(content(get(asked(BY_KIND, "/sql.xlsx")))))
    assert book.get_sheet_by_index(0).to_python()[1] == ["Lime", 20.0]
    lines = content(get(asked(BY_KIND, "/sql.jsonl"))).decode().splitlines()
    assert json.loads(lines[0]) == {"kind": "Lime", "n": 20}
    file = tmp_path / "answer.gpkg"
    file.write_bytes(content(get(asked("SELECT kind, geometry FROM street_trees", "/sql.gpkg"))))
    assert file.read_bytes()[:15] == b"SQLite format 3"


def test_the_geometry_of_a_parquet_download_is_read_by_others(get: Get, tmp_path: Any) -> None:
    file = tmp_path / "answer.parquet"
    file.write_bytes(content(get(asked("SELECT kind, geometry FROM street_trees", "/sql.parquet"))))
    names = [name for name, *_ in duckdb.sql(f"DESCRIBE FROM '{file}'").fetchall()]
    assert {"kind", "geometry"} <= set(names)


def test_a_file_that_would_not_be_whole_is_refused(get: Get) -> None:
    response = get(asked("SELECT * FROM range(100001), street_trees LIMIT 100001", "/sql.csv"))
    assert response.json()["problems"][0]["code"] == "sql.answer_too_many_rows"


def test_a_formula_stays_a_text_in_a_spreadsheet(get: Get) -> None:
    text = content(get(asked("SELECT '=1+1' AS f FROM street_trees LIMIT 1", "/sql.csv"))).decode()
    assert "\n=1+1" not in text


def test_long_questions_come_in_the_body(town: Town, db: None) -> None:
    statement = "SELECT count(*) AS n FROM street_trees -- " + "x" * 20_000
    client = town.client("outsider")
    assert client.post(f"/c/{SLUG}/sql", {"query": statement}).status_code == 200
    assert client.post(f"/c/{SLUG}/sql.json", {"query": statement}).json()["rows"] == [[60]]


def test_names_are_offered_for_completing(get: Get) -> None:
    told = get("/sql/names.json?q=street").json()["tables"]
    assert [table["name"] for table in told] == ["street_trees"]
    assert ["height_m", "number", "Height [m]"] in told[0]["columns"]
    assert not get("/sql/names.json?q=internal").json()["tables"]


def test_who_asks_too_often_has_to_wait(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "_pace", Pace(burst=2, per_second=0.001))
    statuses = [get(asked("SELECT 1", "/sql.json")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert get(asked("SELECT 1")).status_code == 429
    assert get("/sql").status_code == 200


def test_the_pace_of_one_caller_is_not_that_of_another() -> None:
    pace = Pace(burst=1, per_second=1, callers=2)
    assert [pace.wait_for("a", 0), pace.wait_for("b", 0)] == [0, 0]
    assert pace.wait_for("a", 0.5) == pytest.approx(0.5)
    assert pace.wait_for("a", 1.5) == 0


def test_a_question_can_be_cancelled_by_its_ticket(get: Get) -> None:
    ticket = "ab" * 16

    def cancel_as_soon_as_it_runs() -> None:
        while not tickets.cancel(scratch(), ticket):
            pass

    canceller = threading.Thread(target=cancel_as_soon_as_it_runs)
    canceller.start()
    runaway = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range < 0"
    response = get(asked(runaway, "/sql.json", ticket=ticket))
    canceller.join()
    assert response.json()["problems"][0]["code"] == "sql.question_cancelled"


def test_only_a_ticket_that_is_in_use_cancels(town: Town, db: None) -> None:
    def cancel(ticket: str) -> int:
        return int(town.client("outsider").post(f"/c/{SLUG}/sql/cancel", {"ticket": ticket}).status_code)

    with tickets.running(scratch(), "cd" * 16) as is_cancelled:
        assert [cancel("ef" * 16), cancel("../../x"), is_cancelled()] == [404, 404, False]
        assert [cancel("cd" * 16), is_cancelled(), cancel("cd" * 16)] == [204, True, 404]


def test_only_people_who_may_add_datasets_are_offered_to_keep_a_question(get: Get) -> None:
    assert b"Keep it as a dataset" in get(asked(BY_KIND), "owner").content
    assert b"Keep it as a dataset" not in get(asked(BY_KIND), "outsider").content
