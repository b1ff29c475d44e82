# SPDX-License-Identifier: EUPL-1.2
"""Limits of time, and connections that serve one question after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import duckdb
import pytest

from stoa.commons.lake import door, reader
from stoa.commons.lake.turnstile import Watch, time_limit
from stoa.commons.lake.values import Layout, Query
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind

COLUMNS = (ColumnSpec("n", "N", Kind.INTEGER),)
PATIENCE = 20.0
ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range < 0"


def test_what_is_due_is_called_in_its_order_and_what_was_taken_off_never() -> None:
    watch, called, done = Watch(), list[str](), threading.Event()
    with watch._news:  # nothing is called meanwhile, however long it takes
        watch.put(0.0, lambda: called.append("first"))
        off = watch.put(0.0, lambda: called.append("off"))
        watch.put(0.0, done.set)
        watch.take_off(off)
    assert done.wait(PATIENCE)
    assert called == ["first"]


def test_who_has_less_time_does_not_wait_for_who_has_more() -> None:
    watch, done = Watch(), threading.Event()
    watch.put(PATIENCE * 10, lambda: None)
    watch.put(0.0, done.set)
    assert done.wait(PATIENCE)


def test_one_that_fails_does_not_end_the_watch() -> None:
    watch, done = Watch(), threading.Event()
    watch.put(0.0, lambda: 1 / 0)
    watch.put(0.01, done.set)
    assert done.wait(PATIENCE)


def test_a_block_that_ends_in_time_is_left_alone() -> None:
    called: list[int] = []
    with time_limit(60, lambda: called.append(1)):
        pass
    assert not called


def test_a_question_that_takes_too_long_is_stopped_and_the_next_one_answered(
    layout: Layout, put: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = put(COLUMNS, [[1], [2]]).ref
    limited = reader.limited
    monkeypatch.setattr(reader, "limited", lambda cursor: limited(cursor, 0.05))
    with pytest.raises(Refused) as refusal:
        reader.rows(layout, ref, ENDLESS, [])
    assert refusal.value.problem.code == "lake.query_too_slow"
    monkeypatch.undo()
    assert reader.rows(layout, ref, "SELECT n FROM data ORDER BY n", []) == [(1,), (2,)]


def test_a_connection_serves_its_own_version_only(layout: Layout, put: Callable[..., Any]) -> None:
    first, second = put(COLUMNS, [[1]]).ref, put(COLUMNS, [[2], [3]]).ref
    for _ in range(3):
        assert reader.rows(layout, first, "SELECT n FROM data", []) == [(1,)]
        assert reader.rows(layout, second, "SELECT n FROM data ORDER BY n", []) == [(2,), (3,)]
    reader.forget(layout, first)
    assert door.page(layout, first, Query()).rows == ((1, 1),)
    assert reader.rows(layout, first, "SELECT n FROM data", []) == [(1,)]


def test_a_connection_whose_question_failed_is_not_used_again(
    layout: Layout, put: Callable[..., Any]
) -> None:
    ref = put(COLUMNS, [[1]]).ref
    seen = []
    for text in ("SELECT n FROM data", "SELECT n FROM data", "SELECT error('no')", "SELECT n FROM data"):
        with suppress(duckdb.Error), reader.reader(layout).cursor(ref, keep=True) as cursor:
            seen.append(cursor)
            cursor.execute(text).fetchall()
    assert seen[0] is seen[1] is seen[2]
    assert seen[3] is not seen[2]
