# SPDX-License-Identifier: EUPL-1.2
"""Conditions in CQL2, held beside a slow and obvious reading of the standard row by row."""

from __future__ import annotations

import math
import random
import re
import unicodedata
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from tests.commons.lake.test_pages import COLUMNS, rows_of
from tests.standards.cql2.writing import conditions

from stoa.commons.lake import door
from stoa.commons.lake.values import Query
from stoa.ground.problems import Refused
from stoa.standards.cql2 import text
from stoa.standards.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    SPATIAL,
    Call,
    Literal,
    Moment,
    Node,
    Period,
    Property,
    Shape,
)

ZONE = "Europe/Berlin"
LEAST, MOST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
Row = dict[str, Any]


def three(op: str, parts: list[bool | None]) -> bool | None:
    """AND and OR with unknown."""
    decisive = op == "or"
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def truth(node: Node, row: Row) -> bool | None:
    if isinstance(node, Literal):
        return bool(node.value)
    if isinstance(node, Property):
        return row[node.name]
    assert isinstance(node, Call)
    if node.op in {"and", "or"}:
        return three(node.op, [truth(part, row) for part in node.args])
    if node.op == "not":
        inner = truth(node.args[0], row)
        return None if inner is None else not inner
    if node.op == "isnull":
        return value(node.args[0], row) is None
    if node.op in SPATIAL:
        one, other = (value(part, row) for part in node.args)
        return None if one is None or other is None else bool(getattr(shapely, node.op[2:])(one, other))
    if node.op in ARRAYS:
        return sets(node, row)
    return temporal(node, row) if node.op.startswith("t_") else compared(node, row)


def sets(node: Call, row: Row) -> bool | None:
    """Each list as a set; unknown where something in it is empty."""
    one, other = ([value(part, row) for part in array.parts] for array in node.args)  # type: ignore[union-attr]
    if None in (*one, *other):
        return None
    a, b = set(one), set(other)
    return {"a_contains": a >= b, "a_containedby": a <= b, "a_equals": a == b, "a_overlaps": bool(a & b)}[
        node.op
    ]


def figure(node: Node, row: Row) -> int | float | None:
    """Whole numbers exactly, all else by IEEE 754, `div` and `%` towards zero."""
    if not (isinstance(node, Call) and node.op in ARITHMETIC):
        return value(node, row)
    a, b = (figure(part, row) for part in node.args)
    if a is None or b is None:
        return None
    if isinstance(a, int) and isinstance(b, int) and node.op not in "/^":
        if node.op in {"%", "div"}:
            cut = None if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
            return None if cut is None else cut if node.op == "div" else a - b * cut
        return {"+": a + b, "-": a - b, "*": a * b}[node.op]
    x, y = np.float64(a), np.float64(b)
    with np.errstate(all="ignore"):
        return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power, "%": np.fmod,
                "div": lambda p, q: np.trunc(p / q)}[node.op](x, y)  # fmt: skip


def compared(node: Call, row: Row) -> bool | None:
    left, *rest = node.args
    a = value(left, row)
    if node.op == "in":
        return None if a is None else any(a == one.value for one in rest[0].values)
    others = [value(part, row) for part in rest]
    if node.op == "between":
        least, most = others
        return None if a is None else least <= a <= most
    if a is None or others[0] is None:
        return None
    if node.op == "like":
        pattern = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in others[0])
        return re.fullmatch(pattern, a, re.DOTALL) is not None
    assert node.op in COMPARISONS
    b = others[0]
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[node.op]


def value(node: Node, row: Row) -> Any:
    if isinstance(node, Property):
        return row[node.name]
    if isinstance(node, Shape):
        return shapely.from_wkb(node.wkb)
    if isinstance(node, Call) and node.op in ARITHMETIC:
        number = figure(node, row)
        return number if number is not None and math.isfinite(number) else None
    if isinstance(node, Call):
        inner = value(node.args[0], row)
        if inner is None:
            return None
        return (
            inner.lower()
            if node.op == "casei"
            else "".join(c for c in unicodedata.normalize("NFD", inner) if not unicodedata.combining(c))
        )
    return node.value


def ends(node: Any, row: Row) -> tuple[datetime, datetime] | None:
    if isinstance(node, Period):
        first = (LEAST, LEAST) if node.begins is None else ends(node.begins, row)
        last = (MOST, MOST) if node.ends is None else ends(node.ends, row)
        return None if first is None or last is None else (first[0], last[1])
    moment = value(node, row)
    if moment is None or isinstance(moment, datetime):
        return None if moment is None else (moment, moment)
    begins = datetime.combine(moment, time.min, ZoneInfo(ZONE))
    return begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)


def temporal(node: Call, row: Row) -> bool | None:
    one, other = (ends(part, row) for part in node.args)
    if one is None or other is None:
        return None
    (a, b), (c, d) = one, other
    return {
        "t_after": a > d, "t_before": b < c, "t_contains": a < c and b > d, "t_disjoint": b < c or a > d,
        "t_during": a > c and b < d, "t_equals": a == c and b == d, "t_finishedby": a < c and b == d,
        "t_finishes": a > c and b == d, "t_intersects": a <= d and b >= c, "t_meets": b == c, "t_metby": a == d,
        "t_overlappedby": a > c and a < d and b > d, "t_overlaps": a < c and b > c and b < d,
        "t_startedby": a == c and b > d, "t_starts": a == c and b < d,
    }[node.op]  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[tuple[Any, ...]]:
    pick = random.Random(5)
    places = [
        (None, None) if pick.random() < 0.2 else (float(pick.randint(-4, 4)), float(pick.randint(-4, 4)))
        for _ in range(90)
    ]
    return [(*row, *place) for row, place in zip(rows_of(3, 90), places, strict=True)]


