# SPDX-License-Identifier: EUPL-1.2
"""Ids lead back to what they were made of; a batch comes to what its rows come to one by one."""

from __future__ import annotations

import doctest
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.houses.observations.rules import ids, instants, judging, periods, refusals, results
from stoa.houses.observations.rules import rows as rows_module
from stoa.houses.observations.rules.ids import Key, id_of, key_of
from stoa.houses.observations.rules.instants import DAY_US, NO_RESULT_US, moment_of, us_of
from stoa.houses.observations.rules.news import news_of
from stoa.houses.observations.rules.periods import begin_of, end_of
from stoa.houses.observations.rules.rows import Row, hours, one_of_each, summaries
from stoa.houses.observations.terms import Width

MOMENTS = st.datetimes(datetime(1001, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


def _rows(told: list[int]) -> st.SearchStrategy[list[Row]]:
    """A few rows with one of these result times each."""
    drawn = st.tuples(st.integers(1, 3), st.integers(0, 4), st.sampled_from(told), st.floats(0, 9))
    return st.lists(drawn.map(lambda one: Row(*one[:3], 1, one[3])), max_size=12)


ROWS = _rows([NO_RESULT_US]) | _rows([NO_RESULT_US, 1, 2])


@pytest.mark.parametrize("module", [ids, instants, judging, periods, results, rows_module])
def test_examples_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(st.integers(1, 10**17), MOMENTS, st.none() | MOMENTS)
@settings(max_examples=60, deadline=None)
def test_an_id_leads_back_to_its_observation(series: int, at: datetime, result_at: datetime | None) -> None:
    key = Key(series, us_of(at), NO_RESULT_US if result_at is None else us_of(result_at))
    assert key_of(id_of(*key)) == key
    assert moment_of(key.at) == at


NO_IDS = (
    "", "1", "1-", "0-5", "-1-5", "1-5-6-7", "1--5", "1-5 ", "1-99999999999999999999", "٣-5", "1-n999999999999999999",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_IDS)
def test_what_is_no_id_leads_nowhere(text: str) -> None:
    assert key_of(text) is None


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_a_batch_comes_to_what_its_rows_come_to(rows: list[Row]) -> None:
    once = one_of_each(rows)
    assert [row[:3] for row in once] == sorted({row[:3] for row in rows})
    assert all(row == [r for r in rows if r[:3] == row[:3]][-1] for row in once)
    found = summaries(once)
    assert [row.series for row in found.latest] == sorted({row.series for row in rows})
    for n, latest in enumerate(found.latest):
        mine = [row for row in once if row.series == latest.series]
        told = [row.result_at for row in mine if row.result_at != NO_RESULT_US]
        assert (found.counts[n], latest) == (len(mine), mine[-1])
        assert (found.first_at[n], found.last_until[n]) == (mine[0].at, mine[-1].at)
        assert (found.first_result_at[n], found.last_result_at[n]) == (
            min(told, default=None),
            max(told, default=None),
        )
    assert found.are_plain == all(row.result_at == NO_RESULT_US for row in rows)
    assert hours(rows, 0) == hours(rows, 0, are_plain=True) == {(row.series, 0, 1) for row in rows}
    assert news_of(once, "x", are_plain=found.are_plain) == news_of(once, "x")


def test_hours_of_texts_are_counted_where_they_may_lie_in_the_lake() -> None:
    old, young = Row(7, 5, NO_RESULT_US, 1, None, text="wet"), Row(7, 10 * DAY_US, NO_RESULT_US, 1, None)
    assert hours([old, young], 30 * DAY_US) == {(7, 0, 1)}


@given(MOMENTS, st.sampled_from(list(Width)), st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "UTC"]))
@settings(max_examples=60, deadline=None)
def test_every_moment_lies_in_one_bucket(moment: datetime, width: Width, zone: str) -> None:
    begin = begin_of(moment, width, zone)
    end = end_of(begin, width, zone)
    assert begin <= moment < end
    assert begin_of(end, width, zone) == end
    assert begin_of(begin, width, zone) == begin


def test_every_reason_has_words() -> None:
    for code in refusals.CODES:
        named = re.findall(r"%\((\w+)\)", refusals.problem_of(code, {}).what.text)
        problem = refusals.problem_of(code, dict.fromkeys(named, 1))
        assert all(str(part) for part in (problem.what, problem.why, problem.do))
