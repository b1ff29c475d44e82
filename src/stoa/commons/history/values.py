# SPDX-License-Identifier: EUPL-1.2
"""What a file of history holds, and how it is spoken of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

ROW_GROUP = 131_072
"""Rows a group: small enough that one series of a month is read from one or two groups."""


class Key(NamedTuple):
    """What makes an observation the same observation; times in microseconds since 1970, UTC."""

    datastream_id: int
    at_us: int
    result_at_us: int | None


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """One file: all observations of one city from `begins` (midnight UTC) until before `ends`."""

    path: str
    """Relative to the lake."""
    begins: date
    ends: date
    rows: int
    bytes: int
