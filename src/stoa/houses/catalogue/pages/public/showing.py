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
        return str(value) if is_name else exact(value)
    return str(value)


def exact(value: float) -> str:
    """A number with all the digits that the owner wrote, up to nine after the mark."""
    written = repr(value)
    places = len(written.partition(".")[2]) if "e" not in written and not float(value).is_integer() else None
    return notation.number(value, None if places is None else min(places, 9))


def for_machines(value: Any) -> str:
    """The same without notation: decimal point, ISO dates."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def cell(value: Any, spec: ColumnSpec, key: Sequence[str] = ()) -> Cell:
    text = in_words(value, is_name=is_label_number(spec, key))
    text = text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN].rsplit(" ", 1)[0] + " …"
    return Cell(text, for_machines(value) if spec.kind in _FIGURES else "")


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
    rows = [_row(page, row, heading, key, row_url) for row in page.rows]
    return Table(caption, columns, rows, is_caption_hidden=is_caption_hidden)


def _row(
    page: Page, row: Sequence[Any], heading: str, key: Sequence[str], row_url: Callable[[int], str]
) -> Row:
    cells = [cell(value, spec, key) for spec, value in zip(page.columns, row[1:], strict=False)]
    named = [
        Cell(c.text or nameless(row[0]), c.value) if spec.name == heading else c
        for c, spec in zip(cells, page.columns, strict=True)
    ]
    return Row(named, url=row_url(int(row[0])), key=str(row[0]))


def nameless(row: int) -> str:
    """What a row is called that has no name of its own."""
    return gettext("Row %(number)s") % {"number": notation.number(row)}


def _is_long(page: Page, place: int) -> bool:
    texts = [row[place] for row in page.rows if isinstance(row[place], str)]
    return bool(texts) and max(map(len, texts)) > LONG
