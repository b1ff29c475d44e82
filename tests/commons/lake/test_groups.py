# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import statistics as slow
from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest

from stoa.commons.lake import door
from stoa.commons.lake.values import Bucket, Filter, GroupBy, Measure, Op, Query
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind

COLUMNS = (
    ColumnSpec("kind", "Art", Kind.TEXT),
    ColumnSpec("amount", "Betrag", Kind.NUMBER),
    ColumnSpec("paid", "Bezahlt", Kind.DATE),
    ColumnSpec("seen_at", "Gesehen", Kind.DATETIME),
    ColumnSpec("count", "Anzahl", Kind.INTEGER),
)
ROWS = [
    (
        None if n % 11 == 0 else f"kind {n % 13 if n % 3 else 1}",
        None if n % 7 == 0 else n * 1.5 % 17,
        date(2026, 1 + n % 5, 1 + n % 28),
        datetime(2026, 1, 1 + n % 3, n % 24, 10, tzinfo=UTC),
        n % 4,
    )
    for n in range(300)
]


@pytest.fixture
def ref(put):
    return put(COLUMNS, ROWS).ref


def by_hand(key, cells=lambda row: row[1], rows=ROWS) -> dict:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(cells(row))
    return groups


@pytest.mark.parametrize(
    ("measure", "figure"),
    [
        (Measure.SUM, sum),
        (Measure.AVERAGE, slow.fmean),
        (Measure.LEAST, min),
        (Measure.MOST, max),
        (Measure.MEDIAN, slow.median),
    ],
)
def test_a_measure_of_a_group_is_what_one_works_out_by_hand(layout, ref, measure, figure):
    found = door.group(layout, ref, Query(), GroupBy("kind", measure, "amount"))
    expected = {
        name: figure([v for v in values if v is not None]) for name, values in by_hand(lambda r: r[0]).items()
    }
    assert {row[0]: row[2] for row in found.rows} == pytest.approx(expected)
    figures = [row[2] for row in found.rows]
    assert figures == sorted(figures, reverse=True)


def test_rows_are_counted_by_month_in_the_order_of_time(layout, ref):
    found = door.group(layout, ref, Query(), GroupBy("paid", bucket=Bucket.MONTH))
    counts = Counter(row[2].replace(day=1) for row in ROWS)
    assert [(row[0], row[2]) for row in found.rows] == sorted(counts.items())


def test_instants_are_grouped_by_hour_and_stay_instants(layout, ref):
    found = door.group(
        layout, ref, Query((Filter("count", Op.IS, ("1",)),)), GroupBy("seen_at", bucket=Bucket.HOUR)
    )
    counts = Counter(row[3].replace(minute=0) for row in ROWS if row[4] == 1)
    assert [(row[0], row[2]) for row in found.rows] == sorted(counts.items())


def test_groups_beyond_the_most_are_counted_as_left_out(layout, ref):
    found = door.group(layout, ref, Query(), GroupBy("kind", most=5))
    counts = Counter(row[0] for row in ROWS)
    assert found.left_out == len(counts) - 5
    assert [row[2] for row in found.rows] == sorted(counts.values(), reverse=True)[:5]


def test_a_split_keeps_the_eight_most_frequent_and_adds_the_rest_up(layout, ref):
    found = door.group(layout, ref, Query(), GroupBy("paid", bucket=Bucket.MONTH, split="kind"))
    frequent = Counter(str(row[0]) if row[0] else None for row in ROWS)
    names = {row[1] for row in found.rows}
    assert "…" in names
    assert len(names - {"…", None}) <= 8
    assert sum(row[2] for row in found.rows) == len(ROWS)
    top = next(name for name, _ in frequent.most_common() if name)
    expected = Counter(row[2].replace(day=1) for row in ROWS if row[0] == top)
    assert {row[0]: row[2] for row in found.rows if row[1] == top} == expected


@pytest.mark.parametrize(
    "by",
    [
        GroupBy("kind", Measure.SUM, "paid"),
        GroupBy("kind", Measure.MEDIAN, "kind"),
        GroupBy("amount", bucket=Bucket.DAY),
        GroupBy("paid", bucket=Bucket.HOUR),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(layout, ref, by):
    with pytest.raises(Refused) as refused:
        door.group(layout, ref, Query(), by)
    assert refused.value.problem.code == "lake.filter_unfit"


def test_facets_count_every_column_among_the_rows_of_the_query(layout, ref):
    query = Query((Filter("count", Op.AT_MOST, ("2",)),))
    kinds, days, numbers = door.facets(layout, ref, query, ("kind", "paid", "count"))
    rows = [row for row in ROWS if row[4] <= 2]
    expected = Counter(row[0] for row in rows)
    assert dict(kinds.values) == expected
    assert kinds.distinct == len([name for name in expected if name is not None])
    assert [n for _, n in kinds.values] == sorted(expected.values(), reverse=True)
    assert len(days.values) == 20
    assert days.distinct == len({row[2] for row in rows})
    assert dict(numbers.values) == Counter(row[4] for row in rows)


def test_statistics_say_how_well_a_column_is_filled(layout, ref):
    found = {one.column: one for one in door.statistics(layout, ref)}
    amounts = [row[1] for row in ROWS if row[1] is not None]
    assert (found["amount"].filled, found["amount"].empty) == (len(amounts), len(ROWS) - len(amounts))
    assert (found["amount"].least, found["amount"].most) == (min(amounts), max(amounts))
    assert found["amount"].average == pytest.approx(slow.fmean(amounts))
    assert found["amount"].median == pytest.approx(slow.median(amounts), rel=0.1)
    assert found["count"].distinct == 4
    assert found["paid"].least == "2026-01-01"


def test_an_answer_that_is_known_is_not_worked_out_again(layout, ref, monkeypatch):
    from stoa.commons.lake import reader

    first = door.group(layout, ref, Query(), GroupBy("kind"))
    monkeypatch.setattr(reader, "rows", lambda *a, **k: pytest.fail("asked again"))
    assert door.group(layout, ref, Query(), GroupBy("kind")) is first
