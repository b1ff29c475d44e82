# SPDX-License-Identifier: EUPL-1.2
"""What a table of the city is made of: columns with a kind, a label and a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

ROW = "_row"
"""The number of a row in its version, counted from 1 in the order of the source: unique, never shown to move."""
GEOMETRY = "geometry"
"""The one geometry column of a version, WGS 84 (OGC:CRS84)."""


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    """An instant; kept in UTC, shown in the city's zone."""
    TIME = "time"
    """A time of day without a date."""


SQL_TYPE: Mapping[Kind, str] = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMPTZ",
    Kind.TIME: "TIME",
}
"""The DuckDB and Parquet type that each kind is kept in."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a published version, as the dictionary that travels with every download says it."""

    name: str
    """Machine name, `ids.column_name`: needs no quoting."""
    label: str
    """The heading as the owner wrote it."""
    kind: Kind
    unit: str = ""
    """As told in the heading or by the owner, e.g. `km/h`, `µg/m³`."""
    description: str = ""
    is_code_list: bool = False
    """Few different values that repeat: offered as a filter."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": str(self.kind)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnSpec:
        return cls(**{**data, "kind": Kind(data["kind"])})
