# SPDX-License-Identifier: EUPL-1.2
"""Rows as the parts of GeoJSON features, written by DuckDB itself: Python only puts the texts together.

The id of a feature is the value of the key where one text or whole number names a row, so that it stays the
same from version to version; else it is the number of the row, which holds within its version only.
"""

from __future__ import annotations

from typing import Any

from stoa.commons.lake import pages, reader, refusals, results
from stoa.commons.lake.engine import identifier, quoted
from stoa.commons.lake.exports.columns import instant_sql
from stoa.commons.lake.filters import Conditions, conditions
from stoa.commons.lake.values import FeaturePage, FeatureRow, Filter, Layout, Op, Query, VersionRef
from stoa.ground.problems import Refused
from stoa.ground.tables import GEOMETRY, ROW, ColumnSpec, Kind

MOST_FEATURES = 10_000
MOST_BYTES = 32 * 1024 * 1024
"""A page ends after so much, however many features were asked for."""
MOST_KEPT = 100
"""Features of a page that is kept for whoever asks the same: weighing larger ones costs more than they save."""
_BATCH = 1000


def id_column(layout: Layout, ref: VersionRef) -> ColumnSpec | None:
    """The one key column whose values are the ids; None where rows are named by their number.

    An officer may call a column a key that has gaps or the same value twice: then it names no features. Looked
    up once a version.
    """
    column = ref.column(ref.key[0]) if len(ref.key) == 1 else None
    if column is None or column.kind not in {Kind.TEXT, Kind.INTEGER}:
        return None
    text = f"SELECT count(DISTINCT {identifier(column.name)}) FROM data"
    question = ("distinct", layout.lake, ref.path, ref.content_hash, column.name)
    distinct = results.kept.get_or_make(question, lambda: int(reader.rows(layout, ref, text, [])[0][0]))
    return column if distinct == ref.rows else None


def page(
    layout: Layout, ref: VersionRef, query: Query, limit: int, *, after: str = "", wkb: bool = False
) -> FeaturePage:
    """The features of a query behind a token, in its order."""
    if not 1 <= limit <= MOST_FEATURES:
        raise refusals.too_much("limit", MOST_FEATURES)
    if limit > MOST_KEPT:
        return _page(layout, ref, query, limit, after=after, wkb=wkb)
    question = ("features", layout.lake, ref.path, ref.content_hash, query, limit, after, wkb)
    return results.kept.get_or_make(question, lambda: _page(layout, ref, query, limit, after=after, wkb=wkb))


def _page(layout: Layout, ref: VersionRef, query: Query, limit: int, *, after: str, wkb: bool) -> FeaturePage:
    book = pages.book(layout, ref, query)
    select = _select(ref, id_column(layout, ref), wkb=wkb)
    with pages.well_formed(), reader.asking(layout, ref, spatial=ref.has_geometry) as ask:
        found = _in_order if book.order.keys else _as_it_stands
        shown, last = found(ask, book, select, after, limit)
        token = book.token((last, _keys(ask, book, last))) if last else ""
    return FeaturePage(tuple(_row(row) for row in shown), pages.count(layout, ref, query), token)


_Rows = list[tuple[Any, ...]]


def _in_order(
    ask: reader.Ask, book: pages.Book, select: str, after: str, limit: int
) -> tuple[_Rows, int | None]:
    """The rows, and the number of the last one if there are more: first which rows, then those in full."""
    counted = book.is_counted(after)
    numbers, total = book.numbers(ask, book.steps(after), book.order.forwards, limit + 1, counted=counted)
    book.keep_count(total)
    shown = _in_full(ask, select, numbers[:limit])
    return shown, numbers[len(shown) - 1] if len(shown) < len(numbers) else None


