# SPDX-License-Identifier: EUPL-1.2
"""The next table from the one before and some records: rows added, changed by key, or left out.

The result is a Parquet file outside the lake, to be looked at like any file that comes; versions never change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake import dictionary, refusals
from stoa.commons.lake.engine import identifier, lock_down, open_engine, quoted
from stoa.commons.lake.filters import Conditions, conditions, typed
from stoa.commons.lake.records import add_number
from stoa.commons.lake.values import Filter, Layout, Query, VersionRef
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import GEOMETRY, ROW, SQL_TYPE, ColumnSpec, Kind
from stoa.ground.words import say

if TYPE_CHECKING:
    import duckdb


class Method(StrEnum):
    """What records do to the rows that have their key."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"


Record = Mapping[str, str | None]
"""Texts by column, each readable as the column's kind; columns that are left out stay as they were."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the next table differs."""

    columns: tuple[ColumnSpec, ...]
    """Of the next table: all of the one before, and perhaps more."""
    method: Method = Method.INSERT
    records: Sequence[Record] = ()
    key: tuple[str, ...] = ()
    leave_out: tuple[Filter, ...] | None = None
    """Rows that meet all of these are left out; None: none is."""


def write_next(layout: Layout, ref: VersionRef | None, change: Change, target: Path) -> None:
    """Write the next table; `Refused` for values that do not fit and keys that are there or are not."""
    has_geometry = ref is not None and ref.has_geometry
    folders = [target.parent]
    with open_engine(layout, spatial=has_geometry, scratch=target.parent / "spill") as connection:
        if ref is not None:
            file = dictionary.data_file(layout, ref)
            connection.execute(
                f"CREATE VIEW data AS SELECT * FROM read_parquet({quoted(str(file.resolve()))})"
            )
            folders.append(file.parent)
        _take(connection, change)
        lock_down(connection, folders)
        if ref is not None and change.key and change.records:
            _check_keys(connection, change)
        text, values = _next(ref, change)
        connection.execute(
            f"COPY ({text}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)", values
        )


