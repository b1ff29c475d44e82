# SPDX-License-Identifier: EUPL-1.2
"""A result as it was sent, from the columns in which it is kept. Pure."""

from __future__ import annotations

from typing import Any

from stoa.houses.observations.terms import ResultType


def result_of(kind: str, number: float | None, text: str | None, json: Any) -> Any:
    """A whole number of a count, true or false, a number, a text, or JSON.

    >>> result_of("count", 3.0, None, None)
    3
    """
    if number is None:
        return json if text is None else text
    if kind == ResultType.TRUTH:
        return bool(number)
    return int(number) if kind == ResultType.COUNT else number
