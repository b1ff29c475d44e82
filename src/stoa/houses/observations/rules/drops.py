# SPDX-License-Identifier: EUPL-1.2
"""Which column of a file is which series: what somebody settled, and what is guessed with its reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from stoa.ground.tables import Kind
from stoa.ground.words import Saying, say
from stoa.houses.observations.terms import Access, DropShape, ResultType

TIMES = frozenset({Kind.DATETIME, Kind.DATE})
NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER})
_TIME_WORDS = ("time", "date", "zeit", "datum", "fecha", "heure", "timestamp")
_NAME_WORDS = (
    "series",
    "sensor",
    "station",
    "name",
    "id",
    "device",
    "datastream",
    "messstelle",
    "zaehlstelle",
)
_BESIDE = re.compile(r"(^|[\W_])(status|flag|quality|qualitaet|guete)$")


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of a file as the reader understood it."""

    source: str
    """The heading."""
    kind: Kind
    unit: str = ""
    distinct: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """A series that values can go into."""

    uid: str
    name: str
    thing: str
    measures: str
    unit: str
    result_type: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where values go: into a series that there is, or into one that is set up for them."""

    uid: str = ""
    """Of the series; empty: a new one."""
    thing: str = ""
    measures: str = ""
    """What is measured: the name of the property."""
    unit: str = ""
    result_type: str = ResultType.NUMBER

    @property
    def label(self) -> str:
        return f"{self.thing}: {self.measures}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file tells: where its time stands, and into which series its values go."""

    shape: DropShape = DropShape.WIDE
    time: tuple[str, ...] = ()
    """Heading of the time, or of the day and the time of day."""
    targets: Mapping[str, Target] = field(default_factory=dict)
    """Wide: by heading; long: by the name that stands in the row. What is not here is left out."""
    name: str = ""
    """Long: heading of the names."""
    value: str = ""
    """Long: heading of the values."""
    left_out: tuple[str, ...] = ()
    """Words that mean that there is no value."""
    access: str = Access.INTERNAL
    """Who may see things that are set up."""
    zone: str = ""
    """In which zone times without one are told (IANA name); empty: the city's."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        return cls(
            DropShape(data["shape"]),
            tuple(data["time"]),
            {key: Target(**told) for key, told in data["targets"].items()},
            data["name"],
            data["value"],
            tuple(data["left_out"]),
            data["access"],
            data["zone"],
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of what is read beside the time."""
        return (self.name, self.value) if self.shape is DropShape.LONG else tuple(self.targets)


@dataclass(frozen=True, slots=True)
class Guess:
    """A plan to begin with, and why it is so."""

    plan: Plan
    reasons: Mapping[str, Saying] = field(default_factory=dict)
    """By heading (long: by name)."""


def plain(text: str) -> str:
    """Letters and digits only, small, umlauts written out, small figures as large ones.

    >>> plain("PP Hörsterplatz"), plain("Particulate matter (PM₁₀)")
    ('pphoersterplatz', 'particulatematterpm10')
    """
    lower = normalize("NFKC", text).casefold()
    lower = lower.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[^a-z0-9]", "", lower)


def guess(
    columns: Sequence[FileColumn],
    rows: int,
    known: Sequence[KnownSeries],
    *,
    file: str,
    names: Sequence[str] = (),
) -> Guess:
    """What a file probably tells. `names`: the different texts of the column that `name_column` found."""
    reasons: dict[str, Saying] = {}
    time = _times(columns, reasons)
    rest = [one for one in columns if one.source not in time]
    named = name_column(columns, rows)
    if named is not None and names:
        value = next(one for one in rest if one.kind in NUMERIC)
        reasons[named.source] = say("The same names come again and again beside the values.")
        reasons[value.source] = say("It is the only column of numbers.")
        targets = {}
        for name in names:
            targets[name], reasons[name] = _target(name, value, known, thing=name, measured=value.source)
        return Guess(Plan(DropShape.LONG, time, targets, named.source, value.source), reasons)
    return Guess(Plan(DropShape.WIDE, time, _wide(rest, known, file, reasons)), reasons)