def _as_it_stands(
    ask: reader.Ask, book: pages.Book, select: str, after: str, limit: int
) -> tuple[_Rows, int | None]:
    """The same for rows in the order of the table: read in full as they are found, until there are enough."""
    found: _Rows = []
    size, wanted, step = 0, _BATCH + 1, book.steps(after)[0]
    while len(found) <= limit and size < MOST_BYTES:
        most = min(wanted, limit + 1 - len(found))
        where = Conditions([*book.asked.parts, *filter(None, [step[0]])]).where
        rows = ask(f"{select} FROM data{where} LIMIT {most}", [*book.asked.values, *step[1]])
        found += rows
        if len(rows) < most:
            return found, None
        size += sum(len(row[2] or "") + len(row[3]) for row in rows)
        wanted = max(1, (MOST_BYTES - size) * len(found) // max(1, size))
        step = (f"{ROW} > ?", [rows[-1][0]])
    shown = found[: min(limit, max(1, len(found) - 1))]
    return shown, shown[-1][0]


def _in_full(ask: reader.Ask, select: str, numbers: list[int]) -> _Rows:
    """The rows of these numbers in this order, fewer where their shapes are very large."""
    found: _Rows = []
    size, wanted = 0, _BATCH
    while len(found) < len(numbers) and size < MOST_BYTES:
        batch = numbers[len(found) : len(found) + wanted]
        rows = {row[0]: row for row in ask(f"{select} FROM data WHERE {pages.numbered(batch)}", [])}
        found += [rows[number] for number in batch]
        size += sum(len(row[2] or "") + len(row[3]) for row in rows.values())
        wanted = max(1, (MOST_BYTES - size) * len(found) // max(1, size))
    return found


def _keys(ask: reader.Ask, book: pages.Book, number: int) -> list[str | None]:
    """The sort keys of a row as texts."""
    if not book.order.keys:
        return []
    keys: list[str | None] = ask(f"SELECT {book.order.texts} FROM data WHERE {ROW} = {number}", [])[0][0]
    return keys


def one(layout: Layout, ref: VersionRef, name: str, *, wkb: bool = False) -> FeatureRow | None:
    """The feature of this id, if there is one."""
    column = id_column(layout, ref)
    asked = Conditions()
    if column is not None:
        try:
            asked = conditions(ref, Query((Filter(column.name, Op.IS, (name,)),)))
        except Refused:  # no value of the column's kind, so no feature is called like this
            return None
    elif name.isascii() and name.isdigit() and len(name) < 19:
        asked.add(f"{ROW} = ?", int(name))
    else:
        return None
    text = f"{_select(ref, column, wkb=wkb)} FROM data{asked.where} LIMIT 1"  # the first in the order of the table
    found = reader.rows(layout, ref, text, asked.values, spatial=ref.has_geometry)
    shown = _row(found[0]) if found else None
    return shown if shown and shown.id == name else None


def _row(row: tuple[Any, ...]) -> FeatureRow:
    return FeatureRow(row[1], row[2], row[3])


def _select(ref: VersionRef, column: ColumnSpec | None, *, wkb: bool) -> str:
    """Row number, id, geometry, properties."""
    name = f"{identifier(column.name if column else ROW)}::VARCHAR"
    place = "NULL"
    if ref.has_geometry:
        written = f"ST_AsWKB({GEOMETRY})::BLOB" if wkb else f"ST_AsGeoJSON({GEOMETRY})::VARCHAR"
        place = f"CASE WHEN NOT ST_IsEmpty({GEOMETRY}) THEN {written} END"
    listed = ", ".join(f"{quoted(c.name)}, {_value(c)}" for c in ref.columns)
    return f"SELECT {ROW}, {name}, {place}, json_object({listed})::VARCHAR"


def _value(column: ColumnSpec) -> str:
    """A value as JSON has it: instants in UTC, days and times of day as ISO 8601 texts."""
    name = identifier(column.name)
    if column.kind is Kind.NUMBER:
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    if column.kind in {Kind.DATE, Kind.TIME}:
        return f"{name}::VARCHAR"
    return instant_sql(name, "UTC") if column.kind is Kind.DATETIME else name
