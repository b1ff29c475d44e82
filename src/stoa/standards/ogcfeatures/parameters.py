# SPDX-License-Identifier: EUPL-1.2
"""The query parameters of a request for items: what they mean, or a refusal that says how to write them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import N_, Saying, say

LIMIT, MOST = 10, 10_000
MOST_SORTS = 8
"""Columns of one order."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Interval:
    """A time with both ends in it; None is an open end."""

    since: datetime | date | None
    until: datetime | date | None


def refused(name: str, value: str, do: Saying) -> Refused:
    """A parameter's value that cannot be understood."""
    what = say(
        "The value “%(value)s” of the parameter “%(name)s” cannot be understood.", value=value[:80], name=name
    )
    return Refused(
        Problem("ogc.parameter_unreadable", what, say("OGC API asks for an exact form."), do, name)
    )


def need_known(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse parameters that mean nothing here (17-069r4, requirement core/query-param-unknown)."""
    for name in given:
        if name not in known:
            what = say("The parameter “%(name)s” means nothing here.", name=name[:80])
            why = say("A misspelt filter that is passed over in silence would give too many results.")
            do = say("Use one of: %(known)s.", known=", ".join(sorted(known)))
            raise Refused(Problem("ogc.parameter_unknown", what, why, do, name[:80]))


def limit_of(text: str, *, most: int = MOST) -> int:
    """How many items; more than `most` is asked in good faith and capped (core/fc-limit-response-1)."""
    plain = text.strip() or str(LIMIT)
    if not (plain.isascii() and plain.isdigit() and len(plain) < 20 and int(plain) > 0):
        raise refused("limit", text, say("Write a whole number from 1 to %(most)s.", most=most))
    return min(int(plain), most)


def numbers_of(name: str, text: str, how_many: Collection[int]) -> tuple[float, ...]:
    """Numbers parted by commas."""
    do = Saying(N_("Write four numbers parted by commas: least first and second coordinate, then greatest."))
    parts = text.split(",") if len(text) < 500 else []
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        raise refused(name, text, do) from None
    if len(numbers) not in how_many or not all(math.isfinite(number) for number in numbers):
        raise refused(name, text, do)
    return numbers


def bbox_of(text: str, name: str = "bbox") -> tuple[float, float, float, float]:
    """The four edges in the plane; heights of a box with six numbers are passed over, as no data here has any.

    The first may be greater than the third: the box then crosses the date line (core/fc-bbox-definition).
    """
    numbers = numbers_of(name, text, {4, 6})
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if south > north:
        do = say(
            "The second number is the least, the last one the greatest; here they are the other way round."
        )
        raise refused(name, text, do)
    return west, south, east, north


def interval_of(text: str, name: str = "datetime") -> Interval:
    """A moment, a day or an interval of them, with `..` or nothing for an open end (core/fc-time-definition)."""
    parts = text.strip().split("/")
    if len(parts) == 1 and parts[0] not in {"", ".."}:
        moment = _moment(name, text, parts[0])
        return Interval(moment, moment)
    if len(parts) != 2:
        raise _time_refused(name, text)
    since, until = (None if part in {"", ".."} else _moment(name, text, part) for part in parts)
    found = Interval(since, until)
    if (since is None and until is None) or _is_backwards(found):
        raise _time_refused(name, text)
    return found


def _moment(name: str, text: str, part: str) -> datetime | date:
    try:
        if _DAY.fullmatch(part):
            return date.fromisoformat(part)
        if _MOMENT.fullmatch(part):
            return datetime.fromisoformat(part.upper())
    except (ValueError, OverflowError):
        pass
    raise _time_refused(name, text)


def _is_backwards(found: Interval) -> bool:
    since, until = found.since, found.until
    if since is None or until is None:
        return False
    if isinstance(since, datetime) and isinstance(until, datetime):
        return since > until
    return _day_of(since) > _day_of(until)


def _day_of(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _time_refused(name: str, text: str) -> Refused:
    return refused(
        name,
        text,
        say("Write 2026-05-31T12:00:00Z, 2026-05-31, or two of them as begin/end; .. is an open end."),
    )


def sort_of(text: str, known: Collection[str]) -> str:
    """Columns parted by commas, with `-` before one for downwards; `+` is the usual way up, in addresses a blank."""
    parts = [part.strip() for part in text.split(",")]
    names = [part[1:] if part[:1] in {"+", "-"} else part for part in parts]
    if len(parts) > MOST_SORTS or len(set(names)) < len(names) or not set(names) <= set(known):
        do = say(
            "Write at most %(n)s different ones of these, parted by commas, with - before one for downwards: %(known)s.",
            n=MOST_SORTS,
            known=", ".join(known),
        )
        raise refused("sortby", text, do)
    return ",".join(
        f"-{name}" if part.startswith("-") else name for part, name in zip(parts, names, strict=True)
    )


def columns_refused(text: str, known: Collection[str]) -> Refused:
    """A list of columns of which some are not there, or too many."""
    do = say("Write at most eight of these, parted by commas: %(known)s.", known=", ".join(known))
    return refused("columns", text, do)
