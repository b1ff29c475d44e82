# SPDX-License-Identifier: EUPL-1.2
"""From an opened table to something that DuckDB can scan, cut off from all rows that are no data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from stoa.commons.reading.choices import Choices
from stoa.commons.reading.formats.parts import summed
from stoa.commons.reading.formats.raw import Cut, TextTable, TypedTable
from stoa.commons.reading.recipe import Recipe
from stoa.commons.reading.report import Skipped
from stoa.commons.reading.rules.cells import filled, length
from stoa.commons.reading.rules.layout import Layout, find_layout, told_layout
from stoa.commons.reading.rules.recipes import unique_headings
from stoa.commons.reading.staging import Source, text_source, typed_source
from stoa.ground.words import Saying


@dataclass(frozen=True, slots=True)
class Grid:
    """A source with what the layout said about it."""

    source: Source
    header_rows: tuple[int, ...] = ()
    skip_rows: tuple[int, ...] = ()
    footer_rows: int = 0
    units: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    reasons: dict[str, Saying] = field(default_factory=dict)
    heading_moved: bool = False


def open_grid(
    connection: duckdb.DuckDBPyConnection,
    table: TextTable | TypedTable,
    workdir: Path,
    choices: Choices,
    agreed: Recipe | None,
) -> Grid:
    """Find headings and data of a table and make it scannable."""
    if isinstance(table, TypedTable):
        headings = unique_headings(table.headings, len(table.headings))
        return Grid(typed_source(connection, table, headings), reasons=dict(table.reasons))
    layout, moved = _layout(table, choices, agreed)
    plain = table.write_pieces(Cut(layout.first, layout.skip_rows, layout.footer_rows), workdir)
    headings = unique_headings(layout.headings, _named_width(table, layout))
    last = layout.header_rows[-1] if layout.header_rows else 0
    repeated = tuple(cell.strip() for cell in table.head[last - 1]) if 0 < last <= len(table.head) else ()
    rows = table.rows - layout.first + 1 - len(layout.skip_rows) - layout.footer_rows
    return Grid(
        source=text_source(plain, headings, rows, width=plain.width, repeated=repeated),
        header_rows=layout.header_rows,
        skip_rows=layout.skip_rows,
        footer_rows=layout.footer_rows,
        units=layout.units,
        skipped=_skipped(table, layout),
        reasons=dict(table.reasons) | layout.reasons,
        heading_moved=moved,
    )


def _layout(table: TextTable, choices: Choices, agreed: Recipe | None) -> tuple[Layout, bool]:
    if choices.header_rows is not None:
        told = told_layout(table.head, table.tail, table.rows, choices.header_rows)
        return _told_rows(told, choices), False
    found = find_layout(table.head, table.tail, table.rows, table.merged)
    if agreed is None:
        return _told_rows(found, choices), False
    wanted = {column.source for column in agreed.columns}
    if agreed.header_rows != found.header_rows:
        same_place = told_layout(table.head, table.tail, table.rows, agreed.header_rows)
        if _known(same_place, wanted) > _known(found, wanted) or not agreed.header_rows:
            return _told_rows(same_place, choices), False
        return _told_rows(found, choices), True
    return _told_rows(found, choices), False


def _named_width(table: TextTable, layout: Layout) -> int:
    """How many columns have a heading or hold something near the beginning or the end of the table."""
    named = max((place for place, text in enumerate(layout.headings, start=1) if text), default=0)
    after = max(0, layout.first - 1 - (table.rows - len(table.tail)))
    rows = (
        *table.head[layout.first - 1 : max(0, table.rows - layout.footer_rows)],
        *table.tail[after : len(table.tail) - layout.footer_rows],
    )
    return max(1, named, *(length(row) for row in rows), 0)


def _known(layout: Layout, wanted: set[str]) -> int:
    return len(wanted & set(unique_headings(layout.headings, layout.width)))


def _told_rows(layout: Layout, choices: Choices) -> Layout:
    from dataclasses import replace

    if choices.footer_rows is not None:
        layout = replace(layout, footer_rows=choices.footer_rows)
    return replace(layout, skip_rows=choices.skip_rows) if choices.skip_rows is not None else layout


def _skipped(table: TextTable, layout: Layout) -> tuple[Skipped, ...]:
    found = list(table.skipped)
    for noted in layout.noted:
        examples = [text for number in noted.rows if (text := _line(table, number))]
        found.append(Skipped(len(noted.rows), noted.reason, tuple(dict.fromkeys(examples))[:5]))
    return summed(found)


def _line(table: TextTable, number: int) -> str:
    from_tail = number - (table.rows - len(table.tail)) - 1
    row = (
        table.head[number - 1]
        if number <= len(table.head)
        else table.tail[from_tail]
        if 0 <= from_tail < len(table.tail)
        else ()
    )
    return " | ".join(filled(row))[:200]
