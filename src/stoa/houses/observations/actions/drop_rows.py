# SPDX-License-Identifier: EUPL-1.2
"""The values of a file that was read, one after the other: with their moment, or with the reason against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stoa.commons.reading.report import Inspection
from stoa.ground.words import Fact
from stoa.houses.observations.rules.drops import Plan, number_of
from stoa.houses.observations.terms import DropShape, ResultType

CELLS_AT_ONCE = 20_000
TWICE, NEVER = 2, 0
"""What the reader notes beside a local time: in the hour that comes twice, in the hour that never was."""
DOUBTFUL_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a file."""

    row: int
    """Counted from 1, without headings."""
    key: str
    """Its target in the plan."""
    at: datetime | None
    value: Any = None
    code: str = ""
    """Why it cannot be taken; empty: it can, as far as the file says."""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(slots=True)
class Portion:
    """Some rows."""

    end: int
    """How many rows there are with these and all before."""
    cells: list[Cell]
    empty: int = 0
    """Cells that hold nothing, or a word for nothing."""
    unnamed: int = 0
    """Long: rows whose name has no series, because somebody left it out."""
    twice: int = 0
    """Times of the hour that comes twice, which were put before or behind the change of clocks."""


class DropReader:
    """Walks over the rows that the reader left, and tells what each says by the plan."""

    def __init__(self, read: Inspection, plan: Plan, zone: str) -> None:
        self._files = read.staged.files if read.staged else []
        self._plan, self._zone = plan, ZoneInfo(zone or "UTC")
        place = {column.source: n for n, column in enumerate(read.recipe.columns)}
        self._names = {source: column.name for source, column in zip(place, read.recipe.columns, strict=True)}
        self._place = place
        self._first: Counter[tuple[str, datetime]] = Counter()
        self._doubtful = self._count_doubtful()

    def _wanted(self, file: Path, sources: tuple[str, ...]) -> dict[str, str]:
        """What is read of a file: our name for each column that there is."""
        import pyarrow.parquet as pq  # large: only who reads a file needs it

        there = set(pq.read_schema(file).names)
        wanted: dict[str, str] = {}
        for source in sources:
            number = self._place[source]
            wanted |= {
                source: self._names[source],
                f"\0odd {source}": f"_odd{number}",
                f"\0clock {source}": f"_clock{number}",
            }
        return {ours: theirs for ours, theirs in wanted.items() if theirs in there}

    def _rows(self, sources: tuple[str, ...]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Portions of rows with the number of rows before them."""
        import pyarrow.parquet as pq  # large: only who reads a file needs it

        number, at_once = 0, max(100, CELLS_AT_ONCE // max(1, len(sources)))
        for path in self._files:
            wanted = self._wanted(path, sources)
            for batch in pq.ParquetFile(path).iter_batches(at_once, columns=list(wanted.values())):
                rows = batch.to_pydict()
                cells = zip(*(rows[name] for name in wanted.values()), strict=True)
                listed = [dict(zip(wanted, values, strict=True)) for values in cells]
                if listed:
                    yield number, listed
                number += len(listed)

    def _count_doubtful(self) -> Counter[tuple[str, datetime]]:
        """How often the file tells each moment of the hour that comes twice, for each series."""
        clock = f"\0clock {self._plan.time[0]}" if self._plan.time else ""
        found: Counter[tuple[str, datetime]] = Counter()
        sources = (*self._plan.time[:1], *((self._plan.name,) if self._plan.shape is DropShape.LONG else ()))
        for _, rows in self._rows(sources) if clock else ():
            if clock not in rows[0]:
                return found
            for row in rows:
                if row[clock] == TWICE and len(found) < DOUBTFUL_MOST:
                    found[str(row.get(self._plan.name, "")), row[self._plan.time[0]]] += 1
        return found

    def portions(self) -> Iterator[Portion]:
        """All rows."""
        for first, rows in self._rows((*self._plan.time, *self._plan.columns)):
            portion = Portion(first + len(rows), [])
            for n, row in enumerate(rows, start=first + 1):
                self._tell(n, row, portion)
            yield portion

    def _tell(self, n: int, row: dict[str, Any], portion: Portion) -> None:
        plan = self._plan
        is_long = plan.shape is DropShape.LONG
        name = str(row.get(plan.name) or "") if is_long else ""
        if is_long and name not in plan.targets:
            portion.unnamed += 1
            return
        at, code, facts = self._moment(row, name, portion)
        for source in (plan.value,) if is_long else plan.targets:
            key = name if is_long else source
            value, odd = row[source], row.get(f"\0odd {source}")
            if (value is None and odd is None) or self._is_nothing(value, odd):
                portion.empty += 1
            elif code:
                told = odd if value is None else value
                portion.cells.append(Cell(n, key, None, told, code, facts))
            else:
                portion.cells.append(self._cell(n, key, at, value, odd))

    def _is_nothing(self, value: Any, odd: str | None) -> bool:
        told = odd if value is None else value
        return isinstance(told, str) and told.strip() in self._plan.left_out

    def _cell(self, n: int, key: str, at: datetime | None, value: Any, odd: str | None) -> Cell:
        if value is None:
            return Cell(n, key, at, odd, "observations.cell_unreadable", {"cell": str(odd)[:80], "row": n})
        kind = self._plan.targets[key].result_type
        found = _as_kind(kind, value)
        if found is None:
            return Cell(
                n, key, at, value, "observations.cell_unreadable", {"cell": str(value)[:80], "row": n}
            )
        return Cell(n, key, at, found)

    def _moment(
        self, row: dict[str, Any], name: str, portion: Portion
    ) -> tuple[datetime | None, str, dict[str, Fact]]:
        """The moment of a row, or the code and facts of what is wrong with it."""
        first = self._plan.time[0]
        told = row[first]
        if told is None:
            return None, "observations.time_unreadable", {"time": str(row.get(f"\0odd {first}") or "")[:40]}
        if isinstance(told, datetime):
            clock = row.get(f"\0clock {first}")
            if clock == NEVER:
                return (
                    None,
                    "observations.time_never",
                    {"time": _local(told - timedelta(hours=1), self._zone)},
                )
            return (self._of_two(told, name, portion) if clock == TWICE else told), "", {}
        return self._of_day(row, told)

    def _of_two(self, told: datetime, name: str, portion: Portion) -> datetime:
        """The reader took winter time; where the file tells the hour twice, the first time was summer."""
        portion.twice += 1
        key = (name, told)
        if self._doubtful[key] < 2:
            return told
        self._first[key] += 1
        return told - timedelta(hours=1) if self._first[key] == 1 else told

    def _of_day(self, row: dict[str, Any], day: Any) -> tuple[datetime | None, str, dict[str, Fact]]:
        """A day, with the time of day of a second column, by the clock of the city."""
        clock = time()
        if len(self._plan.time) == 2:
            found = _clock(row[self._plan.time[1]])
            if found is None:
                return None, "observations.time_unreadable", {"time": f"{day} {row[self._plan.time[1]]}"[:40]}
            clock = found
        if not isinstance(day, date):
            return None, "observations.time_unreadable", {"time": str(day)[:40]}
        local = datetime.combine(day, clock, tzinfo=self._zone)
        at = local.astimezone(UTC)
        if at.astimezone(self._zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            return None, "observations.time_never", {"time": local.isoformat(" ")[:16]}
        return at, "", {}


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(" ")[:16]


def _clock(told: Any) -> time | None:
    if isinstance(told, time):
        return told
    try:
        return time.fromisoformat(str(told).strip().zfill(5))
    except ValueError:
        return None


def _as_kind(kind: str, value: Any) -> Any:
    """The value as its series wants it; None: it cannot be."""
    if kind in {ResultType.CATEGORY, ResultType.TEXT}:
        return value if isinstance(value, str) else str(value)
    if kind == ResultType.TRUTH:
        return value if isinstance(value, bool) or value in {0, 1} else None
    if isinstance(value, str):
        value = number_of(value)
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int | float) else None
