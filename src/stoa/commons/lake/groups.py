# SPDX-License-Identifier: EUPL-1.2
"""Figures over a version: groups for charts, facets for filters, statistics for the dictionary page."""

from __future__ import annotations

from typing import Any

from stoa.commons.lake import boxes, reader, refusals, results
from stoa.commons.lake.engine import fetchable, fetched, identifier, quoted
from stoa.commons.lake.filters import Conditions, known_column
from stoa.commons.lake.values import (
    Bucket,
    ColumnStatistics,
    Facet,
    GroupBy,
    Groups,
    Layout,
    Measure,
    Query,
    VersionRef,
)
from stoa.ground.tables import ColumnSpec, Kind

MOST_SPLITS = 8
MOST_GROUPS = 5000
MOST_FACETS = 20
TOP = 20
OTHERS = "…"
"""The split value that stands for all beyond the eight most frequent."""
_NUMBERS = {Kind.INTEGER, Kind.NUMBER}
_DAYS = {Kind.DATE, Kind.DATETIME}
_ORDERED = _NUMBERS | _DAYS | {Kind.TIME}
_MEASURES = {
    Measure.SUM: "sum({})",
    Measure.AVERAGE: "avg({})",
    Measure.LEAST: "min({})",
    Measure.MOST: "max({})",
    Measure.MEDIAN: "median({})",
}


def group(layout: Layout, ref: VersionRef, query: Query, by: GroupBy) -> Groups:
    """One figure for each group, as a chart shows it."""
    if not 1 <= by.most <= MOST_GROUPS:
        raise refusals.too_much("groups", MOST_GROUPS)
    asked = boxes.asked(layout, ref, query)
    column = known_column(ref, by.by)
    split = known_column(ref, by.split) if by.split else None
    measure = _measure(ref, by)
    question = (
        "group",
        layout.lake,
        ref.path,
        ref.content_hash,
        query.filters,
        query.text,
        query.box,
        query.zone,
        by,
    )
    return results.kept.get_or_make(
        question, lambda: _group(layout, ref, asked, (column, split, measure), by)
    )


def _measure(ref: VersionRef, by: GroupBy) -> str:
    if by.measure is Measure.COUNT:
        return f"count({identifier(known_column(ref, by.of).name)})" if by.of else "count(*)"
    column = known_column(ref, by.of)
    if column.kind not in _NUMBERS:
        raise refusals.filter_unfit(column)
    return _MEASURES[by.measure].format(identifier(column.name))


def _key(column: ColumnSpec, bucket: Bucket, zone: str) -> tuple[str, ColumnSpec]:
    """The SQL of a group's value in the form Python can fetch, and what kind of value that is."""
    name = identifier(column.name)
    if bucket is Bucket.NONE:
        return fetchable(column, name), column
    if column.kind not in _DAYS or (bucket is Bucket.HOUR and column.kind is Kind.DATE):
        raise refusals.filter_unfit(column)
    if bucket is Bucket.HOUR:  # hours begin together in every zone of whole hours, and stay instants
        return f"date_trunc('hour', timezone('UTC', {name}))", column
    local = f"timezone({quoted(zone)}, {name})" if column.kind is Kind.DATETIME else name
    return f"date_trunc('{bucket}', {local})::DATE", ColumnSpec(column.name, column.label, Kind.DATE)


def _group(
    layout: Layout,
    ref: VersionRef,
    asked: Conditions,
    plan: tuple[ColumnSpec, ColumnSpec | None, str],
    by: GroupBy,
) -> Groups:
    column, split, measure = plan
    key, kind = _key(column, by.bucket, asked.zone)
    splits = f"{identifier(split.name)}::VARCHAR" if split else "NULL"
    order = "k NULLS LAST" if kind.kind in _ORDERED else "n DESC NULLS LAST, k NULLS LAST"
    chosen = ""
    values = [*asked.values]
    if split:
        chosen = (
            f", chosen AS (SELECT {splits} AS s FROM data{asked.where} GROUP BY 1 "
            f"ORDER BY count(*) DESC, 1 NULLS LAST LIMIT {MOST_SPLITS})"
        )
        kept = f"{splits} IN (SELECT s FROM chosen) OR {splits} IS NULL"
        splits = f"CASE WHEN {kept} THEN {splits} ELSE '{OTHERS}' END"
        values = [*asked.values, *asked.values, *asked.values]
    total = f"groups AS (SELECT {key} AS k, {measure} AS n FROM data{asked.where} GROUP BY 1)"
    if not split:
        text = (
            f"WITH {total} SELECT k, NULL, n, (SELECT count(*) FROM groups) "
            f"FROM groups ORDER BY {order} LIMIT {by.most}"
        )
    else:
        text = (
            f"WITH {total}{chosen}, first AS (SELECT k, row_number() OVER (ORDER BY {order}) AS place "
            f"FROM groups ORDER BY {order} LIMIT {by.most}), cells AS ("
            f"SELECT {key} AS k, {splits} AS s, {measure} AS n FROM data{asked.where} GROUP BY 1, 2) "
            "SELECT cells.k, cells.s, cells.n, (SELECT count(*) FROM groups) FROM cells "
            "JOIN first ON cells.k IS NOT DISTINCT FROM first.k ORDER BY first.place, cells.s NULLS LAST"
        )
    found = reader.rows(layout, ref, text, values, spatial=asked.needs_spatial)
    left_out = max(0, int(found[0][3]) - by.most) if found else 0
    return Groups(tuple((fetched(kind, row[0]), row[1], row[2]) for row in found), left_out)


