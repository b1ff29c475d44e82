# SPDX-License-Identifier: EUPL-1.2
"""Spreadsheets (xlsx, xlsm, xls, xlsb, ods): every sheet an offer, one of them written as canonical text.

Cells become text once and for all: numbers with a decimal point and no grouping, dates and times ISO 8601,
booleans `true` and `false`. A column that holds an hour anywhere has an hour everywhere: the reader gives
midnight as a bare date. A value that stands in a merged range is repeated down its rows, and to the right
where the range is a heading over several columns (something else stands in its row).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.delimited import open_clean_csv
from stoa.commons.reading.formats.raw import TextTable
from stoa.commons.reading.formats.sheet_checks import check_workbook, sheets_with_pivots
from stoa.commons.reading.report import TableOffer
from stoa.ground.problems import Refused
from stoa.ground.words import Saying, say

Merged = tuple[int, int, int, int]
LOOK = 400
HEADING_ROWS = 30


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open spreadsheet and what its sheets look like."""

    path: Path
    format: str
    offers: tuple[TableOffer, ...]
    asked: Asked
    book: CalamineWorkbook
    seen: Mapping[str, CalamineSheet] = field(default_factory=dict)
    """The sheet that was looked at, where there is only one: unfolding it is half of the work."""

    def open(self, name: str) -> TextTable:
        sheet = self.seen.get(name) or _sheet(self.book, name)
        return _as_table(sheet, self.format, self.asked)


def open_workbook(path: Path, format_: str, asked: Asked) -> Workbook:
    """List the sheets of a spreadsheet; the bytes are checked before the reader sees them."""
    check_workbook(path, format_, asked.limits)
    book = guarded(lambda: CalamineWorkbook.from_path(str(path)), format_)
    pivots = sheets_with_pivots(path, format_)
    seen: dict[str, CalamineSheet] = {}
    offers = tuple(_offer(book, place, pivots, seen) for place in range(len(book.sheet_names)))
    if not offers:
        raise refusals.file_empty(asked.name)
    return Workbook(path, format_, offers, asked, book, seen if len(offers) == 1 else {})


