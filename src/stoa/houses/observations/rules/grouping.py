# SPDX-License-Identifier: EUPL-1.2
"""What the dataset of a group of series looks like, whom it may be open to, and which days a version holds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import N_
from stoa.houses.observations.terms import ResultType

NUMBERS = frozenset({ResultType.NUMBER, ResultType.COUNT, ResultType.TRUTH})
BEGINNING = datetime(1678, 1, 1, tzinfo=UTC)
SETTLED_HOUR = 3
"""From this hour of the city's clock on the day before is given out: what comes a little late is in it."""
RESULT, RESULT_TEXT = "result", "result_text"
KEY = ("series", "phenomenon_time")
MEANINGS = (
    ("series", Kind.TEXT, N_("Stable id of the series")),
    ("thing", Kind.TEXT, N_("What is observed")),
    ("property", Kind.TEXT, N_("What is measured")),
    ("unit", Kind.TEXT, N_("Unit of the result")),
    ("phenomenon_time", Kind.DATETIME, N_("When it was so, or the begin of the interval")),
    ("end_time", Kind.DATETIME, N_("End of the interval; empty: an instant")),
    ("result_time", Kind.DATETIME, N_("When the result was made, where that was told")),
    (RESULT, Kind.NUMBER, N_("The result as a number; a truth value is 1 or 0")),
    (RESULT_TEXT, Kind.TEXT, N_("The result, where it is a category, a text or JSON")),
    (
        "quality",
        Kind.TEXT,
        N_("pass: good, not_evaluated: not judged, suspect: doubtful, fail: bad, missing: no value"),
    ),
    ("longitude", Kind.NUMBER, N_("Where the thing stands now, degrees east (WGS 84)")),
    ("latitude", Kind.NUMBER, N_("Where the thing stands now, degrees north (WGS 84)")),
)
"""Name, kind and meaning of the columns, in order."""
CODES = frozenset({"thing", "property", "unit", "quality"})


class Member(NamedTuple):
    """A series as its dataset tells of it."""

    pk: int
    uid: str
    thing: str
    property: str
    unit: str
    longitude: float | None
    latitude: float | None
    result_type: str
    is_open: bool


def columns_of(members: Iterable[Member]) -> list[ColumnSpec]:
    """The columns of a version; the meanings are in English, to be translated."""
    kinds = {ResultType(member.result_type) for member in members}
    units = {member.unit for member in members}
    left_out = {RESULT} if kinds and not kinds & NUMBERS else set()
    left_out |= set() if kinds - NUMBERS else {RESULT_TEXT}
    unit = next(iter(units)) if len(units) == 1 else ""
    return [
        ColumnSpec(name, name, kind, unit if name == RESULT else "", meaning, is_code_list=name in CODES)
        for name, kind, meaning in MEANINGS
        if name not in left_out
    ]


def may_be_open(
    wanted: Collection[int], exported: Collection[int], closed: Collection[int], is_open: Mapping[int, bool]
) -> bool:
    """Whether all that any version of a dataset holds is public.

    `is_open` tells it of every series that there still is. One that was closed once and is gone stays closed.
    """
    return all(is_open.get(pk, False) for pk in {*wanted, *closed}) and all(
        is_open.get(pk, True) for pk in exported
    )


def window(now: datetime, days: int | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Which values a version of today holds: whole days of the city's clock until the last midnight.

    >>> since, until = window(datetime(2026, 11, 21, 12, tzinfo=UTC), 1, ZoneInfo("Europe/Berlin"))
    >>> until.isoformat(), (until - since).days
    ('2026-11-20T23:00:00+00:00', 1)
    """
    today = now.astimezone(zone).date()
    until = datetime.combine(today, time(), tzinfo=zone).astimezone(UTC)
    if days is None:
        return BEGINNING, until
    return datetime.combine(today - timedelta(days=days), time(), tzinfo=zone).astimezone(UTC), until


def due_since(now: datetime, zone: ZoneInfo) -> datetime:
    """A group that nobody has looked at since this moment is due."""
    local = now.astimezone(zone)
    day = local.date() if local.hour >= SETTLED_HOUR else local.date() - timedelta(days=1)
    return datetime.combine(day, time(SETTLED_HOUR), tzinfo=zone)
