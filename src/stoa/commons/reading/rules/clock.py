# SPDX-License-Identifier: EUPL-1.2
"""Local hours that come twice or never when the clocks change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the clocks, in local time without zone: [first, end) comes twice or never."""

    first: datetime
    end: datetime
    is_double: bool


def changes(zone: str, first_year: int, last_year: int) -> tuple[Change, ...]:
    """Every change of the clocks of a zone in some years; at most 300 years are looked at."""
    place = ZoneInfo(zone)
    found = []
    moment = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(min(last_year, first_year + 300) + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        later = moment + timedelta(days=1)
        before, after = moment.astimezone(place).utcoffset(), later.astimezone(place).utcoffset()
        if before is not None and after is not None and before != after:
            found.append(_change(place, moment, later, before, after))
        moment = later
    return tuple(found)


def _change(place: ZoneInfo, low: datetime, high: datetime, before: timedelta, after: timedelta) -> Change:
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(place).utcoffset() == before else (low, middle)
    instant = (high + timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=None)
    old, new = instant + before, instant + after
    return Change(min(old, new), max(old, new), is_double=new < old)
