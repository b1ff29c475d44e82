# SPDX-License-Identifier: EUPL-1.2
"""Rows by any question, held against a slow and obvious answer in Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commons.lake import door
from stoa.commons.lake.records import MOST_CELLS, RecordQuery, Sort
from stoa.commons.lake.values import Filter, Layout, Op, VersionRef
from stoa.commons.lake.words import AllOf, AnyOf, NoneOf, TextTest, Word
from stoa.ground.problems import Refused
from stoa.ground.tables import ROW, ColumnSpec, Kind

COLUMNS = (
    ColumnSpec("kind", "Kind", Kind.TEXT),
    ColumnSpec("size", "Size", Kind.INTEGER),
    ColumnSpec("open", "Open", Kind.BOOLEAN),
    ColumnSpec("day", "Day", Kind.DATE),
)
NAMES = (ROW, *(column.name for column in COLUMNS))
KINDS = (None, "Lime", "oak", "Ölbaum", "lime 2")
ROWS = [
    (KINDS[n % 5], None if n % 7 == 0 else n % 4, n % 3 == 0, date(2026, 1, 1 + n % 3)) for n in range(1, 48)
]
NUMBERED = [(n, *row) for n, row in enumerate(ROWS, start=1)]
SIGNS: dict[Op, Callable[[Any, Any], bool]] = {
    Op.IS: lambda a, b: a == b,
    Op.LESS: lambda a, b: a < b,
    Op.AT_MOST: lambda a, b: a <= b,
    Op.MORE: lambda a, b: a > b,
    Op.AT_LEAST: lambda a, b: a >= b,
}


@pytest.fixture
def table(put: Callable[..., Any]) -> VersionRef:
    found: VersionRef = put(COLUMNS, ROWS).ref
    return found


WORDS = st.sampled_from(["lime", "OAK", "olb", "2", "2026-01-02", "zzz", ""]).map(Word) | st.sampled_from(
    [Word("li", "kind"), Word("1", "size"), Word("2026-01-0", "day"), Word("TRUE", "open")]
)
TESTS: st.SearchStrategy[TextTest] = st.recursive(
    WORDS,
    lambda inner: (
        st.builds(NoneOf, inner)
        | st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
    ),
    max_leaves=6,
)
FILTERS = st.builds(
    lambda op, value: Filter("size", op, (str(value),)), st.sampled_from([*SIGNS]), st.integers(-1, 4)
) | st.builds(lambda op, value: Filter(ROW, op, (str(value),)), st.sampled_from([*SIGNS]), st.integers(0, 50))
QUERIES = st.builds(
    RecordQuery,
    filters=st.lists(FILTERS, max_size=2).map(tuple),
    words=st.just(AllOf(())) | TESTS,
    sorts=st.lists(
        st.builds(Sort, st.sampled_from(["kind", "size", "day", ROW]), st.booleans(), st.sampled_from([None, True, False])),
        max_size=3,
    ).map(tuple),
    columns=st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple),
    is_distinct=st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES, limit=st.integers(0, 60), offset=st.integers(0, 50))
def test_every_question_is_answered_as_a_slow_loop_would(
    layout: Layout, table: VersionRef, query: RecordQuery, limit: int, offset: int
) -> None:
    expected = slow(query)
    found = door.records(layout, table, query, limit=limit, offset=offset, with_count=limit % 2 == 0)
    assert list(found.rows) == expected[offset : offset + limit]
    assert door.count_records(layout, table, query) == len(expected)
    pieces = door.stream_records(layout, table, query, limit=limit, offset=offset)
    assert [row for piece in pieces for row in piece] == expected[offset : offset + limit]


def slow(query: RecordQuery) -> list[tuple[Any, ...]]:
    hits = [row for row in NUMBERED if all(fits(row, one) for one in query.filters) and has(row, query.words)]
    keys = [*query.sorts, Sort(ROW)]
    hits.sort(key=cmp_to_key(lambda a, b: next((c for c in (compared(a, b, k) for k in keys) if c), 0)))
    columns = query.columns or NAMES
    shown = [tuple(row[NAMES.index(name)] for name in columns) for row in hits]
    if not query.is_distinct:
        return shown
    best: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row, line in zip(hits, shown, strict=True):
        best.setdefault(line, []).append(row)
    groups = [(line, [least(rows, name) for name in NAMES]) for line, rows in best.items()]
    groups.sort(
        key=cmp_to_key(lambda a, b: next((c for c in (compared(a[1], b[1], k) for k in keys) if c), 0))
    )
    return [line for line, _least in groups]


def least(rows: list[tuple[Any, ...]], name: str) -> Any:
    """Of rows that are one: the smallest value that is not empty."""
    values = [row[NAMES.index(name)] for row in rows if row[NAMES.index(name)] is not None]
    return min(values, key=lambda value: sortable(value)) if values else None


def fold(text: str) -> str:
    return text.lower().replace("ö", "o")


def sortable(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value


def compared(a: Any, b: Any, sort: Sort) -> int:
    one, other = a[NAMES.index(sort.column)], b[NAMES.index(sort.column)]
    nulls_first = sort.descending if sort.nulls_first is None else sort.nulls_first
    if one is None or other is None:
        return 0 if one is other else (-1 if (one is None) == nulls_first else 1)
    one, other = sortable(one), sortable(other)
    return 0 if one == other else (-1 if (one < other) != sort.descending else 1)


def fits(row: tuple[Any, ...], one: Filter) -> bool:
    value = row[NAMES.index(one.column)]
    return value is not None and SIGNS[one.op](value, int(one.values[0]))


def has(row: tuple[Any, ...], test: TextTest) -> bool:
    if isinstance(test, NoneOf):
        return not has(row, test.part)
    if isinstance(test, AllOf):
        return all(has(row, part) for part in test.parts)
    if isinstance(test, AnyOf):
        return any(has(row, part) for part in test.parts)
    if test.column:
        value = row[NAMES.index(test.column)]
        return value is not None and fold(test.text) in fold(str(value))
    if row[1] is not None and fold(test.text) in fold(row[1]):
        return True
    return (test.text == "" and True) or str(row[2]) == test.text or str(row[4]) == test.text


def test_a_column_that_is_not_there_is_refused_wherever_it_is_named(
    layout: Layout, table: VersionRef
) -> None:
    evil = '"; drop table data --'
    for query in (
        RecordQuery(filters=(Filter(evil, Op.IS, ("1",)),)),
        RecordQuery(sorts=(Sort(evil),)),
        RecordQuery(columns=(evil,)),
        RecordQuery(words=Word("a", evil)),
    ):
        with pytest.raises(Refused) as refused:
            door.records(layout, table, query, limit=1)
        assert refused.value.problem.code == "lake.column_unknown"


@pytest.mark.parametrize("value", ["x", "", "9" * 30, "1.5"])
def test_a_row_number_must_be_one(layout: Layout, table: VersionRef, value: str) -> None:
    with pytest.raises(Refused):
        door.records(layout, table, RecordQuery((Filter(ROW, Op.IS, (value,)),)), limit=1)


def test_too_many_words_and_too_deep_tests_are_refused(layout: Layout, table: VersionRef) -> None:
    deep: TextTest = Word("a")
    for _ in range(2_000):
        deep = NoneOf(deep)
    for test in (AllOf((Word("a"),) * 31), deep):
        with pytest.raises(Refused):
            door.records(layout, table, RecordQuery(words=test), limit=1)


def test_a_very_wide_table_gives_fewer_rows_at_a_time(layout: Layout, put: Callable[..., Any]) -> None:
    columns = [ColumnSpec(f"c{n}", f"C{n}", Kind.INTEGER) for n in range(99)]
    ref = put(columns, [tuple(range(99))] * 3).ref
    assert door.records(layout, ref, RecordQuery(), limit=50_000).limit == MOST_CELLS // 100


def test_counting_without_conditions_looks_at_no_row(layout: Layout, table: VersionRef) -> None:
    """The copy that is read is not even built."""
    assert door.count_records(layout, table, RecordQuery(sorts=(Sort("kind"),))) == len(ROWS)
    assert not list(layout.cache.rglob("table.duckdb"))


def test_words_are_looked_for_in_columns_of_every_kind(layout: Layout, put: Callable[..., Any]) -> None:
    columns = [ColumnSpec(f"c_{kind}", kind, kind) for kind in Kind]
    row = ("Text", 12, 1.5, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, tzinfo=UTC), time(5, 6))
    ref = put(columns, [row]).ref
    found = ["tex", "2", ".5", "TRUE", "2026-01", "03:04", "05:06"]
    for column, text in zip(columns, found, strict=True):
        for wanted, count in ((text, 1), ("zzz", 0)):
            query = RecordQuery(words=Word(wanted, column.name), sorts=(Sort(column.name),))
            assert len(door.records(layout, ref, query, limit=5).rows) == count
            assert len(door.records(layout, ref, replace(query, is_distinct=True), limit=5).rows) == count