def as_row(row: tuple[Any, ...]) -> Row:
    names = [column.name for column in COLUMNS]
    place = shapely.Point(*row[-2:]) if row[-1] is not None else None
    return dict(zip(names, row, strict=False)) | {"geometry": place}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(node=conditions())
def test_a_condition_finds_the_rows_for_which_it_is_true(layout, put, rows, node: Node) -> None:
    if not hasattr(put, "ref"):
        put.ref = put(COLUMNS, rows, place="lonlat").ref
    expected = [n for n, row in enumerate(rows, start=1) if truth(node, as_row(row)) is True]
    query = Query(where=node, zone=ZONE)
    found = door.page(layout, put.ref, query, 200)
    assert [row[0] for row in found.rows] == expected
    assert door.count(layout, put.ref, query) == len(expected)
    assert [int(row.id) for row in door.features(layout, put.ref, query, 200).rows] == expected


@pytest.mark.parametrize(
    "written",
    [
        "nothing = 1", "name = 1", "trees = 'x'", "open = 1", "built = 5", "name LIKE trees", "trees LIKE 'x'", "name",
        "casei(trees) = 'x'",
        "geometry = 1", "S_INTERSECTS(name, POINT(1 1))", "S_INTERSECTS(POINT(1 1), POINT(1 1))",
        "S_INTERSECTS(geometry, geometry)",
        "name = trees", "trees BETWEEN 'a' AND 'b'", "trees IN ('a')", "name LIKE 'x\\'", "t_after(name, DATE('2026-01-01'))",
        "t_after(built, 5)", "1", "'x'", "DATE('2026-01-01')", "name = DATE('2026-01-01')", "seen_at = 'yesterday'", "1 IN (1)",
        "'a' = 1", "open < 'x'", "closes = 'noon'", "built = DATE('2026-01-01') = 1",
        "trees + name = 1", "trees + 'x' = 1", "trees + 1", "-built = 1", "trees + TRUE = 1", "A_CONTAINS(name, ('x'))",
        "A_EQUALS((1, 'x'), (1))", "A_EQUALS((trees, name), (1))", "A_OVERLAPS((geometry), (1))", "casei(trees + 1) = 'x'",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(layout, put, rows, written: str) -> None:
    ref = put(COLUMNS, rows, place="lonlat").ref
    with pytest.raises(Refused):
        door.features(layout, ref, Query(where=text.parse(written)), 10)


def test_whole_numbers_stay_whole(layout, put) -> None:
    ref = put([COLUMNS[2]], [(2**53,), (2**53 + 1,)]).ref
    found = door.features(layout, ref, Query(where=text.parse(f"trees = {2**53 + 1}")), 10)
    assert [row.id for row in found.rows] == ["2"]
    assert door.count(layout, ref, Query(where=text.parse(f"trees < {2**80}"))) == 2


def test_whole_numbers_are_reckoned_exactly_and_what_does_not_fit_is_unknown(layout, put) -> None:
    ref = put([COLUMNS[2]], [(2**53 + 1,), (2**62,), (0,), (None,)]).ref

    def found(written: str) -> list[str]:
        return [row.id for row in door.features(layout, ref, Query(where=text.parse(written)), 10).rows]

    assert found(f"trees - 1 = {2**53}") == ["1"]
    assert found(f"trees * 8 > {2**63 - 1}") == ["2"]
    assert found("trees * trees * trees * trees * trees >= 0") == ["3"]
    assert found("NOT (trees * trees * trees * trees * trees >= 0)") == []
    assert found("1 / trees > 0 OR 1 DIV trees > 0 OR 1 % trees = 0") == ["1", "2"]
    assert found("(trees / trees) IS NULL") == ["3", "4"]
    assert found("-trees ^ 0.5 IS NULL") == ["1", "2", "4"]


def test_shapes_that_are_not_valid_are_unknown_and_no_defect(layout, put) -> None:
    bow = shapely.to_wkb(shapely.Polygon([(0, 0), (2, 2), (0, 2), (2, 0), (0, 0)]))
    ref = put([COLUMNS[0]], [("bow", bow), ("point", shapely.to_wkb(shapely.Point(1, 1)))], place="wkb").ref
    for name in sorted(SPATIAL):
        node = Call(name, (Property("geometry"), Shape(shapely.to_wkb(shapely.box(0.5, 0.5, 3, 3)))))
        door.features(layout, ref, Query(where=node), 10)
        door.features(layout, ref, Query(where=Call("not", (node,))), 10)


def test_many_wildcards_cost_no_more_than_few(layout, put) -> None:
    import time as clock

    ref = put([COLUMNS[0]], [("a" * 5_000,)] * 50).ref
    began = clock.process_time()
    assert door.count(layout, ref, Query(where=text.parse(f"name LIKE '{'%a' * 40}%b'"))) == 0
    assert clock.process_time() - began < 5


def test_moments_of_literals_are_compared(layout, put, rows) -> None:
    ref = put(COLUMNS, rows, place="lonlat").ref
    assert (
        door.count(
            layout,
            ref,
            Query(
                where=Call(
                    "t_after",
                    (Moment(datetime(2026, 1, 2, tzinfo=UTC)), Moment(datetime(2026, 1, 1, tzinfo=UTC))),
                )
            ),
        )
        == 90
    )
