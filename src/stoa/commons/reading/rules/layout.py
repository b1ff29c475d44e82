# SPDX-License-Identifier: EUPL-1.2
"""Where the table stands in a grid of cells: preamble, headings, rows of units, repeated headings, footer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from statistics import median

from stoa.commons.reading.rules import footers
from stoa.commons.reading.rules.cells import Row, filled, is_value, length, text_row
from stoa.commons.reading.rules.headings import unit_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

LOOK = 60
"""So many rows from the top may hold the headings."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Rows that are no data, by number from 1, and why."""

    rows: tuple[int, ...]
    reason: Saying


@dataclass(frozen=True, slots=True)
class Layout:
    """Where headings, data and all the rest stand. Row numbers count from 1."""

    header_rows: tuple[int, ...]
    first: int
    """The first data row."""
    headings: tuple[str, ...]
    width: int
    skip_rows: tuple[int, ...] = ()
    footer_rows: int = 0
    units: tuple[str, ...] = ()
    """One for each column, told in a row of units; empty tuple if there is none."""
    noted: tuple[Noted, ...] = ()
    reasons: dict[str, Saying] = field(default_factory=dict)


def find_layout(
    head: tuple[Row, ...],
    tail: tuple[Row, ...],
    rows: int,
    merged: tuple[tuple[int, int, int, int], ...] = (),
) -> Layout:
    """Find the table; or `Refused` (`reading.not_one_table`, `reading.table_empty`) where there is none."""
    if not any(filled(row) for row in head):
        raise Refused(_empty())
    _refuse_reports(head)
    body = _body_width(head)
    top = _heading_row(head, body)
    if top is None:
        layout = _without_headings(head, body)
    else:
        first, last = _grown(head, top, merged, body)
        layout = _with_headings(head, tuple(range(first, last + 1)))
    return _footed(head, tail, rows, layout)


def _footed(head: tuple[Row, ...], tail: tuple[Row, ...], rows: int, layout: Layout) -> Layout:
    footer, notes = footers.find_footer(head, tail, rows, layout.first)
    layout = replace(
        layout, footer_rows=footer, noted=layout.noted + tuple(Noted(rows=n, reason=why) for n, why in notes)
    )
    if rows - footer < layout.first:
        raise Refused(_empty())
    return replace(layout, width=_width(head, layout, rows))


def told_layout(
    head: tuple[Row, ...], tail: tuple[Row, ...], rows: int, header_rows: tuple[int, ...]
) -> Layout:
    """The layout where somebody said in which rows the headings stand (none: the first row is data)."""
    inside = tuple(number for number in header_rows if number <= len(head))
    layout = (
        _with_headings(head, inside)
        if inside
        else replace(_without_headings(head, _body_width(head)), reasons={})
    )
    layout = replace(layout, reasons={"header_rows": say("Somebody chose the rows of the headings.")})
    return _footed(head, tail, rows, layout)


def joined_headings(head: tuple[Row, ...], header_rows: tuple[int, ...], width: int) -> tuple[str, ...]:
    """The headings of all columns: several rows joined by ' / ', blanks folded, repeats left out."""
    result = []
    for column in range(width):
        parts: list[str] = []
        for number in header_rows:
            row = head[number - 1] if number <= len(head) else ()
            part = " ".join(row[column].split()) if column < len(row) else ""
            if part and part not in parts:
                parts.append(part)
        result.append(" / ".join(parts))
    return tuple(result)


def _empty() -> Problem:
    return Problem(
        "reading.table_empty",
        what=say("The table has no rows."),
        why=say("There is nothing that could be published."),
        do=say("Check that the right sheet or file was chosen and that it holds data."),
    )


def _refuse_reports(head: tuple[Row, ...]) -> None:
    """Refuse a report: headings again and again between the rows, or long texts beside labels."""
    # Names of columns differ from each other; the same word in all columns ("closed") is data.
    often = _repeated_heading(head)
    if often:
        raise Refused(
            _not_one_table(
                say("The same heading stands again on every second or third line (%(n)s times).", n=often)
            )
        )
    if len(head) < 80 and max(length(row) for row in head) <= 12 and _is_text_report(head):
        raise Refused(_not_one_table(say("It is a text report: labels on the left, long texts beside them.")))


