# SPDX-License-Identifier: EUPL-1.2
"""The course of a series as a chart with the table beside it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.buckets import Bucket
from stoa.houses.observations.queries.series_page import Course
from stoa.houses.observations.rules.showing import own_name
from stoa.houses.observations.terms import Width
from stoa.web.notation import day, label, number
from stoa.web.parts import Cell, Chart, ChartKind, Column, Row, Table


def span_tabs() -> list[tuple[str, str, str]]:
    """How far back the chart reaches, as links."""
    words = (
        ("day", gettext("Day")),
        ("week", gettext("Week")),
        ("month", gettext("Month")),
        ("year", gettext("Year")),
        ("all", gettext("Everything")),
    )
    return [(key, name, f"?span={key}#course") for key, name in words]


def chart_of(series: Datastream, course: Course) -> Chart:
    """Means of each piece; with the lowest and highest where a piece is a day or longer."""
    unit = series.unit_symbol
    low, high = min(one.low for one in course.buckets), max(one.high for one in course.buckets)
    count = sum(one.count for one in course.buckets)
    mean = sum(one.total for one in course.buckets) / count
    told = {
        "name": own_name(series.thing.name, series.name),
        "low": number(_short(low)),
        "high": number(_short(high)),
        "mean": number(_short(mean)),
        "unit": unit,
    }
    return Chart(
        kind=ChartKind.LINE,
        title=gettext("%(name)s: between %(low)s and %(high)s %(unit)s, on average %(mean)s %(unit)s") % told,
        table=_table(series, course),
        subtitle=gettext("%(span)s, from %(begin)s to %(end)s. Values that are known to be bad are left out.")
        % {"span": _pieces(course.width), "begin": day(course.since), "end": day(course.until)},
        source=gettext("Source: %(thing)s, %(department)s")
        % {"thing": series.thing.name, "department": label(series.thing.department.name)},
        unit=unit,
    )


def _pieces(width: Width | None) -> str:
    return {
        None: gettext("Means of quarters of an hour"),
        Width.HOUR: gettext("Means of hours"),
        Width.DAY: gettext("Means, lowest and highest values of days"),
        Width.MONTH: gettext("Means, lowest and highest values of months"),
        Width.YEAR: gettext("Means, lowest and highest values of years"),
    }[width]


def _table(series: Datastream, course: Course) -> Table:
    is_long = course.width not in {None, Width.HOUR}
    columns = [
        Column(gettext("From"), is_heading=True),
        Column(gettext("Mean"), unit=series.unit_symbol, is_number=True),
    ]
    if is_long:
        columns += [
            Column(gettext("Lowest"), unit=series.unit_symbol, is_number=True),
            Column(gettext("Highest"), unit=series.unit_symbol, is_number=True),
        ]
    rows = [_row(one, is_long=is_long) for one in course.buckets]
    return Table(gettext("Course of the series"), columns, rows, is_tall=True)


def _row(one: Bucket, *, is_long: bool) -> Row:
    figures = [one.mean, one.low, one.high] if is_long else [one.mean]
    cells = [Cell(number(_short(value)), repr(float(value))) for value in figures]
    return Row([_when(one.start, is_long=is_long), *cells])


def _when(start: datetime, *, is_long: bool) -> Cell:
    """The wall clock of the city, as the chart shows it."""
    local = timezone.localtime(start)
    if is_long:
        return Cell(day(local), f"{local:%Y-%m-%d}")
    return Cell(f"{day(local)}, {local:%H:%M}", f"{local:%Y-%m-%dT%H:%M}")


def _short(value: float) -> float:
    return round(value) if abs(value) >= 1000 else round(value, 2)
