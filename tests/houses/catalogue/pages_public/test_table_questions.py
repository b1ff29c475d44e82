# SPDX-License-Identifier: EUPL-1.2
"""What an address asks of a table, and what names a row."""

from __future__ import annotations

import doctest
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.rules import table_questions
from stoa.houses.catalogue.rules.table_questions import (
    day_asked,
    is_label_number,
    next_sort,
    question_pairs,
    read_question,
    title_column,
)

COLUMNS = (
    ColumnSpec("nr", "Nr.", Kind.INTEGER),
    ColumnSpec("art", "Art", Kind.TEXT, is_code_list=True),
    ColumnSpec("strasse", "Straße", Kind.TEXT),
    ColumnSpec("hoehe", "Höhe [m]", Kind.NUMBER, "m"),
)


def column(name: str, kind: Kind = Kind.TEXT, *, is_code_list: bool = False) -> ColumnSpec:
    return ColumnSpec(name, name, kind, is_code_list=is_code_list)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(table_questions).failed == 0


def test_a_filter_is_read_from_its_parameter() -> None:
    asked = read_question([("f.hoehe.gte", "12,5"), ("q", " oak "), ("sort", "-nr")], COLUMNS)
    assert asked.query == Query((Filter("hoehe", Op.AT_LEAST, ("12,5",)),), "oak", None, "-nr")
    assert asked.problems == ()


def test_several_values_of_one_filter_belong_together() -> None:
    asked = read_question([("f.art.in", "Oak"), ("f.nr.lt", "9"), ("f.art.in", "Lime")], COLUMNS)
    assert asked.query.filters == (Filter("art", Op.ONE_OF, ("Oak", "Lime")), Filter("nr", Op.LESS, ("9",)))


def test_untouched_fields_of_a_form_mean_nothing() -> None:
    assert (
        read_question([("f.art.is", ""), ("f.nr.gte", ""), ("q", ""), ("sort", "")], COLUMNS).query == Query()
    )


def test_emptiness_needs_no_value() -> None:
    assert read_question([("f.art.empty", "1")], COLUMNS).query.filters == (Filter("art", Op.EMPTY),)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("f.gone.is", "1"), "catalogue.column_unknown"),
        (("f.art.almost", "1"), "catalogue.comparison_unknown"),
        (("f.art", "1"), "catalogue.column_unknown"),
        (("sort", "-gone"), "catalogue.column_unknown"),
    ],
)
def test_what_makes_no_sense_becomes_a_problem_and_the_rest_still_counts(
    pair: tuple[str, str], code: str
) -> None:
    asked = read_question([pair, ("q", "oak")], COLUMNS)
    assert [problem.code for problem in asked.problems] == [code]
    assert asked.query == Query((), "oak")


def test_the_same_problem_is_said_once() -> None:
    assert (
        len(read_question([("f.gone.is", "1"), ("f.gone.gte", "2"), ("sort", "gone")], COLUMNS).problems) == 1
    )


def test_unknown_columns_to_show_are_left_out_and_said() -> None:
    asked = read_question([("columns", "art"), ("columns", "gone"), ("columns", "gone")], COLUMNS)
    assert [(problem.code, problem.field) for problem in asked.problems] == [
        ("catalogue.column_unknown", "gone")
    ]
    assert read_question(
        [("columns", "art"), ("columns", "gone"), ("columns", "art")], COLUMNS
    ).query.columns == ("art",)


values = st.text(min_size=1, max_size=20)
filters = st.lists(
    st.builds(
        lambda name, op, value: Filter(name, op, () if op in {Op.EMPTY, Op.FILLED} else (value,)),
        st.sampled_from([c.name for c in COLUMNS]),
        st.sampled_from(list(Op)),
        values,
    ),
    max_size=6,
    unique_by=lambda one: (one.column, one.op),
)


@given(
    filters,
    st.sampled_from(["", "nr", "-art"]),
    st.lists(st.sampled_from([c.name for c in COLUMNS]), unique=True),
)
def test_a_question_written_as_an_address_is_read_back_the_same(
    found: list[Filter], sort: str, shown: list[str]
) -> None:
    query = Query(tuple(found), "oak tree", None, sort, tuple(shown))
    asked = read_question(question_pairs(query), COLUMNS)
    assert asked.query == query
    assert asked.problems == ()


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=8)), max_size=8))
def test_no_address_makes_the_reader_fail(pairs: list[tuple[str, str]]) -> None:
    asked = read_question([*pairs, *(("f." + name, value) for name, value in pairs)], COLUMNS)
    assert all(one.column in {c.name for c in COLUMNS} for one in asked.query.filters)


def test_a_heading_sorts_up_then_down_then_not() -> None:
    assert [next_sort("nr", now) for now in ("", "nr", "-nr", "art")] == ["nr", "-nr", "", "nr"]


@pytest.mark.parametrize(
    ("columns", "key", "expected"),
    [
        ((column("id", Kind.INTEGER), column("name"), column("note")), (), "name"),
        ((column("note"), column("name_de")), (), "name_de"),
        ((column("kind", is_code_list=True), column("street")), (), "street"),
        ((column("kind", is_code_list=True), column("nr", Kind.INTEGER)), ("nr",), "nr"),
        ((column("tree"), column("kind", is_code_list=True)), ("tree",), "tree"),
        ((column("a", Kind.NUMBER), column("b", Kind.NUMBER)), (), "a"),
        ((), (), ""),
    ],
)
def test_a_row_is_called_by_its_name_else_by_a_text_else_by_its_key(
    columns: tuple[ColumnSpec, ...], key: tuple[str, ...], expected: str
) -> None:
    assert title_column(columns, key) == expected


@pytest.mark.parametrize(
    ("name", "kind", "key", "expected"),
    [
        ("plz", Kind.INTEGER, (), True),
        ("year_built", Kind.INTEGER, (), True),
        ("rows", Kind.INTEGER, (), False),
        ("rows", Kind.INTEGER, ("rows",), True),
        ("rows", Kind.INTEGER, ("day", "rows"), False),
        ("code", Kind.NUMBER, (), False),
    ],
)
def test_numbers_that_are_names_get_no_thousands_mark(
    name: str, kind: Kind, key: tuple[str, ...], *, expected: bool
) -> None:
    assert is_label_number(column(name, kind), key) is expected


def test_a_day_is_read_in_one_way_only() -> None:
    assert day_asked("2026-11-30") == date(2026, 11, 30)
    assert day_asked("30.11.2026") is None
    assert day_asked("2026-02-30") is None
