# SPDX-License-Identifier: EUPL-1.2
"""Whether an observation can be taken as what its series says it is. Pure: no clock, no database.

What is wrong is told by a code of `rules/refusals.py`; nothing is mended silently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

import msgspec

from stoa.houses.observations.rules.instants import (
    DAY_US,
    EARLIEST_US,
    NO_RESULT_US,
    SECOND_US,
    us_of,
)
from stoa.houses.observations.rules.rows import Row, plain_row
from stoa.houses.observations.terms import Quality, ResultType

AHEAD_MOST_US = 600 * SECOND_US
"""Clocks of devices run ahead by so much; more is a broken one."""
FORECAST_MOST_US = 35 * DAY_US
TEXT_MOST = 16 * 1024
JSON_MOST = 64 * 1024
MEMBERS_MOST = 1000
DEPTH_MOST = 32
COUNT_MOST = 2**53
"""Larger whole numbers are not exact as a float."""
QUALITIES = frozenset(int(q) for q in Quality)

_NUMBER = ResultType.NUMBER
_json = msgspec.json.Encoder()
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Series:
    """What must be known of a series to take its observations, and to say who may write and read them."""

    pk: int
    city: int
    thing: int
    department: int
    kind: ResultType
    is_open: bool = True
    is_forecast: bool = False
    """`forecast: true` among its properties: it speaks of times to come."""
    parts: int = 0
    """How many values a result has; 0: one that stands alone."""
    units: frozenset[str] = frozenset()
    """How its unit may be written."""
    observed_property: int = 0
    awaits_entry: bool = False
    """Its thing stands in public space and in no register, and the city refuses what such things measure."""


class Wrong(Exception):  # noqa: N818 - reads as what it is
    """The observation cannot be taken; `code` is one of the refusals'."""

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {
            name: plain(value) if isinstance(value, str) else value for name, value in facts.items()
        }


def plain(text: str) -> str:
    """Without what PostgreSQL cannot keep: NUL and halves of surrogate pairs, shown as U+FFFD.

    >>> plain("a" + chr(0) + "b") == "a" + chr(0xFFFD) + "b"
    True
    """
    return _UNSTORABLE.sub("\ufffd", text)


def judge(series: Series, at: int, result: Any, now: int) -> Row:
    """A result at an instant, without anything else. Raises Wrong."""
    if series.awaits_entry:
        raise Wrong("observations.thing_unregistered")
    if at > now or at < EARLIEST_US:
        check_time(series, at, now)
    if series.kind is _NUMBER and not series.parts:  # the usual case first
        if type(result) is float and isfinite(result):
            return plain_row(series.pk, at, series.city, result)
        if type(result) is float or type(result) is int:
            return plain_row(series.pk, at, series.city, _finite(result))
        raise _not_a(series.kind, result)
    number, text, json = judge_result(series, result)
    return Row(series.pk, at, NO_RESULT_US, series.city, number, text=text, json=json)


