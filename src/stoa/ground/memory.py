# SPDX-License-Identifier: EUPL-1.2
"""A bounded memory: what was worked out before, as long as there is space; the longest unused goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")
_MISSING = object()


class Memory(Generic[K, V]):
    """Values by key, of at most so much weight together; threads may share it.

    One that would fill more than a share of it is not kept at all: it would push out too many others.
    """

    def __init__(self, most: int, weigh: Callable[[V], int], *, share: int = 8) -> None:
        self._most, self._weigh, self._share = most, weigh, share
        self._weight = 0
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, None if it is not known; it is the last one to go from now on."""
        found = self._look(key)
        return None if found is _MISSING else cast("V", found)

    def get_or_make(self, key: K, make: Callable[[], T]) -> T:
        """The value, made only if it is not known. Two who ask at once may both make it.

        In a memory of values of any kind it has the kind that is made.
        """
        found = self._look(key)
        if found is not _MISSING:
            return cast("T", found)
        made = make()
        self.keep(key, cast("V", made))
        return made

    def has(self, key: K) -> bool:
        """Whether the value is known at this moment; does not count as a use."""
        with self._lock:
            return key in self._kept

    def keep(self, key: K, value: V) -> None:
        """In place of what was known by this key."""
        weight = self._weigh(value)
        with self._lock:
            self._weight -= self._kept.pop(key, (None, 0))[1]
            if weight > self._most // self._share:
                return
            self._kept[key] = (value, weight)
            self._weight += weight
            while self._weight > self._most:
                self._weight -= self._kept.popitem(last=False)[1][1]

    @property
    def weight(self) -> int:
        """Of all that is kept."""
        return self._weight

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def _look(self, key: K) -> object:
        with self._lock:
            if key not in self._kept:
                return _MISSING
            self._kept.move_to_end(key)
            return self._kept[key][0]
