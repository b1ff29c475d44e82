# SPDX-License-Identifier: EUPL-1.2
"""Questions to begin with, made from the tables that are really there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.rules.chart_choice import measure_for, measured
from stoa.houses.catalogue.rules.table_names import column_in_sql

MOST = 6
_TIMES = {Kind.DATE, Kind.DATETIME}


@dataclass(frozen=True, slots=True)
class Example:
    """A question in words and in SQL."""

    words: Saying
    statement: str


@dataclass(frozen=True, slots=True)
class Known:
    """A table to make examples of."""

    name: str
    title: str
    columns: Sequence[ColumnSpec]
    has_geometry: bool
    key: Sequence[str] = ()


def examples(tables: Sequence[Known]) -> list[Example]:
    """At most six, of different kinds and tables."""
    found: list[Example] = []
    for make in (_by_category, _over_time, _on_map, _greatest):
        made = [example for table in tables if (example := make(table))]
        fresh = [e for e in made if not any(e.statement == f.statement for f in found)]
        found += fresh[:2]
    return found[:MOST]


def _category(table: Known) -> ColumnSpec | None:
    return next((c for c in table.columns if c.is_code_list and c.kind is Kind.TEXT), None)


def _by_category(table: Known) -> Example | None:
    by = _category(table)
    if by is None:
        return None
    name = column_in_sql(by.name)
    return Example(
        say("%(title)s: how many of each “%(column)s”?", title=table.title, column=by.label),
        f"SELECT {name}, count(*) AS number_of_rows\nFROM {table.name}\nGROUP BY {name}\nORDER BY number_of_rows DESC",
    )


def _over_time(table: Known) -> Example | None:
    when = next((c for c in table.columns if c.kind in _TIMES), None)
    of = measured(table.columns, table.key)
    if when is None:
        return None
    figure = (
        f"{measure_for(of).value}({column_in_sql(of.name)}) AS {of.name}"
        if of
        else "count(*) AS number_of_rows"
    )
    name = column_in_sql(when.name)
    return Example(
        say("%(title)s: month by month", title=table.title),
        f"SELECT date_trunc('month', {name})::DATE AS month,\n  {figure}\nFROM {table.name}\n"
        f"WHERE {name} IS NOT NULL\nGROUP BY month\nORDER BY month",
    )


def _on_map(table: Known) -> Example | None:
    if not table.has_geometry:
        return None
    by = _category(table)
    shown = f"{column_in_sql(by.name)}, " if by else ""
    return Example(
        say("%(title)s: some of them on the map", title=table.title),
        f"SELECT {shown}geometry\nFROM {table.name}\nLIMIT 200",
    )


def _greatest(table: Known) -> Example | None:
    of = measured(table.columns, table.key)
    if of is None:
        return None
    name = column_in_sql(of.name)
    return Example(
        say("%(title)s: the ten rows with the greatest “%(column)s”", title=table.title, column=of.label),
        f"SELECT *\nFROM {table.name}\nORDER BY {name} DESC NULLS LAST\nLIMIT 10",
    )
