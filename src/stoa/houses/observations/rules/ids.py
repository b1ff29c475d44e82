# SPDX-License-Identifier: EUPL-1.2
"""The stable id of an observation, made of what makes it the same: series, phenomenon time, result time.

`<series>-<phenomenon time>[-<result time>]`, the times in microseconds since 1970, with `n` for those before.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.terms import NO_RESULT_TIME

_WRITTEN = re.compile(r"([1-9][0-9]{0,17})-(n?[0-9]{1,18})(?:-(n?[0-9]{1,18}))?")
_MOST_US = us_of(NO_RESULT_TIME.replace(year=9999))


class Key(NamedTuple):
    """What makes an observation the same: a second one with this key replaces it."""

    series: int
    at: int
    result_at: int = NO_RESULT_US


def id_of(series: int, at: int, result_at: int = NO_RESULT_US) -> str:
    """The id of an observation.

    >>> id_of(7, 1_700_000_000_000_000)
    '7-1700000000000000'
    >>> id_of(7, -5, 0)
    '7-n5-0'
    """
    if result_at == NO_RESULT_US:
        return f"{series}-{at}" if at >= 0 else f"{series}-n{-at}"
    return f"{series}-{_written(at)}-{_written(result_at)}"


def key_of(text: str) -> Key | None:
    """The key that an id speaks of; None when it is no id of ours.

    >>> key_of("7-n5-0")
    Key(series=7, at=-5, result_at=0)
    >>> key_of("7-x") is None
    True
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    at = _read(found[2])
    result_at = NO_RESULT_US if found[3] is None else _read(found[3])
    if not (NO_RESULT_US <= at <= _MOST_US and NO_RESULT_US <= result_at <= _MOST_US):
        return None
    return Key(int(found[1]), at, result_at)


def _written(us: int) -> str:
    return f"n{-us}" if us < 0 else str(us)


def _read(text: str) -> int:
    return -int(text[1:]) if text.startswith("n") else int(text)
