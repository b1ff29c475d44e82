# SPDX-License-Identifier: EUPL-1.2
"""Which rows of one of many equal files belong into their common table.

The first file keeps what stands below its headings and the last one what stands at its end: there it is found and
told like in a single file. In all others such rows would stand between the data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stoa.commons.reading.formats.raw import Cut, TextTable
from stoa.commons.reading.report import Skipped
from stoa.commons.reading.rules.cells import filled
from stoa.commons.reading.rules.layout import find_layout
from stoa.ground.problems import Refused


@dataclass(frozen=True, slots=True)
class Part:
    """What one file gives to the common table."""

    cut: Cut
    skipped: tuple[Skipped, ...] = ()
    lead: int = 0
    """So many of the first rows are no data either (units, capacities); they belong to the headings."""


def part_of(table: TextTable, heading: int, *, is_first: bool, is_last: bool) -> Part:
    """The rows of a file whose headings stand in row `heading`, and what is left out."""
    try:
        layout = find_layout(table.head, table.tail, table.rows, table.merged)
    except Refused:
        return Part(Cut(heading + 1))
    if heading not in layout.header_rows:
        return Part(Cut(heading + 1))
    first = heading + 1 if is_first else layout.first
    footer = 0 if is_last else layout.footer_rows
    left_out = {*range(heading + 1, first), *range(table.rows - footer + 1, table.rows + 1)}
    skipped = []
    for noted in layout.noted:
        numbers = [number for number in noted.rows if number in left_out]
        if numbers:
            examples = tuple(text for number in numbers[:5] if (text := _line(table, number)))
            skipped.append(Skipped(len(numbers), noted.reason, examples))
    return Part(Cut(first, footer=footer), tuple(skipped), layout.first - first)


def _line(table: TextTable, number: int) -> str:
    from_tail = number - (table.rows - len(table.tail)) - 1
    row = table.head[number - 1] if number <= len(table.head) else table.tail[from_tail]
    return " | ".join(filled(row))[:200]


def summed(parts: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """The same reason in many files is told once."""
    found: dict[str, Skipped] = {}
    for part in parts:
        known = found.get(part.reason.text, replace(part, rows=0, examples=()))
        examples = tuple(dict.fromkeys((*known.examples, *part.examples)))[:5]
        found[part.reason.text] = replace(known, rows=known.rows + part.rows, examples=examples)
    return tuple(found.values())
