# SPDX-License-Identifier: EUPL-1.2
"""Workbooks: the rows with their types, a sheet that explains the columns, and one about the dataset."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.exports.columns import Field
from stoa.commons.lake.exports.values import About
from stoa.ground.tables import Kind
from stoa.ground.words import N_

if TYPE_CHECKING:
    import duckdb

Translate = Callable[[str], str]

MOST_LETTERS = 32_767
"""Of one cell."""
_EXACT = 10**15
"""Spreadsheets keep fifteen digits; longer whole numbers are written as text."""
_BATCH = 2000
_WIDTH = {
    Kind.INTEGER: 12,
    Kind.NUMBER: 14,
    Kind.BOOLEAN: 8,
    Kind.DATE: 12,
    Kind.DATETIME: 20,
    Kind.TIME: 10,
    Kind.TEXT: 24,
}


def write(
    cursor: duckdb.DuckDBPyConnection,
    path: Path,
    listed: tuple[Field, ...],
    about: About,
    *,
    zone: str,
    translate: Translate,
) -> None:
    """Write the workbook from the rows of the cursor's last query; memory does not grow with the rows."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(str(path), options | {"tmpdir": str(path.parent)})
    try:
        book.set_properties({"title": about.title, "company": about.publisher, "comments": about.source_url})
        cut = _data(book, cursor, listed, translate)
        _dictionary(book, listed, zone, translate)
        _about(book, about, cut, translate)
    finally:
        book.close()


def _data(
    book: Any, cursor: duckdb.DuckDBPyConnection, listed: tuple[Field, ...], translate: Translate
) -> int:
    """The rows; gives the number of texts that had to be cut."""
    sheet = book.add_worksheet(translate(N_("Data")))
    head = book.add_format({"bold": True, "bottom": 1})
    kinds = [field.column.kind if field.column else None for field in listed]
    formats = {
        Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.DATETIME: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        Kind.TIME: book.add_format({"num_format": "hh:mm:ss"}),
    }
    sheet.freeze_panes(1, 0)
    for place, (field, kind) in enumerate(zip(listed, kinds, strict=True)):
        width = max(_WIDTH.get(kind, 14) if kind else 14, min(40, len(field.heading) + 2))
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, field.heading[:MOST_LETTERS], head)
    cut, last = 0, 0
    for last, row in enumerate(_rows(cursor), start=1):
        for place, value in enumerate(row):
            if value is not None:
                cut += _cell(sheet, (last, place), value, formats)
    if listed:
        sheet.autofilter(0, 0, last, len(listed) - 1)
    return cut


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _cell(sheet: Any, at: tuple[int, int], value: Any, formats: dict[Kind, Any]) -> bool:
    """Write one value with its type, never as a formula; True if a text was cut."""
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | float):
        _number(sheet, at, value)
    elif isinstance(value, datetime):
        _moment(sheet, at, value, formats[Kind.DATETIME])
    elif isinstance(value, date):
        _moment(sheet, at, value, formats[Kind.DATE])
    elif isinstance(value, time):
        sheet.write_datetime(*at, value, formats[Kind.TIME])
    else:
        text = str(value)
        sheet.write_string(*at, text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…")
        return len(text) > MOST_LETTERS
    return False


def _number(sheet: Any, at: tuple[int, int], value: int | float) -> None:
    if isinstance(value, int) and abs(value) >= _EXACT:
        sheet.write_string(*at, str(value))
    elif math.isfinite(value):
        sheet.write_number(*at, value)


def _moment(sheet: Any, at: tuple[int, int], value: date, form: Any) -> None:
    """Spreadsheets count days from 1900 (wrongly before March of it): earlier ones become text."""
    if value.year > 1900:
        sheet.write_datetime(*at, value, form)
    else:
        sheet.write_string(*at, value.isoformat())


def _dictionary(book: Any, listed: tuple[Field, ...], zone: str, translate: Translate) -> None:
    sheet = book.add_worksheet(translate(N_("Dictionary")))
    head = book.add_format({"bold": True, "bottom": 1})
    titles = (N_("Column"), N_("Name"), N_("Label"), N_("Kind"), N_("Unit"), N_("Description"))
    for place, (title, width) in enumerate(zip(titles, (28, 24, 28, 12, 12, 60), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, translate(title), head)
    sheet.freeze_panes(1, 0)
    for row, field in enumerate(listed, start=1):
        for place, text in enumerate(_described(field, zone, translate)):
            if text:
                sheet.write_string(row, place, text[:MOST_LETTERS])


def _described(field: Field, zone: str, translate: Translate) -> tuple[str, ...]:
    column = field.column
    if column is None:
        return (field.heading, "", "", "", "", "WGS 84 (OGC:CRS84)")
    note = [column.description] if column.description else []
    if column.kind is Kind.DATETIME:
        note.append(translate(N_("Local time, %(zone)s")) % {"zone": zone})
    return (field.heading, column.name, column.label, str(column.kind), column.unit, ". ".join(note))


def _about(book: Any, about: About, cut: int, translate: Translate) -> None:
    sheet = book.add_worksheet(translate(N_("About")))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    lines = [
        (N_("Title"), about.title or about.name),
        (N_("Description"), about.description),
        (N_("Publisher"), about.publisher),
        (
            N_("Licence"),
            " ".join(part for part in (about.licence or about.licence_spdx, about.licence_link) if part),
        ),
        (N_("Source"), about.source_url),
        (N_("Version"), about.version),
        (N_("Date"), about.issued),
    ]
    if cut:
        note = translate(
            N_("%(count)s texts are too long for a cell and end with “…”; the CSV file has them whole.")
        )
        lines.append((N_("Note"), note % {"count": cut}))
    for row, (title, text) in enumerate((title, text) for title, text in lines if text):
        sheet.write_string(row, 0, translate(title), bold)
        sheet.write_string(row, 1, text[:MOST_LETTERS], wrapped)
