# SPDX-License-Identifier: EUPL-1.2
"""Saying of values that are there already whether they are good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.flagging import row_of
from stoa.houses.observations.actions.hiding import count_once, look_for, old_keys
from stoa.houses.observations.actions.keeping import PORTION, psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.actions.writing import days_of, make_days, write
from stoa.houses.observations.models import Datastream, QualityMark
from stoa.houses.observations.queries.history import Reading, readings
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.terms import JUDGEMENTS, Quality

VALUES_MOST = 100_000


@transaction.atomic
def judge_values(
    *, series: Datastream, since: datetime, until: datetime, quality: Quality, reason: str, by: Principal
) -> QualityMark:
    """Give all values from `since` on and before `until` a flag; buckets are counted anew. Raises Refused.

    Values that lie in the lake already are written once more into the hot table, where they win.
    """
    need(by, Permission.JUDGE_QUALITY, series.thing.department_id)
    reason = reason.strip()[:500]
    if quality not in JUDGEMENTS or not reason or since >= until:
        raise _unclear()
    found = readings(
        city_id=series.city_id, series=[series.pk], since=since, until=until, most=VALUES_MOST + 1
    )
    if not found or len(found) > VALUES_MOST:
        raise _none_there() if not found else _too_many()
    _write(series, (one for one in found if one.quality != quality), quality)
    mark = QualityMark.objects.create(
        city=series.city,
        datastream=series,
        since=since,
        until=until,
        quality=quality,
        reason=reason,
        count=len(found),
    )
    facts = {
        "quality": int(quality),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "count": len(found),
    }
    record(
        city_id=series.city_id,
        by=by,
        verb="judged",
        thing="values",
        thing_id=str(series.uid),
        facts=facts | {"reason": reason},
    )
    return mark


def _write(series: Datastream, found: Iterable[Reading], quality: Quality) -> None:
    now = us_of(timezone.now())
    with packing_cursor(psycopg_connection()) as cursor:
        rows = [row_of(series.city_id, one, quality) for one in found]
        old = old_keys(rows, now)
        look = look_for(series.city_id, old) if old else None
        make_days(cursor, days_of(rows))
        for begin in range(0, len(rows), PORTION):
            write(cursor, rows[begin : begin + PORTION], received=now)
        if look:
            count_once(cursor, series.city_id, look)


def _unclear() -> Refused:
    return Refused(
        Problem(
            "observations.judgement_unclear",
            say("Something is missing: a span that ends after it begins, a judgement, or the reason."),
            say("Everybody reads what was said of values, and why."),
            say("Fill in all fields."),
        )
    )


def _none_there() -> Refused:
    return Refused(
        Problem(
            "observations.judgement_of_nothing",
            say("There is no value in this span."),
            say("A judgement of nothing would mislead readers."),
            say("Check the times; they are those of the city."),
        )
    )


def _too_many() -> Refused:
    return Refused(
        Problem(
            "observations.judgement_too_large",
            say("There are more than %(most)s values in this span.", most=VALUES_MOST),
            say("So many are not written anew at once."),
            say("Judge shorter spans one after the other."),
        )
    )
