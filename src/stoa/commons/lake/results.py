# SPDX-License-Identifier: EUPL-1.2
"""Answers that were given before. Versions never change, so none grows old; only the space is bounded."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from typing import Any

from stoa.ground.memory import Memory

MOST_BYTES = 24 * 1024 * 1024
_ENTRY = 500
"""What an answer takes beside itself: its question and its places."""
_CELL = 60
"""A usual Python value with its slot in a tuple."""


def weight(value: Any) -> int:
    """About how many bytes an answer takes."""
    return _ENTRY + _weight(value)


def _weight(value: Any) -> int:
    if isinstance(value, str | bytes):
        return _CELL + 2 * len(value)
    if isinstance(value, tuple | list):
        return _CELL + sum(_weight(part) for part in value)
    if isinstance(value, dict):
        return _CELL + sum(_weight(key) + _weight(part) for key, part in value.items())
    if is_dataclass(value) and not isinstance(value, type):
        return _CELL + sum(_weight(getattr(value, part.name)) for part in fields(value))
    return _CELL


kept: Memory[Hashable, Any] = Memory(MOST_BYTES, weight)
