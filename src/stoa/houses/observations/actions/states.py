# SPDX-License-Identifier: EUPL-1.2
"""The latest value and the counts of each series, kept with every write; plain psycopg."""

from __future__ import annotations

from typing import Any

import psycopg

from stoa.houses.observations.actions import packing as pk
from stoa.houses.observations.rules.instants import moment_of
from stoa.houses.observations.rules.rows import Summaries
from stoa.houses.observations.terms import NO_RESULT_TIME

Cursor = psycopg.Cursor[Any]

_NEWER = "(excluded.at, excluded.result_at) >= (s.at, s.result_at) is not false"


STATE = f"""
insert into observations_seriesstate as s
  (datastream_id, city_id, count, first_at, last_until, first_result_at, last_result_at,
   at, result_at, until, number, text, json, quality, received_at)
select g.*, %s
from unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) as g
on conflict (datastream_id) do update set
  count = s.count + excluded.count,
  first_at = least(s.first_at, excluded.first_at),
  last_until = greatest(s.last_until, excluded.last_until),
  first_result_at = least(s.first_result_at, excluded.first_result_at),
  last_result_at = greatest(s.last_result_at, excluded.last_result_at),
  at = greatest(s.at, excluded.at),
  result_at = case when {_NEWER} then excluded.result_at else s.result_at end,
  until = case when {_NEWER} then excluded.until else s.until end,
  number = case when {_NEWER} then excluded.number else s.number end,
  text = case when {_NEWER} then excluded.text else s.text end,
  json = case when {_NEWER} then excluded.json else s.json end,
  quality = case when {_NEWER} then excluded.quality else s.quality end,
  received_at = case when {_NEWER} then excluded.received_at else s.received_at end
"""


def keep_states(cursor: Cursor, found: Summaries, received: int) -> None:
    """Whatever the rows are, and whether there is a state of each series yet or not."""
    latest = found.latest
    cursor.execute(
        STATE,
        [
            moment_of(received),
            pk.wholes([row.series for row in latest]),
            pk.wholes([row.city for row in latest]),
            pk.wholes(found.counts),
            pk.moments(found.first_at),
            pk.moments(found.last_until),
            pk.moments_or_none(found.first_result_at),
            pk.moments_or_none(found.last_result_at),
            pk.moments([row.at for row in latest]),
            pk.moments([row.result_at for row in latest]),
            pk.moments_or_none([row.until for row in latest]),
            pk.numbers_or_none([row.number for row in latest]),
            pk.texts_or_none([row.text for row in latest]),
            pk.jsons_or_none([row.json for row in latest]),
            pk.smalls([row.quality for row in latest]),
        ],
    )


_RENEW = """
  update observations_seriesstate s set
    count = s.count + g.count,
    first_at = least(s.first_at, g.first_at),
    last_until = greatest(s.last_until, g.at),
    at = greatest(s.at, g.at),
    result_at = case when {not_older} then {never} else s.result_at end,
    until = case when {not_older} then null else s.until end,
    number = case when {not_older} then g.number else s.number end,
    text = case when {not_older} then null else s.text end,
    json = case when {not_older} then null else s.json end,
    quality = case when {not_older} then g.quality else s.quality end,
    received_at = case when {not_older} then {received} else s.received_at end
  from {beside}unnest(%s, %s, %s, %s, %s, %s) as g(series, count, first_at, at, number, quality)
  where s.datastream_id = g.series
"""
"""For numbers at instants, whose series have a state already."""


def _renewal(*, beside: str, received: str, never: str) -> str:
    not_older = f"((g.at, {never}) >= (s.at, s.result_at)) is not false"
    return _RENEW.format(not_older=not_older, beside=beside, received=received, never=never)


def renewal(*, after: str) -> str:
    """The statement that renews states; `after`: names in the same statement that must be done with before it.

    Another one, `told`, knows when they were received.
    """
    beside = f"told, (select count(*) from {after}) done, "
    return _renewal(beside=beside, received="told.received", never="told.never") + "returning s.datastream_id"


TOLD = "told as (select %s::timestamptz as received, %s::timestamptz as never)"
RENEW_MANY = _renewal(
    beside="", received="%s::timestamptz", never=f"'{NO_RESULT_TIME.isoformat()}'::timestamptz"
)
"""Its parameters: when they were received, then `state_arrays`. What is the same for all rows stands in it as a constant."""


def told_of(received: int) -> list[Any]:
    """Parameters of TOLD."""
    return [moment_of(received), NO_RESULT_TIME]


def state_arrays(found: Summaries) -> list[Any]:
    """Parameters of `renewal`."""
    latest, last_at = found.latest, pk.moments(found.last_until)
    return [
        pk.wholes([row[0] for row in latest]),
        pk.wholes(found.counts),
        last_at if found.first_at == found.last_until else pk.moments(found.first_at),
        last_at,
        pk.numbers_or_none([row[4] for row in latest]),
        pk.smalls([row[5] for row in latest]),
    ]


def renew_states(cursor: Cursor, found: Summaries, received: int) -> None:
    """The same for new numbers at instants; a series without a state yet gets one."""
    cursor.execute(RENEW_MANY, [moment_of(received), *state_arrays(found)])
    if cursor.rowcount == len(found.latest):
        return
    cursor.execute(
        "select datastream_id from observations_seriesstate where datastream_id = any(%s)",
        [pk.wholes([row.series for row in found.latest])],
    )
    there = {series for (series,) in cursor.fetchall()}
    keep_states(cursor, found.of([row.series not in there for row in found.latest]), received)
