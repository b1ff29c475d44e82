# SPDX-License-Identifier: EUPL-1.2
"""Whether an answer in SQL is fit to be drawn, and how: its first column is the axis, its figures are the series. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stoa.ground.tables import ColumnSpec, Kind
from stoa.houses.catalogue.rules.table_questions import is_label_number

MOST_POINTS = 1000
MOST_BARS = 40
MOST_SERIES = 7
_FIGURES = {Kind.INTEGER, Kind.NUMBER}


def chart_kind(columns: Sequence[ColumnSpec], rows: Sequence[Sequence[Any]]) -> str:
    """`line`, `column` or `bar`; empty where a picture would say nothing."""
    if len(columns) < 2 or len(rows) < 2 or not series_places(columns):
        return ""
    axis = columns[0]
    values = [row[0] for row in rows]
    if len(set(values)) != len(values):
        return ""  # several rows of the same name: not figures of something, but a list
    if axis.kind in {Kind.DATE, Kind.DATETIME}:
        return "line" if len(rows) <= MOST_POINTS and None not in values else ""
    if axis.kind in _FIGURES:
        if None in values or values != sorted(values):
            return ""
        return "column" if len(rows) <= MOST_BARS else "line" if len(rows) <= MOST_POINTS else ""
    return "bar" if len(rows) <= MOST_BARS else ""


def series_places(columns: Sequence[ColumnSpec]) -> list[int]:
    """Which columns are drawn: figures that are no names, at most seven."""
    return [
        place
        for place, column in enumerate(columns)
        if place > 0 and column.kind in _FIGURES and not is_label_number(column)
    ][:MOST_SERIES]
