# SPDX-License-Identifier: EUPL-1.2
"""Texts of which there are few by their places: the copy has a column of them beside the texts, made for sorting."""

from __future__ import annotations

from stoa.commons.lake import reader, results, store
from stoa.commons.lake.engine import identifier
from stoa.commons.lake.values import Layout, VersionRef

MOST_LOOKED_AT = 131_072
"""Rows among which a text is looked for once a version; of one that is rarer the texts are compared, as cheaply."""


def places(
    layout: Layout, ref: VersionRef, column: str, values: tuple[str, ...]
) -> tuple[str, tuple[int, ...]] | None:
    """The column of places and those of these texts; None where one is not known or the column has none."""
    rank = store.rank_column(column)
    if rank not in reader.columns_of_copy(layout, ref):
        return None
    found = [_place(layout, ref, column, value) for value in values]
    known = tuple(place for place in found if place is not None)
    return (rank, known) if len(known) == len(found) else None


def _place(layout: Layout, ref: VersionRef, column: str, value: str) -> int | None:
    question = ("place", layout.lake, ref.path, ref.content_hash, column, value)
    return results.kept.get_or_make(question, lambda: _looked_up(layout, ref, column, value))


def _looked_up(layout: Layout, ref: VersionRef, column: str, value: str) -> int | None:
    name, rank = identifier(column), identifier(store.rank_column(column))
    text = f"SELECT {rank} FROM data WHERE rowid < {MOST_LOOKED_AT} AND {name} = ?::VARCHAR LIMIT 1"
    found = reader.rows(layout, ref, text, [value])
    return int(found[0][0]) if found else None
