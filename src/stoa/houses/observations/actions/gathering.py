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
ROWS_FOR_ANOTHER = 500
"""So many waiting are worth a second transaction beside the one under way."""
ROWS_WAITING_MOST = 120_000
BATCHES_WAITING_MOST = 4_000
FEW = 8
"""So few callers at once are answered as soon as can be; more are better off together."""
PATIENCE_S = 0.004

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


Waiting = tuple[Batch, "asyncio.Future[Outcome]"]


def _size(batch: Batch) -> int:
    return len(batch.rows) + len(batch.turned)


@dataclass(frozen=True, slots=True)
class Hand:
    """One connection that writes, and the thread it is used from."""

    writer: Writer
    thread: ThreadPoolExecutor


class Gatherer:
    """The queue before the connections that write.

    A second one writes only when much is waiting: few observations are better off together in the next transaction.
    """

    def __init__(self, *writers: Writer, tell: News | None = None) -> None:
        self._tell = tell
        self._hands = [Hand(writer, ThreadPoolExecutor(1, "observations")) for writer in writers]
        self._free = [*self._hands]
        self._waiting: list[Waiting] = []
        self._rows = 0
        """Of all batches that are not answered yet; `_rows_waiting`: of those that nobody writes yet."""
        self._rows_waiting = 0
        self._running: set[asyncio.Task[None]] = set()
        self._enough: tuple[int, asyncio.Future[None]] | None = None
        """Who waits until so many batches have come."""

    async def keep(self, batch: Batch) -> Outcome:
        """Come back when the batch is safely on disk. Raises Busy, Away, Rejected."""
        return await self.put(batch)

    def put(self, batch: Batch) -> asyncio.Future[Outcome]:
        """The same for whoever does not wait here. Raises Busy, and the future Away and Rejected."""
        size = _size(batch)
        if self._rows and (
            self._rows + size > ROWS_WAITING_MOST or len(self._waiting) >= BATCHES_WAITING_MOST
        ):
            raise Busy
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((batch, outcome))
        self._rows += size
        self._rows_waiting += size
        if self._enough is not None and self._is_enough(self._enough[0]):
            self._go_on(self._enough[1])
        if self._free and self._is_worth_it():
            task = loop.create_task(self._run(self._free.pop()))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return outcome

    async def close(self) -> None:
        """Write what waits, then leave the database."""
        if self._running:
            await asyncio.wait(self._running, timeout=5)
        for hand in self._hands:
            await asyncio.get_running_loop().run_in_executor(hand.thread, hand.writer.close)
            hand.thread.shutdown(wait=False)

    def _is_worth_it(self) -> bool:
        """Whether one more should write: there is none yet, or much is waiting."""
        return len(self._free) == len(self._hands) or self._rows_waiting >= ROWS_FOR_ANOTHER

    async def _run(self, hand: Hand) -> None:
        """Write as long as something is waiting that no other hand will take."""
        may_rest = False
        try:
            while self._waiting and not may_rest:
                group, began = self._next_group(), time.monotonic()
                await self._commit(hand, group)
                await self._wait_for_half(len(group), time.monotonic() - began)
                is_alone = len(self._free) == len(self._hands) - 1
                may_rest = not is_alone and not self._is_worth_it()
        finally:
            self._free.append(hand)

    async def _wait_for_half(self, answered: int, took: float) -> None:
        """Whoever was just answered sends again in a moment: one transaction for each of them would cost all the others.

        Half of the callers is worth waiting for, and never longer than a transaction takes: the others come while it runs.
        """
        everybody = answered + len(self._waiting)
        if everybody < FEW or self._enough is not None or self._is_enough(everybody // 2):
            return
        loop = asyncio.get_running_loop()
        half = loop.create_future()
        self._enough = (everybody // 2, half)
        timer = loop.call_later(min(took, PATIENCE_S), self._go_on, half)
        try:
            await half
        finally:
            timer.cancel()
            self._enough = None

    def _is_enough(self, wanted: int) -> bool:
        return len(self._waiting) >= wanted or self._rows_waiting >= ROWS_FOR_ANOTHER

    @staticmethod
    def _go_on(waits: asyncio.Future[None]) -> None:
        if not waits.done():
            waits.set_result(None)

    def _next_group(self) -> list[Waiting]:
        rows = end = 0
        for batch, _ in self._waiting:
            size = _size(batch)
            if end and rows + size > ROWS_AT_ONCE:
                break
            rows += size
            end += 1
        group, self._waiting = self._waiting[:end], self._waiting[end:]
        self._rows_waiting -= rows
        return group

    async def _commit(self, hand: Hand, group: list[Waiting]) -> None:
        try:
            written = await self._write(hand, [batch for batch, _ in group])
        except Away as away:
            self._answer_all(group, away)
        except Exception as error:  # noqa: BLE001 - whatever it is, callers must not wait for ever
            if len(group) > 1:  # one of them must not cost the others
                for one in group:
                    await self._commit(hand, [one])
                return
            self._answer_all(group, Rejected(type(error).__name__))
        else:
            self._answer(group, written)
            if self._tell is not None and written.rows:
                self._tell(written.rows)

    async def _write(self, hand: Hand, batches: list[Batch]) -> Written:
        received = time.time_ns() // 1000
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(hand.thread, hand.writer.write, batches, received)

    def _answer_all(self, group: list[Waiting], error: Exception) -> None:
        for batch, outcome in group:
            self._rows -= _size(batch)
            if not outcome.done():
                outcome.set_exception(error)

    def _answer(self, group: list[Waiting], written: Written) -> None:
        for batch, outcome in group:
            self._rows -= _size(batch)
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
