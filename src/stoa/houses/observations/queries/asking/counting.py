# SPDX-License-Identifier: EUPL-1.2
"""How many there are, where that is kept: observations are counted as they come, not when somebody asks."""

from __future__ import annotations

from django.db import connection

from stoa.commons.roles.values import Principal
from stoa.houses.observations.queries.asking.pieces import Sql, put
from stoa.houses.observations.queries.asking.visible import visible


def kept_count(kind: str, start: tuple[str, int | str, str] | None, by: Principal) -> int | None:
    """The number of observations of a series, or of all that may be known of; None where nobody counts along."""
    if kind != "observation":
        return None
    if start is None:
        seen = visible("observation", "s", by)
        asked = put(
            "select coalesce(sum(s.count), 0) from observations_seriesstate s where {}", seen or Sql("true")
        )
    elif start[0] in {"datastream", "multi_datastream"}:
        asked = Sql(
            "select coalesce(sum(s.count), 0) from observations_seriesstate s where s.datastream_id = %s",
            (start[1],),
        )
    else:
        return None
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        found = cursor.fetchone()
    return int(found[0]) if found else 0