def _take(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    """The records as table `news`: their order, values by column, and which were given."""
    import pyarrow as pa

    listed: list[Any] = [pa.array(range(len(change.records)), pa.int64())]
    names, shown = ["n"], ["n"]
    for place, column in enumerate(change.columns):
        values = [_text(column, record.get(column.name)) for record in change.records]
        listed += [
            pa.array(values, pa.string()),
            pa.array([column.name in record for record in change.records], pa.bool_()),
        ]
        names += [f"v{place}", f"g{place}"]
        shown += [f"v{place}::{SQL_TYPE[column.kind]} AS v{place}", f"g{place}"]
    connection.register("told", pa.Table.from_arrays(listed, names=names))
    connection.execute(f"CREATE TABLE news AS SELECT {', '.join(shown)} FROM told")
    connection.unregister("told")


def _text(column: ColumnSpec, raw: str | None) -> str | None:
    if raw is None or (raw == "" and column.kind is not Kind.TEXT):
        return None
    value = typed(column, raw)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _joined(change: Change) -> str:
    places = {column.name: place for place, column in enumerate(change.columns)}
    return " AND ".join(f"data.{identifier(name)} = news.v{places[name]}" for name in change.key)


def _check_keys(connection: duckdb.DuckDBPyConnection, change: Change) -> None:
    places = {column.name: place for place, column in enumerate(change.columns)}
    keys = " || ', ' || ".join(f"coalesce(news.v{places[name]}::VARCHAR, 'null')" for name in change.key)
    if change.method is Method.INSERT:
        found = connection.execute(
            f"SELECT {keys} FROM news JOIN data ON {_joined(change)} LIMIT 1"
        ).fetchone()
        if found:
            raise _key_there(str(found[0]), change.key)
    if change.method is Method.UPDATE:
        found = connection.execute(
            f"SELECT {keys} FROM news WHERE NOT EXISTS (SELECT 1 FROM data WHERE {_joined(change)}) LIMIT 1"
        ).fetchone()
        if found:
            raise _key_missing(str(found[0]), change.key)


def _next(ref: VersionRef | None, change: Change) -> tuple[str, list[Any]]:
    """The select that gives the next table in order, and its values."""
    names = [identifier(column.name) for column in change.columns]
    place = [GEOMETRY] if ref is not None and ref.has_geometry else []
    told = ", ".join(f"news.v{n} AS {name}" for n, name in enumerate(names))
    added = f"SELECT 1 AS part, news.n AS ord, {told}{', NULL AS geometry' if place else ''} FROM news"
    if ref is None:
        return f"SELECT {', '.join(names)} FROM ({added}) ORDER BY ord", []
    is_changing = change.method is not Method.INSERT and bool(change.key) and bool(change.records)
    old = {column.name for column in ref.columns}
    cells = [_cell(n, column, is_changing, column.name in old) for n, column in enumerate(change.columns)]
    join = f" LEFT JOIN news ON {_joined(change)}" if is_changing else ""
    left = _left(ref, change.leave_out)
    cells += [f"data.{GEOMETRY}"] if place else []
    kept = f"SELECT 0 AS part, data.{ROW} AS ord, {', '.join(cells)} FROM data{join}{left.where}"
    if is_changing:
        added += f" WHERE NOT EXISTS (SELECT 1 FROM data WHERE {_joined(change)})"
    shown = ", ".join([*names, *place])
    return f"SELECT {shown} FROM ({kept} UNION ALL {added}) ORDER BY part, ord", left.values


def _cell(n: int, column: ColumnSpec, is_changing: bool, is_old: bool) -> str:  # noqa: FBT001 - two plain facts
    name = identifier(column.name)
    before = f"data.{name}" if is_old else f"NULL::{SQL_TYPE[column.kind]}"
    return (
        f"CASE WHEN news.g{n} THEN news.v{n} ELSE {before} END AS {name}"
        if is_changing
        else f"{before} AS {name}"
    )


def _left(ref: VersionRef, filters: tuple[Filter, ...] | None) -> Conditions:
    """The condition for rows that stay."""
    if filters is None:
        return Conditions()
    found = conditions(ref, Query(tuple(one for one in filters if one.column != ROW)))
    for one in filters:
        if one.column == ROW:
            add_number(found, one)
    if not found.parts:
        return Conditions(["false"])
    meets = " AND ".join(f"({part})" for part in found.parts)
    return Conditions([f"({meets}) IS NOT TRUE"], found.values)


def merged(records: Sequence[Record], key: tuple[str, ...]) -> list[Record]:
    """Records of the same key as one, later values over earlier ones, as if they had come one after the other."""
    found: dict[tuple[str | None, ...], dict[str, str | None]] = {}
    for record in records:
        found.setdefault(tuple(record.get(name) for name in key), {}).update(record)
    return list(found.values())


def _key_there(value: str, key: tuple[str, ...]) -> Refused:
    return Refused(
        Problem(
            "lake.key_there",
            what=say("There is a row with the key %(value)s already.", value=value[:80]),
            why=say("The key %(key)s names one row only.", key=", ".join(key)),
            do=say("Change the row instead of adding it, or take another key."),
            field="records",
        )
    )


def _key_missing(value: str, key: tuple[str, ...]) -> Refused:
    return Refused(
        Problem(
            "lake.key_missing",
            what=say("There is no row with the key %(value)s.", value=value[:80]),
            why=say("Only rows that are there can be changed."),
            do=say("Look for the row by its key (%(key)s), or add it.", key=", ".join(key)),
            field="records",
        )
    )


def need_columns(columns: Sequence[ColumnSpec], names: Sequence[str]) -> None:
    """Raise `Refused` for a name that is no column."""
    known = {column.name for column in columns}
    for name in names:
        if name not in known:
            raise refusals.column_unknown(name)
