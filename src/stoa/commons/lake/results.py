# SPDX-License-Identifier: EUPL-1.2
"""Answers that were given before. Versions never change, so none grows old; only the space is bounded."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from types import NoneType
from typing import Any, TypeVar, cast

MOST_BYTES = 24 * 1024 * 1024
_CELL = 60
"""A usual Python value with its slot in a tuple."""
_PLAIN = frozenset({int, float, bool, NoneType, date, datetime, time})
T = TypeVar("T")


class Results:
    """A bounded memory of answers by question; the longest unused go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question, worked out only if it is not known; one too large is not kept."""
        with self._lock:
            if question in self._kept:
                self._kept.move_to_end(question)
                return cast("T", self._kept[question][0])
        found = answer()
        size = _weight(found) + 500
        if size <= self._most // 8:
            with self._lock:
                self._keep(question, found, size)
        return found

    def has(self, question: Hashable) -> bool:
        """Whether the answer to a question is known at this moment."""
        with self._lock:
            return question in self._kept

    def keep(self, question: Hashable, found: Any) -> None:
        """An answer that came along with another one."""
        with self._lock:
            self._keep(question, found, _weight(found) + 500)

    def _keep(self, question: Hashable, found: Any, size: int) -> None:
        if question in self._kept:
            return
        self._kept[question] = (found, size)
        self._size += size
        while self._size > self._most:
            _, (_, freed) = self._kept.popitem(last=False)
            self._size -= freed

    @property
    def bytes(self) -> int:
        return self._size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0


def _weight(value: Any) -> int:
    """About how many bytes a value takes."""
    if isinstance(value, str | bytes):
        return _CELL + 2 * len(value)
    if isinstance(value, tuple | list):
        return _CELL + _weight_of_all(value)
    if isinstance(value, dict):
        return _CELL + _weight_of_all(value) + _weight_of_all(value.values())
    if is_dataclass(value) and not isinstance(value, type):
        return _CELL + sum(_weight(getattr(value, part.name)) for part in fields(value))
    return _CELL


def _weight_of_all(values: Iterable[Any]) -> int:
    """The sum of them. A page has a thousand cells, nearly all plain: those are weighed where they stand."""
    found = 0
    for value in values:
        kind = type(value)
        if kind is str:
            found += _CELL + 2 * len(value)
        elif kind in _PLAIN:
            found += _CELL
        else:
            found += _weight(value)
    return found


kept = Results()
