# SPDX-License-Identifier: EUPL-1.2
"""Values of rows as people read them, and whole tables of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext

from stoa.commons.lake.values import Page
from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.rules.table_questions import is_label_number, plain_label, title_column
from stoa.web import notation
from stoa.web.parts import Cell, Column, Row, Sorted, Table

LONG = 60
MOST_SHOWN = 300
_FIGURES = {Kind.INTEGER, Kind.NUMBER}


def kind_words() -> dict[Kind, str]:
    return {
        Kind.TEXT: gettext("Text"),
        Kind.INTEGER: gettext("Whole number"),
        Kind.NUMBER: gettext("Number"),
        Kind.BOOLEAN: gettext("Yes or no"),
        Kind.DATE: gettext("Date"),
        Kind.DATETIME: gettext("Date and time"),
        Kind.TIME: gettext("Time of day"),
    }


def short_day(value: dt.date) -> str:
    return str(formats.date_format(value, "j M Y"))


def in_words(value: Any, *, is_name: bool = False) -> str:
    """A value in the reader's notation; empty stays empty. `is_name`: a number that is a name, e.g. a postcode."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{short_day(local)}, {local:%H:%M}"
    if isinstance(value, dt.date):
        return short_day(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, (int, float)):
        return str(value) if is_name else notation.exact(value)
    return str(value)


def for_machines(value: Any) -> str:
    """The same without notation: decimal point, ISO dates."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def cell(value: Any, spec: ColumnSpec, key: Sequence[str] = ()) -> Cell:
    return writer(spec, key)(value, 0)


def table_of(
    page: Page,
    *,
    caption: str,
    row_url: Callable[[int], str],
    key: Sequence[str] = (),
    sort: str = "",
    sort_url: Callable[[str], str] | None = None,
    is_caption_hidden: bool = False,
) -> Table:
    """A page of rows as a table; the column that names a row links to the row's own page."""
    heading = title_column(page.columns, key)
    columns = [
        Column(
            plain_label(spec),
            spec.name,
            spec.unit,
            is_number=spec.kind in _FIGURES and not is_label_number(spec, key),
            is_heading=spec.name == heading,
            is_long=_is_long(page, place),
            sort_url=sort_url(spec.name) if sort_url else "",
            sorted={spec.name: Sorted.UP, f"-{spec.name}": Sorted.DOWN}.get(sort, Sorted.NO),
        )
        for place, spec in enumerate(page.columns, start=1)
    ]
    writers = [writer(spec, key, is_named=spec.name == heading) for spec in page.columns]
    rows = [
        Row(
            [write(value, row[0]) for write, value in zip(writers, row[1:], strict=False)],
            row_url(row[0]),
            str(row[0]),
        )
        for row in page.rows
    ]
    return Table(caption, columns, rows, is_caption_hidden=is_caption_hidden)


Writer = Callable[[Any, int], Cell]
"""The cell of a value in the row of this number."""


def writer(spec: ColumnSpec, key: Sequence[str] = (), *, is_named: bool = False) -> Writer:
    """How the cells of a column are written, worked out once for all of them; `is_named`: none stays empty."""
    words = _in_words_of(spec, key)
    if spec.kind in _FIGURES and not is_named:
        return lambda value, _row: _EMPTY if value is None else Cell(words(value), str(value))

    def write(value: Any, row: int) -> Cell:
        if value is None:
            return Cell(nameless(row)) if is_named else _EMPTY
        text = words(value)
        if len(text) > MOST_SHOWN:
            text = text[:MOST_SHOWN].rsplit(" ", 1)[0] + " …"
        if is_named:
            return Cell(text or nameless(row), str(value) if spec.kind in _FIGURES else "")
        return Cell(text)

    return write


_EMPTY = Cell("")


def _in_words_of(spec: ColumnSpec, key: Sequence[str]) -> Callable[[Any], str]:
    """`in_words` for the values of one column, with everything looked up before that depends on the reader."""
    if is_label_number(spec, key):
        return str
    if spec.kind is Kind.TEXT:
        return str
    if spec.kind in _FIGURES:
        exact = notation.Marks.now().exact
        return lambda value: exact(value) if type(value) in {int, float} else in_words(value)
    if spec.kind in {Kind.DATE, Kind.DATETIME}:
        months, zone = _months(), timezone.get_current_timezone()

        def day(value: dt.date) -> str:
            return f"{value.day} {months[value.month - 1]} {value.year:04}"

        def moment(value: dt.datetime) -> str:
            local = value.astimezone(zone) if timezone.is_aware(value) else value
            return f"{day(local)}, {local:%H:%M}"

        return moment if spec.kind is Kind.DATETIME else day
    if spec.kind is Kind.BOOLEAN:
        yes, no = gettext("yes"), gettext("no")
        return lambda value: yes if value else no
    return in_words


def _months() -> list[str]:
    return [formats.date_format(dt.date(2000, month, 1), "M") for month in range(1, 13)]


def nameless(row: int) -> str:
    """What a row is called that has no name of its own."""
    return gettext("Row %(number)s") % {"number": notation.number(row)}


def _is_long(page: Page, place: int) -> bool:
    texts = [row[place] for row in page.rows if isinstance(row[place], str)]
    return bool(texts) and max(map(len, texts)) > LONG