def check_time(series: Series, at: int, now: int) -> None:
    """The phenomenon time is no time that a sensor of a city can speak of. Raises Wrong."""
    if at > now + AHEAD_MOST_US and (not series.is_forecast or at > now + FORECAST_MOST_US):
        raise Wrong("observations.time_in_future", seconds=(at - now) // SECOND_US)
    if at < EARLIEST_US:
        raise Wrong("observations.time_absurd")


def check_interval(at: int, until: int | None) -> None:
    """An interval runs forward. Raises Wrong."""
    if until is not None and until < at:
        raise Wrong("observations.interval_reversed")


def check_unit(series: Series, unit: str) -> None:
    """A unit that is told must be the series' own; nothing is converted silently. Raises Wrong."""
    if unit and series.units and unit not in series.units:
        raise Wrong("observations.unit_differs", unit=unit[:40], expected=min(series.units, key=len))


def check_quality(quality: Any) -> int:
    """One of QARTOD's flags. Raises Wrong."""
    if isinstance(quality, bool) or quality not in QUALITIES:
        raise Wrong("observations.quality_unknown", quality=str(quality)[:20])
    return int(quality)


def judge_result(series: Series, result: Any) -> tuple[float | None, str | None, bytes | None]:
    """The result as number, text or JSON, as the series says. Raises Wrong."""
    if result is None:
        raise _not_a(series.kind, result)
    if series.parts:
        if not isinstance(result, list | tuple) or len(result) != series.parts:
            raise Wrong("observations.parts_differ", expected=series.parts)
        return None, None, judge_json(result)
    if series.kind is ResultType.JSON:
        return None, None, judge_json(result)
    if series.kind in {ResultType.CATEGORY, ResultType.TEXT}:
        return None, _text(series, result), None
    return _number(series, result), None, None


def _number(series: Series, result: Any) -> float:
    kind = series.kind
    if kind is ResultType.TRUTH:
        if isinstance(result, bool) or (type(result) is int and result in {0, 1}):
            return float(result)
        raise _not_a(kind, result)
    if isinstance(result, bool) or not isinstance(result, int | float):
        raise _not_a(kind, result)
    number = _finite(result)
    if kind is ResultType.COUNT and (not number.is_integer() or abs(number) > COUNT_MOST):
        raise _not_a(kind, result)
    return number


def _finite(result: float) -> float:
    try:
        number = float(result)
    except OverflowError:
        raise Wrong("observations.result_not_finite") from None
    if not isfinite(number):
        raise Wrong("observations.result_not_finite")
    return number


def _text(series: Series, result: Any) -> str:
    if not isinstance(result, str):
        raise _not_a(series.kind, result)
    if len(result) > TEXT_MOST:
        raise Wrong("observations.result_too_large", size=len(result), most=TEXT_MOST)
    return _storable(result)


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL; half a surrogate pair is no text at all."""
    if "\0" in text or (not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise Wrong("observations.text_unreadable")
    return text


def judge_json(value: Any) -> bytes:
    """Any JSON within limits of size, depth and members, encoded. Raises Wrong."""
    left = [MEMBERS_MOST]
    _walk(value, left, DEPTH_MOST)
    try:
        encoded = _json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        raise Wrong("observations.result_unreadable") from None
    if len(encoded) > JSON_MOST:
        raise Wrong("observations.result_too_large", size=len(encoded), most=JSON_MOST)
    return encoded


def _walk(value: Any, left: list[int], depth: int) -> None:
    if isinstance(value, float) and not isfinite(value):
        raise Wrong("observations.result_not_finite")
    if isinstance(value, str):
        _storable(value)
    if not isinstance(value, dict | list | tuple):
        return
    left[0] -= len(value)
    if left[0] < 0 or depth == 0:
        raise Wrong("observations.too_many_members", most=MEMBERS_MOST)
    if isinstance(value, dict):
        for name in value:
            _storable(str(name))
    for part in value.values() if isinstance(value, dict) else value:
        _walk(part, left, depth - 1)


def _not_a(kind: ResultType, result: Any) -> Wrong:
    if result is None:
        return Wrong("observations.result_missing")
    if isinstance(result, float) and not isfinite(result):
        return Wrong("observations.result_not_finite")
    return Wrong("observations.result_type_differs", expected=kind.value, came=type(result).__name__)


def instant(text: str) -> int:
    """A moment in ISO 8601 with its zone, as microseconds since 1970. Raises Wrong.

    >>> instant("1970-01-01T01:00:01+01:00")
    1000000
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("observations.time_unreadable", time=text[:40]) from None
    return moment_us(moment)


def moment_us(moment: datetime) -> int:
    """The same from a moment that was read already. Raises Wrong when it has no zone."""
    if moment.tzinfo is None:
        raise Wrong("observations.time_without_zone", time=moment.isoformat()[:40])
    try:
        return us_of(moment)
    except OverflowError:
        raise Wrong("observations.time_absurd") from None


def times(text: str) -> tuple[int, int | None]:
    """An instant, or an interval `begin/end`. Raises Wrong."""
    begin, slash, end = text.partition("/")
    at = instant(begin)
    if not slash:
        return at, None
    until = instant(end)
    check_interval(at, until)
    return at, until
