# SPDX-License-Identifier: EUPL-1.2
"""Series as a table: for the list of all, for one thing, and beside a map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from stoa.houses.observations.pages.lines import doubt_words, overdue_words, value_words
from stoa.houses.observations.queries.now import SeriesNow
from stoa.houses.observations.rules.showing import own_name
from stoa.web.notation import ago, label, moment
from stoa.web.parts import Cell, Column, Row, Table


def series_table(
    found: Sequence[SeriesNow], caption: str, now: datetime, *, urls: Sequence[str], with_thing: bool = True
) -> Table:
    """A row for each series; `urls` are their pages, in the same order."""
    columns = [
        *([Column(gettext("Place"), is_heading=True)] if with_thing else []),
        Column(gettext("What is measured"), is_heading=not with_thing),
        Column(gettext("Value"), is_number=True),
        Column(gettext("Unit")),
        Column(gettext("When")),
        *([Column(gettext("Department"))] if with_thing else []),
    ]
    rows = [_row(one, url, now, with_thing=with_thing) for one, url in zip(found, urls, strict=True)]
    return Table(caption, columns, rows, is_caption_hidden=True)


def _row(one: SeriesNow, url: str, now: datetime, *, with_thing: bool) -> Row:
    first = [Cell(one.thing)] if with_thing else []
    last = [Cell(label(one.department))] if with_thing else []
    cells = [
        *first,
        Cell(own_name(one.thing, one.name)),
        Cell(value_words(one.kind, one.result), live=one.kind),
        Cell(one.unit),
        Cell(_when(one, now), one.at.isoformat() if one.at else "", live="age"),
        *last,
    ]
    return Row(cells, url=url, key=str(one.pk))


def _when(one: SeriesNow, now: datetime) -> str:
    if one.at is None:
        return gettext("no value yet")
    notes = [words for words in (overdue_words(one, now), doubt_words(one.quality)) if words]
    # Older than a day, the day itself says more than how long ago it was.
    told = ago(one.at) if (now - one.at).total_seconds() < 86_400 else moment(one.at)
    return ", ".join([told, *notes])
