# SPDX-License-Identifier: EUPL-1.2
"""Hot table and lake are read as one, whatever was corrected, removed or came late in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound
from stoa.houses.observations.actions import counting, nightly, rolling, setting_up
from stoa.houses.observations.door import history, keeping, live
from stoa.houses.observations.models import (
    DirtyBucket,
    HistoryFile,
    Observation,
    RemovedObservation,
    SeriesState,
)
from stoa.houses.observations.queries import history as reading
from stoa.houses.observations.terms import Access, Way, Width

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 6, tzinfo=UTC)
LONG_AGO = datetime(2026, 5, 10, tzinfo=UTC)
SPAN = {"since": START, "until": START + timedelta(days=4)}


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    return make_town()


def write(town: Town, hour: int, number: float) -> None:
    seen = keeping.Observed(series=town.series.pk, at=START + timedelta(hours=hour), result=number)
    with acting_in(town.cast.city):
        kept = keeping.keep(
            city=town.cast.city, observations=[seen], by=town.cast.principal("ada"), way=Way.HTTP
        )
        assert not kept.refused


def remove(town: Town, hour: int) -> None:
    name = keeping.id_of_moments(town.series.pk, START + timedelta(hours=hour), None)
    with acting_in(town.cast.city):
        keeping.remove(city=town.cast.city, by=town.cast.principal("ada"), ids=[name])


def settle(town: Town) -> None:
    """What the clock does: hours counted, and time gone by since the last write."""
    while counting.count_hours(city=town.cast.city, before=START + timedelta(days=9)):
        pass
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=LONG_AGO)


def read(town: Town, **asked: object) -> list[tuple[int, float]]:
    with acting_in(town.cast.city):
        found = history.readings(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN, **asked
        )
    return [((row.at - START) // timedelta(hours=1), row.number or 0.0) for row in found]


def test_a_correction_of_what_lies_in_the_lake_wins_and_what_was_removed_is_gone(town: Town) -> None:
    for hour in range(4):
        write(town, hour, float(hour))
    settle(town)
    rolling.roll_day(START.date())
    write(town, 1, 99.0)
    remove(town, 2)
    assert read(town) == [(0, 0.0), (1, 99.0), (3, 3.0)]
    assert read(town, newest_first=True, most=2) == [(3, 3.0), (1, 99.0)]


def test_an_internal_series_has_no_history_for_an_outsider(town: Town) -> None:
    with acting_in(town.cast.city):
        town.series.access = Access.INTERNAL
        town.series.save()
    with pytest.raises(NotFound):
        read(town)


def test_the_latest_of_a_series_that_lies_in_the_lake_is_found_there(town: Town) -> None:
    for hour in (0, 1, 30):
        write(town, hour, float(hour))
    settle(town)
    rolling.roll_day(START.date())
    remove(town, 30)
    with acting_in(town.cast.city):
        state = SeriesState.objects.get()
        assert (state.count, state.at, state.number) == (2, START + timedelta(hours=1), 1.0)
    remove(town, 1)
    with acting_in(town.cast.city):
        assert SeriesState.objects.get().number == 0.0


def test_a_series_that_was_removed_leaves_the_lake_at_night(town: Town) -> None:
    write(town, 0, 1.0)
    settle(town)
    rolling.roll_day(START.date())
    with acting_in(town.cast.city):
        setting_up.remove_datastream(datastream=town.series, by=town.cast.principal("ada"))
        assert HistoryFile.objects.get().is_stale
    assert len(nightly.merge_months(town.cast.city, START.date() + timedelta(days=90))) == 1
    assert nightly.merge_months(town.cast.city, START.date() + timedelta(days=90)) == []
    with acting_in(town.cast.city):
        assert HistoryFile.objects.get(replaced_at=None).rows == 0


def test_a_long_series_is_walked_in_portions(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 3)
    for hour in (0, 5, 9, 30, 31, 32, 50):
        write(town, hour, float(hour))
    settle(town)
    rolling.roll_day(START.date())
    with acting_in(town.cast.city):
        found = history.walk(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN
        )
        assert [row.number for row in found] == [0, 5, 9, 30, 31, 32, 50]


_STEPS = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 60), st.integers(-9, 9).map(float)),
    st.tuples(st.just("remove"), st.integers(0, 60), st.just(0.0)),
    st.tuples(st.just("roll"), st.integers(0, 2), st.just(0.0)),
    st.tuples(st.just("merge"), st.just(0), st.just(0.0)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEPS, min_size=1, max_size=14))
def test_whatever_happens_in_whatever_order_readers_find_what_a_dictionary_holds(
    town: Town, steps: list[tuple[str, int, float]]
) -> None:
    with acting_in(town.cast.city):
        for model in (Observation, HistoryFile, RemovedObservation, DirtyBucket):
            model.objects.all().delete()
        SeriesState.objects.update(count=0)
    oracle: dict[int, float] = {}
    for step, hour, number in steps:
        if step == "write":
            write(town, hour, number)
            oracle[hour] = number
        elif step == "remove":
            remove(town, hour)
            oracle.pop(hour, None)
        elif step == "roll":
            settle(town)
            assert rolling.roll_day(START.date() + timedelta(days=hour)).is_done
        else:
            merge_all(town)
        with acting_in(town.cast.city):
            assert SeriesState.objects.get().count == len(oracle)
    assert read(town) == sorted(oracle.items())
    merge_all(town)
    assert read(town) == sorted(oracle.items())
    with acting_in(town.cast.city):
        assert SeriesState.objects.get().count == len(oracle)
        assert not Observation.objects.exists()


def merge_all(town: Town) -> None:
    settle(town)
    assert rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=3)).is_done


def test_hours_that_lie_in_the_lake_are_counted_from_there(town: Town) -> None:
    for hour, number in ((0, 1.0), (1, 5.0)):
        write(town, hour, number)
    settle(town)
    rolling.roll_day(START.date())
    write(town, 1, 9.0)
    settle(town)
    with acting_in(town.cast.city):
        found = live.buckets(
            city=town.cast.city,
            by=town.cast.principal("dora"),
            series=town.series.pk,
            width=Width.DAY,
            **SPAN,
        )
    assert sum(bucket.count for bucket in found) == 2
    assert sum(bucket.total for bucket in found) == 10.0
