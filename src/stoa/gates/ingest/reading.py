# SPDX-License-Identifier: EUPL-1.2
"""Questions of readers to the database: a thread of their own, so that no sender's key waits behind a map."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

WAITING_MOST = 20
"""So many different questions wait at once; whoever has rights of their own still finds as many places again."""


class ManyReaders(Exception):  # noqa: N818 - reads as what it is
    """Too many questions wait already; this one was not asked."""


class Readers:
    """One question at a time; who asks what is asked already gets the same answer."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "observations-reading")
        self._waiting: dict[tuple[Any, ...], asyncio.Future[Any]] = {}

    async def ask(self, question: Callable[..., Any], *given: Any, is_known: bool) -> Any:
        """The answer; `is_known`: the reader has rights of their own. Raises ManyReaders, psycopg.Error."""
        key = (question, *given)
        answer = self._waiting.get(key)
        if answer is None:
            if len(self._waiting) >= WAITING_MOST * (1 + is_known):
                raise ManyReaders
            answer = asyncio.get_running_loop().run_in_executor(self._thread, question, *given)
            self._waiting[key] = answer
            answer.add_done_callback(lambda done: self._answered(key, done))
        return await asyncio.shield(answer)  # one who leaves does not take it from the others

    def stop(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _answered(self, key: tuple[Any, ...], done: asyncio.Future[Any]) -> None:
        self._waiting.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever asked may be gone
