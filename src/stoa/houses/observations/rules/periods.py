# SPDX-License-Identifier: EUPL-1.2
"""Where time buckets begin and end. Hours run by UTC; days and longer by the clock of the city. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from stoa.houses.observations.terms import Width

HOUR = timedelta(hours=1)


class Span(NamedTuple):
    """From `begin` on and before `end`."""

    begin: datetime
    end: datetime


def begin_of(moment: datetime, width: Width, zone: str) -> datetime:
    """Begin of the bucket in which a moment lies, in UTC.

    >>> begin_of(datetime(2030, 7, 1, 1, 30, tzinfo=UTC), Width.DAY, "Europe/Berlin").isoformat()
    '2030-06-30T22:00:00+00:00'
    """
    if width is Width.HOUR:
        return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    local = moment.astimezone(ZoneInfo(zone))
    month = 1 if width is Width.YEAR else local.month
    day = local.day if width is Width.DAY else 1
    return datetime(local.year, month, day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def end_of(begin: datetime, width: Width, zone: str) -> datetime:
    """End of the bucket that begins here, in UTC: days of a change of clocks have 23 or 25 hours."""
    if width is Width.HOUR:
        return begin + HOUR
    local = begin.astimezone(ZoneInfo(zone))
    if width is Width.DAY:
        after = (local.replace(tzinfo=None) + timedelta(days=1)).date()
        return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    year, month = (
        (local.year + 1, 1) if width is Width.YEAR or local.month == 12 else (local.year, local.month + 1)
    )
    return datetime(year, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def span_of(moment: datetime, width: Width, zone: str) -> Span:
    """The bucket in which a moment lies."""
    begin = begin_of(moment, width, zone)
    return Span(begin, end_of(begin, width, zone))


def touched(changed: Iterable[tuple[Width, datetime]], width: Width, zone: str) -> list[Span]:
    """Buckets of this width that are no longer right when something changed in these hours, or in these buckets.

    An hour may reach into two days where a city's clock differs from UTC by half hours.
    """
    found = set()
    for marked, start in changed:
        if marked is Width.HOUR:
            found.add(span_of(start, width, zone))
            found.add(span_of(start + HOUR - timedelta(microseconds=1), width, zone))
        elif marked is width:
            found.add(span_of(start, width, zone))
    return sorted(found)
