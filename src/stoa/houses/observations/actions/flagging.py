# SPDX-License-Identifier: EUPL-1.2
"""Rules give values their quality flag, by the one way of writing; what anybody else said of a value stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from stoa.houses.observations.actions.keeping import psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.writing import write
from stoa.houses.observations.models import QualityMark, RuleSeries
from stoa.houses.observations.queries.history import Reading
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Quality

TOGETHER = timedelta(hours=1)
"""Marks of one rule that follow within so long are one."""
_STILL_UNJUDGED = """
select o.at, o.result_at from observations_observation o
join unnest(%s::timestamptz[], %s::timestamptz[]) g(at, result_at) on g.at = o.at and g.result_at = o.result_at
where o.datastream_id = %s and o.quality = %s for update of o
"""


def flag_values(*, watched: RuleSeries, found: Sequence[Reading], now: datetime) -> int:
    """Flag values that nobody has judged, and say why; says how many. What lies in the lake already is left alone."""
    rule = watched.rule
    wanted = _unjudged(watched.datastream_id, [one for one in found if one.quality == Quality.NOT_EVALUATED])
    if not wanted or rule.flag is None:
        return 0
    with packing_cursor(psycopg_connection()) as cursor:
        rows = [row_of(watched.city_id, one, rule.flag) for one in wanted]
        write(cursor, rows, received=us_of(now), wakes=False)
    _say_why(watched, wanted, rule.flag)
    return len(wanted)


def _unjudged(series: int, found: Sequence[Reading]) -> list[Reading]:
    """Those of the hot table that are still without a judgement, locked against one until the end."""
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _STILL_UNJUDGED,
            [
                [one.at for one in found],
                [one.result_at for one in found],
                series,
                int(Quality.NOT_EVALUATED),
            ],
        )
        there = set(cursor.fetchall())
    return sorted(
        (one for one in found if (one.at, one.result_at) in there), key=lambda one: (one.at, one.result_at)
    )


def _say_why(watched: RuleSeries, found: Sequence[Reading], quality: int) -> None:
    """A mark with the title of the rule, or a longer last one of it."""
    rule, since, until = watched.rule, found[0].at, found[-1].at + timedelta(microseconds=1)
    last = (
        QualityMark.objects.filter(datastream=watched.datastream, reason=rule.title, quality=quality)
        .order_by("-until")
        .first()
    )
    if last is not None and last.since - TOGETHER <= since and until <= last.until + TOGETHER:
        last.since, last.until = min(last.since, since), max(last.until, until)
        last.count += len(found)
        last.save(update_fields=["since", "until", "count"])
        return
    QualityMark.objects.create(
        city_id=watched.city_id,
        datastream=watched.datastream,
        since=since,
        until=until,
        quality=quality,
        reason=rule.title,
        count=len(found),
    )


def row_of(city_id: int, one: Reading, quality: int) -> Row:
    """A reading as a row with another judgement."""
    return Row(
        one.series, us_of(one.at), us_of(one.result_at), city_id, one.number, quality,
        us_of(one.until) if one.until else None, one.text, _encoded(one.json), one.feature, _encoded(one.extra),
    )  # fmt: skip


def _encoded(value: Any) -> bytes | None:
    return None if value is None else json.dumps(value, ensure_ascii=False).encode()
