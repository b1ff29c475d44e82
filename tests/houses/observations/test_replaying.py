# SPDX-License-Identifier: EUPL-1.2
"""A dataset of the catalogue becomes live sensors: weekdays stay weekdays, nothing is made up in gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.houses.catalogue.cast import Cast, make_cast, published

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import history, live, replaying
from stoa.houses.observations.models import Datastream, Observation, Replay, Thing
from stoa.houses.observations.rules.replaying import GAP, due, shift_of, value_at

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)
COUNTS = (
    "zeit;ort;anzahl\n"
    + "".join(
        f"{(BEGAN + timedelta(hours=h)):%d.%m.%Y %H:%M};{place};{h % 24 + add}\n"
        for h in range(24 * 15)
        for place, add in (("Bridge", 0), ("Market", 100))
    )
).encode()
RECIPE = {
    "dataset": "counts",
    "time": "zeit",
    "thing": "ort",
    "every_s": 3600,
    "history_days": 2,
    "places": {"Bridge": [7.6, 51.9]},
    "values": [
        {
            "column": "anzahl",
            "property": "Bicycles",
            "definition": "https://example.org/bikes",
            "result_type": "count",
        }
    ],
}


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: object) -> object:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        from django.db import transaction

        with transaction.atomic():
            cast = make_cast()
            published(cast, COUNTS, title="Counts")
            yield cast
            transaction.set_rollback(True)


def begin(cast: Cast, **changed: object) -> int:
    with acting_in(cast.city):
        return replaying.begin(
            city=cast.city,
            by=cast.principal("ada"),
            department="parks",
            name="bikes",
            recipe=RECIPE | changed,
        )


@pytest.mark.django_db
def test_the_first_time_writes_days_of_history(cast: Cast) -> None:
    assert begin(cast) == 2 * 48
    with acting_in(cast.city):
        ada, now = cast.principal("ada"), timezone.now()
        assert replaying.play(city=cast.city, by=ada, name="bikes", now=now) == 0
        bridge = Datastream.objects.get(thing__name="Bridge")
        found = history.readings(
            city=cast.city, by=ada, series=bridge.pk, since=now - timedelta(days=3), until=now, most=100
        )
        berlin = ZoneInfo("Europe/Berlin")
        assert {(row.at.astimezone(berlin).hour, row.number) for row in found} == {(h, h) for h in range(24)}
        assert bridge.thing.place == {"type": "Point", "coordinates": [7.6, 51.9]}
        assert (
            live.latest(city=cast.city, by=cast.principal("dora"), series=[bridge.pk])[bridge.pk].count == 48
        )


@pytest.mark.django_db
def test_after_a_pause_only_what_is_due_since_is_written(cast: Cast) -> None:
    begin(cast, history_days=0)
    with acting_in(cast.city):
        ada, now = cast.principal("ada"), timezone.now()
        Replay.objects.update(last_at=now - timedelta(hours=3))
        assert replaying.play(city=cast.city, by=ada, name="bikes", now=now) == 2 * 3
        Replay.objects.update(last_at=now - timedelta(days=300))
        assert replaying.play(city=cast.city, by=ada, name="bikes", now=now) == 2 * (48 - 3)


@pytest.mark.django_db
def test_for_load_every_series_is_played_many_times_and_faster(cast: Cast) -> None:
    begin(cast)
    with acting_in(cast.city):
        ada, now = cast.principal("ada"), timezone.now()
        written = replaying.play_faster(
            city=cast.city,
            by=ada,
            name="bikes",
            since=now - timedelta(seconds=1),
            now=now,
            recorded_s=4 * 3600,
            copies=3,
        )
        assert written == 2 * 4 * 3
        assert Thing.objects.filter(name__startswith="Bridge").count() == 3
        assert Observation.objects.filter(at__gt=now - timedelta(seconds=2)).count() >= written - 6


@pytest.mark.django_db
def test_an_outsider_plays_nothing_and_a_wrong_recipe_is_refused_in_words(cast: Cast) -> None:
    with acting_in(cast.city):
        for by, recipe, code in (
            ("dora", RECIPE, "observations.right_missing"),
            ("ada", {"dataset": "counts"}, "observations.replay_unreadable"),
            ("ada", RECIPE | {"time": "when"}, "lake.column_unknown"),
        ):
            with pytest.raises(Refused) as refused:
                replaying.begin(
                    city=cast.city, by=cast.principal(by), department="parks", name="other", recipe=recipe
                )
            assert refused.value.problem.code == code
        with pytest.raises(NotFound):
            replaying.play(city=cast.city, by=cast.principal("ada"), name="nothing", now=timezone.now())


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)),
)
def test_the_record_is_moved_by_whole_weeks_and_reaches_to_now(now: datetime, newest: datetime) -> None:
    shift = shift_of(now, newest)
    assert now - shift <= newest or shift == timedelta(0)
    assert shift % timedelta(weeks=1) == timedelta(0)
    assert (now - shift).weekday() == now.weekday()


@given(st.integers(0, 10**9), st.integers(0, 5000), st.integers(1, 900))
def test_no_moment_is_due_twice_and_none_is_left_out(start: int, seconds: int, every: int) -> None:
    last, now = (datetime.fromtimestamp(start + add, tz=UTC) for add in (0, seconds))
    middle = datetime.fromtimestamp(start + seconds // 3, tz=UTC)
    assert due(last, middle, every) + due(middle, now, every) == due(last, now, every)
    oracle = [start + n for n in range(1, seconds + 1) if (start + n) % every == 0]
    assert [moment.timestamp() for moment in due(last, now, every)] == oracle


def test_between_two_values_lies_the_line_and_in_a_gap_nothing() -> None:
    times = [BEGAN, BEGAN + timedelta(hours=1), BEGAN + timedelta(hours=1) + GAP * 2]
    values = [10.0, 20.0, 0.0]
    assert value_at(BEGAN + timedelta(minutes=15), times, values) == 12.5
    assert value_at(times[1], times, values) == 20.0
    assert value_at(times[1] + GAP, times, values) is None
    assert value_at(BEGAN - timedelta(seconds=1), times, values) is None
