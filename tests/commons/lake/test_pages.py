# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stoa.commons.lake import door
from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.geometry import Box
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind

COLUMNS = (
    ColumnSpec("name", "Name", Kind.TEXT),
    ColumnSpec("district", "Bezirk", Kind.TEXT),
    ColumnSpec("trees", "Bäume", Kind.INTEGER),
    ColumnSpec("height", "Höhe", Kind.NUMBER, "m"),
    ColumnSpec("open", "Offen", Kind.BOOLEAN),
    ColumnSpec("built", "Gebaut", Kind.DATE),
    ColumnSpec("seen_at", "Gesehen", Kind.DATETIME),
    ColumnSpec("closes", "Schließt", Kind.TIME),
)
WORDS = ["Straße", "Zimmer", "apfel", "Äpfel", "élan", "Oper", "oper", "Ñandú", "", "zoo"]


def rows_of(seed: int, count: int) -> list[tuple]:
    pick = random.Random(seed)

    def maybe(value):
        return None if pick.random() < 0.2 else value

    return [
        (
            maybe(pick.choice(WORDS) + " " + pick.choice(WORDS)),
            maybe(pick.choice(["Mitte", "Süd", "nord"])),
            maybe(pick.randint(-3, 3)),
            maybe(pick.choice([-0.0, 0.0, 1.5, 2.25, 1e300, 0.1])),
            maybe(pick.random() < 0.5),
            maybe(date(2026, 1, 1) + timedelta(days=pick.randint(0, 3))),
            maybe(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=pick.randint(0, 60))),
            maybe(time(pick.randint(0, 2), 30)),
        )
        for _ in range(count)
    ]


