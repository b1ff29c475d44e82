# SPDX-License-Identifier: EUPL-1.2
"""The plain report: what was understood of a file, with a reason for every guess. Pure values, JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from stoa.commons.lake.values import StagedTable
from stoa.commons.reading.recipe import Recipe
from stoa.ground.problems import Problem
from stoa.ground.words import Saying

CELLS_BEYOND = "reading.cells_beyond"
ROWS_REPEATED = "reading.rows_repeated"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """The file as it arrived."""

    name: str
    bytes: int
    sha256: str
    format: str


@dataclass(frozen=True, slots=True)
class TableOffer:
    """One table that the file holds: a sheet, a layer, a member of an archive."""

    name: str
    rows: int | None
    columns: int | None
    is_table: bool
    """False where it looks like a report, a chart or a pivot: offered last, with the reason."""
    reason: Saying


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows of the file that did not become rows of the dataset."""

    rows: int
    reason: Saying
    examples: tuple[str, ...] = ()
    """At most five, each cut at 200 characters."""


class PersonalKind(StrEnum):
    """Which personal data a column seems to hold."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    BIRTH_DATE = "birth_date"
    IBAN = "iban"
    TAX_NUMBER = "tax_number"
    SOCIAL_NUMBER = "social_number"
    CARD_NUMBER = "card_number"
    HOME_ADDRESS = "home_address"
    NUMBER_PLATE = "number_plate"
    IP_ADDRESS = "ip_address"


@dataclass(frozen=True, slots=True)
class PersonalFinding:
    """Likely personal data in one column."""

    kind: PersonalKind
    rows: int
    reason: Saying
    certain: bool
    """True where a checksum or a format leaves no doubt."""


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column: what it is, why we think so, and how well it is filled. Same order as `Recipe.columns`."""

    name: str
    reasons: tuple[Saying, ...] = ()
    examples: tuple[str, ...] = ()
    """Up to five different values as they stand in the file; never of a column with personal findings."""
    empty: int = 0
    unreadable: int = 0
    """Cells that hold something, but not what the kind says; they become empty, and are counted here."""
    unreadable_examples: tuple[str, ...] = ()
    distinct: int = 0
    """Exact up to 10,000 and for key candidates, else within about 3 %."""
    least: str = ""
    most: str = ""
    top: tuple[tuple[str, int], ...] = ()
    """The most frequent values, at most 20, for likely code lists."""
    may_be_key: bool = False
    personal: tuple[PersonalFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that was understood of one table of one file."""

    file: FileFacts
    tables: tuple[TableOffer, ...]
    recipe: Recipe
    rows: int
    columns: tuple[ColumnReport, ...]
    reasons: Mapping[str, Saying] = field(default_factory=dict)
    """Why the recipe is as it is, by field: `encoding`, `separator`, `header_rows`, `geometry`, `key` ..."""
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Readable, but somebody should look: outliers, swapped coordinates, dates made by Excel ..."""
    drift: tuple[Problem, ...] = ()
    """How the file departs from the recipe that the dataset has; not empty means: do not publish by itself."""
    staged: StagedTable | None = None

    @property
    def personal(self) -> dict[str, tuple[PersonalFinding, ...]]:
        return {report.name: report.personal for report in self.columns if report.personal}

    def told_of(self, code: str) -> int:
        """The number that the warning of this code tells; 0 where there is none."""
        facts = next((warning.what.facts for warning in self.warnings if warning.code == code), {})
        found = facts.get("n", 0)
        return found if isinstance(found, int) else 0

    def to_json(self) -> dict[str, Any]:
        from stoa.commons.reading.report_json import inspection_to_json

        return inspection_to_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Inspection:
        from stoa.commons.reading.report_json import inspection_from_json

        return inspection_from_json(data)
