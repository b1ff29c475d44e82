# SPDX-License-Identifier: EUPL-1.2
"""The values that go in and out of the lake."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec
from stoa.standards.cql2.tree import Node

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the lake and what is derived from it stand on this machine."""

    lake: Path
    cache: Path
    memory_mib: int = 500
    threads: int = 2
    cache_mib: int = 10_240
    """How large the derived files may grow; the longest unused go first."""


def files_of(staged: Path) -> list[Path]:
    """The files of a staged table in order; empty if it is not there any more."""
    if staged.is_dir():
        return sorted(staged.glob("*.parquet"))
    return [staged] if staged.exists() else []


@dataclass(frozen=True, slots=True)
class StagedTable:
    """The whole table, typed, ready for the lake: Parquet (lz4) in the work folder.

    One file, or a folder of several that follow each other by name. Rows stand in source order; the place in
    the files is the number of a row. Columns: the kept recipe columns by
    machine name in the SQL types of `ground.tables.SQL_TYPE`, then the place of the row in WGS 84 in one of three
    forms: nothing; `_lon` and `_lat` DOUBLE (points); or `_wkb` BLOB (any geometry).
    """

    path: Path
    rows: int
    geometry: str = "none"
    """`none`, `lonlat` or `wkb`."""
    geometry_types: tuple[str, ...] = ()
    """OGC names found: `Point`, `MultiPolygon` ..."""
    bbox: Box | None = None
    without_place: int = 0
    """Rows that have no usable geometry though others do."""
    is_finished: bool = False
    """Beside it stand the files of the version already, as `finishing` leaves them."""

    @property
    def files(self) -> list[Path]:
        """The files in order; empty if they are not there any more."""
        return files_of(self.path)


@dataclass(frozen=True, slots=True)
class VersionRef:
    """One immutable version: `<lake>/<path>/data.parquet` and `dictionary.json`."""

    path: str
    """Relative, e.g. `1/0198c0de.../v000003`."""
    columns: tuple[ColumnSpec, ...]
    geometry_types: tuple[str, ...] = ()
    """Empty: the version has no geometry."""
    rows: int = 0
    key: tuple[str, ...] = ()
    content_hash: str = ""

    @property
    def has_geometry(self) -> bool:
        return bool(self.geometry_types)

    def column(self, name: str) -> ColumnSpec | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one new version."""

    ref: VersionRef
    bytes: int
    bbox: Box | None
    least_most: dict[str, tuple[Value, Value]] = field(default_factory=dict)
    """Least and greatest value of every number, date and datetime column."""


class Op(StrEnum):
    """How a filter compares."""

    IS = "is"
    NOT = "not"
    LESS = "lt"
    AT_MOST = "lte"
    MORE = "gt"
    AT_LEAST = "gte"
    HAS = "has"
    """Text contains, without regard to case and accents."""
    STARTS = "starts"
    ONE_OF = "in"
    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one column; all conditions of a query hold together."""

    column: str
    op: Op
    values: tuple[str, ...] = ()
    """As written by a person or a program; turned into the column's kind, `Refused` if that fails."""


