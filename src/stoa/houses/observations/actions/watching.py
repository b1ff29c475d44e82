# SPDX-License-Identifier: EUPL-1.2
"""Rules look at what came in: new values, the clock, and what that means for alerts and flags.

The truth is in the tables: lines of news are written with the values, and what a rule remembers, its alerts and its
events are one transaction with the row that says how far it has read. Killed at any point nothing is lost and
nothing is raised twice; two that look at once do no harm, as each takes the row of what it looks at.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.asking import ask_once
from stoa.houses.observations.actions.flagging import flag_values
from stoa.houses.observations.actions.raising import end_alert, end_one, open_alerts, raise_alert
from stoa.houses.observations.models import RuleSeries, WatchNews
from stoa.houses.observations.queries.history import Reading
from stoa.houses.observations.queries.watching import New, due, late_of, new_of, soonest, terms_of, usual_for
from stoa.houses.observations.rules.instants import EPOCH, moment_of, us_of
from stoa.houses.observations.rules.watch_samples import Value
from stoa.houses.observations.rules.watch_terms import Geofence, Terms, span_us
from stoa.houses.observations.rules.watching import Step, late_flags, step
from stoa.houses.observations.terms import RuleKind

log = logging.getLogger(__name__)

NEWS_AT_ONCE = 2_000
LONGEST_S = 20
"""A job looks for so long at most, then asks for the next one."""
PAUSE_S = 0.25
"""Between two rounds: values that come one by one are looked at together."""
AFTER_FAILURE = timedelta(minutes=1)
SECOND_LOOK = timedelta(seconds=90)
"""After its first look a rule looks once more: a writer may not have known yet that it is there."""
CLOCK_S = 5
"""One job by the clock for so many seconds."""
PLACES_AGAIN = timedelta(minutes=10)
_NEWS_LOCK = 7_306_202

_TAKE_NEWS = """
with taken as (
  delete from observations_watchnews where id in (
    select id from observations_watchnews where city_id = %(city)s order by id limit %(most)s)
  returning series, since
), told as (
  select s.series, min(s.since) as since from taken, unnest(taken.series, taken.since) as s(series, since) group by 1
), woken as (
  update observations_ruleseries w set next_at = least(w.next_at, %(now)s),
    late_since = least(w.late_since, case when told.since <= w.read_at then told.since end)
  from told, observations_rule r
  where w.datastream_id = told.series and r.id = w.rule_id and r.is_on and w.city_id = %(city)s
)
select count(*) from taken
"""


def watch(city_id: int) -> None:
    """Look at everything that is due in a city until nothing more comes; then see to the next look by the clock."""
    end = time.monotonic() + LONGEST_S
    while look_round(city_id):
        if time.monotonic() > end:
            ask_to_watch(city_id)
            return
        time.sleep(PAUSE_S)
    ask_for_clock(city_id)


def look_round(city_id: int) -> int:
    """One round: take the news, look at what is due; says how much there was."""
    news = take_news(city_id)
    with acting_in(city_id):
        waiting = due(city_id, timezone.now())
    for number in waiting:
        try:
            with acting_in(city_id):
                look_at(number, timezone.now())
        except Exception:  # a rule that cannot be looked at must not keep others from it
            log.exception("rule_failed", extra={"watched": number})
            with acting_in(city_id):
                RuleSeries.objects.filter(pk=number).update(next_at=timezone.now() + AFTER_FAILURE)
    return news + len(waiting)


def ask_to_watch(city_id: int) -> None:
    """Ask for a look at once."""
    from stoa.houses.observations.jobs import watch_series

    with acting_in(city_id):
        ask_once(watch_series, f"observations.watch-{city_id}", alone=False, city_id=city_id)


def ask_for_clock(city_id: int) -> None:
    """Ask for a look at the time of the next one that is due within two minutes."""
    from stoa.houses.observations.jobs import watch_series

    with acting_in(city_id):
        when = soonest(city_id)
        if when is not None and when <= timezone.now() + timedelta(minutes=2):
            name = f"observations.watch-later-{city_id}-{int(when.timestamp()) // CLOCK_S}"
            ask_once(watch_series, name, at=when, alone=False, city_id=city_id)


def ask_for_what_is_due(city_id: int) -> None:
    """See to it that nothing stays unseen because a job was lost."""
    with acting_in(city_id):
        waits = WatchNews.objects.filter(city_id=city_id).exists() or due(city_id, timezone.now())
    if waits:
        ask_to_watch(city_id)
    else:
        ask_for_clock(city_id)


def look_after_move(city_id: int, event: Mapping[str, Any]) -> None:
    """A thing was set up, changed or moved: rules about where it is look at it. May be told twice."""
    moved = RuleSeries.objects.filter(
        city_id=city_id, rule__kind=RuleKind.GEOFENCE, rule__is_on=True, datastream__thing__uid=event["uid"]
    )
    if moved.update(next_at=timezone.now()):
        ask_to_watch(city_id)


def take_news(city_id: int) -> int:
    """Turn lines of news into watched series that are due; says how many lines."""
    with acting_in(city_id), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [_NEWS_LOCK, city_id])
        if not cursor.fetchone()[0]:
            return 0  # another one is at it
        cursor.execute(_TAKE_NEWS, {"city": city_id, "most": NEWS_AT_ONCE, "now": timezone.now()})
        taken: int = cursor.fetchone()[0]
        return taken


def look_at(number: int, now: datetime) -> None:
    """Look at one watched series, or at all series of its combination; inside the caller's transaction."""
    mine = RuleSeries.objects.select_related("rule__city", "datastream__thing").filter(pk=number)
    first = mine.first()
    if first is None:
        return
    is_joint = first.rule.kind == RuleKind.COMBINATION
    wanted = RuleSeries.objects.filter(rule=first.rule) if is_joint else mine
    locked = list(
        wanted.select_related("rule__city", "datastream__thing")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("letter", "pk")
    )
    if is_joint and len(locked) != first.rule.watched.count():
        return  # another one looks at it
    if not first.rule.is_on or not any(
        one.pk == number and one.next_at and one.next_at <= now for one in locked
    ):
        return
    if all(one.may_look for one in locked):
        _look(locked, now)
    else:
        _rest(locked)


