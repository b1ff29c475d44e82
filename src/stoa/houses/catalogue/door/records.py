# SPDX-License-Identifier: EUPL-1.2
"""The rows of a dataset as a record store: opened once with the rights checked, then asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.records import RecordQuery, Records, Sort
from stoa.commons.lake.words import AllOf, AnyOf, NoneOf, TextTest, Word
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.cards import VersionCard
from stoa.houses.catalogue.door.finding import Entry

__all__ = [
    "AllOf",
    "AnyOf",
    "NoneOf",
    "RecordQuery",
    "Records",
    "Sort",
    "Table",
    "TextTest",
    "Word",
    "count",
    "open_table",
    "read",
    "stream",
]


@dataclass(frozen=True, slots=True)
class Table:
    """The current rows of a dataset, for somebody who may read them; made by `open_table` only."""

    entry: Entry
    version: VersionCard


def open_table(entry: Entry) -> Table:
    """The table of a dataset that was found for whoever asks; `NotFound` unless its rows are open to them."""
    version = entry.card.version
    if version is None or not version.is_kept or not entry.rows_are_open:
        raise NotFound("table", entry.card.slug)
    return Table(entry, version)


def read(
    table: Table, query: RecordQuery, *, limit: int, offset: int = 0, with_count: bool = False
) -> Records:
    """Some rows; days begin when they begin in the city of this request. `with_count`: `count` is asked next."""
    ref = table.version.ref
    return lake.records(
        layout(), ref, _in_city_time(query), limit=limit, offset=offset, with_count=with_count
    )


def count(table: Table, query: RecordQuery) -> int:
    """How many rows a query has."""
    return lake.count_records(layout(), table.version.ref, _in_city_time(query))


def stream(
    table: Table, query: RecordQuery, *, limit: int | None = None, offset: int = 0
) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in pieces, while they are read."""
    return lake.stream_records(layout(), table.version.ref, _in_city_time(query), limit=limit, offset=offset)


def _in_city_time(query: RecordQuery) -> RecordQuery:
    return replace(query, zone=timezone.get_current_timezone_name())
