# SPDX-License-Identifier: EUPL-1.2
"""Which versions are kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as far as the retention rule needs it."""

    number: int
    made_at: datetime
    is_current: bool = False


def to_drop(versions: Sequence[Kept], *, newest: int) -> list[int]:
    """Numbers of the versions whose files may go: all but the current, the first, the `newest` newest, and the
    last one of every month (months in the time zone of `made_at`)."""
    by_age = sorted(versions, key=lambda version: version.number, reverse=True)
    last_of_month: dict[tuple[int, int], int] = {}
    for version in by_age:
        last_of_month.setdefault((version.made_at.year, version.made_at.month), version.number)
    keep = {version.number for version in by_age[:newest]} | set(last_of_month.values())
    keep |= {version.number for version in versions if version.is_current or version.number == 1}
    return sorted(version.number for version in versions if version.number not in keep)