def facets(layout: Layout, ref: VersionRef, query: Query, columns: tuple[str, ...]) -> tuple[Facet, ...]:
    """The twenty most frequent values of each column among the rows of a query; one scan for all."""
    if len(columns) > MOST_FACETS:
        raise refusals.too_much("facets", MOST_FACETS)
    asked = boxes.asked(layout, ref, query)
    chosen = tuple(known_column(ref, name) for name in dict.fromkeys(columns))
    question = (
        "facets",
        layout.lake,
        ref.path,
        ref.content_hash,
        query.filters,
        query.text,
        query.box,
        query.zone,
        columns,
    )
    return results.kept.get_or_make(question, lambda: _facets(layout, ref, asked, chosen)) if chosen else ()


def _facets(
    layout: Layout, ref: VersionRef, asked: Conditions, chosen: tuple[ColumnSpec, ...]
) -> tuple[Facet, ...]:
    names = [identifier(column.name) for column in chosen]
    sets = ", ".join(f"({name})" for name in names)
    which = f"grouping({', '.join(names)})"
    shown = ", ".join(fetchable(column, name) for column, name in zip(chosen, names, strict=True))
    distinct = " + ".join(f"count({name}) OVER (PARTITION BY which)" for name in names)
    text = (
        f"WITH counted AS (SELECT {', '.join(names)}, {which} AS which, count(*) AS n "
        f"FROM data{asked.where} GROUP BY GROUPING SETS ({sets})) "
        f"SELECT {shown}, which, n, {distinct} AS different FROM counted "
        f"QUALIFY row_number() OVER (PARTITION BY which ORDER BY n DESC, {', '.join(names)}) <= {TOP} "
        f"ORDER BY which, n DESC, {', '.join(names)}"
    )
    found = reader.rows(layout, ref, text, asked.values, spatial=asked.needs_spatial)
    return tuple(_facet(column, place, len(chosen), found) for place, column in enumerate(chosen))


def _facet(column: ColumnSpec, place: int, width: int, found: list[tuple[Any, ...]]) -> Facet:
    """`grouping()` has one bit a column, the first column highest; 0 means that it was grouped by."""
    mask = (1 << width) - 1 - (1 << (width - 1 - place))
    mine = [row for row in found if row[width] == mask]
    values = tuple((fetched(column, row[place]), int(row[width + 1])) for row in mine)
    return Facet(column.name, values, int(mine[0][width + 2]) if mine else 0)


def statistics(layout: Layout, ref: VersionRef) -> tuple[ColumnStatistics, ...]:
    """Every column in figures."""
    question = ("statistics", layout.lake, ref.path, ref.content_hash)
    return results.kept.get_or_make(question, lambda: tuple(_statistics(layout, ref)))


def _statistics(layout: Layout, ref: VersionRef) -> list[ColumnStatistics]:
    asked = ["count(*)"]
    for column in ref.columns:
        name = identifier(column.name)
        ends = [f"min({name})", f"max({name})"] if column.kind is not Kind.BOOLEAN else ["NULL", "NULL"]
        middle = (
            [f"avg({name})", f"approx_quantile({name}, 0.5)"] if column.kind in _NUMBERS else ["NULL", "NULL"]
        )
        shown = [f"({end})::VARCHAR" if column.kind in _DAYS | {Kind.TIME} else end for end in ends]
        asked += [f"count({name})", f"approx_count_distinct({name})", *shown, *middle]
    row = reader.rows(layout, ref, f"SELECT {', '.join(asked)} FROM data", [])[0]
    return [
        _column_statistics(column, row[0], row[1 + 6 * i : 7 + 6 * i]) for i, column in enumerate(ref.columns)
    ]


def _column_statistics(column: ColumnSpec, rows: int, cells: tuple[Any, ...]) -> ColumnStatistics:
    filled, distinct, least, most, average, median = cells
    return ColumnStatistics(
        column.name,
        filled=int(filled),
        empty=int(rows - filled),
        distinct=min(int(distinct), int(filled)),
        least=least,
        most=most,
        average=None if average is None else float(average),
        median=None if median is None else float(median),
    )
