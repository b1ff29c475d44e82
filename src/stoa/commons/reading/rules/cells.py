# SPDX-License-Identifier: EUPL-1.2
"""Single cells and rows of a grid, before anything is known about columns."""

from __future__ import annotations

import re

Row = tuple[str, ...]

_VALUE = re.compile(
    r"""^['"(\[]?[+-]?[€£$]?\s?\d[\d.,'’ \u00a0\u202f]*(?:[eE][+-]?\d+)?\s?(?:%|€|EUR|kr|zł)?['")\]]?$ #
    |^['"]?\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T,].*)?['"]?$ # date
    |^\d{1,2}:\d\d(?::\d\d)?$ # time
    |^-+$|^(?:true|false)$|^(?:POINT|POLYGON|LINESTRING|MULTI)""",
    re.VERBOSE | re.IGNORECASE,
)


def is_value(cell: str) -> bool:
    """Does a cell hold a number, a date or a time rather than words?"""
    return bool(_VALUE.match(cell.strip()[:80]))


def filled(row: Row) -> list[str]:
    """The cells that hold something, trimmed."""
    return [text for cell in row if (text := cell.strip())]


def length(row: Row) -> int:
    """The place of the last cell that holds something, from 1; 0 for an empty row."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)


def text_row(row: Row) -> tuple[str, ...]:
    """The words of a row, its values left out."""
    return tuple(cell for cell in filled(row) if not is_value(cell))
