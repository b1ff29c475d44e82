# SPDX-License-Identifier: EUPL-1.2
"""Group commit: what many callers send while one transaction is under way goes into the next, together.

Each caller is answered after the commit only. The queue is bounded: whoever comes when it is full is told to come
again, instead of being kept in memory.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from stoa.houses.observations.actions.streaming import Away, Batch, Writer
from stoa.houses.observations.actions.writing import Written
from stoa.houses.observations.rules.rows import Row

ROWS_AT_ONCE = 8_000
ROWS_WAITING_MOST = 120_000
BATCHES_WAITING_MOST = 4_000

News = Callable[[Sequence[Row]], None]


class Busy(Exception):  # noqa: N818 - reads as what it is
    """Too much is waiting already; nothing was taken."""


class Rejected(Exception):  # noqa: N818 - reads as what it is
    """The database would not take this batch; nothing of it was written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch."""

    written: int
    corrected: int
    unchanged: int


class Gatherer:
    """The queue before the one connection that writes."""

    def __init__(self, writer: Writer, tell: News | None = None) -> None:
        self._writer = writer
        self._tell = tell
        self._thread = ThreadPoolExecutor(1, "observations")
        self._waiting: list[tuple[Batch, asyncio.Future[Outcome]]] = []
        self._rows = 0
        self._running: asyncio.Task[None] | None = None

    async def keep(self, batch: Batch) -> Outcome:
        """Come back when the batch is safely on disk. Raises Busy, Away, Rejected."""
        size = len(batch.rows) + len(batch.turned)
        if self._rows and (
            self._rows + size > ROWS_WAITING_MOST or len(self._waiting) >= BATCHES_WAITING_MOST
        ):
            raise Busy
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, outcome))
        self._rows += size
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await outcome

    async def close(self) -> None:
        """Write what waits, then leave the database."""
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=5)
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.close)
        self._thread.shutdown(wait=False)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._commit(self._next_group())
        finally:
            self._running = None

    def _next_group(self) -> list[tuple[Batch, asyncio.Future[Outcome]]]:
        rows = end = 0
        for batch, _ in self._waiting:
            rows += len(batch.rows) + len(batch.turned)
            if end and rows > ROWS_AT_ONCE:
                break
            end += 1
        group, self._waiting = self._waiting[:end], self._waiting[end:]
        return group

    async def _commit(self, group: list[tuple[Batch, asyncio.Future[Outcome]]]) -> None:
        try:
            written = await self._write([batch for batch, _ in group])
        except Away as away:
            self._answer_all(group, away)
        except Exception as error:  # noqa: BLE001 - whatever it is, callers must not wait for ever
            if len(group) > 1:  # one of them must not cost the others
                for one in group:
                    await self._commit([one])
                return
            self._answer_all(group, Rejected(type(error).__name__))
        else:
            self._answer(group, written)
            if self._tell is not None and written.rows:
                self._tell(written.rows)

    async def _write(self, batches: list[Batch]) -> Written:
        received = time.time_ns() // 1000
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._writer.write, batches, received)

    def _answer_all(self, group: list[tuple[Batch, asyncio.Future[Outcome]]], error: Exception) -> None:
        for batch, outcome in group:
            self._rows -= len(batch.rows) + len(batch.turned)
            if not outcome.done():
                outcome.set_exception(error)

    def _answer(self, group: list[tuple[Batch, asyncio.Future[Outcome]]], written: Written) -> None:
        for batch, outcome in group:
            self._rows -= len(batch.rows) + len(batch.turned)
            if not outcome.done():
                outcome.set_result(outcome_of(batch, written))


def outcome_of(batch: Batch, written: Written) -> Outcome:
    """What became of one batch of several that were written together."""
    if not written.was_merged:
        return Outcome(len(batch.rows), 0, 0)
    new = corrected = 0
    for row in batch.rows:
        key = row[:3]
        new += key in written.new
        corrected += key in written.corrected
    return Outcome(new, corrected, len(batch.rows) - new - corrected)
