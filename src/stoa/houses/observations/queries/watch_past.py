# SPDX-License-Identifier: EUPL-1.2
"""When a rule would have fired in the past: the same machine over the values that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from stoa.houses.observations.models import Datastream, RuleSeries
from stoa.houses.observations.queries.history import walk
from stoa.houses.observations.queries.watching import places_of, terms_of, usual_for, value_of
from stoa.houses.observations.rules.holding import Turn
from stoa.houses.observations.rules.instants import moment_of, us_of
from stoa.houses.observations.rules.watch_samples import Value
from stoa.houses.observations.rules.watch_terms import Combination, Geofence, Terms
from stoa.houses.observations.rules.watching import step

DAYS = 30
VALUES_MOST = 100_000
"""So many values are looked at, newest series last; more takes too long for a page."""
PORTION = 5_000


@dataclass(frozen=True, slots=True)
class Firing:
    """Once that a rule would have fired."""

    series: Datastream
    since: datetime
    noticed_at: datetime
    until: datetime | None
    """None: it would still fire."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a rule would have done."""

    firings: list[Firing]
    values: int
    """How many values it has looked at."""
    is_whole: bool
    """False: there were more values than can be looked at here."""


def past_of(watched: Sequence[RuleSeries], now: datetime) -> Past:
    """How often it would have fired in the past 30 days; `watched` need not be saved.

    For each series a query for every 50,000 values and at most two more.
    """
    since = now - timedelta(days=DAYS)
    left = VALUES_MOST
    firings: list[Firing] = []
    is_joint = isinstance(terms_of(watched[0]), Combination)
    for group in [list(watched)] if is_joint else [[one] for one in watched]:
        terms = terms_of(group[0])
        values = list(islice(_values(group, terms, since, now), left + 1))
        if len(values) > left:
            return Past(firings, VALUES_MOST, is_whole=False)
        left -= len(values)
        firings += _firings(group, _turns(group[0], terms, values, now))
    return Past(sorted(firings, key=lambda one: one.since), VALUES_MOST - left, is_whole=True)


def _values(group: Sequence[RuleSeries], terms: Terms, since: datetime, now: datetime) -> Iterator[Value]:
    if isinstance(terms, Geofence):
        yield from places_of(group[0], terms, since, now)
        return
    if len(group) == 1:
        yield from _series(group[0], since, now)
        return
    values = [value for one in group for value in islice(_series(one, since, now), VALUES_MOST)]
    yield from sorted(values, key=lambda value: (value.at, value.letter))


def _series(one: RuleSeries, since: datetime, now: datetime) -> Iterator[Value]:
    found = walk(city_id=one.city_id, series=one.datastream_id, since=since, until=now)
    return (value_of(row, one.letter) for row in found)


def _turns(watched: RuleSeries, terms: Terms, values: Sequence[Value], now: datetime) -> Iterator[Turn]:
    """Step by step, as it would have been live; the clock stands at the last value until the end."""
    state: dict[str, object] = {}
    for begin in range(0, max(len(values), 1), PORTION):
        portion = values[begin : begin + PORTION]
        is_last = begin + PORTION >= len(values)
        clock = us_of(now) if is_last else portion[-1].at
        usual = usual_for(watched, terms, portion, watched.rule.city.zone)
        taken = step(terms, state, portion, clock, usual)
        state = taken.state
        yield from taken.turns


def _firings(group: Sequence[RuleSeries], turns: Iterator[Turn]) -> list[Firing]:
    found: list[Firing] = []
    by_letter = {one.letter: one.datastream for one in group}
    for turn in turns:
        if turn.fires:
            series = by_letter.get(turn.facts.get("letter", ""), group[0].datastream)
            found.append(Firing(series, moment_of(turn.since), moment_of(turn.noticed), None))
        elif found:
            found[-1] = replace(found[-1], until=moment_of(turn.since))
    return found
