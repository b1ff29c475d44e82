# SPDX-License-Identifier: EUPL-1.2
"""Keeping what could not be taken, with the reason: plain psycopg, inside the caller's transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from stoa.ground.words import Fact
from stoa.houses.observations.rules.instants import moment_of
from stoa.houses.observations.rules.judging import plain

PAYLOAD_MOST = 64 * 1024
DIFFERENT_MOST = 100
"""So many different ones are kept of the same series, code and origin within an hour; more are only counted."""
OF_A_BATCH_MOST = 20
"""So many different ones are kept of the same series and code of one batch."""
KEPT_OF_A_BATCH_MOST = 200
"""So many are kept of one batch altogether; the rest is counted with the last one of its code."""
KEPT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Turned:
    """One thing that was turned away."""

    city: int
    series: int | None
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    payload: bytes = b""
    size: int = 0
    """Of all that was sent; 0: as long as the payload."""


Key = tuple[int, int | None, str, bytes]

_KEEP = """
with same as (
  select id, payload = %(payload)s as is_equal, count(*) over () as different from observations_quarantined
  where city_id = %(city)s and at > %(now)s - interval '1 hour' and settled_at is null and code = %(code)s
    and way = %(way)s and origin = %(origin)s and datastream_id is not distinct from %(series)s
  order by 2 desc, id desc limit 1
), counted as (
  update observations_quarantined q set times = q.times + %(times)s from same
  where q.id = same.id and (same.is_equal or same.different >= %(most)s) returning q.id
)
insert into observations_quarantined (city_id, at, way, origin, datastream_id, code, reason, payload, size, times)
select %(city)s, %(now)s, %(way)s, %(origin)s, %(series)s, %(code)s, %(reason)s::jsonb, %(payload)s, %(size)s, %(times)s
where not exists (select from same where is_equal or different >= %(most)s)
"""


def quarantine(
    cursor: psycopg.Cursor[Any], turned: Iterable[Turned], *, way: str, origin: str, received: int
) -> None:
    """Keep each with its reason; the same again within an hour is counted, not kept twice."""
    for kept, times in _together(turned):
        cursor.execute(
            _KEEP,
            {
                "city": kept.city,
                "now": moment_of(received),
                "way": way,
                "origin": plain(origin)[:300],
                "series": kept.series,
                "code": kept.code,
                "reason": _reason(kept.facts),
                "payload": kept.payload[:PAYLOAD_MOST],
                "size": kept.size or len(kept.payload),
                "times": times,
                "most": DIFFERENT_MOST,
            },
        )


def _reason(facts: Mapping[str, Fact]) -> str:
    told = {name: plain(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return json.dumps(told)


def _together(turned: Iterable[Turned]) -> list[tuple[Turned, int]]:
    """Each different one with how often it is there; of too many different ones the last stands for the rest."""
    kept: dict[Key, tuple[Turned, int]] = {}
    many: Counter[tuple[int, int | None, str]] = Counter()
    last: dict[tuple[Any, ...], Key] = {}
    for one in turned:
        group, code = (one.city, one.series, one.code), (one.city, one.code)
        key: Key = (*group, one.payload)
        if key not in kept:
            if many[group] >= OF_A_BATCH_MOST:
                key = last[group]
            elif len(kept) >= KEPT_OF_A_BATCH_MOST and code in last:
                key = last[code]
            else:
                many[group] += 1
                last[group] = last[code] = key
        known, times = kept.get(key, (one, 0))
        kept[key] = (known, times + 1)
    return list(kept.values())