def _is_text_report(head: tuple[Row, ...]) -> bool:
    """Are there long texts that run on in rows without a label of their own? A list with remarks labels each."""
    rows = [row for row in head if filled(row)]
    cells = [cell for row in rows for cell in filled(row)]
    long = sum(len(cell) > 60 for cell in cells)
    values = sum(is_value(cell) for cell in cells)
    labels = [row[0].strip() for row in rows]
    running_on = sum(not now or now == before for before, now in zip(["", *labels], labels, strict=False))
    few = len(cells) < 3 * len(rows) and values <= 0.4 * len(cells)
    return few and long >= max(3, 0.1 * len(cells)) and 0.2 * len(rows) <= running_on < len(rows)


def _repeated_heading(head: tuple[Row, ...]) -> int:
    """How often one row of different words stands between rows that hold mostly values; 0 if it is no heading."""
    counted = Counter(words for row in head if len(set(words := text_row(row))) >= 5)
    if not counted:
        return 0
    heading, often = counted.most_common(1)[0]
    others = [len(text_row(row)) for row in head if filled(row) and text_row(row) != heading]
    if often < 5 or often < 0.25 * len(head) or not others:
        return 0
    # Rows of data may well repeat the same words; but then the other rows hold as many words.
    return often if median(others) <= 0.4 * len(heading) else 0


def _not_one_table(what: Saying) -> Problem:
    return Problem(
        "reading.not_one_table",
        what=what,
        why=say("A dataset needs one table: one row of headings and one row for each thing."),
        do=say("Ask the owner for the list behind this report, or bring it into one table."),
    )


def _body_width(head: tuple[Row, ...]) -> int:
    """How many cells an ordinary row fills up to its last one: the width most rows reach."""
    counted = Counter(length(row) for row in head if filled(row))
    widest = max(counted, key=lambda width: (counted[width] * (width > 1), width))
    enough = [width for width, rows in counted.items() if rows >= 0.1 * sum(counted.values())]
    return max([widest, *enough])


def _heading_row(head: tuple[Row, ...], body: int) -> int | None:
    """The number of the main heading row: the first wide row of different texts before the values begin."""
    for number, row in enumerate(head[:LOOK], start=1):
        cells = filled(row)
        if len(cells) < max(1, round(0.5 * body)):
            continue
        values = sum(is_value(cell) for cell in cells)
        if values > 0.5 * len(cells) and not _are_periods(cells):
            return None
        if (len(cells) == 1 and body > 1) or _is_above_headings(head, number, body):
            continue
        named = _differs(head, number, row) or _reads_like_names(cells) or (values and _are_periods(cells))
        return number if named else None
    return None


def _is_above_headings(head: tuple[Row, ...], number: int, body: int) -> bool:
    """Does this row name groups of columns, and the next one the columns?"""
    following = filled(head[number]) if number < len(head) else []
    return (
        _is_group_heading(head[number - 1], body)
        and len(following) > len(filled(head[number - 1]))
        and not any(is_value(cell) for cell in following)
    )


def _are_periods(cells: list[str]) -> bool:
    """Are the values in a heading years or hours (2009, 2010; 0:00, 1:00)?"""
    values = [cell.strip() for cell in cells if is_value(cell)]
    return (
        all(re.fullmatch(r"(19|20)\d\d(\.0)?|\d{1,2}:\d\d", value) for value in values)
        and len(set(values)) == len(values) > 1
    )


def _reads_like_names(cells: list[str]) -> bool:
    return (
        all(len(cell) <= 120 for cell in cells)
        and len(set(cells)) == len(cells)
        and not any(is_value(c) for c in cells)
    )


def _differs(head: tuple[Row, ...], number: int, row: Row) -> bool:
    """Do the rows below hold values where this one holds text?"""
    below = [other for other in head[number : number + 40] if filled(other)]
    for column, cell in enumerate(row):
        if not cell.strip() or is_value(cell):
            continue
        under = [other[column] for other in below if column < len(other) and other[column].strip()]
        if under and sum(is_value(value) for value in under) >= 0.7 * len(under):
            return True
    return False


def _grown(
    head: tuple[Row, ...], top: int, merged: tuple[tuple[int, int, int, int], ...], body: int
) -> tuple[int, int]:
    """First and last row of the headings: group headings above, further heading rows below."""
    first = top
    while first > 1 and _is_group_heading(head[first - 2], body):
        first -= 1
    last = top
    while last < min(len(head) - 1, top + 4) and _continues(head, last, merged):
        last += 1
    return first, last


def _is_group_heading(row: Row, body: int) -> bool:
    """A row above the headings that names groups of columns: texts, not only in the first column."""
    cells = filled(row)
    return bool(cells) and body > 2 and not row[0].strip() and not any(is_value(cell) for cell in cells)


