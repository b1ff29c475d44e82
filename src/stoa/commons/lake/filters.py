# SPDX-License-Identifier: EUPL-1.2
"""From the conditions a person writes to SQL with bound values. Pure: names come from the dictionary only."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from stoa.commons.lake.engine import identifier, quoted
from stoa.commons.lake.refusals import column_unknown, filter_unfit, too_much, value_unreadable
from stoa.commons.lake.values import Filter, Op, Query, Span, VersionRef
from stoa.ground.geometry import Box
from stoa.ground.tables import GEOMETRY, SQL_TYPE, ColumnSpec, Kind
from stoa.standards.cql2.tree import Node

MOST_FILTERS = 50
MOST_VALUES = 1000
MOST_WORDS = 10
MOST_PLACES = 20
"""Texts of one filter that are looked up for their places."""
MOST_LETTERS = 500
SEARCH = "_search"
MICRO = 1_000_000
"""The boxes of rows are kept in whole millionths of a degree, rounded outwards."""
_YES = {"true", "1", "yes", "y", "ja", "j", "wahr", "t"}
_NO = {"false", "0", "no", "n", "nein", "falsch", "f"}
_SIGNS = {Op.LESS: "<", Op.AT_MOST: "<=", Op.MORE: ">", Op.AT_LEAST: ">="}


Places = Callable[[str, tuple[str, ...]], tuple[str, tuple[int, ...]] | None]
"""By a text column and values: the column of whole numbers that stands for it, and the numbers of these values; None
where they are not known, so that texts must be compared."""


@dataclass(slots=True)
class Conditions:
    """A growing `WHERE`: every condition must hold."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    needs_spatial: bool = False
    zone: str = "UTC"
    places: Places | None = None

    def add(self, text: str, *values: Any) -> None:
        self.parts.append(text)
        self.values.extend(values)

    @property
    def where(self) -> str:
        return " WHERE " + " AND ".join(f"({part})" for part in self.parts) if self.parts else ""


def folded(expression: str) -> str:
    """The SQL for a text without regard to case and accents."""
    return f"replace(lower(strip_accents({expression})), 'ß', 'ss')"


def conditions(
    ref: VersionRef, query: Query, *, in_box: str | None = None, places: Places | None = None
) -> Conditions:
    """Everything that a query asks of a row; `Refused` where it cannot be understood.

    `in_box` stands for the query's box where it was looked up which rows touch it (`boxes.settled`), `places` for
    texts of which there are few.
    """
    if len(query.filters) > MOST_FILTERS:
        raise too_much("filters", MOST_FILTERS)
    found = Conditions(zone=known_zone(query.zone), places=places)
    for one in query.filters:
        _add_filter(found, ref, one)
    _add_text(found, ref, query.text)
    if query.box is not None:
        _add_box(found, ref, query, in_box)
    if query.span is not None:
        _add_span(found, ref, query.span)
    if query.where is not None:
        _add_where(found, ref, query.where)
    return found


def _add_where(found: Conditions, ref: VersionRef, node: Node) -> None:
    from stoa.commons.lake import where

    text, values, spatial = where.compiled(ref, node, found.zone)
    found.add(text, *values)
    found.needs_spatial = found.needs_spatial or spatial


def known_column(ref: VersionRef, name: str) -> ColumnSpec:
    """The column of that name; `Refused` (`lake.column_unknown`) if there is none."""
    column = ref.column(name)
    if column is None:
        raise column_unknown(name)
    return column


def _add_filter(found: Conditions, ref: VersionRef, one: Filter) -> None:
    if one.column == GEOMETRY and ref.has_geometry and one.op in {Op.EMPTY, Op.FILLED}:
        found.add(f"{GEOMETRY} IS {'NOT ' if one.op is Op.FILLED else ''}NULL")
        return
    column = known_column(ref, one.column)
    name = identifier(column.name)
    if one.op in {Op.EMPTY, Op.FILLED}:
        found.add(f"{name} IS {'NOT ' if one.op is Op.FILLED else ''}NULL")
    elif one.op in {Op.HAS, Op.STARTS}:
        _add_part(found, column, one)
    elif not _is_added_by_place(found, column, one):
        _add_comparison(found, column, one)


