# SPDX-License-Identifier: EUPL-1.2
"""What a process that answers requests does beside answering them.

Houses say so once at start; only a server begins it, so that commands, jobs and tests stay without threads.
"""

from __future__ import annotations

from collections.abc import Callable

_BESIDE: dict[str, Callable[[], None]] = {}


def beside_serving(name: str, begin: Callable[[], None]) -> None:
    """Have `begin` called once when this process starts to serve; it must return at once."""
    _BESIDE[name] = begin


def begin_serving() -> None:
    """Called by the server's entry point, once a process."""
    for begin in _BESIDE.values():
        begin()
