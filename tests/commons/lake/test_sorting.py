# SPDX-License-Identifier: EUPL-1.2
"""Several sort columns at once: every row once, in the order that sorting column by column from the last one gives."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commons.lake.test_pages import COLUMNS, fold, rows_of

from stoa.commons.lake import door, keyset
from stoa.commons.lake.keyset import Key, Order, Place
from stoa.commons.lake.pages import MOST_SORTS
from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.problems import Refused
from stoa.ground.tables import Kind

NAMES = [column.name for column in COLUMNS]


def sorted_slowly(rows: list[tuple[Any, ...]], sort: str) -> list[tuple[Any, ...]]:
    """Sorted by the last column first; what is empty goes behind, as it stands."""
    for part in reversed(sort.split(",")):
        place = 1 + NAMES.index(part.removeprefix("-"))
        is_text = COLUMNS[place - 1].kind is Kind.TEXT
        key = (lambda row, at=place: (fold(row[at]), row[at])) if is_text else (lambda row, at=place: row[at])
        filled = sorted(
            (row for row in rows if row[place] is not None), key=key, reverse=part.startswith("-")
        )
        rows = filled + [row for row in rows if row[place] is None]
    return rows


@pytest.fixture
def table(put: Any) -> tuple[Any, list[tuple[Any, ...]]]:
    pick = random.Random(11)
    rows = rows_of(2, 90)
    # Few different values in every column, so that the later columns of an order decide.
    rows = [tuple(pick.choice(rows[:4])[place] for place in range(len(COLUMNS))) for _row in rows]
    return put(COLUMNS, rows).ref, [(n, *row) for n, row in enumerate(rows, start=1)]


SORTS = ["district,-trees", "-open,name,-height", "-built,-district,trees,name", "name,name", "seen_at,-open"]


@pytest.mark.parametrize("sort", SORTS)
def test_paging_forth_and_back_shows_every_row_once(layout: Any, table: Any, sort: str) -> None:
    ref, rows = table
    expected = sorted_slowly(rows, sort)
    pages = [door.page(layout, ref, Query(sort=sort), 25)]
    while pages[-1].next_after:
        pages.append(door.page(layout, ref, Query(sort=sort), 25, after=pages[-1].next_after))
    assert [row for page in pages for row in page.rows] == expected
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = door.page(layout, ref, Query(sort=sort), 25, before=back.previous_before)
        assert back.rows == page.rows


@pytest.mark.parametrize("sort", SORTS)
def test_features_and_counted_pages_come_in_the_same_order(layout: Any, table: Any, sort: str) -> None:
    ref, rows = table
    query = Query((Filter("trees", Op.FILLED),), sort=sort)
    expected = [
        row[0]
        for row in sorted_slowly([row for row in rows if row[1 + NAMES.index("trees")] is not None], sort)
    ]
    found, after = [], ""
    while True:
        page = door.features(layout, ref, query, 20, after=after)
        found += [int(row.id) for row in page.rows]
        after = page.next_after
        if not after:
            break
    assert found == expected
    assert door.page(layout, ref, query, 30).total == len(expected)


def test_a_token_of_another_order_and_too_many_columns_are_refused(layout: Any, table: Any) -> None:
    ref, _rows = table
    token = door.page(layout, ref, Query(sort="district,trees"), 10).next_after
    for sort in ("district", "trees,district", "district,-trees", ""):
        with pytest.raises(Refused) as refused:
            door.page(layout, ref, Query(sort=sort), 10, after=token)
        assert refused.value.problem.code == "lake.token_unreadable"
    short = keyset.token(Place(("a",), 3), f"{ref.path} district,trees")
    for query, after in (
        (Query(sort="district,trees"), short),
        (Query(sort=",".join(["trees"] * (MOST_SORTS + 1))), ""),
    ):
        with pytest.raises(Refused):
            door.page(layout, ref, query, 10, after=after)


VALUES = st.sampled_from([None, "1", "2", "3"])
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=12)
WAYS = st.lists(st.booleans(), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, ways=WAYS, place=st.integers(0, 11))
def test_the_steps_from_a_place_find_exactly_the_rows_beyond_it(
    rows: list[tuple[str | None, ...]], ways: list[bool], place: int
) -> None:
    """Asked of an engine, one step after the other, beside the rows in order."""
    import duckdb

    place %= len(rows)
    order = Order(tuple(Key(f"k{n}", "INTEGER", way) for n, way in enumerate(ways)))
    with duckdb.connect() as engine:
        engine.execute("CREATE TABLE data (_row BIGINT, k0 INTEGER, k1 INTEGER, k2 INTEGER)")
        engine.executemany(
            "INSERT INTO data VALUES (?, ?, ?, ?)", [(n + 1, *row) for n, row in enumerate(rows)]
        )
        whole = [
            row[0] for row in engine.execute(f"SELECT _row FROM data ORDER BY {order.forwards}").fetchall()
        ]
        at = whole[place]
        here = Place(tuple(rows[at - 1][: len(ways)]), at)
        for steps, by, expected in (
            (keyset.after(order, here), order.forwards, whole[place + 1 :]),
            (keyset.before(order, here), order.backwards, whole[:place][::-1]),
        ):
            found = [
                row[0]
                for text, values in steps
                for row in engine.execute(
                    f"SELECT _row FROM data WHERE {text} ORDER BY {by}", values
                ).fetchall()
            ]
            assert found == expected
