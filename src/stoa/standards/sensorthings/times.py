# SPDX-License-Identifier: EUPL-1.2
"""Instants and intervals as texts (ISO 8601): read with any offset, written in UTC with all that is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from stoa.ground.conditions import Period

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)", re.IGNORECASE
)


def instant_of(text: object) -> datetime:
    """The instant in UTC; ValueError unless the text is one with its offset."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError("not an instant")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise ValueError("out of time") from None


def interval_of(text: object) -> Period:
    """The interval `begin/end`; ValueError unless both ends are instants in this order."""
    begins, slash, ends = text.partition("/") if isinstance(text, str) else ("", "", "")
    if not slash:
        raise ValueError("not an interval")
    found = Period(instant_of(begins), instant_of(ends))
    if found.begins is not None and found.ends is not None and found.begins > found.ends:
        raise ValueError("ends before it begins")
    return found


def time_of(text: object) -> datetime | Period:
    """An instant or an interval."""
    return interval_of(text) if isinstance(text, str) and "/" in text else instant_of(text)


def instant_text(value: datetime) -> str:
    """In UTC, to the millisecond or microsecond where there is a fraction.

    >>> instant_text(datetime(2026, 5, 31, 12, tzinfo=UTC))
    '2026-05-31T12:00:00Z'
    """
    utc = value.astimezone(UTC).replace(tzinfo=None)
    parts = "auto" if not utc.microsecond else "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return f"{utc.isoformat(timespec=parts)}Z"


def time_text(value: datetime | Period) -> str:
    """An instant, or both ends of an interval."""
    if isinstance(value, datetime):
        return instant_text(value)
    return "/".join(instant_text(end) if end is not None else ".." for end in (value.begins, value.ends))
