# SPDX-License-Identifier: EUPL-1.2
"""Observations come in once, corrections replace, what is wrong is kept with its reason, and the state is right."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.door import keeping, live
from stoa.houses.observations.door.keeping import Kept, Observed
from stoa.houses.observations.models import DirtyBucket, Observation, Quarantined, SeriesState
from stoa.houses.observations.rules.news import decode_news, news_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Access, Quality, ResultType, Way

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def town() -> Town:
    return make_town()


def keep(town: Town, *observed: Observed, who: str = "ada") -> Kept:
    with acting_in(town.cast.city):
        return keeping.keep(
            city=town.cast.city,
            observations=observed,
            by=town.cast.principal(who),
            way=Way.HTTP,
            origin="here",
        )


def at(town: Town, minutes: int, result: Any, **more: Any) -> Observed:
    return Observed(town.series.pk, NOW - minutes * MINUTE, result, **more)


def state(town: Town) -> SeriesState:
    with acting_in(town.cast.city):
        return SeriesState.objects.get(datastream=town.series)


def test_what_the_owner_sends_is_there_with_its_id_and_state(town: Town) -> None:
    kept = keep(town, at(town, 2, 20.5), at(town, 1, 21), at(town, 3, -4))
    assert (kept.written, kept.corrected, kept.unchanged, kept.refused) == (3, 0, 0, ())
    assert kept.ids[0] == f"{town.series.pk}-{int((NOW - 2 * MINUTE).timestamp() * 1_000_000)}"
    now = state(town)
    assert (now.count, now.number, now.at) == (3, 21.0, NOW - MINUTE)
    assert (now.first_at, now.last_until, now.last_result_at) == (NOW - 3 * MINUTE, NOW - MINUTE, None)
    assert now.box is not None
    with acting_in(town.cast.city):
        assert Observation.objects.filter(datastream_id=town.series.pk).count() == 3
        assert {mark.start for mark in DirtyBucket.objects.all()} == {NOW - timedelta(hours=1)}


def test_a_number_that_no_series_can_have_costs_only_what_names_it(town: Town) -> None:
    kept = keep(
        town, Observed(10**30, NOW, 1), Observed(2**63, NOW, 1), Observed(-1, NOW, 1), at(town, 1, 2.5)
    )
    assert kept.written == 1
    assert {refusal.code for refusal in kept.refused} == {"observations.series_unknown"}


def test_the_same_observation_twice_is_one(town: Town) -> None:
    keep(town, at(town, 1, 20.5))
    again = keep(town, at(town, 1, 20.5), at(town, 1, 20.5))
    assert (again.written, again.corrected, again.ids[0]) == (0, 0, again.ids[1])
    assert state(town).count == 1
    with acting_in(town.cast.city):
        assert Observation.objects.get().revision == 0


def test_a_correction_replaces_the_result_and_the_latest_value(town: Town) -> None:
    keep(town, at(town, 1, 20.5), at(town, 2, 3))
    kept = keep(town, at(town, 1, 19.5))
    assert (kept.written, kept.corrected) == (0, 1)
    assert (state(town).count, state(town).number) == (2, 19.5)
    with acting_in(town.cast.city):
        assert Observation.objects.get(at=NOW - MINUTE).revision == 1


def test_late_data_does_not_become_the_latest(town: Town) -> None:
    keep(town, at(town, 1, 20.5))
    keep(town, at(town, 600_000, 1.5))
    assert (state(town).count, state(town).number) == (2, 20.5)
    assert state(town).first_at == NOW - 600_000 * MINUTE


def test_of_several_result_times_the_newest_is_the_latest(town: Town) -> None:
    keep(town, at(town, 5, 2, result_at=NOW - MINUTE), at(town, 5, 1, result_at=NOW - 2 * MINUTE))
    now = state(town)
    assert (now.count, now.number, now.result_at) == (2, 2.0, NOW - MINUTE)
    assert (now.first_result_at, now.last_result_at) == (NOW - 2 * MINUTE, NOW - MINUTE)


def test_a_judgement_outlives_the_same_value_and_falls_with_a_new_one(town: Town) -> None:
    keep(town, at(town, 1, 20.5, quality=Quality.SUSPECT))
    assert keep(town, at(town, 1, 20.5)).unchanged == 1
    assert state(town).quality == Quality.SUSPECT
    keep(town, at(town, 1, 20.6))
    assert state(town).quality == Quality.NOT_EVALUATED


@pytest.mark.parametrize(
    ("result", "more", "code"),
    [
        (float("nan"), {}, "result_not_finite"),
        (float("-inf"), {}, "result_not_finite"),
        (10**400, {}, "result_not_finite"),
        ("20.5", {}, "result_type_differs"),
        (True, {}, "result_type_differs"),
        (None, {}, "result_missing"),
        ([1], {}, "result_type_differs"),
        (1, {"at": NOW + timedelta(hours=3)}, "time_in_future"),
        (1, {"at": datetime(1, 1, 1, tzinfo=UTC)}, "time_absurd"),
        (1, {"at": NOW.replace(tzinfo=None)}, "time_without_zone"),
        (1, {"until": NOW - timedelta(days=2)}, "interval_reversed"),
        (1, {"unit": "K"}, "unit_differs"),
        (1, {"quality": 7}, "quality_unknown"),
        (1, {"extra": {str(n): n for n in range(10_000)}}, "too_many_members"),
        (1, {"extra": {"x": "y" * 1_000_000}}, "result_too_large"),
        (1, {"extra": {"x": "\0"}}, "text_unreadable"),
    ],
)
def test_what_is_wrong_is_kept_with_its_reason_and_the_rest_is_written(
    town: Town, result: Any, more: dict[str, Any], code: str
) -> None:
    wrong = Observed(**({"series": town.series.pk, "at": NOW - 3 * MINUTE, "result": result} | more))
    kept = keep(town, wrong, at(town, 1, 4, unit="Cel"))
    assert (kept.written, kept.ids[0]) == (1, None)
    assert [refusal.code for refusal in kept.refused] == [f"observations.{code}"]
    assert str(kept.refused[0].problem)
    with acting_in(town.cast.city):
        held = Quarantined.objects.get()
        assert (held.code, held.datastream_id, held.origin) == (
            f"observations.{code}",
            town.series.pk,
            "here",
        )
        assert len(bytes(held.payload)) <= 65536
        assert held.size >= len(bytes(held.payload))


def test_a_sensor_that_repeats_its_mistake_fills_no_table(town: Town) -> None:
    for _ in range(3):
        keep(town, *(at(town, n, None) for n in range(50)))
    with acting_in(town.cast.city):
        assert Quarantined.objects.count() <= 60
        assert sum(Quarantined.objects.values_list("times", flat=True)) == 150


def test_a_colleague_of_another_department_may_not_send_and_an_outsider_learns_nothing(town: Town) -> None:
    assert keep(town, at(town, 1, 4), who="ben").refused[0].code == "observations.series_not_writable"
    with acting_in(town.cast.city):
        setting_up.change_datastream(
            datastream=town.series, by=town.cast.principal("ada"), access=Access.INTERNAL
        )
    assert keep(town, at(town, 1, 4), who="dora").refused[0].code == "observations.series_unknown"
    with acting_in(town.cast.other_city):
        kept = keeping.keep(
            city=town.cast.other_city,
            observations=[at(town, 1, 4)],
            by=town.cast.principal("cleo"),
            way=Way.MQTT,
        )
    assert kept.refused[0].code == "observations.series_unknown"
    assert state(town).count == 0


@pytest.mark.parametrize(
    ("kind", "result", "stored"),
    [
        (ResultType.COUNT, 7.0, 7),
        (ResultType.TRUTH, True, True),
        (ResultType.CATEGORY, "wet", "wet"),
        (ResultType.TEXT, "", ""),
        (ResultType.JSON, {"a": [1, None]}, {"a": [1, None]}),
    ],
)
def test_every_kind_of_result_comes_back_as_it_was_sent(kind: ResultType, result: Any, stored: Any) -> None:
    town = make_town(result_type=kind)
    keep(town, at(town, 1, result, extra={"parameters": {"rssi": -70}}, until=NOW))
    with acting_in(town.cast.city):
        found = live.latest(city=town.cast.city, by=town.cast.principal("dora"), series=[town.series.pk])
    one = found[town.series.pk]
    assert one.result == stored
    assert type(one.result) is type(stored)
    assert (one.until, one.last_until, one.result_at) == (NOW, NOW, None)


def test_a_series_of_several_properties_takes_one_value_for_each() -> None:
    town = make_town(result_type=ResultType.JSON, multi=[{"name": "a"}, {"name": "b"}])
    kept = keep(town, at(town, 1, [1, 2]), at(town, 2, [1]))
    assert (kept.written, kept.refused[0].code) == (1, "observations.parts_differ")


def test_a_forecast_speaks_of_times_to_come() -> None:
    town = make_town(properties={"forecast": "true"})
    ahead = Observed(town.series.pk, NOW + timedelta(days=3), 4.0)
    far = Observed(town.series.pk, NOW + timedelta(days=90), 4.0)
    assert [refusal.index for refusal in keep(town, ahead, far).refused] == [1]


def test_news_fit_into_the_messages_of_the_database() -> None:
    rows = [Row(n, 5, 6, 1, 1.5) for n in range(1000)]
    told = news_of(rows, "me")
    assert all(len(message.encode()) < 8000 for message in told)
    heard = [value for message in told for value in decode_news(message).v]
    assert sorted(map(list, heard)) == [[n, 5, 1.5, 2, 6] for n in range(1000)]
    large = news_of([Row(3, 5, 6, 1, None, json=b"{}")], "")
    assert json.loads(large[0]) == {"c": 1, "o": "", "m": [3]}


def test_removing_the_latest_brings_the_one_before_back(town: Town) -> None:
    kept = keep(town, at(town, 1, 1), at(town, 2, 2), at(town, 90, 3))
    with acting_in(town.cast.city):
        DirtyBucket.objects.all().delete()
        gone = keeping.remove(
            city=town.cast.city, by=town.cast.principal("ada"), ids=[kept.ids[0] or "", "nonsense"]
        )
    assert gone == 1
    now = state(town)
    assert (now.count, now.number, now.last_until) == (2, 2.0, NOW - 2 * MINUTE)
    with acting_in(town.cast.city):
        assert DirtyBucket.objects.count() == 1
        keeping.remove_of_series(
            city=town.cast.city,
            by=town.cast.principal("ada"),
            series=[town.series.pk],
            until=NOW - 60 * MINUTE,
        )
    assert (state(town).count, state(town).first_at) == (1, NOW - 2 * MINUTE)


def test_only_who_may_remove_removes(town: Town) -> None:
    kept = keep(town, at(town, 1, 1))
    with acting_in(town.cast.city):
        with pytest.raises(Refused):
            keeping.remove(city=town.cast.city, by=town.cast.principal("ben"), ids=[kept.ids[0] or ""])
        with pytest.raises(NotFound):
            keeping.remove(city=town.cast.city, by=town.cast.principal("ada"), ids=["999999-5"])
    assert state(town).count == 1


def test_a_caller_that_gives_up_leaves_nothing_behind(town: Town) -> None:
    with acting_in(town.cast.city):
        with transaction.atomic():
            keep(town, at(town, 1, 1))
            transaction.set_rollback(True)
        assert not Observation.objects.exists()
    assert state(town).count == 0
