# SPDX-License-Identifier: EUPL-1.2
"""The one way by which observations come into the tables: plain psycopg, inside the caller's transaction.

Observation, state of the series, marks for the counter and news for whoever watches are one transaction. What is
new goes by binary COPY where the role may pass by row-level security; else, and where something is there
already, by one INSERT that replaces: the same observation twice is one, a correction raises `revision`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.actions.states import keep_states, renew_states
from stoa.houses.observations.rules.instants import DAY_US, moment_of
from stoa.houses.observations.rules.news import news_of
from stoa.houses.observations.rules.rows import Row, Summaries, are_plain, hours, one_of_each, summaries

Cursor = psycopg.Cursor[Any]
MarkKey = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch. Keys that are in neither set were unchanged, unless all of it was new."""

    new: frozenset[tuple[int, ...]]
    corrected: frozenset[tuple[int, ...]]
    rows: tuple[Row, ...] = ()
    """What is new or corrected, sorted by key, as it stands now."""
    was_merged: bool = True
    """False: all of it was new."""


@dataclass(slots=True)
class Marks:
    """Hours that this process has marked since the counter last took some; only of committed transactions.

    The counter raises the epoch under the exclusive lock, so within one epoch a committed mark still stands.
    """

    epoch: int = -1
    known: set[MarkKey] = field(default_factory=set)
    watched: frozenset[int] = frozenset()
    """Series that rules watch; whoever turns a rule on raises the epoch too."""
    _fresh: list[MarkKey] = field(default_factory=list)

    def meet(self, epoch: int, cursor: Cursor) -> None:
        """Learn what may have changed when another epoch has begun."""
        if epoch != self.epoch:
            watched = _watched(cursor)
            self.epoch, self.known, self.watched = epoch, set(), watched

    def missing(self, epoch: int, wanted: set[MarkKey]) -> list[MarkKey]:
        """Those that are not known to stand, in their order."""
        if epoch != self.epoch or len(self.known) > 500_000:
            self.epoch, self.known = epoch, set()
        self._fresh = sorted(wanted - self.known)
        return self._fresh

    def committed(self) -> None:
        self.known.update(self._fresh)
        self._fresh = []

    def rolled_back(self) -> None:
        self._fresh = []


def enter(cursor: Cursor) -> int:
    """Begin to write: the counter takes no hour until this transaction has ended. Gives the epoch of the marks."""
    cursor.execute("select observations_enter()")
    found = cursor.fetchone()
    assert found is not None
    return int(found[0])


def make_days(cursor: Cursor, days: Iterable[int]) -> None:
    """See that there is a part of the table for each of these days (numbered since 1970)."""
    wanted = [moment_of(day * DAY_US).date() for day in sorted(days)]
    if wanted:
        cursor.execute("select observations_make_days(%s)", [wanted])