def _add_part(found: Conditions, column: ColumnSpec, one: Filter) -> None:
    if column.kind is not Kind.TEXT:
        raise filter_unfit(column)
    text = _text(column, _single(column, one))
    test = "contains" if one.op is Op.HAS else "starts_with"
    found.add(f"contains({SEARCH}, {folded('?')})", text)  # cheap, and true wherever the next one is
    found.add(f"{test}({folded(identifier(column.name))}, {folded('?')})", text)


def _single(column: ColumnSpec, one: Filter) -> str:
    if len(one.values) != 1:
        raise value_unreadable(column, ", ".join(one.values))
    return one.values[0]


def _is_added_by_place(found: Conditions, column: ColumnSpec, one: Filter) -> bool:
    """Whether texts could be asked for by their places: comparing whole numbers takes a third of the time."""
    is_equality = one.op in {Op.IS, Op.NOT, Op.ONE_OF} and 0 < len(one.values) <= MOST_PLACES
    if found.places is None or column.kind is not Kind.TEXT or not is_equality:
        return False
    known = found.places(column.name, tuple(dict.fromkeys(_text(column, value) for value in one.values)))
    if known is None:
        return False
    name, numbers = identifier(known[0]), ", ".join(map(str, known[1]))
    test = f"{name} IN ({numbers})"
    found.add(f"{name} IS NULL OR NOT {test}" if one.op is Op.NOT else test)
    return True


def _add_comparison(found: Conditions, column: ColumnSpec, one: Filter) -> None:
    name = identifier(column.name)
    gap = f"?::{SQL_TYPE[column.kind]}"
    if one.op in {Op.IS, Op.NOT, Op.ONE_OF} and (one.op is Op.ONE_OF or len(one.values) != 1):
        _add_one_of(found, column, one)
        return
    raw = _single(column, one)
    day = _whole_day(column, raw)
    if day is not None:
        _add_day(found, column, one.op, day)
        return
    value = typed(column, _in_zone(column, raw, found.zone))
    if one.op is Op.IS:
        found.add(f"{name} = {gap}", value)
    elif one.op is Op.NOT:
        found.add(f"{name} IS DISTINCT FROM {gap}", value)
    else:
        found.add(f"{name} {_SIGNS[one.op]} {gap}", value)


def _add_one_of(found: Conditions, column: ColumnSpec, one: Filter) -> None:
    if not one.values or len(one.values) > MOST_VALUES:
        raise too_much("values", MOST_VALUES) if one.values else value_unreadable(column, "")
    name = identifier(column.name)
    gaps = ", ".join([f"?::{SQL_TYPE[column.kind]}"] * len(one.values))
    values = [typed(column, _in_zone(column, value, found.zone)) for value in one.values]
    test = f"{name} IN ({gaps})"
    found.add(f"{name} IS NULL OR NOT {test}" if one.op is Op.NOT else test, *values)


def known_zone(name: str) -> str:
    """The name of a time zone that is safe in SQL; UTC for one that nobody knows."""
    return name if name in available_zones() else "UTC"


@cache
def available_zones() -> frozenset[str]:
    """All zones of the installed time zone database; asked once, since it reads a folder."""
    return frozenset(available_timezones())


def _in_zone(column: ColumnSpec, raw: str, zone: str) -> str:
    """A time without offset is a time on the clocks of the city."""
    if column.kind is not Kind.DATETIME:
        return raw
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return raw  # refused in words where it is typed
    return raw if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()


def _whole_day(column: ColumnSpec, raw: str) -> date | None:
    """The day that is meant where an instant is compared with a date alone."""
    if column.kind is not Kind.DATETIME or ":" in raw or "T" in raw:
        return None
    return _date(column, raw)


