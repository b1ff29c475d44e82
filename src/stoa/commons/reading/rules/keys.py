# SPDX-License-Identifier: EUPL-1.2
"""Which columns name a row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from stoa.commons.reading.recipe import RecipeColumn
from stoa.commons.reading.rules.headings import says_figure, says_id
from stoa.ground.tables import Kind

PAIR_COLUMNS = 6
"""So many columns without gaps are tried in pairs."""


def best_single(columns: Sequence[RecipeColumn], candidates: frozenset[str]) -> str:
    """The best of the columns whose values are all there and all different; empty if there is none.

    An id-like heading goes first, then codes and whole numbers before instants; measured numbers and free
    texts differ by chance and are never a key by themselves.
    """
    able = [column for column in columns if column.name in candidates]
    ranked = [
        (0 if says_id(c.source) else _rank(c), place, c.name)
        for place, c in enumerate(able)
        if says_id(c.source) or _rank(c) < 9
    ]
    return min(ranked)[2] if ranked else ""


def _is_figure(column: RecipeColumn) -> bool:
    """Measured or counted: such columns differ by chance, and next month by another one."""
    is_counted = column.kind is Kind.INTEGER and (bool(column.unit) or says_figure(column.source))
    return column.kind is Kind.NUMBER or (is_counted and not says_id(column.source))


def _rank(column: RecipeColumn) -> int:
    if _is_figure(column):
        return 9
    return {Kind.INTEGER: 3, Kind.TEXT: 2, Kind.DATETIME: 1, Kind.DATE: 1}.get(column.kind, 9)


def pairs_to_try(
    columns: Sequence[RecipeColumn], distinct: dict[str, int], without_gaps: frozenset[str], rows: int
) -> list[tuple[str, str]]:
    """Pairs of columns that could name a row together, likeliest first."""
    able = [
        c
        for c in columns
        if c.name in without_gaps
        and c.kind is not Kind.BOOLEAN
        and not _is_figure(c)
        and distinct.get(c.name, 0) > 1
    ]
    able.sort(
        key=lambda c: (
            not says_id(c.source),
            c.kind not in {Kind.DATETIME, Kind.DATE},
            c.kind is Kind.INTEGER,
            -distinct[c.name],
        )
    )
    pairs = combinations([c.name for c in able[:PAIR_COLUMNS]], 2)
    return [(a, b) for a, b in pairs if distinct[a] * distinct[b] >= rows]