def fold(text: str) -> str:
    """The slow, obvious form of 'without regard to case and accents'."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.lower().replace("ß", "ss")


@pytest.fixture
def table(put):
    rows = rows_of(1, 137)
    return put(COLUMNS, rows).ref, [(n, *row) for n, row in enumerate(rows, start=1)]


def sorted_slowly(rows: list[tuple], sort: str) -> list[tuple]:
    if not sort:
        return rows
    place = 1 + [column.name for column in COLUMNS].index(sort.removeprefix("-"))
    filled = [row for row in rows if row[place] is not None]
    is_text = COLUMNS[place - 1].kind is Kind.TEXT
    # few different texts are told apart by their spelling too; sorted() keeps row order among equal ones
    key = (lambda row: (fold(row[place]), row[place])) if is_text else (lambda row: row[place])
    if sort.startswith("-"):
        filled = sorted(filled, key=lambda row: -row[0])
        filled = sorted(filled, key=key)[::-1]
    else:
        filled = sorted(filled, key=key)
    return filled + [row for row in rows if row[place] is None]


@pytest.mark.parametrize("sort", ["", *(sign + column.name for sign in ("", "-") for column in COLUMNS)])
def test_paging_forth_and_back_shows_every_row_once_in_order(layout, table, sort):
    ref, rows = table
    expected = sorted_slowly(rows, sort)
    pages, after = [], ""
    while True:
        page = door.page(layout, ref, Query(sort=sort), 25, after=after)
        pages.append(page)
        after = page.next_after
        if not after:
            break
    assert [row for page in pages for row in page.rows] == expected
    assert [page.total for page in pages] == [137] * 6
    assert pages[0].previous_before == ""
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = door.page(layout, ref, Query(sort=sort), 25, before=back.previous_before)
        assert back.rows == page.rows
        assert back.next_after


def test_an_offset_jumps_and_knows_both_neighbours(layout, table):
    ref, rows = table
    page = door.page(layout, ref, Query(), 10, offset=50)
    assert page.rows == tuple(rows[50:60])
    assert door.page(layout, ref, Query(), 10, after=page.next_after).rows == tuple(rows[60:70])
    assert door.page(layout, ref, Query(), 10, before=page.previous_before).rows == tuple(rows[40:50])


def test_going_back_past_the_top_shows_the_first_page_in_full(layout, table):
    ref, rows = table
    page = door.page(layout, ref, Query(), 10, offset=3)
    assert door.page(layout, ref, Query(), 10, before=page.previous_before).rows == tuple(rows[:10])


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ([Filter("trees", Op.IS, ("2",))], lambda r: r[3] == 2),
        ([Filter("trees", Op.NOT, ("2",))], lambda r: r[3] != 2),
        ([Filter("trees", Op.LESS, ("0",))], lambda r: r[3] is not None and r[3] < 0),
        ([Filter("height", Op.AT_LEAST, ("2,25",))], lambda r: r[4] is not None and r[4] >= 2.25),
        ([Filter("height", Op.IS, ("0",))], lambda r: r[4] == 0.0),
        ([Filter("open", Op.IS, ("nein",))], lambda r: r[5] is False),
        ([Filter("built", Op.MORE, ("02.01.2026",))], lambda r: r[6] is not None and r[6] > date(2026, 1, 2)),
        (
            [Filter("built", Op.ONE_OF, ("2026-01-01", "2026-01-03"))],
            lambda r: r[6] in {date(2026, 1, 1), date(2026, 1, 3)},
        ),
        (
            [Filter("seen_at", Op.IS, ("2026-01-02",))],
            lambda r: r[7] is not None and r[7].date() == date(2026, 1, 2),
        ),
        (
            [Filter("seen_at", Op.NOT, ("2026-01-02",))],
            lambda r: r[7] is None or r[7].date() != date(2026, 1, 2),
        ),
        (
            [Filter("seen_at", Op.AT_MOST, ("2026-01-01",))],
            lambda r: r[7] is not None and r[7].date() <= date(2026, 1, 1),
        ),
        (
            [Filter("seen_at", Op.MORE, ("2026-01-01",))],
            lambda r: r[7] is not None and r[7].date() > date(2026, 1, 1),
        ),
        (
            [Filter("seen_at", Op.LESS, ("2026-01-01T04:00:00+01:00",))],
            lambda r: r[7] is not None and r[7] < datetime(2026, 1, 1, 3, tzinfo=UTC),
        ),
        ([Filter("closes", Op.IS, ("01:30",))], lambda r: r[8] == time(1, 30)),
        ([Filter("name", Op.HAS, ("STRASSE",))], lambda r: r[1] is not None and "strasse" in fold(r[1])),
        ([Filter("name", Op.HAS, ("mitte",))], lambda r: False),
        ([Filter("name", Op.STARTS, ("APF",))], lambda r: r[1] is not None and fold(r[1]).startswith("apf")),
        ([Filter("district", Op.ONE_OF, ("Süd", "nord"))], lambda r: r[2] in {"Süd", "nord"}),
        ([Filter("district", Op.NOT, ("Süd", "nord"))], lambda r: r[2] not in {"Süd", "nord"}),
        ([Filter("district", Op.EMPTY)], lambda r: r[2] is None),
        (
            [Filter("district", Op.FILLED), Filter("trees", Op.EMPTY)],
            lambda r: r[2] is not None and r[3] is None,
        ),
        ([Filter("district", Op.IS, ("x' OR 1=1 --",))], lambda r: False),
    ],
)
def test_a_filter_keeps_the_rows_that_it_says(layout, table, filters, keeps):
    ref, rows = table
    page = door.page(layout, ref, Query(tuple(filters)), 1000)
    expected = [row for row in rows if keeps(row)]
    assert list(page.rows) == expected
    assert page.total == len(expected) == door.count(layout, ref, Query(tuple(filters)))


@pytest.mark.parametrize("text", ["strasse", "Straße zimmer", "ELAN sud", "nandu", "%", "_", "nowhere"])
def test_every_word_of_a_search_is_found_in_some_text(layout, table, text):
    ref, rows = table
    found = door.page(layout, ref, Query(text=text), 1000)
    words = fold(text).split()
    expected = [row for row in rows if all(any(word in fold(row[i] or "") for i in (1, 2)) for word in words)]
    assert list(found.rows) == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("trees", "many"),
        ("trees", "9223372036854775808"),
        ("height", "nan"),
        ("height", "1e999"),
        ("open", "perhaps"),
        ("built", "2026-02-30"),
        ("seen_at", "yesterday"),
        ("closes", "25:00"),
        ("name", "nul\0"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_the_column(layout, table, column, value):
    with pytest.raises(Refused) as refused:
        door.page(layout, table[0], Query((Filter(column, Op.IS, (value,)),)))
    assert refused.value.problem.code == "lake.filter_value_unreadable"
    assert refused.value.problem.field == column


@pytest.mark.parametrize(
    "query",
    [
        Query((Filter("nothing", Op.EMPTY),)),
        Query(sort="-nothing"),
        Query(columns=("nothing",)),
        Query(columns=("geometry",)),
        Query(box=Box(0, 0, 1, 1)),
        Query(sort='name"; DROP TABLE data; --'),
    ],
)
def test_a_column_that_does_not_exist_is_refused(layout, table, query):
    with pytest.raises(Refused) as refused:
        door.page(layout, table[0], query)
    assert refused.value.problem.code == "lake.column_unknown"


@pytest.mark.parametrize("token", ["x", "!!!!", "bnVsbA", "W10", "A" * 5000, "ä"])
def test_a_token_that_is_none_is_refused(layout, table, token):
    with pytest.raises(Refused) as refused:
        door.page(layout, table[0], Query(sort="trees"), after=token)
    assert refused.value.problem.code == "lake.token_unreadable"


def test_a_token_of_another_order_or_with_a_forged_value_is_refused(layout, table):
    from stoa.commons.lake import keyset

    ref = table[0]
    token = door.page(layout, ref, Query(sort="trees"), 10).next_after
    forged = keyset.token(keyset.Place(("many",), 3), f"{ref.path} trees")
    for query, after in ((Query(sort="height"), token), (Query(sort="trees"), forged)):
        with pytest.raises(Refused) as refused:
            door.page(layout, ref, query, 10, after=after)
        assert refused.value.problem.code == "lake.token_unreadable"


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1001}, {"offset": 10_001}, {"offset": -1}])
def test_too_much_at_once_is_refused(layout, table, asked):
    with pytest.raises(Refused) as refused:
        door.page(layout, table[0], Query(), **asked)
    assert refused.value.problem.code == "lake.query_too_much"


def test_rows_come_by_their_number_in_the_order_asked(layout, table):
    ref, rows = table
    assert door.rows_by_number(layout, ref, [99, 5, 100_000, 5, -1]) == (rows[98], rows[4])
    assert door.rows_by_number(layout, ref, []) == ()


def test_filtered_sorted_and_counted_pages_of_every_size_are_those_of_the_slow_way(layout, put):
    rows = [(n, *row) for n, row in enumerate(rows_of(5, 1200), start=1)]
    ref = put(COLUMNS, [row[1:] for row in rows]).ref
    for size, sort in ((7, "-trees"), (399, "height"), (450, "name"), (1000, "-built")):
        query = Query((Filter("district", Op.FILLED), Filter("open", Op.NOT, ("true",))), sort=sort)
        expected = [row for row in sorted_slowly(rows, sort) if row[2] is not None and row[5] is not True]
        first = door.page(layout, ref, query, size)
        assert list(first.rows) == expected[:size]
        assert first.total == len(expected)
        second = door.page(layout, ref, query, 20, after=first.next_after) if first.next_after else None
        assert second is None or list(second.rows) == expected[size : size + 20]
        jumped = door.page(layout, ref, query, 10, after=first.next_after, offset=5) if second else None
        assert jumped is None or list(jumped.rows) == expected[size + 5 : size + 15]


def test_the_rows_of_a_page_are_fetched_by_the_index_and_not_by_reading_the_table(layout, put):
    from stoa.commons.lake import pages

    ref = put(COLUMNS, rows_of(6, 30_000)).ref
    with door.connect_reader(layout, ref) as cursor:
        text = f"EXPLAIN ANALYZE SELECT height FROM data WHERE {pages.numbered([3, 29_000])}"
        plan = str(cursor.execute(text).fetchall())
    assert "Index Scan" in plan


def test_columns_are_shown_as_asked_and_geometry_as_geojson_only_then(layout, put):
    ref = put([COLUMNS[0]], [("a", 7.5, 52.0), ("b", None, None)], place="lonlat").ref
    assert door.page(layout, ref, Query()).rows == ((1, "a"), (2, "b"))
    page = door.page(layout, ref, Query(columns=("geometry", "name")))
    assert page.rows == ((1, '{"type":"Point","coordinates":[7.5,52.0]}', "a"), (2, None, "b"))


def test_the_copy_may_be_deleted_at_any_time(layout, table):
    ref, rows = table
    door.page(layout, ref, Query(), 10)
    door.forget(layout, ref)
    assert door.page(layout, ref, Query(), 11).rows == tuple(rows[:11])


def test_a_damaged_copy_is_made_anew(layout, put):
    from stoa.commons.lake import store

    ref = put(COLUMNS, rows_of(2, 20)).ref
    file = store.table_file(layout, ref)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not a database" * 1000)
    assert len(door.page(layout, ref, Query(), 50).rows) == 20


def test_the_longest_unused_copies_go_first_when_the_cache_is_full(layout, put, monkeypatch):
    import os

    from stoa.commons.lake import store

    refs = [put(COLUMNS, rows_of(n, 50)).ref for n in range(4)]
    for ref, used in zip(refs, (1000, 1003, 1001, 1002), strict=True):
        door.warm(layout, ref)
        os.utime(store.table_file(layout, ref).parent, (used, used))
    one = store.table_file(layout, refs[0]).stat().st_size
    monkeypatch.setattr(store, "_MIB", int(2.5 * one))
    assert store.evict(replace(layout, cache_mib=1), keep=refs[0].path) == 2
    assert [store.table_file(layout, ref).exists() for ref in refs] == [True, True, False, False]


def test_columns_of_many_different_texts_are_sorted_as_people_do_too(layout, put, monkeypatch):
    from stoa.commons.lake import store

    monkeypatch.setattr(store, "FEW_VALUES", 0)
    rows = rows_of(3, 60)
    ref = put(COLUMNS, rows).ref
    expected = sorted((row for row in rows if row[0] is not None), key=lambda row: fold(row[0]))
    page = door.page(layout, ref, Query(sort="name"), 20)
    again = door.page(layout, ref, Query(sort="name"), 20, after=page.next_after)
    assert [row[1:] for row in page.rows + again.rows] == expected[:40]


def test_the_reader_for_downloads_can_only_read(layout, table):
    import duckdb

    ref, rows = table
    sql = door.query_sql(
        layout, ref, Query((Filter("trees", Op.FILLED),), sort="-trees", columns=("name", "trees")), row=True
    )
    with door.connect_reader(layout, ref, spatial=sql.needs_spatial) as cursor:
        found = cursor.execute(sql.text, sql.values).fetchall()
        for text in (
            "DROP TABLE data",
            "SELECT * FROM read_text('/etc/passwd')",
            "SET memory_limit='9GB'",
            "COPY data TO '/tmp/x.csv'",
        ):
            with pytest.raises(duckdb.Error):
                cursor.execute(text)
    assert sql.columns == ("_row", "name", "trees")
    assert found == [row[:2] + row[3:4] for row in sorted_slowly(rows, "-trees") if row[3] is not None]


def test_a_question_that_takes_too_long_is_stopped(layout, table):
    from stoa.commons.lake import reader

    with (
        pytest.raises(Refused) as refused,
        door.connect_reader(layout, table[0]) as cursor,
        reader.limited(cursor, 0.2),
    ):
        cursor.execute("SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b").fetchall()
    assert refused.value.problem.code == "lake.query_too_slow"


def test_more_than_the_line_holds_are_sent_away(layout):
    from stoa.commons.lake.turnstile import Turnstile

    door_keeper = Turnstile(running=1, waiting=0, seconds=0.01)
    with door_keeper.passed(), pytest.raises(Refused) as refused, door_keeper.passed():
        pass
    assert refused.value.problem.code == "lake.busy"
    with door_keeper.passed():
        pass


def test_the_line_is_served_in_the_order_of_coming():
    import threading
    from time import monotonic

    from stoa.commons.lake.turnstile import Turnstile

    keeper, served, until = Turnstile(running=1, waiting=5), [], monotonic() + 20

    def ask(number: int) -> None:
        with keeper.passed():
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
    with keeper.passed():
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while len(keeper._line) < number and monotonic() < until:
                pass
    for thread in threads:
        thread.join(20)
    assert served == [0, 1, 2, 3, 4]