def _continues(head: tuple[Row, ...], last: int, merged: tuple[tuple[int, int, int, int], ...]) -> bool:
    """Does the row after `last` still belong to the headings?"""
    row, above = head[last], head[last - 1]
    if any(top <= last < bottom for top, _, bottom, _ in merged):
        return bool(filled(row))
    cells = filled(row)
    same_label = row[:1] == above[:1] or not row[:1] or not row[0].strip()
    below = head[last + 1 : last + 21]
    labelled = [other for other in below if other and other[0].strip()]
    if not cells or not same_label or not below or len(labelled) < 0.7 * len(below):
        return False
    return not any(is_value(cell) for cell in cells) or _are_periods(cells)


def _without_headings(head: tuple[Row, ...], body: int) -> Layout:
    first = next(n for n, row in enumerate(head, start=1) if len(filled(row)) >= max(1, round(0.5 * body)))
    noted = (Noted(tuple(range(1, first)), say("lines before the table")),) if first > 1 else ()
    reason = say(
        "No row of headings was found: the first row already holds values. The columns are numbered."
    )
    return Layout((), first, (), body, noted=noted, reasons={"header_rows": reason})


def _with_headings(head: tuple[Row, ...], header_rows: tuple[int, ...]) -> Layout:
    top, last = header_rows[0], header_rows[-1]
    noted = [Noted(tuple(range(1, top)), say("lines before the headings"))] if top > 1 else []
    first, apart = _after_headings(head, last)
    if apart:
        noted.append(
            Noted(
                apart, say("rows between the headings and the data, set apart by an empty row (often sums)")
            )
        )
    units: tuple[str, ...] = ()
    skip: list[int] = []
    if first <= len(head) and (reason := _second_line(head, first)):
        units = tuple(unit_of(cell) for cell in head[first - 1])
        noted.append(Noted((first,), reason))
        first += 1
    repeated = [n for n, row in enumerate(head, start=1) if n >= first and _same(row, head[last - 1])]
    if repeated:
        skip += repeated
        noted.append(Noted(tuple(repeated), say("the headings again")))
    if len(header_rows) == 1:
        why = say("Row %(n)s holds the names; values begin below it.", n=top)
    else:
        why = say("Rows %(first)s to %(last)s together hold the names.", first=top, last=last)
    width = max(length(head[n - 1]) for n in header_rows)
    headings = joined_headings(head, header_rows, width)
    return Layout(
        header_rows,
        first,
        headings,
        width,
        tuple(skip),
        units=units if any(units) else (),
        noted=tuple(noted),
        reasons={"header_rows": why},
    )


def _after_headings(head: tuple[Row, ...], last: int) -> tuple[int, tuple[int, ...]]:
    """The first data row, and the rows that were left out before it."""
    number = last + 1
    while number <= len(head) and not filled(head[number - 1]):
        number += 1
    if number == last + 1 or number > len(head):
        return min(number, len(head) + 1), ()
    block = number
    while block <= len(head) and filled(head[block - 1]):
        block += 1
    if block - number <= 2 and block + 1 < len(head):
        after = block
        while after <= len(head) and not filled(head[after - 1]):
            after += 1
        if after <= len(head):
            return after, tuple(range(number, block))
    return number, ()


_BRACKETED = re.compile(r"^[\(\[].*[\)\]]$")


def _second_line(head: tuple[Row, ...], first: int) -> Saying | None:
    """Why the first row below the headings is no data: amounts in brackets, or units."""
    cells = filled(head[first - 1])
    if len(cells) < 2:
        return None
    bracketed = sum(bool(_BRACKETED.match(cell)) for cell in cells)
    if bracketed >= 0.6 * len(cells) and bracketed >= 2:
        following = filled(head[first]) if first < len(head) else []
        if not sum(bool(_BRACKETED.match(cell)) for cell in following):
            return say("a second line of the headings, in brackets (such as units or capacities)")
    units = sum(bool(unit_of(cell)) for cell in cells)
    if units >= 0.6 * len(cells) and not any(is_value(cell) for cell in cells):
        return say("a row of units")
    return None


def _same(row: Row, other: Row) -> bool:
    cells = filled(row)
    return len(cells) >= 2 and cells == filled(other)


def _width(head: tuple[Row, ...], layout: Layout, rows: int) -> int:
    """Columns that have a heading or hold something."""
    data = head[layout.first - 1 : max(layout.first, min(len(head), rows - layout.footer_rows))]
    return max([len(layout.headings), *(length(row) for row in data)])
