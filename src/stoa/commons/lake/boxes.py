# SPDX-License-Identifier: EUPL-1.2
"""Boxes looked up beforehand: one scan tells how many rows lie within and which few at the edge must be looked at.

What then remains to be asked of a row are comparisons of whole numbers, so that a page ends at its last row and
the number of all is known already.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from stoa.commons.lake import ranks, reader, results
from stoa.commons.lake.filters import Conditions, conditions, meets_shape, near_and_within, parts_of_box
from stoa.commons.lake.values import Layout, Query, VersionRef
from stoa.ground.geometry import Box
from stoa.ground.tables import ROW

MOST_BY_INDEX = 400
"""Rows that are looked up at once."""
MOST_AT_EDGE = 2000
"""Of more rows at the edge of a box the shapes are read as part of every question."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A box over a version: the test that needs no shapes, and how many rows pass it."""

    test: str
    rows: int


def asked(layout: Layout, ref: VersionRef, query: Query) -> Conditions:
    """Everything that a query asks of a row, with its box looked up."""
    found = settled(layout, ref, query)
    return conditions(
        ref, query, in_box=found.test if found else None, places=partial(ranks.places, layout, ref)
    )


def rows_of_box(layout: Layout, ref: VersionRef, query: Query) -> int | None:
    """How many rows a query has that asks for a box and nothing else; None for every other one."""
    if query.filters or query.text.strip() or query.span or query.where:
        return None
    found = settled(layout, ref, query)
    return found.rows if found else None


def settled(layout: Layout, ref: VersionRef, query: Query) -> Settled | None:
    """The query's box; None where it has none, or one that crosses the 180th meridian or has too many at its edge."""
    if query.box is None:
        return None
    parts = parts_of_box(ref, query.box)
    if len(parts) > 1:
        return None
    question = ("box", layout.lake, ref.path, ref.content_hash, query.box)
    found = results.kept.get_or_make(question, lambda: _settled(layout, ref, parts[0]))
    placeless = _placeless(layout, ref) if query.keeps_placeless else 0
    if found is None or not placeless:
        return found
    return Settled(f"_x0 IS NULL OR ({found.test})", found.rows + placeless)


def _placeless(layout: Layout, ref: VersionRef) -> int:
    """How many rows have no place; counted once a version."""
    question = ("placeless", layout.lake, ref.path, ref.content_hash)
    text = "SELECT count(*) - count(_x0) FROM data"
    return results.kept.get_or_make(question, lambda: int(reader.rows(layout, ref, text, [])[0][0]))


def _settled(layout: Layout, ref: VersionRef, box: Box) -> Settled | None:
    near, within = near_and_within(box, points=ref.geometry_types == ("Point",))
    at_edge = f"count(*) FILTER (WHERE NOT ({within}))"
    listed = f"CASE WHEN {at_edge} <= {MOST_AT_EDGE} THEN list(r) FILTER (WHERE NOT ({within})) END"
    text = f"SELECT count(*), {at_edge}, {listed} FROM places WHERE {near}"
    with reader.asking(layout, ref, spatial=True) as ask:
        rows, undecided, numbers = ask(text, [])[0]
        if undecided > MOST_AT_EDGE:
            return None
        if not undecided:
            return Settled(within, rows)
        touch = _touching(ask, box, numbers)
    if len(touch) == undecided:
        return Settled(near, rows)
    beside = f" OR rowid IN ({', '.join(map(str, touch))})" if touch else ""
    return Settled(f"{near} AND (({within}){beside})", rows - undecided + len(touch))


def _touching(ask: reader.Ask, box: Box, numbers: list[int]) -> list[int]:
    """Which of some rows touch the box, their shapes read by the index of row numbers."""
    touch: list[int] = []
    for start in range(0, len(numbers), MOST_BY_INDEX):
        which = ", ".join(str(number + 1) for number in numbers[start : start + MOST_BY_INDEX])
        looked = ask(f"SELECT rowid FROM data WHERE {ROW} IN ({which}) AND {meets_shape(box)}", [])
        touch += [int(number) for (number,) in looked]
    return touch
