# SPDX-License-Identifier: EUPL-1.2
"""What people may ask, and what they get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import duckdb
import pytest

from stoa.commons.sandbox.values import Answer, Limits
from stoa.ground.problems import Refused
from stoa.ground.tables import Kind

Ask = Callable[..., Answer]


def test_a_question_gets_rows_with_kinds(ask: Ask) -> None:
    answer = ask("SELECT kind, count(*) AS n, avg(height) AS mean FROM trees GROUP BY ALL ORDER BY kind")
    assert [(c.name, c.kind) for c in answer.columns] == [
        ("kind", Kind.TEXT), ("n", Kind.INTEGER), ("mean", Kind.NUMBER),
    ]  # fmt: skip
    assert answer.rows == (("Lime", 500, 249.5), ("Oak", 500, 250.0))
    assert answer.tables == ("trees",)
    assert not answer.truncated


def test_our_own_columns_are_not_part_of_a_table(ask: Ask) -> None:
    assert [c.name for c in ask("FROM trees LIMIT 1").columns] == ["number", "kind", "height", "geometry"]


def test_row_numbers_come_under_the_name_that_was_asked_for(ask: Ask) -> None:
    answer = ask("SELECT * FROM counts ORDER BY _id LIMIT 1", row_as="_id")
    assert [c.name for c in answer.columns] == ["_id", "began", "bicycles"]
    assert answer.rows[0][0] == 1


def test_places_come_as_geojson_and_functions_of_places_work(ask: Ask) -> None:
    answer = ask("SELECT geometry, ST_X(geometry) AS x FROM trees ORDER BY number LIMIT 1")
    assert answer.columns[0].is_place
    assert answer.rows == (('{"type":"Point","coordinates":[7.0,51.0]}', 7.0),)


def test_days_begin_in_the_citys_zone(ask: Ask) -> None:
    """The clocks go forward on 29 March 2026 in Berlin: that day has 23 hours."""
    answer = ask(
        "SELECT date_trunc('day', began)::DATE AS day, count(*) AS n FROM counts GROUP BY ALL ORDER BY day"
    )
    assert answer.rows[1] == (date(2026, 3, 29), 23)


def test_a_moment_is_an_instant(ask: Ask) -> None:
    answer = ask("SELECT began, TIMESTAMP '2026-01-01 12:00' AS noon, TIME '12:30' AS t FROM counts LIMIT 1")
    assert answer.rows == (
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC), time(12, 30)),
    )


def test_what_python_cannot_hold_is_empty(ask: Ask) -> None:
    answer = ask("SELECT 'nan'::DOUBLE, 'infinity'::DATE, '290000-01-01'::TIMESTAMP, 2::HUGEINT ** 100")
    assert answer.rows[0][:3] == (None, None, None)


def test_lists_and_structures_come_as_text(ask: Ask) -> None:
    assert ask("SELECT [1, 2], {'a': 1}, 'x'::BLOB, INTERVAL 1 DAY").rows == (
        ("[1, 2]", "{'a': 1}", "x", "1 day"),
    )


def test_the_order_that_was_asked_for_is_kept(ask: Ask) -> None:
    rows = ask("SELECT range AS n FROM range(100000) ORDER BY n DESC", limits=Limits(rows=5)).rows
    assert [n for (n,) in rows] == [99999, 99998, 99997, 99996, 99995]


def test_columns_of_the_same_name_are_told_apart(ask: Ask) -> None:
    assert [c.name for c in ask("SELECT 1 AS a, 2 AS a").columns] == ["a", "a_1"]


def test_more_rows_than_wanted_are_cut_and_it_is_said(ask: Ask) -> None:
    answer = ask("FROM range(11)", limits=Limits(rows=10))
    assert len(answer.rows) == 10
    assert answer.truncated
    assert not ask("FROM range(10)", limits=Limits(rows=10)).truncated


def test_more_bytes_than_fit_are_cut_and_it_is_said(ask: Ask) -> None:
    answer = ask("SELECT repeat('x', 1000) FROM range(1000)", limits=Limits(bytes=100_000))
    assert 50 < len(answer.rows) < 100
    assert answer.truncated


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1;", "select 1 ; ; -- the end;", "WITH a AS (SELECT 1) FROM a", "VALUES (1), (2)", "TABLE trees",
        "WITH trees AS (SELECT * FROM trees WHERE kind = 'Oak') SELECT count(*) FROM trees", "SUMMARIZE trees",
        "DESCRIBE trees", "PIVOT trees ON kind IN ('Oak', 'Lime') USING count(*)",
        'SELECT * FROM (SELECT kind FROM "trees") JOIN counts ON true LIMIT 3', "SELECT [x + 1 FOR x IN [1, 2]]",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
        "SELECT kind, row_number() OVER (PARTITION BY kind ORDER BY height) FROM Trees QUALIFY 1 = 1",
        "/* first */ SELECT ';' -- ü; last", "SELECT unnest([1, 2])", "FROM generate_series(1, 3)",
    ],
)  # fmt: skip
def test_every_kind_of_question_is_answered(ask: Ask, statement: str) -> None:
    assert ask(statement).rows


def test_only_the_tables_that_are_read_are_named(ask: Ask) -> None:
    statement = "WITH secret AS (SELECT 1), b AS (FROM secret) SELECT * FROM b, trees t, Trees u"
    assert ask(statement).tables == ("trees",)


@pytest.mark.parametrize(
    ("statement", "code", "place"),
    [
        ("", "sql.statement_empty", ""),
        ("-- nothing", "sql.statement_empty", ""),
        ("SELECT 1; SELECT 2", "sql.statements_several", ""),
        ("SELEC 1", "sql.statement_unreadable", "line 1 at letter 1:"),
        ("SELECT 1,\n  FROM\nFROM trees", "sql.statement_unreadable", "line 3 at letter 1:"),
        ("SELECT kind,\n  heigt FROM trees", "sql.statement_wrong", "line 2 at letter 3:"),
        ("SELECT foo(1)", "sql.statement_wrong", "line 1 at letter 8:"),
        ("SELECT 'x'::INT", "sql.statement_wrong", "line 1 at letter 11:"),
        ("SELECT ?", "sql.parameter_unfilled", ""),
        ("SELECT 1 FROM nowhere", "sql.table_unknown", "nowhere"),
        ("SELECT " + "abs(" * 5000 + "1" + ")" * 5000, "sql.statement_too_deep", ""),
        ("SELECT '" + "x" * 200_000 + "'", "sql.statement_too_long", ""),
        ("SELECT * FROM " + ", ".join(f"t{n}" for n in range(30)), "sql.tables_too_many", ""),
        ("SELECT 'a\0b'", "sql.statement_unreadable", ""),
        ("SELECT '\ud800'", "sql.statement_unreadable", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(ask: Ask, statement: str, code: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(statement)
    assert refused.value.problem.code == code
    assert place in str(refused.value.problem)


def test_a_place_in_a_long_line_is_found(ask: Ask) -> None:
    long = "SELECT " + ", ".join(f"{n} AS a{n}" for n in range(100)) + ", heigt FROM trees"
    with pytest.raises(Refused, match=f"line 1 at letter {long.index('heigt') + 1}:"):
        ask(long)


def test_an_answer_can_be_written_as_a_staged_table(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "staged.parquet"
    answer = ask(
        'SELECT kind AS "Art des Baums", sum(height) AS s, any_value(geometry) AS g FROM trees GROUP BY ALL',
        into=file,
    )
    assert (answer.written, answer.rows, answer.truncated) == (2, (), False)
    told = duckdb.sql(f"DESCRIBE FROM '{file}'").fetchall()
    assert [(name, kind) for name, kind, *_ in told] == [
        ("art_des_baums", "VARCHAR"), ("s", "DOUBLE"), ("_wkb", "BLOB"),
    ]  # fmt: skip