def _add_day(found: Conditions, column: ColumnSpec, op: Op, day: date) -> None:
    """Compare instants with a whole day of the query's zone: `is` means within it, `at most` includes all of it."""
    name = identifier(column.name)
    first, last = day.isoformat(), _day_after(column, day)
    gap = f"(?::DATE)::TIMESTAMP AT TIME ZONE {quoted(found.zone)}"
    within = f"{name} >= {gap} AND {name} < {gap}"
    if op is Op.IS:
        found.add(within, first, last)
    elif op is Op.NOT:
        found.add(f"{name} IS NULL OR NOT ({within})", first, last)
    else:
        sign = "<" if op in {Op.LESS, Op.AT_MOST} else ">="
        found.add(f"{name} {sign} {gap}", last if op in {Op.AT_MOST, Op.MORE} else first)


def _add_text(found: Conditions, ref: VersionRef, text: str) -> None:
    words = text[:MOST_LETTERS].replace("\0", " ").split()[:MOST_WORDS]
    has_text = any(column.kind is Kind.TEXT for column in ref.columns)
    for word in words:
        if has_text:
            found.add(f"contains({SEARCH}, {folded('?')})", word)
        else:
            found.add("false")


def _add_box(found: Conditions, ref: VersionRef, query: Query, in_box: str | None) -> None:
    if in_box is not None:
        found.add(in_box)
        return
    tests = ["_x0 IS NULL"] if query.keeps_placeless else []
    tests += [touching(part) for part in parts_of_box(ref, query.box)]
    found.add(" OR ".join(tests))
    found.needs_spatial = True


def parts_of_box(ref: VersionRef, box: Box | None) -> list[Box]:
    """A box as boxes that do not cross the 180th meridian; `Refused` where it is none or nothing has a place."""
    if not ref.has_geometry:
        raise column_unknown(GEOMETRY)
    if box is None or not all(math.isfinite(edge) for edge in box) or box.south > box.north:
        raise too_much("box", 360)
    if box.west <= box.east:
        return [box]
    return [Box(box.west, box.south, 180, box.north), Box(-180, box.south, box.east, box.north)]


def touching(box: Box) -> str:
    """Rows whose shape touches a box: shapes are read only where the boxes of rows do not decide it.

    Those boxes are whole millionths, rounded outwards: one wholly within needs no look, one wholly outside neither.
    """
    near, within = near_and_within(box)
    undecided = f"SELECT rowid FROM data WHERE {near} AND NOT ({within})"
    found = f"SELECT rowid FROM data WHERE rowid IN ({undecided}) AND {meets_shape(box)}"
    return f"({near} AND (({within}) OR rowid IN ({found})))"


def near_and_within(box: Box, *, points: bool = False) -> tuple[str, str]:
    """What holds for every row that may touch a box, and what only for rows that surely do.

    The box of a point is at most one millionth wide: its lower corner alone tells.
    """
    edges = (max(-1999.0, min(1999.0, edge)) * MICRO for edge in box)
    west, south, east, north = edges
    a, b, c, d = math.floor(west), math.floor(south), math.ceil(east), math.ceil(north)
    e, f, g, h = math.ceil(west), math.ceil(south), math.floor(east), math.floor(north)
    if points:
        return (
            f"_x0 >= {a - 1} AND _x0 <= {c} AND _y0 >= {b - 1} AND _y0 <= {d}",
            f"_x0 >= {e} AND _x0 <= {g - 1} AND _y0 >= {f} AND _y0 <= {h - 1}",
        )
    return (
        f"_x1 >= {a} AND _x0 <= {c} AND _y1 >= {b} AND _y0 <= {d}",
        f"_x0 >= {e} AND _x1 <= {g} AND _y0 >= {f} AND _y1 <= {h}",
    )


def meets_shape(box: Box) -> str:
    """The exact test; the edges are numbers, never a caller's words."""
    west, south, east, north = (repr(float(edge)) for edge in box)
    return f"ST_Intersects({GEOMETRY}, ST_MakeEnvelope({west}, {south}, {east}, {north}))"


