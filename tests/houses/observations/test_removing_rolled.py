# SPDX-License-Identifier: EUPL-1.2
"""What lies in the lake is removed and judged like what does not, and counts stay right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import reading
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import counting, hiding, removing, rolling, setting_up, writing
from stoa.houses.observations.actions.judging_values import judge_values
from stoa.houses.observations.actions.keeping import psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.door import history, keeping, live, making
from stoa.houses.observations.models import FeatureOfInterest, Observation, RemovedObservation, SeriesState
from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Quality, Way, Width

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 6, tzinfo=UTC)
SPAN = {"since": START, "until": START + timedelta(days=4)}
HOUR = timedelta(hours=1)


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    """Four observations, the first three of them in the lake."""
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    town = make_town()
    write(town, (0, 0.0), (1, 1.0), (2, 2.0), (30, 30.0))
    roll(town)
    return town


def write(town: Town, *told: tuple[int, float], **facts: Any) -> None:
    seen = [keeping.Observed(town.series.pk, START + hour * HOUR, number, **facts) for hour, number in told]
    with acting_in(town.cast.city):
        keeping.keep(city=town.cast.city, observations=seen, by=town.cast.principal("ada"), way=Way.HTTP)


def roll(town: Town) -> None:
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)
    assert rolling.roll_day(START.date()).is_done


def remove(town: Town, *hours: int, who: str = "ada") -> int:
    ids = [keeping.id_of_moments(town.series.pk, START + hour * HOUR) for hour in hours]
    with acting_in(town.cast.city):
        return keeping.remove(city=town.cast.city, by=town.cast.principal(who), ids=ids)


def read(town: Town) -> dict[int, float | None]:
    with acting_in(town.cast.city):
        found = history.readings(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN
        )
    return {(row.at - START) // HOUR: row.number for row in found}


def state(town: Town) -> SeriesState:
    with acting_in(town.cast.city):
        return SeriesState.objects.get()


def test_a_correction_of_what_lies_in_the_lake_is_one_observation_to_whoever_removes_it(town: Town) -> None:
    write(town, (1, 99.0))
    assert remove(town, 1, 2, 3) == 2
    assert remove(town, 1, 2) == 0
    assert read(town) == {0: 0.0, 30: 30.0}
    assert state(town).count == 2


def test_a_correction_is_told_as_one_and_counts_at_once(town: Town) -> None:
    seen = [keeping.Observed(town.series.pk, START + hour * HOUR, 9.0) for hour in (1, 3, 30, 31)]
    for told in ((2, 2, 0), (0, 0, 4)):
        with acting_in(town.cast.city):
            kept = keeping.keep(
                city=town.cast.city, observations=seen, by=town.cast.principal("ada"), way=Way.HTTP
            )
        assert (kept.written, kept.corrected, kept.unchanged) == told
        assert state(town).count == 6
    assert len(read(town)) == 6


@pytest.mark.parametrize("result", [(9.0, None, None), (None, "wet", None), (None, None, b"[1]")])
def test_corrections_that_came_without_a_look_into_the_lake_count_once_with_their_hours(
    town: Town, result: tuple[Any, ...]
) -> None:
    number, text, json = result
    rows = [
        Row(town.series.pk, us_of(at), NO_RESULT_US, town.cast.city.pk, number, text=text, json=json)
        for at in (START + HOUR, START + 2 * HOUR, START + 3 * HOUR)
    ]
    with acting_in(town.cast.city), packing_cursor(psycopg_connection()) as cursor:
        writing.write(cursor, rows, received=us_of(START + timedelta(days=60)))
    assert state(town).count == 7
    remove(town, 2)
    while counting.count_hours(city=town.cast.city, before=START + 90 * HOUR):
        pass
    assert (state(town).count, len(read(town))) == (4, 4)


def test_what_was_removed_may_come_again(town: Town) -> None:
    remove(town, 1)
    write(town, (1, 5.0))
    assert (read(town)[1], state(town).count) == (5.0, 4)
    rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
    assert (read(town)[1], state(town).count) == (5.0, 4)


def test_a_whole_span_of_a_series_is_removed_wherever_it_lies(town: Town) -> None:
    with acting_in(town.cast.city):
        gone = keeping.remove_of_series(
            city=town.cast.city, by=town.cast.principal("ada"), series=[town.series.pk], since=START + HOUR
        )
    assert (gone, read(town), state(town).count) == (3, {0: 0.0}, 1)
    assert (state(town).at, state(town).number) == (START, 0.0)


def test_the_latest_stays_where_something_else_was_removed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "newest", None)  # nobody has to look for it
    remove(town, 2)
    assert (state(town).at, state(town).count) == (START + 30 * HOUR, 3)


def test_the_lake_is_read_before_writers_have_to_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    look, lock, done = reading.keys, removing._lock_states, list[str]()
    monkeypatch.setattr(reading, "keys", lambda *given: done.append("read") or look(*given))
    monkeypatch.setattr(removing, "_lock_states", lambda *given: done.append("locked") or lock(*given))
    assert remove(town, 1) == 1
    assert done == ["read", "locked"]


def test_a_file_that_came_between_the_look_and_the_lock_is_read_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, lock = hiding.in_lake, removing._lock_states
    write(town, (3, 3.0))
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)

    def locked(*given: Any) -> Any:
        rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
        with acting_in(town.cast.city):
            return lock(*given)

    looks: list[int] = []
    monkeypatch.setattr(removing, "_lock_states", locked)
    monkeypatch.setattr(hiding, "in_lake", lambda *given: looks.append(1) or look(*given))
    assert remove(town, 3) == 1
    assert len(looks) == 2
    assert 3 not in read(town)


def test_nobody_removes_from_the_lake_what_they_may_not(town: Town) -> None:
    with pytest.raises(Refused):
        remove(town, 1, who="dora")
    with pytest.raises(NotFound), acting_in(town.cast.other_city):
        keeping.remove(
            city=town.cast.other_city, by=town.cast.principal("ada"), ids=[keeping.id_of_moments(town.series.pk, START)]
        )  # fmt: skip
    assert len(read(town)) == 4


def feature(town: Town) -> FeatureOfInterest:
    return FeatureOfInterest.objects.create(
        city=town.cast.city, name="Pond", feature={"type": "Point", "coordinates": [7.6, 51.9]}
    )


@pytest.mark.parametrize("way", ["observations", "feature"])
def test_what_speaks_of_a_feature_goes_from_the_lake_too(town: Town, way: str) -> None:
    with acting_in(town.cast.city):
        pond = feature(town)
    write(town, (3, 3.0), (31, 31.0), feature=pond.pk)
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)
    rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
    by = town.cast.principal("ada")
    with acting_in(town.cast.city):
        if way == "observations":
            assert keeping.remove_of_feature(city=town.cast.city, by=by, feature=pond.pk) == 2
        else:
            making.remove(city=town.cast.city, by=by, kind="feature_of_interest", id=pond.pk)
        assert FeatureOfInterest.objects.filter(pk=pond.pk).exists() == (way == "observations")
    assert read(town) == {0: 0.0, 1: 1.0, 2: 2.0, 30: 30.0}
    assert state(town).count == 4


def test_with_the_place_goes_what_was_observed_there_long_ago(town: Town) -> None:
    with acting_in(town.cast.city):
        park = FeatureOfInterest.objects.get(made_of_location=town.location)
        making.remove(
            city=town.cast.city, by=town.cast.principal("ada"), kind="feature_of_interest", id=park.pk
        )
    assert (read(town), state(town).count) == ({}, 0)


def test_a_feature_is_still_seen_by_all_when_its_observations_lie_in_the_lake(town: Town) -> None:
    with acting_in(town.cast.city):
        pond = feature(town)
    write(town, (3, 3.0), feature=pond.pk)
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)
    rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
    from stoa.houses.observations.door import asking

    with acting_in(town.cast.city):
        assert (
            asking.get(kind="feature_of_interest", id=pond.pk, by=town.cast.principal("nobody")).id == pond.pk
        )


def test_values_that_lie_in_the_lake_are_judged_there(town: Town) -> None:
    with acting_in(town.cast.city):
        mark = judge_values(
            series=town.series, since=START, until=START + 2 * HOUR, quality=Quality.FAIL, reason="Bent mast",
            by=town.cast.principal("ada"),
        )  # fmt: skip
        assert mark.count == 2
    for _ in range(2):
        with acting_in(town.cast.city):
            found = history.readings(
                city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN
            )
            assert [row.quality for row in found] == [4, 4, 2, 2]
            assert [row.number for row in found] == [0.0, 1.0, 2.0, 30.0]
            hours = live.buckets(
                city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, width=Width.HOUR,
                **SPAN,
            )  # fmt: skip
            assert [bucket.start for bucket in hours] == [START + 2 * HOUR, START + 30 * HOUR]
            Observation.objects.update(received_at=START)
        rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
    assert state(town).count == 4
    with acting_in(town.cast.city):
        assert not RemovedObservation.objects.exists()


def test_a_series_that_was_removed_as_a_whole_holds_nothing_up(town: Town) -> None:
    with acting_in(town.cast.city):
        pond, by = feature(town), town.cast.principal("ada")
    write(town, (3, 3.0), feature=pond.pk)
    with acting_in(town.cast.city):
        Observation.objects.update(received_at=START)
    rolling.merge_span(town.cast.city.pk, START.date(), START.date() + timedelta(days=1))
    with acting_in(town.cast.city):
        setting_up.remove_datastream(datastream=town.series, by=by)
        assert keeping.remove_of_feature(city=town.cast.city, by=by, feature=pond.pk) == 0
        making.remove(city=town.cast.city, by=by, kind="feature_of_interest", id=pond.pk)