def guarded(call: Any, format_: str) -> Any:
    """Call the spreadsheet reader; its errors and panics become a refusal."""
    try:
        return call()
    except PasswordError:
        raise refusals.encrypted() from None
    except (CalamineError, OSError, ValueError, OverflowError, IndexError, KeyError) as error:
        raise refusals.damaged(format_, refusals.short(error)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise refusals.damaged(format_, "") from None


def _sheet(book: CalamineWorkbook, name: str) -> CalamineSheet:
    sheet: CalamineSheet = guarded(lambda: book.get_sheet_by_name(name), "xlsx")
    return sheet


def _offer(
    book: CalamineWorkbook, place: int, pivots: frozenset[str], seen: dict[str, CalamineSheet]
) -> TableOffer:
    facts = book.sheets_metadata[place]
    if facts.typ != SheetTypeEnum.WorkSheet:
        return TableOffer(
            facts.name, None, None, False, say("It is a sheet with a chart or a macro, not a table.")
        )
    try:
        sheet = _sheet(book, facts.name)
    except Refused:
        return TableOffer(facts.name, None, None, False, say("The sheet is damaged and cannot be read."))
    seen.clear()  # one at a time stays in memory
    seen[facts.name] = sheet
    rows, columns = _extent(sheet)
    is_table, reason = _judge(sheet)
    if facts.visible != SheetVisibleEnum.Visible:
        is_table, reason = False, say("The sheet is hidden.")
    elif facts.name in pivots:
        is_table, reason = False, say("It is a pivot table: an evaluation of another sheet.")
    return TableOffer(facts.name, rows, columns, is_table, reason)


def _extent(sheet: CalamineSheet) -> tuple[int, int]:
    """Rows and columns from the first cell of the sheet to its last filled one."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _judge(sheet: CalamineSheet) -> tuple[bool, Saying]:
    """Whether a sheet looks like a table, from its first rows and its merged cells."""
    rows = [row for row, _ in zip(guarded(sheet.iter_rows, "xlsx"), range(LOOK), strict=False)]
    filled = [[cell for cell in row if cell not in ("", None)] for row in rows]
    counts = [len(cells) for cells in filled if cells]
    if not counts:
        return False, say("The sheet is empty.")
    if len(counts) < 2:
        return False, say("The sheet has only one row.")
    merged = [m for m in _merged(sheet) if m[0] > HEADING_ROWS // 2]
    if len(merged) > max(10, len(counts) // 4):
        return False, say("Many cells are merged (%(n)s): a report made for reading.", n=len(merged))
    if len(_merged(sheet)) > 12 and len(_merged(sheet)) > len(counts) // 2:
        return False, say("Many cells are merged (%(n)s): a report made for reading.", n=len(_merged(sheet)))
    width = max(counts)
    dense = sum(count >= max(2, 0.4 * width) for count in counts) / len(counts)
    if width >= 2 and dense < 0.4:
        return False, say("Most rows have only a few cells: a report or a form.")
    return _judge_blocks(rows, counts, width)


def _judge_blocks(rows: list[list[Any]], counts: list[int], width: int) -> tuple[bool, Saying]:
    """Several small blocks side by side or below each other, as under charts, are no table."""
    first = next(place for place, row in enumerate(rows) if any(cell != "" for cell in row))
    blank = sum(not any(cell != "" for cell in row) for row in rows[first:])
    headings = next(row for row in rows if sum(cell != "" for cell in row) >= max(1, width // 2))
    used = [place for place, cell in enumerate(headings) if cell != ""]
    gaps = (used[-1] - used[0] + 1 - len(used)) / (used[-1] - used[0] + 1)
    if (blank > 3 and blank > 0.2 * len(counts)) or (gaps > 0.2 and len(counts) < 60 and width > 4):
        return False, say("Blocks with gaps between them: an evaluation or charts rather than one table.")
    return True, say("Its rows are filled alike.")


def _merged(sheet: CalamineSheet) -> list[Merged]:
    """Merged ranges, rows and columns from 1."""
    ranges = sheet.merged_cell_ranges or []
    return [(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in ranges]


def _as_table(sheet: CalamineSheet, format_: str, asked: Asked) -> TextTable:
    rows, columns = _extent(sheet)
    if columns > asked.limits.columns:
        raise refusals.too_many_columns(columns, asked.limits.columns)
    if rows > asked.limits.rows:
        raise refusals.too_many_rows(asked.limits.rows)
    merged = _merged(sheet)
    with_hours = _columns_with_hours(_rows(sheet, format_))
    path = asked.workdir / "sheet.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        for cells in _repeated(_texts(_rows(sheet, format_), with_hours), merged):
            # A blank line would be a row of no cells; a row of empty cells keeps its place.
            writer.writerow(cells)
    table = open_clean_csv(path, asked, sheet.name, format_)
    return replace(table, merged=tuple(merged))


def _rows(sheet: CalamineSheet, format_: str) -> Iterator[list[Any]]:
    rows = guarded(sheet.iter_rows, format_)
    while (row := guarded(lambda: next(rows, None), format_)) is not None:
        yield row


def _columns_with_hours(rows: Iterable[Sequence[Any]]) -> frozenset[int]:
    """The places of columns in which some cell holds a date with an hour."""
    found: set[int] = set()
    for row in rows:
        for place, cell in enumerate(row):
            if cell.__class__ is datetime and place not in found:
                found.add(place)
    return frozenset(found)


def _texts(rows: Iterable[Sequence[Any]], with_hours: frozenset[int]) -> Iterator[list[str]]:
    for row in rows:
        yield [
            cell.strip("\0")
            if cell.__class__ is str
            else _number(cell)
            if cell.__class__ is float
            else cell_text(cell, with_hour=place in with_hours)
            for place, cell in enumerate(row)
        ]


def cell_text(cell: object, *, with_hour: bool = False) -> str:
    """The canonical text of one cell."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return _to_the_second(cell).isoformat()
    if isinstance(cell, date):
        return cell.isoformat() + ("T00:00:00" if with_hour else "")
    if isinstance(cell, time):
        return _to_the_second(datetime.combine(date(2000, 1, 1), cell)).time().isoformat()
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return "" if cell is None else str(cell)


def _number(cell: float) -> str:
    text = repr(cell)
    if not text.endswith(".0") or abs(cell) >= 1e15:
        return text
    return text[:-2] if cell else "0"


def _to_the_second(moment: datetime) -> datetime:
    """Without the fractions that a day count as a floating-point number leaves behind."""
    near = moment.replace(microsecond=0) + timedelta(seconds=round(moment.microsecond / 1e6))
    return near if abs((near - moment).total_seconds()) < 0.002 else moment


def _repeated(rows: Iterable[list[str]], merged: Sequence[Merged]) -> Iterator[list[str]]:
    """The rows with the value of each merged range in all the cells that it stands for."""
    starts: dict[int, list[Merged]] = {}
    for area in merged:
        starts.setdefault(area[0], []).append(area)
    running: list[tuple[Merged, str, bool]] = []
    for number, row in enumerate(rows, start=1):
        running = [run for run in running if run[0][2] >= number]
        for area in starts.get(number, ()):
            running.append((area, _value(row, area), _is_heading(row, area)))
        for area, value, is_heading in running:
            last = area[3] if is_heading else area[1]
            for place in range(area[1] - 1, min(last, len(row))):
                row[place] = row[place] or value
        yield row


def _value(row: list[str], area: Merged) -> str:
    return row[area[1] - 1] if area[1] <= len(row) else ""


def _is_heading(row: list[str], area: Merged) -> bool:
    """A range over several columns near the top, beside which something else stands in the row."""
    others = any(cell for place, cell in enumerate(row, start=1) if not area[1] <= place <= area[3])
    return area[3] > area[1] and area[0] <= HEADING_ROWS and others
