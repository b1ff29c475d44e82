# SPDX-License-Identifier: EUPL-1.2
"""Hot table and lake are read as one, whatever was corrected, removed or came late in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound
from stoa.houses.observations.actions import rolling
from stoa.houses.observations.door import history
from stoa.houses.observations.models import HistoryFile, Observation, RemovedObservation
from stoa.houses.observations.queries import history as reading
from stoa.houses.observations.terms import NO_RESULT_TIME, Access

pytestmark = pytest.mark.django_db
START = datetime(2031, 5, 6, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = {"since": START, "until": START + timedelta(days=4)}


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    return make_town()


def write(town: Town, hour: int, number: float) -> None:
    at = START + timedelta(hours=hour)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [at.date()])
    with acting_in(town.cast.city):
        Observation.objects.update_or_create(
            datastream_id=town.series.pk, at=at, result_at=NO_RESULT_TIME,
            defaults={"city_id": town.cast.city.pk, "number": number, "received_at": LONG_AGO},
        )  # fmt: skip


def remove(town: Town, hour: int) -> None:
    at = START + timedelta(hours=hour)
    with acting_in(town.cast.city):
        Observation.objects.filter(datastream_id=town.series.pk, at=at).delete()
        if HistoryFile.objects.filter(replaced_at=None, begins__lte=at.date(), ends__gt=at.date()).exists():
            RemovedObservation.objects.get_or_create(
                datastream_id=town.series.pk,
                at=at,
                result_at=NO_RESULT_TIME,
                defaults={"city": town.cast.city},
            )


def read(town: Town, **asked: object) -> list[tuple[int, float]]:
    with acting_in(town.cast.city):
        found = history.readings(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, **SPAN, **asked
        )
    return [((row.at - START) // timedelta(hours=1), row.number or 0.0) for row in found]


def test_a_correction_of_what_lies_in_the_lake_wins_and_what_was_removed_is_gone(town: Town) -> None:
    for hour in range(4):
        write(town, hour, float(hour))
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


def test_a_long_series_is_walked_in_portions(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 3)
    for hour in (0, 5, 9, 30, 31, 32, 50):
        write(town, hour, float(hour))
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
        for model in (Observation, HistoryFile, RemovedObservation):
            model.objects.all().delete()
    oracle: dict[int, float] = {}
    for step, hour, number in steps:
        if step == "write":
            write(town, hour, number)
            oracle[hour] = number
        elif step == "remove":
            remove(town, hour)
            oracle.pop(hour, None)
        elif step == "roll":
            assert rolling.roll_day(START.date() + timedelta(days=hour)).is_done
        else:
            assert rolling.merge_span(
                town.cast.city.pk, START.date(), START.date() + timedelta(days=3)
            ).is_done
    assert read(town) == sorted(oracle.items())
