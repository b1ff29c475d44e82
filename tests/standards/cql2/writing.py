# SPDX-License-Identifier: EUPL-1.2
"""The way back, for tests only: conditions as CQL2 text and JSON, and as invented by hypothesis."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import shapely
from hypothesis import strategies as st

from stoa.standards.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
    Array,
    Call,
    Literal,
    Moment,
    Node,
    Period,
    Property,
    Shape,
    Values,
)


def as_text(node: Any) -> str:
    match node:
        case None:
            return "'..'"
        case Property(name):
            return f'"{name}"'
        case Literal(value):
            return _literal_as_text(value)
        case Moment(value):
            name = "TIMESTAMP" if isinstance(value, datetime) else "DATE"
            return f"{name}({_end_as_text(node)})"
        case Period(begins, ends):
            return f"INTERVAL({_end_as_text(begins)}, {_end_as_text(ends)})"
        case Shape(wkb):
            return shapely.to_wkt(shapely.from_wkb(wkb), rounding_precision=-1)
        case Values(values) | Array(values):
            return "(" + ", ".join(map(as_text, values)) + ")"
    return _call_as_text(node)


def _literal_as_text(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).upper() if isinstance(value, bool) else repr(value)


def _end_as_text(end: Any) -> str:
    return f"'{end.value.isoformat().replace('+00:00', 'Z')}'" if isinstance(end, Moment) else as_text(end)


def _call_as_text(node: Call) -> str:
    parts = [as_text(part) for part in node.args]
    if node.op in {"and", "or"}:
        return "(" + f" {node.op.upper()} ".join(parts) + ")"
    if node.op == "not":
        return f"NOT ({parts[0]})"
    if node.op == "isnull":
        return f"{parts[0]} IS NULL"
    if node.op == "between":
        return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
    if node.op in COMPARISONS | ARITHMETIC | {"like", "in"}:
        return f"({parts[0]} {node.op.upper()} {parts[1]})"
    return f"{node.op.upper()}({', '.join(parts)})"


def as_json(node: Any) -> Any:
    match node:
        case None:
            return ".."
        case Property(name):
            return {"property": name}
        case Literal(value):
            return value
        case Moment(datetime() as value):
            return {"timestamp": value.isoformat().replace("+00:00", "Z")}
        case Moment(value):
            return {"date": value.isoformat()}
        case Period(begins, ends):
            return {"interval": [_end_as_json(begins), _end_as_json(ends)]}
        case Shape(wkb):
            return json.loads(shapely.to_geojson(shapely.from_wkb(wkb)))
        case Values(values) | Array(values):
            return [as_json(value) for value in values]
    return {"op": "isNull" if node.op == "isnull" else node.op, "args": [as_json(part) for part in node.args]}


def _end_as_json(end: Any) -> Any:
    return next(iter(as_json(end).values())) if isinstance(end, Moment) else as_json(end)


TEXTS, NUMBERS, FLAGS, DAYS, INSTANTS = (
    ("name", "district"),
    ("trees", "height"),
    ("open",),
    ("built",),
    ("seen_at",),
)
LETTERS = st.text(alphabet="aäÄeéEnoOpr%_'\\ .*(", max_size=5)
PATTERNS = st.text(alphabet="aepor%_ .*(", max_size=6)


def texts() -> st.SearchStrategy[Node]:
    column = st.sampled_from(TEXTS).map(Property)
    function = st.builds(lambda name, arg: Call(name, (arg,)), st.sampled_from(["casei", "accenti"]), column)
    return column | function


def numbers() -> st.SearchStrategy[Literal]:
    return st.one_of(st.integers(-4, 4), st.sampled_from([0.0, 1.5, 2.25, 0.1, -7.25])).map(Literal)


def reckoned() -> st.SearchStrategy[Node]:
    """Sums, products and powers of columns and numbers."""
    part = st.sampled_from(NUMBERS).map(Property) | numbers()
    joined = st.builds(lambda op, a, b: Call(op, (a, b)), st.sampled_from(sorted(ARITHMETIC)), part, part)
    return joined | st.builds(
        lambda op, a, b: Call(op, (a, b)), st.sampled_from(sorted(ARITHMETIC)), joined, part | joined
    )


def arrays() -> st.SearchStrategy[Node]:
    """Two sets of texts or of numbers."""
    words = st.lists(LETTERS.map(Literal) | texts(), min_size=1, max_size=3)
    figures = st.lists(
        numbers() | st.sampled_from(NUMBERS).map(Property) | reckoned(), min_size=1, max_size=3
    )
    several = st.sampled_from([words, figures]).flatmap(lambda one: st.tuples(one, one))
    return st.builds(
        lambda op, pair: Call(op, tuple(Array(tuple(side)) for side in pair)),
        st.sampled_from(sorted(ARRAYS)),
        several,
    )


def instants() -> st.SearchStrategy[datetime]:
    return st.integers(-5, 70).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))


def days() -> st.SearchStrategy[date]:
    return st.integers(-2, 5).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


def moments() -> st.SearchStrategy[Moment]:
    return (instants() | days()).map(Moment)


def times() -> st.SearchStrategy[Node]:
    column = st.sampled_from((*DAYS, *INSTANTS)).map(Property)
    ends = st.none() | moments()
    return column | moments() | st.builds(Period, ends, ends) | st.builds(Period, column, ends)


def shapes() -> st.SearchStrategy[Shape]:
    edge = st.integers(-4, 4)
    points = st.builds(shapely.Point, edge, edge)
    boxes = st.builds(
        lambda x, y, w, h: shapely.box(x, y, x + w, y + h), edge, edge, st.integers(1, 5), st.integers(1, 5)
    )
    lines = st.builds(
        lambda x, y, d: shapely.LineString([(x, y), (x + d, y + 1)]), edge, edge, st.integers(1, 4)
    )
    return (points | boxes | lines).map(lambda shape: Shape(shapely.to_wkb(shape)))


def leaves() -> st.SearchStrategy[Node]:
    signs = st.sampled_from(sorted(COMPARISONS))
    number = st.sampled_from(NUMBERS).map(Property)
    literal = LETTERS.map(Literal)
    return st.one_of(
        st.builds(lambda op, a, b: Call(op, (a, b)), signs, texts(), literal | texts()),
        st.builds(lambda op, a, b: Call(op, (a, b)), signs, number, numbers() | number),
        st.builds(lambda op, a, b: Call(op, (b, a)), signs, number, numbers()),
        st.builds(lambda op, a, b: Call(op, (a, b)), signs, reckoned(), numbers() | number | reckoned()),
        arrays(),
        st.builds(lambda op, a, b: Call(op, (a, b)), signs, st.just(Property("built")), days().map(Moment)),
        st.builds(
            lambda op, a, b: Call(op, (a, b)), signs, st.just(Property("seen_at")), instants().map(Moment)
        ),
        st.builds(lambda a, b: Call("like", (a, Literal(b))), texts(), PATTERNS),
        st.builds(lambda a, b, c: Call("between", (a, b, c)), number, numbers(), numbers()),
        st.builds(
            lambda a, b: Call("in", (a, Values(tuple(b)))),
            number,
            st.lists(numbers(), min_size=1, max_size=4),
        ),
        st.builds(
            lambda a, b: Call("in", (a, Values(tuple(map(Literal, b))))),
            texts(),
            st.lists(LETTERS, min_size=1, max_size=3),
        ),
        st.builds(lambda a: Call("isnull", (a,)), number | texts() | st.just(Property("geometry"))),
        st.builds(
            lambda op, a: Call(op, (Property("geometry"), a)), st.sampled_from(sorted(SPATIAL)), shapes()
        ),
        st.builds(
            lambda op, a: Call(op, (a, Property("geometry"))), st.sampled_from(sorted(SPATIAL)), shapes()
        ),
        st.builds(lambda op, a, b: Call(op, (a, b)), st.sampled_from(sorted(TEMPORAL)), times(), times()),
        st.just(Property("open")),
        st.booleans().map(Literal),
    )


def conditions() -> st.SearchStrategy[Node]:
    """Any condition that can be asked of the table of the tests."""

    def joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.builds(Call, st.sampled_from(["and", "or"]), several) | parts.map(
            lambda part: Call("not", (part,))
        )

    return st.recursive(leaves(), joined, max_leaves=6)
