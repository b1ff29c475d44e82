# SPDX-License-Identifier: EUPL-1.2
"""Which chart says most about a table before anybody chose one, and what an address asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stoa.commons.lake.values import Bucket, GroupBy, Measure
from stoa.ground.problems import Problem
from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import say
from stoa.houses.catalogue.rules.table_questions import is_label_number

DRAWN = ("line", "area", "column", "bar")
MOST_BARS = 30
_TIMES = {Kind.DATE, Kind.DATETIME}
_FIGURES = {Kind.INTEGER, Kind.NUMBER}
_MEANS = {
    unit.casefold()
    for unit in (
        "%",
        "°c",
        "c",
        "km/h",
        "m/s",
        "db",
        "db(a)",
        "µg/m³",
        "µg/m3",
        "mg/m³",
        "hpa",
        "ppm",
        "ppb",
        "w/m²",
        "min",
        "s",
    )
}
_PLACES = {
    "lon",
    "lat",
    "longitude",
    "latitude",
    "x",
    "y",
    "easting",
    "northing",
    "rechtswert",
    "hochwert",
    "laenge",
    "breite",
}
_YEARS = {"jahr", "year", "annee", "ano", "jaar"}


@dataclass(frozen=True, slots=True)
class Question:
    """What a chart shows: `group` is answered by the lake, `kind` says how it is drawn."""

    group: GroupBy
    kind: str = "bar"


@dataclass(frozen=True, slots=True)
class Read:
    """The question in an address, and what was wrong with it."""

    question: Question | None
    problems: tuple[Problem, ...] = ()


def bucket_for(least: str, most: str, *, has_hours: bool) -> Bucket:
    """The widest time step that still leaves a line to look at (about 12 to 60 points).

    >>> str(bucket_for("2024-01-01", "2025-12-31", has_hours=False))
    'month'
    """
    days = _days_between(least, most)
    if days is None or days > 6 * 366:
        return Bucket.YEAR
    if days > 150:
        return Bucket.MONTH
    if days > 60:
        return Bucket.WEEK
    return Bucket.HOUR if has_hours and days <= 3 else Bucket.DAY


def _days_between(least: str, most: str) -> int | None:
    try:
        first, last = (datetime.fromisoformat(str(end)[:10]) for end in (least, most))
    except ValueError:
        return None
    return abs((last - first).days)


def measured(columns: Sequence[ColumnSpec], key: Sequence[str] = ()) -> ColumnSpec | None:
    """The first column that holds figures rather than names, years or coordinates."""
    figures = (c for c in columns if c.kind in _FIGURES and not is_label_number(c, key))
    return next((c for c in figures if not _PLACES & set(c.name.split("_")) and not c.is_code_list), None)


def measure_for(column: ColumnSpec) -> Measure:
    """Readings are averaged, counts and amounts are added up."""
    if column.unit.casefold() in _MEANS or (column.kind is Kind.NUMBER and not column.unit):
        return Measure.AVERAGE
    return Measure.SUM


def default_question(
    columns: Sequence[ColumnSpec],
    *,
    rows: int,
    key: Sequence[str] = (),
    ends: Mapping[str, Sequence[object]] | None = None,
) -> Question | None:
    """The chart to begin with: over time, else by category, else the rows by name; None where nothing can be drawn."""
    of = measured(columns, key)
    return _over_time(columns, of, ends or {}) or _by_category(columns) or _by_name(columns, of, rows)


def _figure(of: ColumnSpec | None) -> tuple[Measure, str]:
    return (measure_for(of), of.name) if of else (Measure.COUNT, "")


def _over_time(
    columns: Sequence[ColumnSpec], of: ColumnSpec | None, ends: Mapping[str, Sequence[object]]
) -> Question | None:
    measure, name = _figure(of)
    for column in columns:
        least, most = (str(end) for end in (*ends.get(column.name, ("", "")), "", "")[:2])
        if column.kind in _TIMES and least[:10] != most[:10]:
            bucket = bucket_for(least, most, has_hours=column.kind is Kind.DATETIME)
            return Question(GroupBy(column.name, measure, name, bucket), "line")
        if column.kind is Kind.INTEGER and _YEARS & set(column.name.split("_")) and least != most:
            return Question(GroupBy(column.name, measure, name), "column")
    return None


def _by_category(columns: Sequence[ColumnSpec]) -> Question | None:
    kinds = {Kind.TEXT, Kind.BOOLEAN, Kind.INTEGER}
    category = next((c for c in columns if c.kind in kinds and c.is_code_list), None)
    category = category or next((c for c in columns if c.kind is Kind.BOOLEAN), None)
    return Question(GroupBy(category.name, most=MOST_BARS), "bar") if category else None


def _by_name(columns: Sequence[ColumnSpec], of: ColumnSpec | None, rows: int) -> Question | None:
    name = next((c for c in columns if c.kind is Kind.TEXT), None)
    if name is None or of is None or not 1 < rows <= 200:
        return None
    return Question(GroupBy(name.name, measure_for(of), of.name, most=MOST_BARS), "bar")


def read_chart(asked: Mapping[str, str], columns: Sequence[ColumnSpec], default: Question | None) -> Read:
    """The question in the parameters `by bucket measure of split kind`; what makes no sense becomes a problem."""
    if not asked.get("by"):
        return Read(default)
    by_name = {column.name: column for column in columns}
    unknown = [
        asked[part] for part in ("by", "of", "split") if asked.get(part) and asked[part] not in by_name
    ]
    if unknown:
        return Read(default, (_unknown("catalogue.column_unknown", unknown[0]),))
    known: dict[str, set[str]] = {"bucket": set(Bucket), "measure": set(Measure), "kind": set(DRAWN)}
    wrong = [asked[part] for part, terms in known.items() if asked.get(part) and asked[part] not in terms]
    if wrong:
        return Read(default, (_unknown("catalogue.chart_term_unknown", wrong[0]),))
    return _fitting(asked, by_name)


def _unknown(code: str, name: str) -> Problem:
    return Problem(
        code,
        say("“%(name)s” is not something this chart can show.", name=name[:60]),
        say("It is neither a column of this dataset nor a way of drawing that we know."),
        say("Choose from the lists of the form."),
    )


def _fitting(asked: Mapping[str, str], columns: Mapping[str, ColumnSpec]) -> Read:
    """Settle what the choices leave open, so that every choice of the form gives a chart."""
    by, of = columns[asked["by"]], columns.get(asked.get("of", ""))
    bucket = Bucket(asked.get("bucket", "")) if by.kind in _TIMES else Bucket.NONE
    if bucket is Bucket.HOUR and by.kind is Kind.DATE:
        bucket = Bucket.DAY
    measure = Measure(asked.get("measure") or Measure.COUNT)
    if measure is not Measure.COUNT and (of is None or of.kind not in _FIGURES):
        return Read(Question(GroupBy(by.name, bucket=bucket), _drawn(asked, by)), (_no_figures(of),))
    split = asked.get("split", "") if asked.get("split") != by.name else ""
    most = 500 if by.kind in _TIMES | _FIGURES else MOST_BARS
    counted = of.name if of and measure is not Measure.COUNT else ""
    return Read(Question(GroupBy(by.name, measure, counted, bucket, split, most), _drawn(asked, by)))


def _drawn(asked: Mapping[str, str], by: ColumnSpec) -> str:
    """The way of drawing: as asked, but never a line between names."""
    natural = "line" if by.kind in _TIMES else "column" if by.kind in _FIGURES else "bar"
    kind = asked.get("kind") or natural
    return "bar" if kind in {"line", "area"} and by.kind not in _TIMES | _FIGURES else kind


def _no_figures(of: ColumnSpec | None) -> Problem:
    if of is None:
        return Problem(
            "catalogue.chart_column_missing",
            say("It was not said which column is to be measured."),
            say("Sums and averages are made of figures."),
            say("Choose a column with figures under “of”, or count the rows."),
            "of",
        )
    return Problem(
        "catalogue.chart_column_unfit",
        say("The column “%(label)s” does not hold figures.", label=of.label),
        say("Sums and averages are made of figures."),
        say("Choose a column with figures under “of”, or count the rows."),
        "of",
    )
