# SPDX-License-Identifier: EUPL-1.2
"""What rules read: new values of the series they watch, where things are, what the same hour of past weeks came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from stoa.houses.observations.models import HistoricalLocation, RuleSeries, SeriesBucket, Thing
from stoa.houses.observations.queries.history import Reading, readings
from stoa.houses.observations.queries.series_page import BEGINNING
from stoa.houses.observations.rules.instants import moment_of, us_of
from stoa.houses.observations.rules.periods import begin_of
from stoa.houses.observations.rules.places import geometry_of, read_shape
from stoa.houses.observations.rules.watch_samples import Usual, UsualOf, Value, usual_of
from stoa.houses.observations.rules.watch_terms import Geofence, Missing, Outlier, Terms, read_terms
from stoa.houses.observations.rules.watching import nothing_usual
from stoa.houses.observations.terms import RuleKind, Width

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

PORTION = 5_000
"""Values of one series that a rule reads at once."""
JUST_AFTER = timedelta(microseconds=1)
AHEAD = timedelta(days=36)
"""Forecasts speak of times to come."""
SILENT_TIMES = 2.5
"""A series is missing after so many of its expected intervals; single messages get lost."""


@dataclass(frozen=True, slots=True)
class New:
    """What is new in one watched series."""

    watched: RuleSeries
    found: list[tuple[Value, Reading | None]]
    """A place of a thing has no reading."""
    has_more: bool = False


def terms_of(watched: RuleSeries) -> Terms:
    """The terms as they hold for this series."""
    terms = read_terms(RuleKind(watched.rule.kind), watched.rule.terms)
    if isinstance(terms, Missing) and terms.after_s is None:
        interval = watched.datastream.expected_interval_s or 0
        return Missing(round(interval * SILENT_TIMES) or None, terms.by)
    return terms


def new_of(watched: RuleSeries, terms: Terms, now: datetime, span: timedelta) -> New:
    """What came after the last value that was read; at the first look what lies `span` back. At most four queries."""
    if isinstance(terms, Geofence):
        return New(watched, [(place, None) for place in places_of(watched, terms, watched.read_at, now)])
    if watched.read_at is None:
        return New(watched, _first(watched, now - span, now + AHEAD))
    found = readings(
        city_id=watched.city_id,
        series=[watched.datastream_id],
        since=watched.read_at + JUST_AFTER,
        until=now + AHEAD,
        most=PORTION + 1,
    )
    has_more = len(found) > PORTION
    if has_more:
        last = found.pop().at  # values of one moment are read together
        found = [one for one in found if one.at < last] or found
    return New(watched, [(value_of(one, watched.letter), one) for one in found], has_more)


def late_of(watched: RuleSeries) -> list[tuple[Value, Reading]]:
    """Values that came after newer ones had been read, and all others of that time."""
    if watched.late_since is None or watched.read_at is None:
        return []
    found = readings(
        city_id=watched.city_id,
        series=[watched.datastream_id],
        since=watched.late_since,
        until=watched.read_at + JUST_AFTER,
        most=PORTION,
    )
    return [(value_of(one), one) for one in found]


def value_of(one: Reading, letter: str = "") -> Value:
    """A reading as rules look at it."""
    return Value(us_of(one.at), one.number, one.text, one.quality, us_of(one.received_at), letter)


def _first(watched: RuleSeries, since: datetime, until: datetime) -> list[tuple[Value, Reading | None]]:
    """The newest of the span, or the newest of all if there is none."""
    for begin, most in ((since, PORTION), (BEGINNING, 1)):
        found = readings(
            city_id=watched.city_id,
            series=[watched.datastream_id],
            since=begin,
            until=until,
            most=most,
            newest_first=True,
        )
        if found:
            return [(value_of(one, watched.letter), one) for one in reversed(found)]
    return []


def places_of(watched: RuleSeries, terms: Geofence, after: datetime | None, now: datetime) -> list[Value]:
    """1 for each place inside the area, 0 for each outside; the last one is where the thing is now. Three queries."""
    area = read_shape(terms.area)
    thing = Thing.objects.get(pk=watched.datastream.thing_id)
    moves = HistoricalLocation.objects.filter(thing=thing, time__lte=now).prefetch_related("locations")
    listed = moves.order_by("-time")[:1] if after is None else moves.filter(time__gt=after).order_by("time")
    told = [(move.time, place.location) for move in listed[:PORTION] for place in move.locations.all()[:1]]
    if thing.place is not None:
        told.append((now, thing.place))
    return [Value(us_of(at), float(_is_in(area, place))) for at, place in told]


def _is_in(area: BaseGeometry, place: Mapping[str, Any]) -> bool:
    return bool(area.covers(read_shape(geometry_of(place)).representative_point()))


def usual_for(watched: RuleSeries, terms: Terms, values: Iterable[Value], zone: str) -> UsualOf:
    """What the hours of these values came to in past weeks; one query, and none for other kinds of rules."""
    if not isinstance(terms, Outlier):
        return nothing_usual
    return _usual(watched.datastream_id, terms, values, ZoneInfo(zone))


def _usual(
    series: int, terms: Outlier, values: Iterable[Value], zone: ZoneInfo
) -> Callable[[int], Usual | None]:
    hours = {begin_of(moment_of(value.at), Width.HOUR, "UTC") for value in values}
    wanted = {hour: _weeks_before(hour, terms.weeks, zone) for hour in hours}
    starts = sorted({start for weeks in wanted.values() for start in weeks})
    told = SeriesBucket.objects.filter(datastream_id=series, width=Width.HOUR, start__in=starts)
    counted = {row[0]: row[1:] for row in told.values_list("start", "count", "total", "squares")}
    known = {
        us_of(hour): usual_of([counted[start] for start in weeks if start in counted], terms.least_weeks)
        for hour, weeks in wanted.items()
    }
    return lambda at: known.get(us_of(begin_of(moment_of(at), Width.HOUR, "UTC")))


def _weeks_before(hour: datetime, weeks: int, zone: ZoneInfo) -> Sequence[datetime]:
    """The same hour by the clock of the city, one week back after the other."""
    local = hour.astimezone(zone)
    past = ((local - timedelta(weeks=n)).astimezone(UTC) for n in range(1, weeks + 1))
    return [begin_of(moment, Width.HOUR, "UTC") for moment in past]


def due(city_id: int, now: datetime) -> list[int]:
    """Numbers of watched series that have to be looked at, the longest due first; one query."""
    found = RuleSeries.objects.filter(city_id=city_id, next_at__lte=now, rule__is_on=True)
    return list(found.order_by("next_at", "pk").values_list("pk", flat=True)[:1_000])


def soonest(city_id: int) -> datetime | None:
    """When the next look is due by the clock; one query."""
    found = RuleSeries.objects.filter(city_id=city_id, next_at__isnull=False, rule__is_on=True)
    return found.order_by("next_at").values_list("next_at", flat=True).first()
