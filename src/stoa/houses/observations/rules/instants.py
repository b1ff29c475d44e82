# SPDX-License-Identifier: EUPL-1.2
"""Moments as whole microseconds since 1970 (UTC): exact, and quick to compare, to sort and to write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from stoa.houses.observations.terms import NO_RESULT_TIME

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US


def us_of(moment: datetime) -> int:
    """Microseconds since 1970 of a moment with a zone.

    >>> us_of(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (moment - EPOCH) // MICROSECOND


def moment_of(us: int) -> datetime:
    """The moment of so many microseconds since 1970.

    >>> moment_of(1000005).isoformat()
    '1970-01-01T00:00:01.000005+00:00'
    """
    return EPOCH + timedelta(microseconds=us)


def hour_of(us: int) -> int:
    """Begin of the hour (UTC) in which a moment lies.

    >>> hour_of(-1) == -HOUR_US
    True
    """
    return us - us % HOUR_US


def midnight(day: date) -> datetime:
    """When a day begins, UTC: files of history and parts of the table end there."""
    return datetime.combine(day, time(), tzinfo=UTC)


YOUNG_US = 29 * DAY_US
"""What is younger is not rolled yet by any clock, and nobody has to look for it in the lake."""
NO_RESULT_US = us_of(NO_RESULT_TIME)
EARLIEST_US = us_of(datetime(1800, 1, 1, tzinfo=UTC))
"""Older than any measurement that a city keeps: whatever claims it has a broken clock."""
