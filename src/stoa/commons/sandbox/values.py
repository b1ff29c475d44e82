# SPDX-License-Identifier: EUPL-1.2
"""The values that go in and out of the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stoa.ground.tables import Kind

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one question may cost; each of them is enforced in the child or by ending it."""

    seconds: float = 10.0
    """After this the work is interrupted; a child that does not obey within two seconds is killed."""
    rows: int = 1000
    bytes: int = 8 * MIB
    """Of the answer as JSON; rows beyond it are left out."""
    columns: int = 500
    letters: int = 100_000
    """Of the statement."""
    spill_mib: int = 200
    """What may be put aside on the disk while working."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table that may be opened for a question."""

    file: Path
    """The Parquet file of the version; opened for reading only."""
    columns: tuple[str, ...]
    has_geometry: bool = False


Finder = Callable[[tuple[str, ...]], Mapping[str, Table]]
"""Told the names in a statement as they are written there; gives the tables or raises `Refused`."""


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column of an answer."""

    name: str
    kind: Kind
    is_place: bool = False
    """The values are geometries, each as GeoJSON text."""
    sql_type: str = ""
    """The type as DuckDB calls it."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": str(self.kind)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> AnswerColumn:
        return cls(**{**data, "kind": Kind(data["kind"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out."""

    columns: tuple[AnswerColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    """Numbers, texts, `date`, aware `datetime`, `time`, None; geometries as GeoJSON text. Empty if the answer
    was written to a file."""
    truncated: bool
    """There were more rows than asked for, or than fit."""
    took_ms: int
    tables: tuple[str, ...] = ()
    """The names of the tables that the statement reads, as written there."""
    written: int = 0
    """Rows written to the file that was asked for."""
    names: tuple[str, ...] = ()
    """Machine names of the columns in that file, without the place."""
