# SPDX-License-Identifier: EUPL-1.2
"""Rows as record stores are asked for them: several sort columns, words joined by and, or and not, only different
rows, from any place on, thousands at a time."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from stoa.commons.lake import pages, reader, refusals, results
from stoa.commons.lake.engine import fetchable, fetched, identifier
from stoa.commons.lake.filters import Conditions, conditions, known_column
from stoa.commons.lake.values import Filter, Layout, Op, Query, VersionRef
from stoa.commons.lake.words import AllOf, TextTest, add_words
from stoa.ground.tables import ROW, ColumnSpec, Kind

MOST_RECORDS = 32_000
MOST_CELLS = 1_000_000
"""Of one answer; a page of a very wide table has fewer rows."""
MOST_SORTS = 10
BY_NUMBER = 2_000
"""Up to so many rows it is quicker to find their numbers first and then fetch them in full."""
EVERY_ROW = AllOf(())
ROW_COLUMN = ColumnSpec(ROW, ROW, Kind.INTEGER)
STREAM_SECONDS = 600.0
_PIECE = 2_000
_LONG_KEY = '"_f_'
"""How keys begin that are texts in full: gathering them costs more than counting again."""
_SIGNS = {Op.IS: "=", Op.NOT: "<>", Op.LESS: "<", Op.AT_MOST: "<=", Op.MORE: ">", Op.AT_LEAST: ">="}


@dataclass(frozen=True, slots=True)
class Sort:
    """One column of an order; rows that are equal in all of them stand as in the source."""

    column: str
    """May be `_row`."""
    descending: bool = False
    nulls_first: bool | None = None
    """None: empty values count as the largest, as in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which rows with which columns in which order."""

    filters: tuple[Filter, ...] = ()
    """All hold; the column may be `_row`."""
    words: TextTest = EVERY_ROW
    sorts: tuple[Sort, ...] = ()
    columns: tuple[str, ...] = ()
    """May hold `_row`; empty: `_row` and all."""
    is_distinct: bool = False
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Records:
    """Some rows of a query."""

    columns: tuple[ColumnSpec, ...]
    rows: tuple[tuple[Any, ...], ...]
    """Values as in `Page.rows`, in the order of `columns`."""
    limit: int
    """How many were looked for at most: what was asked, or what one answer may hold."""


def records(
    layout: Layout, ref: VersionRef, query: RecordQuery, *, limit: int, offset: int, with_count: bool = False
) -> Records:
    """The rows of a query from an offset on; `Refused` for unknown columns and values that do not fit.

    With `with_count` the number of all is found on the way where that is cheap, and kept for `count`.
    """
    asked = _Asked.of(layout, ref, query)
    most = min(limit, MOST_RECORDS, MOST_CELLS // max(1, len(asked.columns)))
    if not 0 <= offset < 2**62 or limit < 0:
        raise refusals.too_much("offset", 2**62)
    if not most:
        return Records(asked.columns, (), most)
    question = ("records", layout.lake, ref.path, ref.content_hash, query, most, offset)
    counting = _counting(layout, ref, query) if with_count else None
    return Records(
        asked.columns, results.kept.get_or_make(question, lambda: asked.rows(most, offset, counting)), most
    )


def count(layout: Layout, ref: VersionRef, query: RecordQuery) -> int:
    """How many rows a query has in all; without conditions no row is looked at."""
    bare = _bare(query)
    if bare == RecordQuery(zone=query.zone):
        return ref.rows
    return results.kept.get_or_make(
        _counting(layout, ref, query), lambda: _Asked.of(layout, ref, bare).count()
    )


def _bare(query: RecordQuery) -> RecordQuery:
    """What of a query decides on how many rows it has."""
    return replace(query, sorts=(), columns=query.columns if query.is_distinct else ())


def _counting(layout: Layout, ref: VersionRef, query: RecordQuery) -> Hashable:
    return ("records count", layout.lake, ref.path, ref.content_hash, _bare(query))


def stream(
    layout: Layout, ref: VersionRef, query: RecordQuery, *, limit: int | None, offset: int
) -> Iterator[list[tuple[Any, ...]]]:
    """All rows of a query in pieces, while they are read; what can be refused is refused at once."""
    asked = _Asked.of(layout, ref, query)
    text, values = asked.whole("ALL" if limit is None else str(int(limit)), offset)
    return _pieces(asked, text, values)


def _pieces(asked: _Asked, text: str, values: list[Any]) -> Iterator[list[tuple[Any, ...]]]:
    with (
        reader.reader(asked.layout).cursor(asked.ref) as cursor,
        reader.limited(cursor, STREAM_SECONDS),
    ):
        cursor.execute(text, values)
        while piece := cursor.fetchmany(_PIECE):
            yield [asked.fetched(row) for row in piece]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query made ready."""

    layout: Layout
    ref: VersionRef
    columns: tuple[ColumnSpec, ...]
    found: Conditions
    order: tuple[tuple[str, str], ...]
    """Keys with their directions."""
    is_distinct: bool
    is_counted_off: bool
    """All rows in the order of the source: an offset is a number of a row."""

    @classmethod
    def of(cls, layout: Layout, ref: VersionRef, query: RecordQuery) -> _Asked:
        if len(query.sorts) > MOST_SORTS:
            raise refusals.too_much("sort", MOST_SORTS)
        own = tuple(one for one in query.filters if one.column != ROW)
        found = conditions(ref, Query(own, zone=query.zone))
        for one in query.filters:
            if one.column == ROW:
                add_number(found, one)
        add_words(found, ref, query.words)
        order = tuple(_ordered(layout, ref, one) for one in query.sorts)
        is_plain = not found.parts and not order and not query.is_distinct
        return cls(layout, ref, _columns(ref, query.columns), found, order, query.is_distinct, is_plain)

    @property
    def listed(self) -> str:
        return ", ".join(_shown(column) for column in self.columns)

    def rows(self, most: int, offset: int, counting: Hashable | None = None) -> tuple[tuple[Any, ...], ...]:
        if self.is_distinct or most > BY_NUMBER:
            text, values = self.whole(str(most), offset)
            found = reader.rows(self.layout, self.ref, text, values)
            return tuple(self.fetched(row) for row in found)
        return self._by_number(most, offset, counting)

    def _by_number(self, most: int, offset: int, counting: Hashable | None) -> tuple[tuple[Any, ...], ...]:
        with reader.asking(self.layout, self.ref) as ask:
            if self.is_counted_off:
                first = min(offset, self.ref.rows) + 1
                numbers = [*range(first, min(self.ref.rows, offset + most) + 1)]
            else:
                is_gathered = self._gathers(counting)
                which = self._which(is_gathered=is_gathered)
                found = ask(f"{which} LIMIT {most} OFFSET {offset}", self.found.values)
                numbers = [number for number, _total in found]
                if is_gathered and found:
                    results.kept.keep(counting, found[0][1])
            if not numbers:
                return ()
            full = f"SELECT {ROW}, {self.listed} FROM data WHERE {pages.numbered(numbers)}"
            rows = {row[0]: self.fetched(row[1:]) for row in ask(full, [])}
        return tuple(rows[number] for number in numbers)

    def _gathers(self, counting: Hashable | None) -> bool:
        """Whether the hits are worth gathering, to be ordered and counted at once: small keys, not counted before."""
        is_small = all(not key.startswith(_LONG_KEY) for key, _way in self.order)
        return counting is not None and is_small and bool(self.found.parts) and not results.kept.has(counting)

    def _which(self, *, is_gathered: bool) -> str:
        """Numbers of the rows in order, each with the number of all if they are gathered."""
        if not is_gathered:
            text = f"SELECT rowid + 1, NULL FROM data{self.found.where}"
            if not self.order:  # the table stands in the order of its rows
                return text
            return f"{text} ORDER BY {', '.join(f'{key} {way}' for key, way in self.order)}, rowid"
        keys = "".join(f"{key} AS k{n}, " for n, (key, _way) in enumerate(self.order))
        by = ", ".join([*(f"k{n} {way}" for n, (_key, way) in enumerate(self.order)), "r"])
        return (
            f"WITH hits AS MATERIALIZED (SELECT {keys}rowid AS r FROM data{self.found.where}) "
            f"SELECT r + 1, (SELECT count(*) FROM hits) FROM hits ORDER BY {by}"
        )

    def whole(self, most: str, offset: int) -> tuple[str, list[Any]]:
        """One statement for the rows in full."""
        group, rest = "", ["rowid"]
        where, values = self.found.where, list(self.found.values)
        order = [f"{key} {way}" for key, way in self.order]
        if self.is_distinct:
            group = f" GROUP BY {', '.join(_kept(column) for column in self.columns)}"
            order, rest = [f"min({key}) {way}" for key, way in self.order], ["min(rowid)"]
        if self.is_counted_off:
            where, values, offset = f" WHERE {ROW} > ?", [offset], 0
        by = ", ".join([*order, *rest])
        text = f"SELECT {self.listed} FROM data{where}{group} ORDER BY {by} LIMIT {most} OFFSET {offset}"
        return text, values

    def count(self) -> int:
        source = f"SELECT count(*) FROM data{self.found.where}"
        if self.is_distinct:
            inner = ", ".join(_kept(column) for column in self.columns)
            source = f"SELECT count(*) FROM (SELECT DISTINCT {inner} FROM data{self.found.where})"
        return int(reader.rows(self.layout, self.ref, source, self.found.values)[0][0])

    def fetched(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(fetched(column, value) for column, value in zip(self.columns, row, strict=True))


def _columns(ref: VersionRef, names: tuple[str, ...]) -> tuple[ColumnSpec, ...]:
    if not names:
        return (ROW_COLUMN, *ref.columns)
    return tuple(ROW_COLUMN if name == ROW else known_column(ref, name) for name in dict.fromkeys(names))


def _kept(column: ColumnSpec) -> str:
    return ROW if column is ROW_COLUMN else identifier(column.name)


def _shown(column: ColumnSpec) -> str:
    name = _kept(column)
    return f"{fetchable(column, name)} AS {name}"


def _ordered(layout: Layout, ref: VersionRef, sort: Sort) -> tuple[str, str]:
    """The key of a sort, and its direction."""
    key = "rowid" if sort.column == ROW else pages.sort_key(layout, ref, sort.column).sql
    nulls_first = sort.descending if sort.nulls_first is None else sort.nulls_first
    way = f"{'DESC' if sort.descending else 'ASC'} NULLS {'FIRST' if nulls_first else 'LAST'}"
    return key, way


def add_number(found: Conditions, one: Filter) -> None:
    """A condition on the number of the row."""
    numbers = [_number(text) for text in one.values]
    if one.op is Op.ONE_OF and numbers:
        found.add(f"{ROW} IN ({', '.join('?' * len(numbers))})", *numbers)
    elif one.op in _SIGNS and len(numbers) == 1:
        found.add(f"{ROW} {_SIGNS[one.op]} ?", numbers[0])
    elif one.op in {Op.EMPTY, Op.FILLED}:
        found.add("false" if one.op is Op.EMPTY else "true")
    else:
        raise refusals.value_unreadable(ROW_COLUMN, ", ".join(one.values))


def _number(text: str) -> int:
    try:
        value = int(text) if len(text) <= 20 else 2**63
    except ValueError:
        value = 2**63
    if not -(2**63) <= value < 2**63:
        raise refusals.value_unreadable(ROW_COLUMN, text)
    return value
