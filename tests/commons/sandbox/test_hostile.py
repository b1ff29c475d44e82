# SPDX-License-Identifier: EUPL-1.2
"""Statements that want more than an answer: files, the network, settings, other people's answers, the machine."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commons.sandbox.conftest import SECRET

from stoa.commons.sandbox import pool
from stoa.commons.sandbox.values import Answer, Limits
from stoa.ground.problems import Refused

Ask = Callable[..., Answer]

FORBIDDEN = [
    # files
    "SELECT * FROM '{secret}'", "SELECT * FROM read_parquet('{secret}')", "SELECT * FROM parquet_scan('{secret}')",
    "SELECT * FROM parquet_metadata('{secret}')", "SELECT * FROM parquet_schema('{secret}')",
    "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')", "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')", "SELECT * FROM glob('/etc/*')", "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM st_read('/etc/passwd')", "SELECT * FROM ST_Read_Meta('/etc/passwd')", "SELECT * FROM st_drivers()",
    "SELECT * FROM 'tables/0.parquet'", "SELECT * FROM read_parquet('tables/0.parquet')",
    "SELECT * FROM sqlite_scan('x', 'y')", "SELECT * FROM postgres_scan('', '', '')", "SELECT * FROM arrow_scan(1,2,3)",
    "SELECT * FROM python_map_function(1)", "SELECT * FROM pandas_scan(1)", "SELECT * FROM seq_scan('trees')",
    "COPY (SELECT 1) TO '{new}'", "COPY trees TO '{secret}'", "COPY (SELECT 1) TO '/dev/stdout'",
    "EXPORT DATABASE '{new}'", "IMPORT DATABASE '{new}'", "ATTACH '{new}'", "ATTACH ':memory:' AS x", "DETACH memory",
    # the network
    "SELECT * FROM 'https://127.0.0.1/x.parquet'", "SELECT * FROM read_csv('http://127.0.0.1/x')",
    "SELECT * FROM read_parquet('s3://bucket/x')", "INSTALL httpfs", "LOAD httpfs", "LOAD '{secret}'",
    "FORCE INSTALL spatial", "CREATE SECRET s (TYPE s3)",
    # settings
    "SET memory_limit='10GB'", "SET threads=64", "RESET memory_limit", "SET enable_external_access=true",
    "SET lock_configuration=false", "PRAGMA memory_limit='10GB'", "PRAGMA database_list", "PRAGMA version",
    "SELECT current_setting('allowed_paths')", "SELECT system.main.current_setting('allowed_paths')",
    "SELECT list_transform(['allowed_paths'], x -> current_setting(x))", "SELECT getenv('HOME')",
    "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_secrets()", "SELECT * FROM duckdb_extensions()",
    "SELECT * FROM duckdb_views()", "SELECT * FROM duckdb_views", "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_temporary_files()", "SELECT * FROM duckdb_logs", "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_settings", "SELECT * FROM pg_views",
    "SELECT * FROM main.trees", "SELECT * FROM system.main.duckdb_views", "SELECT * FROM memory.main.trees",
    "SELECT * FROM pragma_database_list()", "SELECT * FROM pragma_storage_info('trees')",
    "SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('trees')", "SELECT * FROM query_table(['trees'])",
    "SELECT json_execute_serialized_sql('x')", "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT getvariable('x')", "SELECT write_log('x')", "SHOW TABLES", "SHOW ALL TABLES", "SHOW DATABASES",
    "SELECT * FROM which_secret('x', 'y')", "SELECT * FROM duckdb_functions()", "SELECT * FROM duckdb_columns()",
    # writing, and other people's answers
    "DROP VIEW trees", "CREATE VIEW trees AS SELECT 1", "CREATE OR REPLACE VIEW trees AS SELECT 1",
    "CREATE TABLE x (a INT)", "CREATE TEMP TABLE x AS SELECT 1", "CREATE MACRO f(x) AS x", "CREATE TYPE t AS INT",
    "CREATE SCHEMA s", "CREATE SEQUENCE s", "SELECT nextval('s')", "INSERT INTO trees VALUES (1)", "DELETE FROM trees",
    "UPDATE trees SET kind = 'x'", "MERGE INTO trees USING trees t ON true WHEN MATCHED THEN DELETE",
    "ALTER VIEW trees RENAME TO x", "TRUNCATE trees", "COMMENT ON VIEW trees IS 'x'", "USE memory",
    "WITH x AS (DELETE FROM trees RETURNING *) SELECT * FROM x",
    "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "CALL range(3)", "CHECKPOINT", "VACUUM", "ANALYZE",
    "BEGIN", "COMMIT", "ROLLBACK", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT * FROM trees", "SET VARIABLE x = 1",
    "SELECT 1; DROP VIEW trees", "SELECT 1;\nCOPY (SELECT 1) TO '{new}'", "DROP VIEW trees; SELECT 1",
    "SELECT 1) TO '{new}'; --", "SELECT 1) LIMIT 1; DROP VIEW trees; SELECT (1", "PIVOT trees ON kind USING count(*)",
]  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_nothing_but_a_question_is_done(
    ask: Ask, places: dict[str, Path], tmp_path: Path, statement: str
) -> None:
    new = tmp_path / "new"
    with pytest.raises(Refused) as refused:
        ask(statement.replace("{secret}", str(places["secret"])).replace("{new}", str(new)))
    problem = refused.value.problem
    assert problem.code.startswith("sql.")
    assert not new.exists()
    said = str(problem)
    assert SECRET not in said
    assert "tables/" not in said.replace("tables/0.parquet", "", 1)  # what was asked may be said again
    assert "root:" not in said


def test_the_file_of_a_table_stays_as_it_was(ask: Ask, places: dict[str, Path]) -> None:
    before = places["trees"].read_bytes()
    for statement in ("COPY (SELECT 1) TO 'tables/0.parquet'", f"COPY (SELECT 1) TO '{places['trees']}'"):
        with pytest.raises(Refused):
            ask(statement)
    ask("FROM trees LIMIT 1")
    assert places["trees"].read_bytes() == before


def test_no_function_that_can_be_called_tells_a_path(
    ask: Ask, scratch: Path, places: dict[str, Path]
) -> None:
    """Everything a statement without tables of ours may call about itself, in one row."""
    told = ask(
        "SELECT current_database(), current_schema(), current_query(), current_user, version(), txid_current(), "
        "pg_typeof(1), current_schemas(true), format('{}', 1) FROM trees LIMIT 1"
    ).rows
    assert str(scratch.parent) not in str(told)
    assert places["trees"].name not in str(told)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ST_GeomFromText('/usr/lib/python3/dist-packages x')", "SELECT error('/var/lib/stoa/lake/x')",
        "SELECT strptime('/home/stoa/lake', '%Y')",
    ],
)  # fmt: skip
def test_paths_are_taken_out_of_what_the_engine_says(ask: Ask, statement: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(statement)
    assert not re.search(r"/(usr|var|home)/", str(refused.value.problem))


RUNAWAYS = [
    "SELECT count(DISTINCT range % 1000) FROM range(100000000000)",
    "SELECT count(*) FROM trees a, trees b, trees c, trees d WHERE a.height + b.height + c.height + d.height < 0",
    "SELECT repeat('x', 2000000000)",
    "SELECT length(repeat('x', 2000000000))",
    "SELECT length(repeat(repeat('x', 1000000000), 3))",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "WITH RECURSIVE r AS (SELECT 'x' AS n UNION ALL SELECT n || n FROM r) SELECT max(n) FROM r",
    "SELECT list(repeat('x', 1000)) FROM range(100000000)",
    "SELECT count(DISTINCT md5(range::VARCHAR)) FROM range(200000000)",
    "SELECT range, repeat('x', 100000) FROM range(100000000) ORDER BY md5(range::VARCHAR)",
    "SELECT generate_series(1, 4000000000)",
    "SELECT list_sort(range(2000000000))",
    "SELECT string_agg(repeat('x', 10000), ',') FROM range(10000000)",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT array_to_string(range(500000000), ',')",
    "SELECT regexp_matches(repeat('a', 50000000), '(a+)+$')",
    "SELECT count(*) FROM trees a JOIN trees b ON a.height < b.height JOIN trees c ON b.height < c.height, range(1000)",
]


def _outcome(asking: Callable[[], Answer]) -> str:
    """The code of the refusal, or that there was none."""
    try:
        answer = asking()
    except Refused as refused:
        return refused.problem.code
    assert "root:" not in str(answer.rows)
    assert SECRET not in str(answer.rows)
    return "answered"


@pytest.mark.parametrize("statement", RUNAWAYS)
def test_a_runaway_ends_and_the_next_question_is_answered(ask: Ask, statement: str) -> None:
    started = time.monotonic()
    outcome = _outcome(lambda: ask(statement, limits=Limits(seconds=1)))
    assert outcome in {"answered", "sql.answer_too_slow", "sql.answer_too_large", "sql.engine_broke"}
    # One second of work, two of grace, and room for a slow machine to end and start a process.
    assert time.monotonic() - started < 15
    assert ask("SELECT count(*) FROM trees").rows == ((1000,),)


def test_a_child_takes_no_more_memory_than_it_may(ask: Ask, scratch: Path) -> None:
    ask("SELECT 1")
    (child,) = (worker._child.pid for worker in pool.pool(scratch)._idle[-1:])
    limits = Path(f"/proc/{child}/limits").read_text()
    assert re.search(r"Max address space\s+2147483648\s+2147483648", limits)
    assert re.search(r"Max core file size\s+0\s+0", limits)


def test_a_child_knows_no_secret(ask: Ask, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("STOA_SECRET_KEY", "secret")
    pool.pool(scratch).close()
    ask("SELECT 1")
    child = pool.pool(scratch)._idle[-1]._child.pid
    assert b"secret" not in Path(f"/proc/{child}/environ").read_bytes()


def test_a_question_can_be_cancelled(ask: Ask) -> None:
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        ask(RUNAWAYS[1], limits=Limits(seconds=30), is_cancelled=cancelled.is_set)
    assert refused.value.problem.code == "sql.question_cancelled"
    assert time.monotonic() - started < 10


def test_a_child_that_is_killed_is_replaced(ask: Ask, scratch: Path) -> None:
    ask("SELECT 1")
    idle = pool.pool(scratch)._idle
    os.kill(idle[-1]._child.pid, 9)
    idle[-1]._child.wait()
    assert ask("SELECT 1").rows == ((1,),)


def test_a_child_ends_with_its_parent_and_leaves_no_folder(ask: Ask, scratch: Path) -> None:
    ask("SELECT 1")
    worker = pool.pool(scratch)._idle.pop()
    assert worker._child.stdin
    worker._child.stdin.close()
    worker._child.wait(10)
    assert not worker.home.exists()


def test_many_at_once_are_answered_in_turn_or_told_to_come_back(ask: Ask) -> None:
    outcomes: list[str] = []

    def visitor(n: int) -> None:
        try:
            outcomes.append(str(ask(f"SELECT count(*) + {n} FROM trees").rows[0][0] - n))
        except Refused as refused:
            outcomes.append(refused.problem.code)

    visitors = [threading.Thread(target=visitor, args=(n,)) for n in range(30)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    assert len(outcomes) == 30
    assert set(outcomes) <= {"1000", "lake.busy"}
    assert outcomes.count("1000") >= 4


PIECES = r"""
SELECT FROM WHERE trees counts secret ( ) , ; * ' " -- /* */ 1 'x' kind height UNION ALL WITH a AS RECURSIVE
JOIN ON USING COPY TO read_text current_setting ('/etc/passwd') ATTACH SET geometry ST_Buffer duckdb_settings()
GROUP BY ORDER LIMIT OVER PIVOT IN unnest [ ] { } : :: INT $1 ? \ E'\x' $$ x DESCRIBE
"""
WORDS = st.sampled_from([*PIECES.split(), "\0", "\U0001f600"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=25).map(" ".join) | st.text(max_size=200))
def test_whatever_is_written_gets_an_answer_or_a_reason(ask: Ask, statement: str) -> None:
    outcome = _outcome(lambda: ask(statement, limits=Limits(seconds=5)))
    assert outcome == "answered" or outcome.startswith("sql.")
    assert outcome != "sql.engine_broke"
