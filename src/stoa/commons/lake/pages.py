# SPDX-License-Identifier: EUPL-1.2
"""Pages of rows: filtered, sorted, by keyset in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from stoa.commons.lake import boxes, keyset, reader, refusals, results, store
from stoa.commons.lake.engine import fetchable, fetched, identifier
from stoa.commons.lake.filters import Conditions, known_column
from stoa.commons.lake.keyset import Key, Order, Place, Step
from stoa.commons.lake.values import Layout, Page, Query, Sql, VersionRef
from stoa.ground.tables import GEOMETRY, ROW, SQL_TYPE, ColumnSpec, Kind

MOST_ROWS = 1000
MOST_OFFSET = 10_000
MOST_SORTS = 8
"""Columns of one order."""
MOST_BY_INDEX = 400
"""From more rows on a scan of the table costs less than as many looks into its index."""
EVERYTHING: Step = ("", [])
_GEOMETRY_COLUMN = ColumnSpec(GEOMETRY, "Geometry", Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Book:
    """A query made ready: what is shown of which rows in which order."""

    layout: Layout
    ref: VersionRef
    query: Query
    columns: tuple[ColumnSpec, ...]
    asked: Conditions
    order: Order

    @property
    def purpose(self) -> str:
        return f"{self.ref.path} {self.query.sort}"

    def place(self, token: str) -> Place:
        return keyset.place(token, self.purpose, len(self.order.keys))

    def token(self, row: tuple[Any, ...]) -> str:
        return keyset.token(Place(tuple(row[-1]), row[0]), self.purpose)

    def rows(
        self, steps: Sequence[Step], order: str, most: int, offset: int = 0, *, counted: bool = False
    ) -> tuple[list[tuple[Any, ...]], int | None]:
        """`_row`, the columns, the sort keys as texts; with `counted` also how many rows the conditions have.

        First which rows, from the sort keys alone, then those in full by the index of row numbers: DuckDB would
        read all columns of all.
        """
        spatial = self.asked.needs_spatial or _GEOMETRY_COLUMN in self.columns
        with well_formed(), reader.asking(self.layout, self.ref, spatial=spatial) as ask:
            numbers, total = self.numbers(ask, steps, order, offset + most, counted=counted)
            numbers = numbers[offset:]
            rows = {row[0]: row for row in ask(self._in_full(numbers), [])} if numbers else {}
        return [rows[number] for number in numbers], total

    def numbers(
        self, ask: reader.Ask, steps: Sequence[Step], order: str, most: int, *, counted: bool = False
    ) -> tuple[list[int], int | None]:
        """Numbers of the first rows that stand behind a place; with `counted` also how many there are in all."""
        numbers: list[int] = []
        total = None
        for text, values in steps:
            where = Conditions([*self.asked.parts, *filter(None, [text])]).where
            which = self._which(where, order, most - len(numbers), counted=counted)
            found = ask(which, [*self.asked.values, *values])
            numbers += [number for number, _total in found]
            total = found[0][1] if found else None
            if len(numbers) >= most:
                break
        return numbers, total

    def steps(self, after: str) -> Sequence[Step]:
        """The conditions for rows that stand behind a token; without one for all."""
        return keyset.after(self.order, self.place(after)) if after else [EVERYTHING]

    def is_counted(self, after: str) -> bool:
        """Whether the hits are worth gathering, to be ordered and counted at once: small keys, not counted before."""
        if after or not self.asked.parts or any(key.sql_type == "VARCHAR" for key in self.order.keys):
            return False
        if boxes.rows_of_box(self.layout, self.ref, self.query) is not None:
            return False
        return not results.kept.has(_count_question(self.layout, self.ref, self.query))

    def keep_count(self, total: int | None) -> None:
        if total is not None:
            results.kept.keep(_count_question(self.layout, self.ref, self.query), total)

    def _which(self, where: str, order: str, most: int, *, counted: bool) -> str:
        """Numbers of the rows in order; counting them costs little where they are gathered anyway."""
        if not counted and order == Order().forwards:
            # The table stands in this order, and DuckDB keeps it where nothing else is asked for: no need to see all.
            return f"SELECT rowid + 1, NULL FROM data{where} LIMIT {most}"
        if not counted:
            return f"SELECT rowid + 1, NULL FROM data{where} ORDER BY {order} LIMIT {most}"
        keys = "".join(f"{key.sql} AS k{n}, " for n, key in enumerate(self.order.keys))
        renamed = tuple(replace(key, sql=f"k{n}") for n, key in enumerate(self.order.keys))
        by = Order(renamed, row="r").forwards
        return (
            f"WITH hits AS MATERIALIZED (SELECT {keys}rowid AS r FROM data{where}) "
            f"SELECT r + 1, (SELECT count(*) FROM hits) FROM hits ORDER BY {by} LIMIT {most}"
        )

    def _in_full(self, numbers: Sequence[int]) -> str:
        return f"SELECT {_listed(self.columns)}, {self.order.texts} FROM data WHERE {numbered(numbers)}"


@contextmanager
def well_formed() -> Iterator[None]:
    """Say in words that a token is none of ours: all other values were typed before, so only it can fail to fit."""
    import duckdb

    try:
        yield
    except duckdb.ConversionException:
        raise refusals.token_unreadable() from None


def numbered(numbers: Sequence[int]) -> str:
    """The condition for some rows: by the index, or by a scan where they are too many for it (measured)."""
    if len(numbers) <= MOST_BY_INDEX:
        return f"{ROW} IN ({', '.join(map(str, numbers))})"
    span = f"rowid BETWEEN {min(numbers) - 1} AND {max(numbers) - 1}"  # lets whole row groups be skipped
    return f"{span} AND rowid IN ({', '.join(str(number - 1) for number in numbers)})"


def page(
    layout: Layout,
    ref: VersionRef,
    query: Query,
    limit: int = 50,
    *,
    after: str = "",
    before: str = "",
    offset: int = 0,
) -> Page:
    """The rows of a query behind one token or in front of another; `offset` jumps at most 10,000 rows."""
    if not 1 <= limit <= MOST_ROWS:
        raise refusals.too_much("limit", MOST_ROWS)
    if not 0 <= offset <= MOST_OFFSET:
        raise refusals.too_much("offset", MOST_OFFSET)
    question = ("page", layout.lake, ref.path, ref.content_hash, query, limit, after, before, offset)
    return results.kept.get_or_make(
        question, lambda: _page(book(layout, ref, query), limit, after, before, offset)
    )


def book(layout: Layout, ref: VersionRef, query: Query) -> Book:
    columns, asked = chosen_columns(ref, query), boxes.asked(layout, ref, query)
    return Book(layout, ref, query, columns, asked, sort_order(layout, ref, query.sort))


def _page(book: Book, limit: int, after: str, before: str, offset: int) -> Page:
    order = book.order
    if before:
        found, _ = book.rows(keyset.before(order, book.place(before)), order.backwards, limit + 1)
        if len(found) > limit:
            return _shown(book, found[:limit][::-1], is_first=False, is_last=False)
        offset, after = 0, ""  # the top of the table: show it in full
    counted = book.is_counted(after)
    found, total = book.rows(book.steps(after), order.forwards, limit + 1, offset, counted=counted)
    book.keep_count(total)
    return _shown(book, found[:limit], is_first=not after and not offset, is_last=len(found) <= limit)


def _shown(book: Book, found: list[tuple[Any, ...]], *, is_first: bool, is_last: bool) -> Page:
    return Page(
        columns=book.columns,
        rows=_rows(book.columns, found),
        total=count(book.layout, book.ref, book.query),
        next_after=book.token(found[-1]) if found and not is_last else "",
        previous_before=book.token(found[0]) if found and not is_first else "",
    )


def chosen_columns(ref: VersionRef, query: Query) -> tuple[ColumnSpec, ...]:
    """The columns that a query shows; `geometry` only where it is asked for by name."""
    if not query.columns:
        return ref.columns
    return tuple(
        _GEOMETRY_COLUMN if name == GEOMETRY and ref.has_geometry else known_column(ref, name)
        for name in dict.fromkeys(query.columns)
    )


def sort_order(layout: Layout, ref: VersionRef, sort: str) -> Order:
    """The order that `Query.sort` asks for: texts as people sort them, without regard to case and accents."""
    columns = [part for part in sort.split(",") if part]
    if len(columns) > MOST_SORTS:
        raise refusals.too_much("sort", MOST_SORTS)
    return Order(tuple(sort_key(layout, ref, part) for part in columns))


def sort_key(layout: Layout, ref: VersionRef, sort: str) -> Key:
    """The key of one column, `-` before it for downwards."""
    column = known_column(ref, sort.removeprefix("-"))
    descending = sort.startswith("-")
    if column.kind is not Kind.TEXT:
        return Key(identifier(column.name), SQL_TYPE[column.kind], descending)
    rank = store.rank_column(column.name)
    if rank in reader.columns_of_copy(layout, ref):
        return Key(identifier(rank), "INTEGER", descending)
    return Key(identifier(store.folded_column(column.name)), "VARCHAR", descending)


def _listed(columns: Sequence[ColumnSpec]) -> str:
    return ", ".join([ROW, *(_shown_as(column) for column in columns)])


def _shown_as(column: ColumnSpec) -> str:
    if column is _GEOMETRY_COLUMN:
        return f"ST_AsGeoJSON({GEOMETRY})::VARCHAR AS {GEOMETRY}"
    return f"{fetchable(column, identifier(column.name))} AS {identifier(column.name)}"


def _rows(columns: Sequence[ColumnSpec], found: Sequence[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """Number and columns of the rows; only instants come otherwise than they are kept."""
    width = 1 + len(columns)
    instants = [(n, column) for n, column in enumerate(columns, start=1) if column.kind is Kind.DATETIME]
    if not instants:
        return tuple(row[:width] for row in found)
    shown = [list(row[:width]) for row in found]
    for row in shown:
        for n, column in instants:
            row[n] = fetched(column, row[n])
    return tuple(map(tuple, shown))


def count(layout: Layout, ref: VersionRef, query: Query) -> int:
    """How many rows a query has."""
    if not query.is_narrowed:
        return ref.rows
    return results.kept.get_or_make(_count_question(layout, ref, query), lambda: _count(layout, ref, query))


def _count_question(layout: Layout, ref: VersionRef, query: Query) -> tuple[Any, ...]:
    return ("count", layout.lake, ref.path, ref.content_hash, replace(query, sort="", columns=()))


def _count(layout: Layout, ref: VersionRef, query: Query) -> int:
    known = boxes.rows_of_box(layout, ref, query)
    if known is not None:
        return known
    asked = boxes.asked(layout, ref, query)
    text = f"SELECT count(*) FROM data{asked.where}"
    return int(reader.rows(layout, ref, text, asked.values, spatial=asked.needs_spatial)[0][0])


def rows_by_number(
    layout: Layout, ref: VersionRef, numbers: Sequence[int], columns: tuple[str, ...] = ()
) -> tuple[tuple[Any, ...], ...]:
    """The rows with these numbers, in the order of the numbers; those that do not exist are left out."""
    if len(numbers) > MOST_ROWS:
        raise refusals.too_much("rows", MOST_ROWS)
    wanted = [int(number) for number in numbers if 0 < int(number) < 2**62]
    if not wanted:
        return ()
    chosen = chosen_columns(ref, Query(columns=columns))
    text = f"SELECT {_listed(chosen)} FROM data WHERE {numbered(wanted)}"
    found = reader.rows(layout, ref, text, [], spatial=_GEOMETRY_COLUMN in chosen)
    by_number = {row[0]: row for row in _rows(chosen, found)}
    return tuple(by_number[number] for number in dict.fromkeys(wanted) if number in by_number)


def query_sql(layout: Layout, ref: VersionRef, query: Query, *, geometry: str = "", row: bool = False) -> Sql:
    """The whole query over the table `data` of `connect_reader`, for downloads.

    Columns come as they are kept (instants as TIMESTAMPTZ); with `geometry` an SQL expression over `geometry`
    (`ST_AsWKB(geometry)`, `ST_AsGeoJSON(geometry)` ...) is added under that name; `row` puts `_row` in front.
    Without a sort no ORDER BY is needed: the table stands in the order of the source.
    """
    chosen = [c for c in chosen_columns(ref, query) if c is not _GEOMETRY_COLUMN]
    asked, order = boxes.asked(layout, ref, query), sort_order(layout, ref, query.sort)
    listed = ([ROW] if row else []) + [identifier(column.name) for column in chosen]
    names = ([ROW] if row else []) + [column.name for column in chosen]
    if geometry and ref.has_geometry:
        listed.append(f"{geometry} AS {GEOMETRY}")
        names.append(GEOMETRY)
    text = f"SELECT {', '.join(listed)} FROM data{asked.where}"
    if order.keys:
        text += f" ORDER BY {order.forwards}"
    spatial = asked.needs_spatial or GEOMETRY in names
    return Sql(text, tuple(asked.values), tuple(names), spatial)
