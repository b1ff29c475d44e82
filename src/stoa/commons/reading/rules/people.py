# SPDX-License-Identifier: EUPL-1.2
"""Which columns seem to hold personal data."""

from __future__ import annotations

from dataclasses import dataclass

from stoa.commons.reading.report import PersonalFinding
from stoa.ground.tables import Kind


@dataclass(frozen=True, slots=True)
class TextValues:
    """Values of one column to be judged."""

    column: str
    heading: str
    kind: Kind
    values: tuple[tuple[str, int], ...]
    filled: int


def find_people(columns: tuple[TextValues, ...], rows: int) -> dict[str, tuple[PersonalFinding, ...]]:
    """Findings by column."""
    return {}