def _rest(watched: Sequence[RuleSeries]) -> None:
    """A series was closed to the rule's department: nothing of it is told any more until it is open again."""
    for one in watched:
        for alert in open_alerts(one):
            end_one(alert=alert, why="series_closed")
        one.state, one.read_at, one.late_since, one.next_at = {}, None, None, None
        one.save(update_fields=["state", "read_at", "late_since", "next_at"])


def _look(watched: Sequence[RuleSeries], now: datetime) -> None:
    lead = watched[0]
    terms = terms_of(lead)
    span = timedelta(microseconds=span_us(terms))
    news = [new_of(one, terms, now, span) for one in watched]
    pairs = _together(news)
    values = [value for value, _ in pairs]
    late = late_of(lead) if len(watched) == 1 else []
    usual = usual_for(lead, terms, [*values, *(value for value, _ in late)], lead.rule.city.zone)
    is_first = not lead.state
    taken = step(terms, lead.state, values, us_of(now), usual)
    if lead.rule.flag is not None and not is_first:
        late_ones = late_flags(terms, [value for value, _ in late], usual)
        marked = [pairs[place][1] for place in taken.flagged] + [late[place][1] for place in late_ones]
        flag_values(watched=lead, found=[one for one in marked if one is not None], now=now)
    _tell(watched, taken, now, is_first=is_first)
    _remember(news, pairs, taken, terms, now)


def _together(news: Sequence[New]) -> list[tuple[Value, Reading | None]]:
    """Values of all series by time, up to where every one of them is known."""
    cut = min((one.found[-1][0].at for one in news if one.has_more), default=None)
    both = [pair for one in news for pair in one.found if cut is None or pair[0].at <= cut]
    return sorted(both, key=lambda pair: (pair[0].at, pair[0].letter))


def _tell(watched: Sequence[RuleSeries], taken: Step, now: datetime, *, is_first: bool) -> None:
    """Raise and end alerts; at the first look only how it stands now counts, not what once was."""
    lead = watched[0]
    if not lead.rule.raises_alerts:
        return
    turns = taken.turns
    if is_first:
        turns = turns[-1:] if turns and turns[-1].fires else ()
    by_letter = {one.letter: one for one in watched}
    for turn in turns:
        if turn.fires:
            raise_alert(watched=by_letter.get(turn.facts.get("letter", ""), lead), turn=turn, now=now)
        else:
            end_alert(watched=lead, ended_at=moment_of(turn.since))


def _remember(
    news: Sequence[New],
    pairs: Sequence[tuple[Value, Reading | None]],
    taken: Step,
    terms: Terms,
    now: datetime,
) -> None:
    cut = pairs[-1][0].at if pairs else None
    for place, one in enumerate(news):
        row = one.watched
        read = [value.at for value, _ in one.found if cut is not None and value.at <= cut]
        is_first = row.read_at is None
        row.read_at = max(row.read_at or EPOCH, moment_of(read[-1]) if read else EPOCH)
        row.late_since = None
        row.state = taken.state if place == 0 else {"read": True}
        row.next_at = _next(one, taken if place == 0 else None, terms, now, is_first=is_first)
        row.save(update_fields=["read_at", "late_since", "state", "next_at"])


def _next(one: New, taken: Step | None, terms: Terms, now: datetime, *, is_first: bool) -> datetime | None:
    if one.has_more:
        return now
    moments = [now + SECOND_LOOK] if is_first else []
    if isinstance(terms, Geofence):
        moments.append(now + PLACES_AGAIN)
    if taken is not None and taken.next_at is not None:
        moments.append(max(moment_of(taken.next_at), now))
    return min(moments, default=None)
