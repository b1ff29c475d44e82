# SPDX-License-Identifier: EUPL-1.2
"""Who is told of an alert, and when: steps of escalation, quiet hours, tries that failed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from stoa.houses.observations.terms import SEVERITY_ORDER, MessageKind, Severity

MOST_ATTEMPTS = 8
_WAITS_S = (10, 30, 60, 300, 900, 1800, 3600)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the city's clock in which people are to sleep; equal times or an empty one mean: none."""

    begin: time | None
    end: time | None
    zone: tzinfo

    def holds(self, at: datetime) -> bool:
        """Whether the clock of the city stands in the quiet hours; they begin at `begin`, `end` is not in them."""
        if self.begin is None or self.end is None or self.begin == self.end:
            return False
        clock = at.astimezone(self.zone).time()
        if self.begin < self.end:
            return self.begin <= clock < self.end
        return clock >= self.begin or clock < self.end


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What of an alert decides who is told."""

    severity: Severity
    noticed_at: datetime
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What of a recipient decides when they are told."""

    key: int
    after_minutes: int
    wakes_from: Severity


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody is to be told."""

    key: int
    kind: MessageKind
    due_at: datetime


def is_at_least(severity: str, least: str) -> bool:
    """Whether something is as bad as `least`, or worse."""
    return SEVERITY_ORDER.index(Severity(severity)) >= SEVERITY_ORDER.index(Severity(least))


def steps(alert: AlertFacts, routes: Iterable[RouteFacts], quiet: Quiet) -> list[Step]:
    """Who is to be told that an alert is open, and when.

    Nobody once it has ended; nobody of a later step once somebody has taken it over before their time came.
    """
    if alert.ended_at is not None:
        return []
    found = [_step(alert, route, quiet) for route in routes]
    return [step for step in found if not is_stopped(step.kind, step.due_at, alert.acknowledged_at)]


def is_stopped(kind: MessageKind, due_at: datetime, acknowledged_at: datetime | None) -> bool:
    """Whether a message is not needed any more because somebody took the alert over before it was due."""
    return kind is MessageKind.ESCALATED and acknowledged_at is not None and acknowledged_at <= due_at


def _step(alert: AlertFacts, route: RouteFacts, quiet: Quiet) -> Step:
    kind = MessageKind.ESCALATED if route.after_minutes else MessageKind.RAISED
    at = alert.noticed_at + timedelta(minutes=route.after_minutes)
    wakes = alert.severity is Severity.EXTREME or is_at_least(alert.severity, route.wakes_from)
    return Step(route.key, kind, at if wakes else after_quiet(at, quiet))


def after_quiet(at: datetime, quiet: Quiet) -> datetime:
    """The first moment from `at` on that is outside the quiet hours; in UTC if that is another moment.

    It is either one at which the clock shows the end of the quiet hours, or one at which the clock is moved (to or
    from daylight saving time), so that it jumps over the end.
    """
    if not quiet.holds(at):
        return at
    return min(one for one in _ends(at, quiet) if one >= at and not quiet.holds(one))


def _ends(at: datetime, quiet: Quiet) -> Iterator[datetime]:
    yield from _turns(at.astimezone(UTC), quiet.zone)
    day = at.astimezone(quiet.zone).date()
    for n in range(3):
        for fold in (0, 1):
            wall = datetime.combine(day + n * _DAY, quiet.end or time(), quiet.zone)
            yield wall.replace(fold=fold).astimezone(UTC)


def _turns(at: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Moments of the next two days at which the clock is moved."""
    for hour in range(48):
        low, high = at + timedelta(hours=hour), at + timedelta(hours=hour + 1)
        if _offset(low, zone) != _offset(high, zone):
            yield _turn(low, high, zone)


def _turn(low: datetime, high: datetime, zone: tzinfo) -> datetime:
    """The first whole second with the later offset."""
    before = _offset(low, zone)
    low = low.replace(microsecond=0)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high.replace(microsecond=0)


def _offset(at: datetime, zone: tzinfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def again_at(now: datetime, attempts: int) -> datetime | None:
    """When a message that could not be sent is tried again; None: it is given up.

    >>> again_at(datetime(2026, 1, 1), 2) - datetime(2026, 1, 1)
    datetime.timedelta(seconds=30)
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + timedelta(seconds=_WAITS_S[attempts - 1])
