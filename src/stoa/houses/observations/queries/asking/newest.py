# SPDX-License-Identifier: EUPL-1.2
"""The newest observations of all series without reading all of them: the latest of each series says how far to look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from stoa.commons.roles.values import Principal
from stoa.houses.observations.queries.asking.pieces import Sql, put
from stoa.houses.observations.queries.asking.visible import visible

_STEPS = (timedelta(minutes=10), timedelta(hours=2), timedelta(days=1), timedelta(days=8), timedelta(days=64))


def windows(by: Principal, wanted: int, ended_at: datetime | None) -> Iterator[Sql | None]:
    """Conditions on `a` that let in ever more of the past, at last everything (None).

    Without an earlier page, the first lets in as many rows as are wanted: one of each of so many series.
    """
    begin = ended_at
    if begin is None:
        begin = _latest_of(by, wanted)
        if begin is None:
            yield None
            return
        yield _since(begin)
    for step in _STEPS:
        yield _since(begin - step)
    yield None


def _since(moment: datetime) -> Sql:
    """Also says it of the latest of the series, so that series that are silent are not looked at."""
    recent = "(select s.datastream_id from observations_seriesstate s where s.at >= %s)"
    return Sql(f"a.at >= %s and a.datastream_id in {recent}", (moment, moment))


def _latest_of(by: Principal, wanted: int) -> datetime | None:
    """The time of the latest of the series that is the `wanted`-th newest; None if there are fewer."""
    seen = visible("observation", "s", by) or Sql("true")
    asked = put(
        "select s.at from observations_seriesstate s where s.at is not null and {} order by s.at desc offset {} limit 1",
        seen,
        Sql("%s", (max(wanted - 1, 0),)),
    )
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        found = cursor.fetchone()
    return found[0] if found else None