def name_column(columns: Sequence[FileColumn], rows: int) -> FileColumn | None:
    """The column with the names of series, where a file has a row for each value."""
    texts = [one for one in columns if one.kind is Kind.TEXT and 1 < one.distinct <= max(2, rows // 2)]
    numbers = [one for one in columns if one.kind in NUMERIC]
    times = [one for one in columns if one.kind in TIMES]
    if not texts or len(numbers) != 1 or not times or times[0].distinct * 1.5 > rows:
        return None
    return next((one for one in texts if any(word in plain(one.source) for word in _NAME_WORDS)), texts[0])


def _times(columns: Sequence[FileColumn], reasons: dict[str, Saying]) -> tuple[str, ...]:
    """The moment; or a day, with the time of day beside it where there is one."""
    found = sorted(
        (one for one in columns if one.kind in TIMES),
        key=lambda one: (one.kind is Kind.DATE, not any(word in plain(one.source) for word in _TIME_WORDS)),
    )
    if not found:
        return ()
    first = found[0]
    if first.kind is Kind.DATETIME:
        reasons[first.source] = say("Its cells are moments.")
        return (first.source,)
    reasons[first.source] = say("Its cells are days.")
    clock = next((one for one in columns if one.kind is Kind.TIME), None)
    if clock is None:
        return (first.source,)
    reasons[clock.source] = say("Its cells are times of day.")
    return (first.source, clock.source)


def _wide(
    rest: Sequence[FileColumn], known: Sequence[KnownSeries], file: str, reasons: dict[str, Saying]
) -> dict[str, Target]:
    values: list[FileColumn] = []
    place = file
    for one in rest:
        if _BESIDE.search(one.source.casefold()):
            reasons[one.source] = say("It tells how good another column is.")
        elif one.distinct == 1 and one.kind is Kind.TEXT and one.examples and not values:
            place = one.examples[0]
            reasons[one.source] = say("It is the same in every row, so it names the place.")
        elif one.distinct == 0 and not one.examples:
            reasons[one.source] = say("It is empty.")
        elif one.kind in NUMERIC or one.kind is Kind.BOOLEAN or _mostly_numbers(one):
            values.append(one)
        else:
            reasons[one.source] = say("It holds no numbers.")
    is_one_thing = any(unit_of(one) for one in values) or place != file
    targets: dict[str, Target] = {}
    for one in values:
        thing, measured = (place, bare(one)) if is_one_thing else (one.source, file)
        taken = {target.uid for target in targets.values()}
        free = [series for series in known if series.uid not in taken]
        targets[one.source], reasons[one.source] = _target(
            one.source, one, free, thing=thing, measured=measured
        )
    return targets


def _mostly_numbers(column: FileColumn) -> bool:
    """A text of which the reader made no numbers because a few of its cells are none."""
    numbers = sum(number_of(example) is not None for example in column.examples)
    return numbers * 2 > len(column.examples)


def winter_zone(zone: str, year: int) -> str:
    """The zone that is the winter time of another one all the year round; UTC where the offset is no whole hour.

    >>> winter_zone("Europe/Berlin", 2030), winter_zone("America/Chicago", 2030)
    ('Etc/GMT-1', 'Etc/GMT+6')
    """
    place = ZoneInfo(zone)
    offsets = [datetime(year, month, 1, tzinfo=place).utcoffset() or timedelta() for month in (1, 7)]
    hours = min(offsets) / timedelta(hours=1)
    return f"Etc/GMT{-int(hours):+d}" if hours and hours == int(hours) else "UTC"


_UNIT_AT_END = re.compile(r"\s*(?:\bin\s+(?P<said>\S{1,12})|[\[(](?P<put>[^\])]{1,12})[\])])\s*$")


def unit_of(column: FileColumn) -> str:
    """The unit that the reader found, or one that the heading of a text says: `... in °C`, `... (°C)`."""
    if column.unit or column.kind is not Kind.TEXT:
        return column.unit
    found = _UNIT_AT_END.search(column.source)
    return (found["said"] or found["put"]) if found else ""


def bare(column: FileColumn) -> str:
    """The heading without its unit.

    >>> bare(FileColumn("Ozone in µg/m³", Kind.NUMBER, "µg/m³")), bare(FileColumn("Promenade (east)", Kind.INTEGER))
    ('Ozone', 'Promenade (east)')
    """
    words, unit = column.source, unit_of(column)
    if unit:
        words = re.sub(rf"\s*(\bin\s+)?[\[(]?{re.escape(unit)}[\])]?\s*$", "", words)
    return words.strip() or column.source


def _target(
    name: str, column: FileColumn, known: Sequence[KnownSeries], *, thing: str, measured: str
) -> tuple[Target, Saying]:
    """A series that there is by this name, if only one is; else a new one."""
    unit = unit_of(column)
    asked = {plain(name), plain(bare(column)) if name == column.source else plain(name)} - {""}
    for told in (
        lambda one: (one.uid, one.name, f"{one.thing}{one.measures}", f"{one.thing}{one.name}"),
        lambda one: (one.thing,),
    ):
        hits = [one for one in known if asked & {plain(word) for word in told(one)}]
        hits = [one for one in hits if not unit or not one.unit or one.unit == unit]
        if len(hits) == 1:
            return into(hits[0]), say("A series of this name is there already.")
    kind = ResultType.TRUTH if column.kind is Kind.BOOLEAN else ResultType.NUMBER
    target = Target("", thing[:200], measured[:200], unit_of(column)[:30], kind)
    return target, say("No series is called so: one will be set up.")


def into(series: KnownSeries) -> Target:
    """The target that a known series is."""
    return Target(series.uid, series.thing, series.measures, series.unit, series.result_type)


def number_of(text: str) -> float | None:
    """A number as people write it, with a point or a comma; None: it is none.

    >>> number_of("12,5"), number_of("closed")
    (12.5, None)
    """
    told = text.strip()
    if re.fullmatch(r"[+-]?\d+,\d+", told):
        told = told.replace(",", ".")
    return float(told) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", told) else None
