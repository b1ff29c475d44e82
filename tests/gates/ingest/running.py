# SPDX-License-Identifier: EUPL-1.2
"""Running a coroutine to its end in a test, even where a browser's loop rests in the same thread."""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Like `asyncio.run`; the browser tests of the same worker leave a loop that is called running while it rests."""
    resting = events._get_running_loop()
    events._set_running_loop(None)
    try:
        return asyncio.run(work)
    finally:
        events._set_running_loop(resting)
