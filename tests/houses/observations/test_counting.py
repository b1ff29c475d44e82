# SPDX-License-Identifier: EUPL-1.2
"""Buckets are exact, whatever comes, is corrected or goes while they are counted."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions.counting import count_hours, count_long
from stoa.houses.observations.door import keeping, live
from stoa.houses.observations.door.keeping import Observed
from stoa.houses.observations.models import DirtyBucket, Observation, SeriesBucket
from stoa.houses.observations.rules.periods import begin_of
from stoa.houses.observations.terms import ROLLING_LOCK, Quality, Way, Width

pytestmark = pytest.mark.django_db
BEGIN = datetime(2025, 10, 25, 20, tzinfo=UTC)
"""The night in which Berlin's clocks go back; a month ends soon after."""
FAR = datetime(2100, 1, 1, tzinfo=UTC)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), st.integers(0, 2**32), st.integers(1, 12)),
        st.tuples(st.just("remove"), st.integers(0, 2**32), st.integers(1, 4)),
        st.tuples(st.just("hours"), st.integers(1, 6), st.just(0)),
        st.tuples(st.just("long"), st.integers(1, 3), st.just(0)),
    ),
    min_size=3,
    max_size=12,
)


@pytest.fixture
def town() -> Town:
    return make_town()


def keep(town: Town, chance: random.Random, many: int) -> None:
    moments = [BEGIN + timedelta(minutes=37 * chance.randrange(400)) for _ in range(many)]
    keeping.keep(
        city=town.cast.city, by=town.cast.principal("ada"), way=Way.HTTP,
        observations=[
            Observed(town.series.pk, at, chance.randrange(90) / 8, quality=chance.choice((2, 2, 2, 1, 3, 4, 9)))
            for at in moments
        ],
    )  # fmt: skip


def remove(town: Town, chance: random.Random, many: int) -> None:
    there = list(Observation.objects.values_list("at", flat=True).order_by("at"))
    ids = [keeping.id_of_moments(town.series.pk, at) for at in chance.sample(there, min(many, len(there)))]
    keeping.remove(city=town.cast.city, by=town.cast.principal("ada"), ids=ids)


def slowly(town: Town, width: Width) -> dict[datetime, list[float]]:
    """All numbers that count, by the bucket in which they lie."""
    found: dict[datetime, list[float]] = {}
    for at, number in Observation.objects.exclude(quality__in=(Quality.FAIL, Quality.MISSING)).values_list(
        "at", "number"
    ):
        found.setdefault(begin_of(at, width, town.cast.city.zone), []).append(number)
    return found


def check(town: Town) -> None:
    """What everybody reads is what a slow recount gives, counted or not."""
    for width in Width:
        read = live.buckets(
            city=town.cast.city, by=town.cast.principal("dora"), series=town.series.pk, width=width,
            since=BEGIN - timedelta(days=400), until=BEGIN + timedelta(days=400),
        )  # fmt: skip
        wanted = slowly(town, width)
        assert [bucket.start for bucket in read] == sorted(wanted)
        for bucket in read:
            numbers = wanted[bucket.start]
            assert (bucket.count, bucket.low, bucket.high) == (len(numbers), min(numbers), max(numbers))
            assert bucket.total == pytest.approx(sum(numbers))
            assert bucket.deviation == pytest.approx(statistics.pstdev(numbers), abs=1e-6)
            assert bucket.percentiles[2] == pytest.approx(statistics.median(numbers))


@given(STEPS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_buckets_are_exact_in_any_order_of_events(town: Town, steps: list[tuple[str, int, int]]) -> None:
    with acting_in(town.cast.city):
        for what, number, many in steps:
            match what:
                case "keep":
                    keep(town, random.Random(number), many)
                case "remove":
                    remove(town, random.Random(number), many)
                case "hours":
                    count_hours(city=town.cast.city, before=FAR, most=number)
                case _:
                    count_long(city=town.cast.city, before=FAR, most=number)
        check(town)
        while count_hours(city=town.cast.city, before=FAR):
            pass
        while count_long(city=town.cast.city, before=FAR):
            pass
        assert not DirtyBucket.objects.exists()
        for width in Width:
            counted = (
                SeriesBucket.objects.filter(width=int(width))
                .values_list("start", flat=True)
                .order_by("start")
            )
            assert list(counted) == sorted(slowly(town, width))
        check(town)


def test_the_running_hour_is_left_for_later(town: Town) -> None:
    now = datetime.now(UTC)
    with acting_in(town.cast.city):
        keeping.keep(
            city=town.cast.city, by=town.cast.principal("ada"), way=Way.HTTP,
            observations=[Observed(town.series.pk, now - timedelta(hours=n), 1.0) for n in range(3)],
        )  # fmt: skip
        assert count_hours(city=town.cast.city) == 2
        assert list(DirtyBucket.objects.filter(width=Width.HOUR).values_list("start", flat=True)) == [
            now.replace(minute=0, second=0, microsecond=0)
        ]


def test_what_a_killed_count_had_taken_is_counted_first(town: Town) -> None:
    with acting_in(town.cast.city):
        keep(town, random.Random(1), 5)
        DirtyBucket.objects.update(taken=True)
        assert count_hours(city=town.cast.city, before=FAR) > 0
        check(town)


def test_nothing_is_counted_while_days_are_rolled(town: Town) -> None:
    """The roll holds its lock in a session of its own."""
    import psycopg

    settings_dict = connection.settings_dict
    with psycopg.connect(
        dbname=settings_dict["NAME"], user=settings_dict["USER"], password=settings_dict["PASSWORD"],
        host=settings_dict["HOST"], autocommit=True,
    ) as other, acting_in(town.cast.city):  # fmt: skip
        keep(town, random.Random(1), 5)
        other.execute("select pg_advisory_lock(%s)", [ROLLING_LOCK])
        assert count_hours(city=town.cast.city, before=FAR) == 0
        other.execute("select pg_advisory_unlock_all()")
        other.execute("begin")
        other.execute("select observations_enter()")
        assert count_hours(city=town.cast.city, before=FAR) == 0, "somebody writes"
        other.execute("rollback")
        assert count_hours(city=town.cast.city, before=FAR) > 0
