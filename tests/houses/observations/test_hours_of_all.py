# SPDX-License-Identifier: EUPL-1.2
"""The hours of all series are exact at every moment, wherever their observations lie."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from django.conf import LazySettings
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import rolling
from stoa.houses.observations.door import history, keeping
from stoa.houses.observations.models import HistoryFile, Observation
from stoa.houses.observations.terms import Access, Quality, Way

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 6, tzinfo=UTC)
SPAN = {"since": START, "until": START + timedelta(days=4)}
HOUR = timedelta(hours=1)
Hours = dict[int, tuple[int, float, float, float]]


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    return make_town()


def write(town: Town, *told: tuple[int, float], quality: int = Quality.PASS) -> None:
    """Numbers by minute since the start."""
    seen = [
        keeping.Observed(town.series.pk, START + timedelta(minutes=minute), number, quality=quality)
        for minute, number in told
    ]
    with acting_in(town.cast.city):
        keeping.keep(city=town.cast.city, observations=seen, by=town.cast.principal("ada"), way=Way.HTTP)


def roll(town: Town, day: int) -> None:
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)
    assert rolling.roll_day((START + timedelta(days=day)).date()).is_done


def asked(town: Town, who: str = "dora", **span: datetime) -> Hours:
    with acting_in(town.cast.city):
        told = history.hours(city=town.cast.city, by=town.cast.principal(who), **(SPAN | span))
        rows = pa.Table.from_batches(told.portions, schema=told.schema).to_pylist()
    found = {
        (row["start"] - START) // HOUR: (row["count"], row["total"], row["low"], row["high"]) for row in rows
    }
    assert len(found) == len(rows), "no hour comes twice"
    return found


def slowly(town: Town) -> Hours:
    numbers: dict[int, list[float]] = defaultdict(list)
    with acting_in(town.cast.city):
        for row in history.readings(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN
        ):
            if row.number is not None and row.quality not in {Quality.FAIL, Quality.MISSING}:
                numbers[(row.at - START) // HOUR].append(row.number)
    return {hour: (len(told), sum(told), min(told), max(told)) for hour, told in numbers.items()}


def test_hours_stay_exact_through_rolls_late_values_corrections_judgements_and_removals(town: Town) -> None:
    write(town, *((minute, float(minute)) for minute in range(0, 3 * 1440, 25)))
    write(town, (7, 900.0), quality=Quality.FAIL)
    assert asked(town) == slowly(town)
    roll(town, 0)
    roll(town, 2)
    before = slowly(town)
    assert asked(town) == before
    write(town, (0, -5.0), (3, 8.0), (2 * 1440 + 1, 77.0))
    write(town, (25, 25.0), quality=Quality.FAIL)
    with acting_in(town.cast.city):
        gone = [
            keeping.id_of_moments(town.series.pk, START + timedelta(minutes=m)) for m in (75, 100, 2 * 1440)
        ]
        assert keeping.remove(city=town.cast.city, by=town.cast.principal("ada"), ids=gone) == 2
    now = slowly(town)
    assert now != before
    assert asked(town) == now
    rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=31))
    assert asked(town) == now


def test_a_span_is_moved_to_full_hours_and_cuts_through_files(town: Town) -> None:
    write(town, *((minute, 1.0) for minute in range(0, 1440, 30)))
    roll(town, 0)
    half = timedelta(minutes=30)
    assert sorted(asked(town, since=START + half, until=START + 3 * HOUR + half)) == [1, 2, 3]


def test_files_that_were_written_before_hours_were_kept_are_counted_now(
    town: Town, settings: LazySettings
) -> None:
    write(town, (0, 1.0), (70, 3.0))
    roll(town, 0)
    told = asked(town)
    for path in (settings.STOA_LAKE / "hours").rglob("*.parquet"):
        path.unlink()
    assert asked(town) == told == slowly(town)


def test_whoever_may_not_read_a_series_gets_none_of_its_hours(town: Town) -> None:
    write(town, (0, 1.0), (1500, 2.0))
    roll(town, 0)
    write(town, (5, 1.0))
    with acting_in(town.cast.city):
        town.series.access = Access.INTERNAL
        town.series.save()
        assert HistoryFile.objects.count() == 1
    assert asked(town, "dora") == {}
    assert sorted(asked(town, "ada")) == [0, 25]