@dataclass(frozen=True, slots=True)
class Span:
    """A time that rows must touch; rows that have no time belong to it as well."""

    begins: str
    """Date or datetime column in which a row's time begins."""
    ends: str
    """Column in which it ends, empty there meaning that it goes on; the same one where rows are moments."""
    since: datetime | date | None = None
    """First moment or day; None: from ever."""
    until: datetime | date | None = None
    """Last moment or day, which belongs to it; None: for ever."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows, in which order."""

    filters: tuple[Filter, ...] = ()
    text: str = ""
    """Every word must be found in some text column, without regard to case and accents."""
    box: Box | None = None
    sort: str = ""
    """Column names parted by commas, the most important first; `-` before one turns its order round; empty: the order
    of the source."""
    columns: tuple[str, ...] = ()
    """Which columns; empty: all."""
    zone: str = "UTC"
    """Time zone (IANA) in which days begin: of filters by day or by a time without offset, and of buckets."""
    keeps_placeless: bool = False
    """With a box: rows without a place belong to the answer too."""
    span: Span | None = None
    where: Node | None = None
    """One more condition, in CQL2."""

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for some of the rows only."""
        return bool(self.filters or self.text.strip() or self.box or self.span or self.where)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a query."""

    columns: tuple[ColumnSpec, ...]
    rows: tuple[tuple[Any, ...], ...]
    """One tuple a row: `_row` first, then the columns; numbers, texts, `date`, aware `datetime`, None."""
    total: int
    """Rows of the whole query."""
    next_after: str = ""
    """Token of the following page (keyset); empty on the last."""
    previous_before: str = ""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One row as the parts of a GeoJSON feature."""

    id: str
    geometry: str | bytes | None
    """GeoJSON text or WKB as asked for; None: it has no place."""
    properties: str
    """A JSON object."""


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """Some rows of a query as features."""

    rows: tuple[FeatureRow, ...]
    total: int
    """Rows of the whole query."""
    next_after: str = ""


class Bucket(StrEnum):
    """How a date column is grouped."""

    NONE = ""
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Measure(StrEnum):
    COUNT = "count"
    SUM = "sum"
    AVERAGE = "avg"
    LEAST = "min"
    MOST = "max"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True)
class GroupBy:
    """A question that a chart answers."""

    by: str
    measure: Measure = Measure.COUNT
    of: str = ""
    """Column measured; empty for a count."""
    bucket: Bucket = Bucket.NONE
    split: str = ""
    """Second column, for several lines or bars; at most 8 values, the rest is one group."""
    most: int = 500


@dataclass(frozen=True, slots=True)
class Groups:
    rows: tuple[tuple[Any, Any, Any], ...]
    """Group, split value (None without a split), measure; groups in order of value for dates and numbers,
    else by measure, largest first."""
    left_out: int = 0
    """Groups beyond `most`."""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    added: tuple[ColumnSpec, ...] = ()
    removed: tuple[ColumnSpec, ...] = ()
    retyped: tuple[tuple[ColumnSpec, ColumnSpec], ...] = ()
    """Same name, other kind or unit: old, new."""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One row that differs; `before` or `after` is None for an added or a removed row."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    columns: tuple[str, ...] = ()
    """Names of the columns whose values differ, for a changed row."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two versions."""

    schema: SchemaChange
    by_key: tuple[str, ...]
    """The key columns used; empty: whole rows were compared, a changed row shows as removed and added."""
    added: int
    removed: int
    changed: int
    same: int
    changed_by_column: dict[str, int]
    sample: tuple[ChangedRow, ...]
    """The first rows of the asked page, changed ones first."""


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of one column among the rows of a query."""

    column: str
    values: tuple[tuple[Any, int], ...]
    """Value (None: empty) and number of rows, most frequent first, at most 20."""
    distinct: int
    """How many different values there are in all, empty not counted."""


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """One column of a version in figures."""

    column: str
    filled: int
    empty: int
    distinct: int
    """Within about 3 %."""
    least: Value = None
    most: Value = None
    average: float | None = None
    median: float | None = None


@dataclass(frozen=True, slots=True)
class TileSet:
    """What a map must know before it asks for tiles (TileJSON 3.0)."""

    bounds: Box
    minzoom: int
    maxzoom: int
    """Beyond it the map enlarges the tiles of this zoom, which hold every feature at full precision."""
    layer: str
    fields: dict[str, str]
    """Property name and its kind as MVT writes it: `Number`, `String`, `Boolean`."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A finished query: text with `?` gaps, the values for them, and what it needs."""

    text: str
    values: tuple[Any, ...] = ()
    columns: tuple[str, ...] = ()
    """Names of the columns it gives, in order."""
    needs_spatial: bool = False


@dataclass(frozen=True, slots=True)
class Swept:
    """What `sweep` removed: paths relative to the lake."""

    removed: tuple[str, ...] = ()
    bytes: int = 0