def days_of(rows: Iterable[Row]) -> set[int]:
    return {at // DAY_US for at in {row[1] for row in rows}}


def write(
    cursor: Cursor,
    rows: Sequence[Row],
    *,
    received: int,
    may_copy: bool = False,
    marks: Marks | None = None,
    origin: str = "",
    wakes: bool = True,
) -> Written:
    """Write judged rows of one city; `origin` is told with the news, `wakes`: rules look at them.

    `may_copy`: of any number of cities, by COPY, as a role that passes by row-level security; psycopg's
    UniqueViolation is raised when something is there already, and the transaction is lost then.
    """
    epoch = enter(cursor)
    if marks is not None:
        marks.meet(epoch, cursor)
    once = one_of_each(rows)
    if may_copy:
        states = summaries(once)
        written = _copied(cursor, once, received, is_known_plain=states.are_plain)
    else:
        written = _merged(cursor, once, received)
        states = summaries(written.rows, written.new)
    if written.rows:
        (renew_states if may_copy and states.are_plain else keep_states)(cursor, states, received)
        wanted = hours(written.rows, received, are_plain=states.are_plain)
        mark(cursor, marks.missing(epoch, wanted) if marks else sorted(wanted))
        if wakes:
            wake(cursor, states, marks)
        tell(cursor, written.rows, origin, are_plain=states.are_plain)
    return written


def _copied(cursor: Cursor, rows: list[Row], received: int, *, is_known_plain: bool) -> Written:
    plain = is_known_plain or are_plain(rows)
    columns = pk.PLAIN_COLUMNS if plain else pk.ALL_COLUMNS
    data = pk.copy_plain(rows, received) if plain else pk.copy_all(rows, received)
    with cursor.copy(f"copy observations_observation ({columns}) from stdin (format binary)") as copy:
        copy.write(data)
    return Written(frozenset(), frozenset(), tuple(rows), was_merged=False)


INSERT = f"""
insert into observations_observation as o ({pk.ALL_COLUMNS})
select g.*, %s from unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) as g
"""
INSERT_PLAIN = """
insert into observations_observation (city_id, datastream_id, at, number, quality, received_at)
select g.*, told.received from told, unnest(%s, %s, %s, %s, %s) as g returning datastream_id
"""
"""For numbers at instants; `result_at` is the column's own: not told. `told` knows when they were received."""
MERGE = f"""{INSERT}
on conflict (datastream_id, at, result_at) do update set
  until = excluded.until, number = excluded.number, text = excluded.text, json = excluded.json,
  feature_id = excluded.feature_id, extra = excluded.extra, received_at = excluded.received_at,
  quality = case when excluded.quality = 2 and o.number is not distinct from excluded.number
      and o.text is not distinct from excluded.text and o.json is not distinct from excluded.json
    then o.quality else excluded.quality end,
  revision = least(o.revision::int + 1, 32767)
where (o.until, o.number, o.text, o.json, o.feature_id, o.extra)
    is distinct from (excluded.until, excluded.number, excluded.text, excluded.json, excluded.feature_id, excluded.extra)
  or (excluded.quality <> 2 and o.quality <> excluded.quality)
returning o.datastream_id, o.at, o.result_at, o.quality, o.revision
"""
"""A judgement of quality outlives the same value coming again without one; a new value is not judged yet."""


def plain_arrays(rows: Sequence[Row]) -> list[Any]:
    """Parameters of INSERT_PLAIN."""
    return [
        pk.wholes([r[3] for r in rows]),
        pk.wholes([r[0] for r in rows]),
        pk.moments([r[1] for r in rows]),
        pk.numbers_or_none([r[4] for r in rows]),
        pk.smalls([r[5] for r in rows]),
    ]


def _merged(cursor: Cursor, rows: list[Row], received: int) -> Written:
    cursor.execute(MERGE, row_arrays(rows, received))
    changed = {found[:3]: (found[3], found[4]) for found in cursor.fetchall()}
    new = frozenset(key for key, (_, revision) in changed.items() if revision == 0)
    kept = tuple(row._replace(quality=changed[row[:3]][0]) for row in rows if row[:3] in changed)
    return Written(new, frozenset(changed) - new, kept)


def row_arrays(rows: Sequence[Row], received: int) -> list[Any]:
    """Parameters of INSERT and MERGE."""
    return [
        moment_of(received),
        pk.wholes([r.city for r in rows]),
        pk.wholes([r.series for r in rows]),
        pk.moments([r.at for r in rows]),
        pk.moments([r.result_at for r in rows]),
        pk.moments_or_none([r.until for r in rows]),
        pk.numbers_or_none([r.number for r in rows]),
        pk.texts_or_none([r.text for r in rows]),
        pk.jsons_or_none([r.json for r in rows]),
        pk.smalls([r.quality for r in rows]),
        pk.wholes_or_none([r.feature for r in rows]),
        pk.jsons_or_none([r.extra for r in rows]),
    ]


MARK = """
insert into observations_dirtybucket (datastream_id, start, city_id, width, taken)
select g.*, 1, false from unnest(%s, %s, %s) as g on conflict do nothing
"""


def mark_arrays(wanted: list[MarkKey]) -> list[Any]:
    """Parameters of MARK."""
    return [
        pk.wholes([mark[0] for mark in wanted]),
        pk.moments([mark[1] for mark in wanted]),
        pk.wholes([mark[2] for mark in wanted]),
    ]


def mark(cursor: Cursor, wanted: list[MarkKey]) -> None:
    """Note hours in their order. Only after `enter`."""
    if wanted:
        cursor.execute(MARK, mark_arrays(wanted))


def mark_hours(cursor: Cursor, wanted: list[MarkKey]) -> None:
    """Have hours counted anew: series, begin of the hour, city. Only after `enter`."""
    mark(cursor, sorted(set(wanted)))


_WATCHED = (
    "select w.datastream_id from observations_ruleseries w"
    " join observations_rule r on r.id = w.rule_id and r.is_on"
)
WAKE = f"""
insert into observations_watchnews (city_id, series, since)
select g.city, array_agg(g.series), array_agg(g.since) from unnest(%s, %s, %s) as g(city, series, since)
where g.series in ({_WATCHED}) group by g.city
"""
"""At its commit a line asks for the job that looks (see the migration)."""


def _watched(cursor: Cursor) -> frozenset[int]:
    cursor.execute(_WATCHED)
    return frozenset(found[0] for found in cursor.fetchall())


def wake_arrays(found: Summaries, marks: Marks | None) -> list[Any]:
    """Parameters of WAKE; nothing where no rule watches any of them, which costs nothing where the epoch is known."""
    if marks is not None:
        if not marks.watched:
            return []
        found = found.of([row.series in marks.watched for row in found.latest])
    if not found.latest:
        return []
    return [
        pk.wholes([row.city for row in found.latest]),
        pk.wholes([row.series for row in found.latest]),
        pk.moments(found.first_at),
    ]


def wake(cursor: Cursor, found: Summaries, marks: Marks | None) -> None:
    """Note what rules have to look at."""
    told = wake_arrays(found, marks)
    if told:
        cursor.execute(WAKE, told)


TELL = "select pg_notify('stoa_live', told) from unnest(%s) told"


def tell(cursor: Cursor, rows: Sequence[Row], origin: str, *, are_plain: bool = False) -> None:
    """Tell whoever watches; `are_plain` as in `Summaries`."""
    told = news_of(rows, origin, are_plain=are_plain)
    if told:
        cursor.execute(TELL, [pk.texts_or_none(told)])
