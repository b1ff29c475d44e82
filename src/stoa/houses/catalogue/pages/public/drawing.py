# SPDX-License-Identifier: EUPL-1.2
"""From the groups of the lake to a chart with its title as a sentence and its table beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import formats
from django.utils.translation import gettext

from stoa.commons.lake.values import Bucket, Groups, Measure
from stoa.ground.tables import ColumnSpec
from stoa.houses.catalogue.models import Version
from stoa.houses.catalogue.pages.public.opening import Opened, source_line
from stoa.houses.catalogue.pages.public.showing import for_machines, in_words
from stoa.houses.catalogue.rules.chart_choice import Question
from stoa.houses.catalogue.rules.table_questions import is_label_number, plain_label
from stoa.web.notation import number
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table

TALL = 12


def measure_words() -> dict[Measure, str]:
    return {
        Measure.COUNT: gettext("Number of rows"),
        Measure.SUM: gettext("Sum"),
        Measure.AVERAGE: gettext("Average"),
        Measure.LEAST: gettext("Least value"),
        Measure.MOST: gettext("Greatest value"),
        Measure.MEDIAN: gettext("Median"),
    }


def bucket_words() -> dict[Bucket, str]:
    return {
        Bucket.NONE: gettext("as it stands"),
        Bucket.HOUR: gettext("hour"),
        Bucket.DAY: gettext("day"),
        Bucket.WEEK: gettext("week"),
        Bucket.MONTH: gettext("month"),
        Bucket.YEAR: gettext("year"),
    }


def chart_of(opened: Opened, question: Question, groups: Groups) -> Chart | None:
    """The chart of a question; None where there is nothing to draw."""
    version, by = opened.shown, question.group
    spec, of = version.ref.column(by.by), version.ref.column(by.of) if by.of else None
    # An axis of time or numbers has no place for rows that do not say theirs; bars have.
    rows = [
        row for row in groups.rows if row[2] is not None and (row[0] is not None or question.kind == "bar")
    ]
    if spec is None or not rows:
        return None
    measured = measured_words(by.measure, of)
    names, lines = spread(rows, opened_split(version, question))
    series = [Column(name or measured, is_number=True) for name in names]
    caption = gettext("%(measured)s by %(by)s") % {"measured": measured, "by": by_words(spec, by.bucket)}
    table = Table(
        caption,
        [Column(by_words(spec, by.bucket), is_heading=True), *series],
        [_row(spec, by.bucket, line, version.key) for line in lines],
        is_tall=len(lines) > TALL,
    )
    title = message(spec, by.bucket, lines, caption, key=version.key) if len(names) == 1 else caption
    return Chart(
        kind=ChartKind(question.kind),
        title=title,
        subtitle=subtitle(caption, of.unit if of else "", is_said=title == caption),
        source=source_line(opened),
        unit=of.unit if of and by.measure is not Measure.COUNT else "",
        table=table,
    )


def subtitle(caption: str, unit: str, *, is_said: bool) -> str:
    """What is measured, unless the title says it already; and the unit."""
    in_unit = gettext("in %(unit)s") % {"unit": unit} if unit else ""
    return in_unit if is_said else ", ".join(part for part in (caption, in_unit) if part)


def opened_split(version: Version, question: Question) -> ColumnSpec | None:
    return version.ref.column(question.group.split) if question.group.split else None


def measured_words(measure: Measure, of: ColumnSpec | None) -> str:
    if of is None:
        return gettext("Number of rows")
    return gettext("%(measure)s of %(of)s") % {"measure": measure_words()[measure], "of": plain_label(of)}


def by_words(spec: ColumnSpec, bucket: Bucket) -> str:
    return (
        gettext("%(column)s, each %(bucket)s")
        % {"column": plain_label(spec), "bucket": bucket_words()[bucket]}
        if bucket
        else plain_label(spec)
    )


Line = tuple[Any, list[Any]]


def spread(rows: Sequence[tuple[Any, Any, Any]], split: ColumnSpec | None) -> tuple[list[str], list[Line]]:
    """One line a group with one figure a series: (names of the series, lines)."""
    if split is None:
        return [""], [(group, [figure]) for group, _split, figure in rows]
    values = list(dict.fromkeys(row[1] for row in rows))
    values.sort(key=lambda value: (value == "…", value is None))
    lines: dict[Any, list[Any]] = {}
    for group, value, figure in rows:
        lines.setdefault(group, [None] * len(values))[values.index(value)] = figure
    return [split_words(value) for value in values], list(lines.items())


def split_words(value: Any) -> str:
    if value is None:
        return gettext("not stated")
    return gettext("all others") if value == "…" else str(value)


def group_words(value: Any, spec: ColumnSpec, bucket: Bucket, key: Sequence[str] = ()) -> str:
    """A group in words: a month as month and year, a year as its number."""
    if value is None:
        return gettext("not stated")
    if isinstance(value, dt.date) and bucket is Bucket.YEAR:
        return str(value.year)
    if isinstance(value, dt.date) and bucket is Bucket.MONTH:
        return str(formats.date_format(value, "F Y"))
    if isinstance(value, dt.date) and bucket is Bucket.WEEK:
        return gettext("week of %(day)s") % {"day": in_words(value)}
    return in_words(value, is_name=is_label_number(spec, key))


def _row(spec: ColumnSpec, bucket: Bucket, line: Line, key: Sequence[str]) -> Row:
    group, measured = line
    first = Cell(group_words(group, spec, bucket, key), for_machines(group))
    return Row(
        [first, *(Cell("" if f is None else number(f), "" if f is None else str(f)) for f in measured)]
    )


def message(
    spec: ColumnSpec, bucket: Bucket, lines: Sequence[Line], caption: str, *, key: Sequence[str] = ()
) -> str:
    """What the chart says, in a sentence: where it is greatest."""
    stated = [
        (group, measured[0]) for group, measured in lines if group is not None and measured[0] is not None
    ]
    if len(stated) < 2:
        return caption
    group, figure = max(stated, key=lambda pair: pair[1])
    if sum(1 for _g, other in stated if other == figure) > 1:
        return caption
    facts = {"caption": caption, "group": group_words(group, spec, bucket, key), "figure": number(figure)}
    return gettext("%(caption)s: most for %(group)s, with %(figure)s") % facts
