# SPDX-License-Identifier: EUPL-1.2
"""Which chart a table begins with, and what an address may ask of it."""

from __future__ import annotations

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commons.lake.values import Bucket, GroupBy, Measure
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.rules import chart_choice
from stoa.houses.catalogue.rules.chart_choice import (
    Question,
    bucket_for,
    default_question,
    measure_for,
    read_chart,
)

DAY = ColumnSpec("day", "Day", Kind.DATE)
BIKES = ColumnSpec("bikes", "Bikes", Kind.INTEGER)
AIR = ColumnSpec("no2", "NO2", Kind.NUMBER, "µg/m³")
MONEY = ColumnSpec("spent", "Spent", Kind.NUMBER, "EUR")
KIND = ColumnSpec("kind", "Kind", Kind.TEXT, is_code_list=True)
NAME = ColumnSpec("name", "Name", Kind.TEXT)
YEAR = ColumnSpec("year", "Year", Kind.INTEGER)
LON = ColumnSpec("longitude", "Longitude", Kind.NUMBER)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(chart_choice).failed == 0


def test_counts_over_time_are_added_up_by_month() -> None:
    found = default_question((NAME, DAY, BIKES), rows=900, ends={"day": ("2024-01-01", "2026-01-01")})
    assert found == Question(GroupBy("day", Measure.SUM, "bikes", Bucket.MONTH), "line")


def test_readings_over_time_are_averaged() -> None:
    found = default_question((DAY, AIR), rows=900, ends={"day": ("2026-01-01", "2026-01-20")})
    assert found == Question(GroupBy("day", Measure.AVERAGE, "no2", Bucket.DAY), "line")


def test_years_give_columns_and_are_no_figures_themselves() -> None:
    found = default_question((YEAR, MONEY), rows=40, ends={"year": (2019, 2026)})
    assert found == Question(GroupBy("year", Measure.SUM, "spent"), "column")


def test_a_single_day_is_no_line() -> None:
    found = default_question((DAY, KIND), rows=40, ends={"day": ("2026-01-01", "2026-01-01")})
    assert found is not None
    assert found.group.by == "kind"


def test_without_time_the_rows_are_counted_by_category() -> None:
    found = default_question((NAME, KIND, LON), rows=4000)
    assert found is not None
    assert (found.group.by, found.group.measure, found.kind) == ("kind", Measure.COUNT, "bar")


def test_a_short_list_of_names_shows_its_figures() -> None:
    found = default_question((NAME, BIKES), rows=12)
    assert found is not None
    assert (found.group.by, found.group.of) == ("name", "bikes")


def test_coordinates_are_never_measured() -> None:
    assert default_question((NAME, LON), rows=12) is None


def test_amounts_are_added_and_readings_averaged() -> None:
    assert [measure_for(c) for c in (MONEY, BIKES, AIR, LON)] == [
        Measure.SUM,
        Measure.SUM,
        Measure.AVERAGE,
        Measure.AVERAGE,
    ]


_SECONDS = {
    Bucket.HOUR: 3600,
    Bucket.DAY: 86400,
    Bucket.WEEK: 7 * 86400,
    Bucket.MONTH: 30 * 86400,
    Bucket.YEAR: 365 * 86400,
}


@given(first=st.dates(date(1950, 1, 1), date(2026, 1, 1)), days=st.integers(0, 6000), has_hours=st.booleans())
def test_a_line_never_has_more_points_than_can_be_seen(first: date, days: int, *, has_hours: bool) -> None:
    last = min(first + timedelta(days), date(2026, 11, 21))
    bucket = bucket_for(first.isoformat(), last.isoformat(), has_hours=has_hours)
    assert (last - first).days * 86400 / _SECONDS[bucket] <= 100
    assert has_hours or bucket is not Bucket.HOUR


COLUMNS = (DAY, BIKES, KIND, NAME)
DEFAULT = Question(GroupBy("kind"), "bar")


def test_nothing_asked_gives_the_default() -> None:
    assert read_chart({}, COLUMNS, DEFAULT).question == DEFAULT


def test_a_full_question_is_taken_as_it_is() -> None:
    asked = {"by": "day", "bucket": "week", "measure": "avg", "of": "bikes", "split": "kind", "kind": "area"}
    read = read_chart(asked, COLUMNS, DEFAULT)
    assert read.question == Question(
        GroupBy("day", Measure.AVERAGE, "bikes", Bucket.WEEK, "kind", 500), "area"
    )
    assert read.problems == ()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"by": "gone"}, "catalogue.column_unknown"),
        ({"by": "kind", "split": "gone"}, "catalogue.column_unknown"),
        ({"by": "kind", "measure": "mode"}, "catalogue.chart_term_unknown"),
        ({"by": "kind", "kind": "pie"}, "catalogue.chart_term_unknown"),
        ({"by": "day", "bucket": "decade"}, "catalogue.chart_term_unknown"),
        ({"by": "kind", "measure": "sum"}, "catalogue.chart_column_missing"),
        ({"by": "kind", "measure": "sum", "of": "name"}, "catalogue.chart_column_unfit"),
    ],
)
def test_what_cannot_be_drawn_is_said(asked: dict[str, str], code: str) -> None:
    assert [problem.code for problem in read_chart(asked, COLUMNS, DEFAULT).problems] == [code]


def test_names_are_never_joined_by_a_line() -> None:
    read = read_chart({"by": "kind", "kind": "line"}, COLUMNS, DEFAULT)
    assert read.question is not None
    assert read.question.kind == "bar"


def test_days_have_no_hours() -> None:
    read = read_chart({"by": "day", "bucket": "hour"}, COLUMNS, DEFAULT)
    assert read.question is not None
    assert read.question.group.bucket is Bucket.DAY