def _add_span(found: Conditions, ref: VersionRef, span: Span) -> None:
    """Rows whose time touches the span (OGC API Features 1.0.1, 7.15.4), and those without a time."""
    for name, sign, edge in ((span.begins, "<=", span.until), (span.ends, ">=", span.since)):
        column = known_column(ref, name)
        if column.kind not in {Kind.DATE, Kind.DATETIME}:
            raise filter_unfit(column)
        if edge is not None:
            text, value = _edge(column, sign, edge, found.zone)
            found.add(f"{identifier(column.name)} IS NULL OR {identifier(column.name)} {text}", value)


def _edge(column: ColumnSpec, sign: str, edge: datetime | date, zone: str) -> tuple[str, str]:
    """The comparison of a column with a moment or a whole day of the zone, and the value for its gap."""
    if column.kind is Kind.DATE:
        day = edge.astimezone(ZoneInfo(zone)).date() if isinstance(edge, datetime) else edge
        return f"{sign} ?::DATE", day.isoformat()
    if isinstance(edge, datetime):
        return f"{sign} ?::TIMESTAMPTZ", edge.astimezone(UTC).isoformat()
    first = f"(?::DATE)::TIMESTAMP AT TIME ZONE {quoted(zone)}"
    if sign == ">=":
        return f">= {first}", edge.isoformat()
    return f"< {first}", _day_after(column, edge)


def _day_after(column: ColumnSpec, day: date) -> str:
    try:
        return (day + timedelta(days=1)).isoformat()
    except OverflowError:
        raise value_unreadable(column, day.isoformat()) from None


def typed(column: ColumnSpec, raw: str) -> Any:
    """What a person wrote, as a value that DuckDB casts without doubt; `Refused` if it is none."""
    return _READERS[column.kind](column, raw.strip() if column.kind is not Kind.TEXT else raw)


def _text(column: ColumnSpec, raw: str) -> str:
    if "\0" in raw or len(raw) > MOST_LETTERS * 20:
        raise value_unreadable(column, raw)
    return raw


def _integer(column: ColumnSpec, raw: str) -> int:
    try:
        value = int(raw) if len(raw) <= 20 else 2**63
    except ValueError:
        raise value_unreadable(column, raw) from None
    if not -(2**63) <= value < 2**63:
        raise value_unreadable(column, raw)
    return value


def _number(column: ColumnSpec, raw: str) -> float:
    plain = raw.replace(",", ".") if raw.count(",") == 1 and "." not in raw else raw
    try:
        value = float(plain)
    except ValueError:
        raise value_unreadable(column, raw) from None
    if not math.isfinite(value):
        raise value_unreadable(column, raw)
    return value


def _boolean(column: ColumnSpec, raw: str) -> bool:
    word = raw.casefold()
    if word not in _YES | _NO:
        raise value_unreadable(column, raw)
    return word in _YES


def _date(column: ColumnSpec, raw: str) -> date:
    text = raw.strip()
    parts = text.split(".")
    try:
        if len(parts) == 3:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        return date.fromisoformat(text)
    except ValueError:
        raise value_unreadable(column, raw) from None


def _day(column: ColumnSpec, raw: str) -> str:
    return _date(column, raw).isoformat()


def _instant(column: ColumnSpec, raw: str) -> str:
    """ISO 8601; without an offset it is UTC."""
    try:
        value = datetime.fromisoformat(raw)
        value = value if value.tzinfo else value.replace(tzinfo=UTC)
        return value.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise value_unreadable(column, raw) from None


def _clock(column: ColumnSpec, raw: str) -> str:
    try:
        return time.fromisoformat(raw).replace(tzinfo=None).isoformat()
    except ValueError:
        raise value_unreadable(column, raw) from None


_READERS: dict[Kind, Callable[[ColumnSpec, str], Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _day,
    Kind.DATETIME: _instant,
    Kind.TIME: _clock,
}
