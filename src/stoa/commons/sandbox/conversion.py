# SPDX-License-Identifier: EUPL-1.2
"""How values leave the sandbox: every DuckDB type becomes one of our kinds, or a place. Pure but for parsing."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from typing import Any

from stoa.commons.lake.engine import identifier
from stoa.commons.sandbox.values import AnswerColumn
from stoa.ground.tables import SQL_TYPE, Kind

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_LARGE = frozenset({"UBIGINT", "HUGEINT", "UHUGEINT"})
_MOST_CELL = 1_000_000


def answer_column(name: str, sql_type: str) -> AnswerColumn:
    """The column as we know it, from its name and DuckDB type."""
    upper = sql_type.upper()
    if upper == "GEOMETRY" or upper.startswith("GEOMETRY("):
        return AnswerColumn(name, Kind.TEXT, is_place=True, sql_type="GEOMETRY")
    return AnswerColumn(name, _kind(upper), sql_type=sql_type[:200])


def _kind(upper: str) -> Kind:
    if upper.endswith("]"):
        return Kind.TEXT
    if upper in _INTEGERS or upper in _LARGE:
        return Kind.INTEGER
    if upper in {"FLOAT", "DOUBLE"} or upper.startswith("DECIMAL("):
        return Kind.NUMBER
    if upper.startswith("TIMESTAMP"):
        return Kind.DATETIME
    simple = {"BOOLEAN": Kind.BOOLEAN, "DATE": Kind.DATE, "TIME": Kind.TIME}
    return simple.get(upper, Kind.TEXT)


def shown(column: AnswerColumn) -> str:
    """The expression that gives a value as JSON can carry it; times without a zone are the city's."""
    name = identifier(column.name)
    if column.is_place:
        return f"ST_AsGeoJSON({name}::GEOMETRY)"
    if column.kind is Kind.DATETIME:
        return f"timezone('UTC', {name}::TIMESTAMPTZ)::VARCHAR"
    if column.kind is Kind.NUMBER:
        return f"{name}::DOUBLE"
    return name if column.kind in {Kind.INTEGER, Kind.BOOLEAN} else f"{name}::VARCHAR"


def kept(column: AnswerColumn, name: str) -> str:
    """The expression that gives a value as a version of the lake keeps it, under a machine name."""
    if column.is_place:
        return f"ST_AsWKB({identifier(column.name)}::GEOMETRY) AS _wkb"
    return f"{identifier(column.name)}::{SQL_TYPE[column.kind]} AS {identifier(name)}"


def received(column: AnswerColumn, value: Any) -> Any:
    """The value as Python has it; what Python cannot hold (the year 290000, infinity) becomes None."""
    if value is None:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str) and column.kind in {Kind.DATE, Kind.DATETIME, Kind.TIME}:
        return _moment(column.kind, value)
    return value


def _moment(kind: Kind, text: str) -> date | datetime | time | None:
    try:
        if kind is Kind.DATE:
            return date.fromisoformat(text)
        if kind is Kind.TIME:
            return time.fromisoformat(text)
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def cut(value: Any) -> Any:
    """A text that no page and no table can carry is cut."""
    return value[:_MOST_CELL] if isinstance(value, str) and len(value) > _MOST_CELL else value
