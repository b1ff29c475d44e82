# SPDX-License-Identifier: EUPL-1.2
"""The questions that pages of the large table are asked, as values and as addresses. Every one is another one."""

from __future__ import annotations

from urllib.parse import urlencode

from stoa.commons.lake import door, keyset
from stoa.commons.lake.values import Filter, Layout, Op, Query, VersionRef

STATES = ("offen", "geschlossen", "in Arbeit", "zurückgestellt")


def column_named(ref: VersionRef, label: str) -> str:
    """The machine name of a column by its heading."""
    return next(column.name for column in ref.columns if column.label == label)


def asked_of(n: int) -> tuple[str, float]:
    """State and least amount of a question; the amounts leave between a third and a half of the state's rows."""
    return STATES[n % len(STATES)], round(200 + (n * 37) % 700 + (n % 1000) / 1000, 3)


def question(ref: VersionRef, n: int) -> Query:
    """Filtered by two columns and sorted by one of them, downwards."""
    state, amount = asked_of(n)
    status, paid = column_named(ref, "Status"), column_named(ref, "Betrag (EUR)")
    return Query((Filter(status, Op.IS, (state,)), Filter(paid, Op.MORE, (str(amount),))), sort=f"-{paid}")


def address(slug: str, query: Query, **more: str) -> str:
    """The page of the table that answers a question."""
    pairs = [(f"f.{one.column}.{one.op}", value) for one in query.filters for value in one.values]
    pairs += [("sort", query.sort)] if query.sort else []
    return f"/datasets/{slug}/table?{urlencode([*pairs, *more.items()])}"


def token_in_the_middle(layout: Layout, ref: VersionRef, n: int, sort: str = "") -> str:
    """The token of a row in the middle of an order, as the link to the next page there would carry it.

    The row is looked up by its place in the sorted table, so the page begins at half of all rows.
    """
    place = min(ref.rows - 60, ref.rows // 2 + n)
    if not sort:
        return keyset.token(keyset.Place((), max(1, place)), f"{ref.path} ")
    with door.connect_reader(layout, ref) as cursor:
        row = cursor.execute(
            f'SELECT "{sort}"::VARCHAR, _row FROM data ORDER BY "{sort}" NULLS LAST, _row LIMIT 1 OFFSET {max(0, place)}'
        ).fetchone()
    assert row is not None
    return keyset.token(keyset.Place((row[0],), int(row[1])), f"{ref.path} {sort}")
