# SPDX-License-Identifier: EUPL-1.2
"""Conditions of other entities on their observations reach into the lake: its rows stand beside those of the table.

As long as they are few. Where the time that a condition leaves open holds more of them, the question is refused with
the way out; an answer that forgets them would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from stoa.commons.cities.acting import current_city_id
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Node, paths_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.asking.budgets import check_time
from stoa.houses.observations.queries.asking.history import EVERY, Stretch, lake_until, span_of, table_of_rows
from stoa.houses.observations.queries.asking.pieces import TOO_COSTLY, Sql, put
from stoa.houses.observations.queries.asking.tables import KINDS
from stoa.houses.observations.queries.history import rolled_rows

MOST = 20_000
"""Rows of the lake that stand beside the table for one question."""
_COLUMNS = "datastream_id, at, result_at, until, number, text, json, quality, feature_id, extra"
_TOGETHER = f"(select {_COLUMNS} from observations_observation union all select {_COLUMNS} from {{}} old)"


def all_observations(kind: str, where: Node, by: Principal) -> Sql | None:
    """The observations that a condition of entities of a kind can speak of, as a table; None: the usual one has them.

    At most six queries and two looks into the lake.
    """
    ways = {way for path in paths_of(where) for way in _ways_to_many(kind, path.names)}
    if not ways:
        return None
    since, until = span_of(where, (*ways.pop(), "phenomenon_time") if len(ways) == 1 else ())
    if lake_until(Stretch(EVERY, since, until)) is None:
        return None
    check_time()
    seen = list(Datastream.objects.visible_to(by).values_list("pk", flat=True))
    rows = rolled_rows(city_id=current_city_id() or 0, series=seen, since=since, until=until, most=MOST)
    if rows is None:
        raise _too_many()
    check_time()
    return put(_TOGETHER, table_of_rows(rows)) if rows else None


def _ways_to_many(kind: str, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The beginning of a path that leads to the observations of an entity, if it does."""
    for place, name in enumerate(names, start=1):
        way = KINDS[kind].ways.get(name)
        if way is None:
            return
        kind = way.kind
        if kind == "observation":
            yield names[:place]


def _too_many() -> Refused:
    return Refused(
        Problem(
            TOO_COSTLY,
            say("The condition speaks of too many old observations."),
            say(
                "Only the last weeks can be asked in this way; older ones lie in files, one series after the other."
            ),
            say(
                "Add a condition on the phenomenon time of the observations, or ask for the observations of one series."
            ),
        )
    )
