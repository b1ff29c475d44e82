# SPDX-License-Identifier: EUPL-1.2
"""Counting uses without watching anybody: numbers in memory, added to the day's line every few seconds.

A counter holds city, dataset, day, gate, kind and whether a program asked; no address, cookie or key ever gets here.
What a killed process had not written yet (a few seconds) is lost, which a count may be and a request may not.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from datetime import date
from multiprocessing.util import Finalize
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.houses.catalogue.models import Dataset
from stoa.houses.catalogue.terms import UsageKind

log = logging.getLogger(__name__)
EVERY_S = 5.0
MOST_COUNTERS = 20_000
"""Different counters that wait at most, about 6 MB; what does not fit is not counted."""
_KINDS = frozenset(str(kind) for kind in UsageKind)


class _Counter(NamedTuple):
    city_id: int
    dataset: UUID | str | None
    day: date
    gate: str
    kind: str
    program: bool


_Counts = dict[_Counter, tuple[int, int]]


class _Waiting:
    """Counters of this process that are not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: _Counts = {}

    def add(self, counter: _Counter, uses: int, rows: int) -> None:
        with self.lock:
            known = self.counts.get(counter)
            if known is None and len(self.counts) >= MOST_COUNTERS:
                return
            self.counts[counter] = (known[0] + uses, known[1] + rows) if known else (uses, rows)

    def take(self) -> _Counts:
        with self.lock:
            taken, self.counts = self.counts, {}
        return taken


_waiting = _Waiting()


def note_use(
    *, city: City, dataset: UUID | str | None, gate: str, kind: str, rows: int = 0, program: bool = True
) -> None:
    """Count one use; never raises, never asks the database."""
    try:
        day = timezone.now().astimezone(ZoneInfo(city.zone)).date()
        known = kind if kind in _KINDS else str(UsageKind.API)
        name = dataset if isinstance(dataset, UUID) or dataset is None else str(dataset)[:80]
        _waiting.add(_Counter(city.pk, name, day, gate[:30], known, bool(program)), 1, max(0, int(rows)))
    except Exception:
        log.warning("usage_not_counted", exc_info=True)


def flush() -> int:
    """Add what waits to the lines of the days, each city in a transaction of its own; returns how many counters.

    What cannot be written waits for the next time; uses of a city that is gone are dropped.
    """
    by_city: dict[int, _Counts] = defaultdict(dict)
    for counter, counts in _waiting.take().items():
        by_city[counter.city_id][counter] = counts
    written = 0
    for city_id, counted in _still_there(by_city):
        try:
            with acting_in(city_id):
                _add(city_id, counted)
            written += len(counted)
        except Exception:
            log.warning("usage_not_written", exc_info=True)
            for counter, (uses, rows) in counted.items():
                _waiting.add(counter, uses, rows)
    return written


def _still_there(by_city: dict[int, _Counts]) -> list[tuple[int, _Counts]]:
    """The counters of cities that exist; all of them when that cannot be asked, for then nothing can be written."""
    if not by_city:
        return []
    try:
        known = set(City.objects.filter(pk__in=by_city).values_list("pk", flat=True))
    except DatabaseError:
        known = set(by_city)
    return [(city_id, counted) for city_id, counted in by_city.items() if city_id in known]


def _add(city_id: int, counted: _Counts) -> None:
    """Two queries: which datasets are meant (what is gone is not counted), and one upsert."""
    named = {counter.dataset for counter in counted}
    uids = [name for name in named if isinstance(name, UUID)]
    slugs = [name for name in named if isinstance(name, str)]
    ids: dict[UUID | str | None, int | None] = {None: None}
    for pk, uid, slug in Dataset.objects.filter(
        Q(uid__in=uids) | Q(slug__in=slugs), city_id=city_id
    ).values_list("pk", "uid", "slug"):
        ids |= {uid: pk, slug: pk}
    lines: dict[tuple[int | None, date, str, str, bool], tuple[int, int]] = {}
    for counter, (uses, rows) in counted.items():
        if counter.dataset in ids:
            line = (ids[counter.dataset], counter.day, counter.gate, counter.kind, counter.program)
            before = lines.get(line, (0, 0))
            lines[line] = (before[0] + uses, before[1] + rows)
    # In one order, so that two processes never wait for each other.
    sorted_lines = sorted(lines.items(), key=lambda one: (one[0][0] or 0, *one[0][1:]))
    columns = list(zip(*((*line, *counts) for line, counts in sorted_lines), strict=True))
    if not columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into catalogue_usageday as d (city_id, dataset_id, day, gate, kind, program, uses, rows)
            select %s, * from unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::bool[], %s::bigint[], %s::bigint[])
            on conflict (city_id, dataset_id, day, gate, kind, program)
            do update set uses = d.uses + excluded.uses, rows = d.rows + excluded.rows
            """,
            [city_id, *map(list, columns)],
        )


def _write_for_ever(stop: threading.Event) -> None:
    while not stop.wait(EVERY_S):
        if flush():
            connection.close()  # a connection of its own for a glance every few seconds would be one too many


def begin_writing() -> None:
    """Start the one thread of this process that writes; what waits at its end is written then."""
    stop = threading.Event()
    threading.Thread(target=_write_for_ever, args=(stop,), name="usage", daemon=True).start()

    def end() -> None:
        stop.set()
        flush()

    # A server's workers are processes of `multiprocessing`, which do not run `atexit` but do run this.
    Finalize(None, end, exitpriority=1)
