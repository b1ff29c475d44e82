# SPDX-License-Identifier: EUPL-1.2
"""The public part of each catalogue in this process's memory, good for one state of the database.

The database counts the changes of a catalogue (`Generation`, by a trigger in the transaction that changes it).
The number is read in the same statement as the hits, so a shelf is never older than they are. Only what everybody
may find stands here; whoever has rights is answered by the database alone, and so is a transaction that has
written, because nobody else can see what it changed.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from stoa.commons.cities.models import City
from stoa.commons.roles.values import NOBODY
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.rules.shelf import Line, Shelf
from stoa.houses.catalogue.rules.spelling import Spelling
from stoa.houses.catalogue.terms import State

MOST_LINES = 300_000
"""Of all cities together; the longest unused shelves go first, and a larger catalogue gets none."""
REST = 20
"""A shelf that was just made is not made again before so many times its making has passed."""
_NUMBER = "coalesce((select number from catalogue_generation where city_id = %s), 0)"
_NO_HITS: tuple[str, Sequence[Any]] = ("select null::bigint where false", ())
_FIELDS = (
    "pk", "theme", "department_id", "licence", "format", "spatial", "has_map", "rows", "access", "is_remote",
    "frequency", "late_at", "updated_at", "quality", "sort_key",
)  # fmt: skip


@dataclass
class Kept:
    """The shelf of one city, and the words on it."""

    city: City
    number: int
    shelf: Shelf
    seconds: float
    """What making it took."""
    made_at: float = field(default_factory=time.monotonic)
    _spelling: Spelling | None = None

    def spelling(self) -> Spelling:
        """The words of titles and keywords, gathered when they are first needed (one query)."""
        if self._spelling is None:
            texts = everybodys(self.city).values_list("title", "keywords")
            self._spelling = Spelling.of(
                text for title, keywords in texts.iterator() for text in (*title.values(), *keywords) if text
            )
        return self._spelling


class Shelves:
    """The shelves of one process, by city."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, city: City, number: int) -> Kept | None:
        """The shelf of this state; None while it is not worth making, or too large."""
        with self._lock:
            kept = self._kept.get(city.pk)
            if kept is not None and kept.number == number:
                self._kept.move_to_end(city.pk)
                return kept
            if kept is not None and time.monotonic() - kept.made_at < REST * kept.seconds:
                return None
        fresh = _load(city)
        with self._lock:
            if fresh is not None:
                self._put(city.pk, fresh)
        return fresh if fresh is not None and fresh.number == number else None

    def _put(self, city_id: int, fresh: Kept) -> None:
        known = self._kept.get(city_id)
        if known is None or known.number < fresh.number:
            self._kept[city_id] = fresh
            self._kept.move_to_end(city_id)
        while sum(len(kept.shelf.pks) for kept in self._kept.values()) > MOST_LINES:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


shelves = Shelves()


def everybodys(city: City) -> DatasetQuerySet:
    """The datasets that everybody may find."""
    return Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(NOBODY)


@dataclass(frozen=True, slots=True)
class Asked:
    """A shelf, and the hits of a query at the same moment."""

    kept: Kept
    pks: Sequence[int]


def ask(city: City, hits: Any = None) -> Asked | None:
    """The shelf and the numbers of the hits in their order (one query, one more when it changed)."""
    sql, values = _NO_HITS
    with suppress(EmptyResultSet):
        sql, values = hits.query.sql_with_params() if hits is not None else _NO_HITS
    for _attempt in range(2):
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {_NUMBER}, pg_current_xact_id_if_assigned() is null, array({sql})",
                [city.pk, *values],
            )
            number, has_not_written, pks = cursor.fetchone()
        if not has_not_written:
            return None
        kept = shelves.get(city, number)
        if kept is not None:
            return Asked(kept, pks)
    return None


def _load(city: City) -> Kept | None:
    """All lines in one statement, so that they and their number belong together."""
    began = time.monotonic()
    sql, values = everybodys(city).values_list(*_FIELDS)[: MOST_LINES + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select state.number, line.* from (select {_NUMBER} as number) state left join ({sql}) line on true",
            [city.pk, *values],
        )
        rows = cursor.fetchall()
    if len(rows) > MOST_LINES:
        return None
    shelf = Shelf.of(_line(row[1:]) for row in rows if row[1] is not None)
    return Kept(city, int(rows[0][0]), shelf, time.monotonic() - began)


def _line(row: Sequence[Any]) -> Line:
    pk, theme, department, licence, form, spatial, has_map, n_rows, access, is_remote, *rest = row
    frequency, late_at, updated_at, quality, sort_key = rest
    place = "map" if has_map else "table" if n_rows > 0 else ""
    return Line(
        pk, theme, str(department), licence, form, spatial, place, access, "elsewhere" if is_remote else "here",
        frequency == "NEVER", late_at, updated_at, quality, bytes(sort_key),
    )  # fmt: skip
