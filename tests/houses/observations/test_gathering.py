# SPDX-License-Identifier: EUPL-1.2
"""Who is written together: many callers who send again and again are waited for, few are not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from tests.gates.ingest.running import run

from stoa.houses.observations.actions import gathering
from stoa.houses.observations.actions.gathering import Gatherer
from stoa.houses.observations.actions.streaming import Batch, Writer
from stoa.houses.observations.actions.writing import Written
from stoa.houses.observations.rules.rows import plain_row


class Recording(Writer):
    """Says that everything was new, and how many batches it was given at once."""

    def __init__(self) -> None:
        super().__init__("")
        self.groups: list[int] = []

    def write(self, batches: Sequence[Batch], received: int) -> Written:
        self.groups.append(len(batches))
        return Written(frozenset(), frozenset(), (), was_merged=False)


def one(rows: int = 1) -> Batch:
    return Batch([plain_row(7, at, 1, 0.5) for at in range(rows)])


def test_half_of_many_callers_is_waited_for_and_few_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_S", 60.0)

    async def act() -> None:
        gatherer = Gatherer()
        await gatherer._wait_for_half(gathering.FEW - 1, took=60.0)
        waits = asyncio.ensure_future(gatherer._wait_for_half(16, took=60.0))
        for _ in range(8):
            await asyncio.sleep(0)
            assert not waits.done()
            gatherer.put(one())
        await waits
        waits = asyncio.ensure_future(gatherer._wait_for_half(100, took=60.0))
        await asyncio.sleep(0)
        gatherer.put(one(gathering.ROWS_FOR_ANOTHER))
        await waits

    run(act())


def test_nobody_is_waited_for_longer_than_a_transaction_takes() -> None:
    async def act() -> None:
        await Gatherer()._wait_for_half(16, took=0.001)

    run(act())


def test_callers_who_come_while_one_writes_are_written_together() -> None:
    writer = Recording()

    async def act() -> None:
        gatherer = Gatherer(writer)
        outcomes = await asyncio.gather(*(gatherer.keep(one()) for _ in range(20)))
        assert all(outcome.written == 1 for outcome in outcomes)
        await gatherer.close()

    run(act())
    assert writer.groups == [20]
