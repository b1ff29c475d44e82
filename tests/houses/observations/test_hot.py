# SPDX-License-Identifier: EUPL-1.2
"""Rows leave the hot table in the order of the file, however they are fetched, and to the letter."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history.schema import SCHEMA
from stoa.houses.observations.models import Observation
from stoa.houses.observations.queries import hot
from stoa.houses.observations.terms import NO_RESULT_TIME

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 5, 6, tzinfo=UTC)


@pytest.fixture
def town() -> Town:
    return make_town()


def rows_of(n: int) -> dict[str, Any]:
    """What the n-th observation of a series holds beside its number; series by series something else."""
    return {
        0: {},
        1: {"quality": n % 5, "revision": n % 3},
        2: {"text": f"wet, {n}", "number": None},
        3: {"until": BEGIN + timedelta(days=1, minutes=n)} if n % 2 else {},
        4: {"json": {"n": n}, "number": None} if n % 3 else {"feature_id": n},
    }[n % 5]  # fmt: skip


def fill(town: Town) -> None:
    """Nine series, three of them with nothing but numbers, in no order; some with several results of one time."""
    numbers = random.Random(3)
    made = []
    for series in range(1, 10):
        for n in range(12):
            kind = rows_of(n) if series % 3 else {"quality": n % 5, "revision": 32_767}
            values = {"number": n / 7, "quality": 2, "revision": 0} | kind
            told = BEGIN + timedelta(hours=1, seconds=n) if n % 4 == 0 else NO_RESULT_TIME
            made.append(
                Observation(
                    city_id=town.cast.city.pk, datastream_id=series, at=BEGIN + timedelta(minutes=n // 2 * 2),
                    result_at=told if n % 2 == 0 else BEGIN + timedelta(days=n), received_at=BEGIN, **values,
                )
            )  # fmt: skip
    numbers.shuffle(made)
    Observation.objects.bulk_create(made)


@pytest.mark.parametrize("at_once", [1, 30, 1_000])
def test_all_rows_come_once_in_order_and_to_the_letter(
    town: Town, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(hot, "AT_ONCE", at_once)
    with acting_in(town.cast.city):
        fill(town)
        batches = hot.hot_rows(town.cast.city.pk, BEGIN, BEGIN + timedelta(days=1))
        found = pa.Table.from_batches(batches, schema=SCHEMA).to_pylist()
        kept = list(Observation.objects.order_by("datastream_id", "at", "result_at"))
    assert len(found) == len(kept) == 108
    for told, row in zip(found, kept, strict=True):
        assert (told["datastream_id"], told["at"], told["result_at"] or NO_RESULT_TIME) == row.pk
        assert [told[name] for name in ("until", "number", "text", "quality", "feature_id", "revision")] == [
            row.until, row.number, row.text, row.quality, row.feature_id, row.revision,
        ]  # fmt: skip
        assert told["received_at"] == row.received_at
        assert (told["json"] is None) == (row.json is None)


def test_only_rows_of_the_city_and_the_span_come(town: Town) -> None:
    with acting_in(town.cast.city):
        fill(town)
        assert list(hot.hot_rows(town.cast.city.pk, BEGIN - timedelta(days=1), BEGIN)) == []
        half = hot.hot_rows(town.cast.city.pk, BEGIN, BEGIN + timedelta(minutes=6))
        assert sum(batch.num_rows for batch in half) == 54
    with acting_in(town.cast.other_city):
        assert list(hot.hot_rows(town.cast.other_city.pk, BEGIN, BEGIN + timedelta(days=1))) == []
