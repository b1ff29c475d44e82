# SPDX-License-Identifier: EUPL-1.2
"""From a value that is written to an alert: what is noted, who is woken, what is raised, what is flagged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.houses.observations.town import POINT, Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.events import deliver_waiting
from stoa.commons.jobs.models import OutboxEvent
from stoa.houses.observations.actions import setting_up, watching
from stoa.houses.observations.actions.judging_values import judge_values
from stoa.houses.observations.actions.keeping import Observed, keep_observations, psycopg_connection
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.rule_setting import set_up_rule, tell_writers, turn_rule
from stoa.houses.observations.actions.writing import Marks, days_of, make_days, write
from stoa.houses.observations.actions.writing_at_once import write_new
from stoa.houses.observations.models import (
    Alert,
    Datastream,
    Observation,
    QualityMark,
    Rule,
    RuleSeries,
    SeriesBucket,
    WatchNews,
)
from stoa.houses.observations.rules.instants import NO_RESULT_US, us_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import AlertState, Quality, RuleKind, Way, Width

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    # Between the import of this file and this test the whole suite may have run.
    monkeypatch.setattr(sys.modules[__name__], "NOW", timezone.now().replace(microsecond=0))
    monkeypatch.setattr(watching, "PAUSE_S", 0)
    made = make_town()
    with acting_in(made.cast.city):
        yield made


def rule(town: Town, kind: RuleKind = RuleKind.THRESHOLD, *, look: bool = True, **said: Any) -> Rule:
    """A rule of the parks; after its first look, as the job would do it at once."""
    series = said.pop("series", [town.series])
    facts = {name: said.pop(name) for name in ("flag", "raises_alerts", "severity") if name in said}
    made = set_up_rule(
        city=town.cast.city, by=town.cast.principal("ada"), department=town.cast.parks, title="Too much",
        kind=kind, terms=said, series=series, **facts,
    )  # fmt: skip
    if look:
        watching.watch(town.cast.city.pk)
    return made


def send(town: Town, *values: tuple[float, float], series: Datastream | None = None) -> None:
    """Values by the one way of writing: so many seconds from now, and what."""
    seen = [
        Observed((series or town.series).pk, NOW + timedelta(seconds=seconds), number)
        for seconds, number in values
    ]
    ada = town.cast.principal("ada")
    assert not keep_observations(city=town.cast.city, observations=seen, by=ada, way=Way.HTTP).refused


def commit() -> None:
    """What PostgreSQL does at the end of a transaction: the deferred triggers."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def jobs(town: Town) -> int:
    return ProcrastinateJob.objects.filter(
        task_name="observations.watch", status="todo", scheduled_at=None, args={"city_id": town.cast.city.pk}
    ).count()


def look(town: Town, at: datetime | None = None) -> None:
    """The job, at its time or at another."""
    if at is None:
        watching.watch(town.cast.city.pk)
        return
    watching.take_news(town.cast.city.pk)
    for number in RuleSeries.objects.filter(next_at__lte=at).values_list("pk", flat=True):
        watching.look_at(number, at)


def events() -> list[str]:
    found = OutboxEvent.objects.filter(name__contains="Alert").order_by("pk")
    return [name.removeprefix("observations.Alert") for name in found.values_list("name", flat=True)]


# --- from the value to the alert ---


def test_a_value_that_is_written_wakes_the_job_which_raises_the_alert_and_ends_it(town: Town) -> None:
    rule(town, side="above", limit=30, back=28)
    ProcrastinateJob.objects.filter(task_name="observations.watch").delete()
    send(town, (-60, 29.0), (-50, 31.5), (-40, 29.0))
    assert WatchNews.objects.get().series == [town.series.pk]
    commit()
    send(town, (-30, 30.0))
    commit()
    assert jobs(town) == 1, "one job, however many batches"
    look(town)
    alert = Alert.objects.get()
    assert (alert.state, alert.datastream_id, alert.severity) == (AlertState.OPEN, town.series.pk, "moderate")
    assert alert.began_at == NOW - timedelta(seconds=50)
    assert alert.facts["value"] == 31.5
    assert (alert.facts["limit"], alert.facts["unit"], alert.facts["kind"]) == (30, "°C", "threshold")
    assert events() == ["Raised"]
    send(town, (-20, 27.5))
    look(town)
    alert.refresh_from_db()
    assert (alert.state, alert.ended_at) == (AlertState.ENDED, NOW - timedelta(seconds=20))
    assert events() == ["Raised", "Ended"]
    assert not WatchNews.objects.exists()


def test_a_job_that_runs_twice_or_is_killed_raises_nothing_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rule(town, side="above", limit=30)
    send(town, (-10, 31.0))

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(watching, "_remember", killed)
        with pytest.raises(KeyboardInterrupt):
            look(town)
    assert not Alert.objects.exists(), "what was not remembered was not raised either"
    assert RuleSeries.objects.get(rule=made).next_at is not None
    for _ in range(3):
        look(town)
    assert events() == ["Raised"]
    RuleSeries.objects.update(state={"fires": False}, read_at=NOW - timedelta(hours=1), next_at=NOW)
    look(town)
    assert Alert.objects.count() == 1, "one open alert of a rule for a series"


def test_a_rule_that_cannot_be_looked_at_does_not_keep_others_from_it(town: Town) -> None:
    broken = rule(town, side="above", limit=1)
    rule(town, side="above", limit=2)
    Rule.objects.filter(pk=broken.pk).update(terms={"side": "above"})
    send(town, (-10, 5.0))
    look(town)
    assert Alert.objects.get().rule_id != broken.pk
    waits = RuleSeries.objects.get(rule=broken).next_at
    assert waits is not None
    assert waits > timezone.now() + timedelta(seconds=30)


def test_what_nobody_watches_leaves_no_news(town: Town) -> None:
    send(town, (-10, 50.0))
    made = rule(town, side="above", limit=90)
    turn_rule(rule=made, is_on=False, by=town.cast.principal("ada"))
    send(town, (-5, 99.0))
    assert not WatchNews.objects.exists()


def test_the_minute_job_makes_good_a_lost_wake_up(town: Town) -> None:
    rule(town, side="above", limit=30)
    send(town, (-10, 31.0))
    ProcrastinateJob.objects.all().delete()
    watching.ask_for_what_is_due(town.cast.city.pk)
    assert jobs(town) == 1


def test_who_writes_by_copy_asks_only_for_what_is_watched_and_learns_of_new_rules(town: Town) -> None:
    """The hot path knows the watched series of an epoch; turning a rule on raises it."""
    marks, city = Marks(), town.cast.city.pk

    def hand_in(second: int, *, quick: bool = False) -> None:
        one = Row(town.series.pk, us_of(NOW) + second, NO_RESULT_US, city, 31.0)
        with packing_cursor(psycopg_connection()) as cursor:
            make_days(cursor, days_of([one]))
            if quick:
                write_new(cursor, [one], received=us_of(NOW), marks=marks)
            else:
                write(cursor, [one], received=us_of(NOW), marks=marks)

    hand_in(1)
    assert marks.watched == frozenset()
    rule(town, side="above", limit=30)
    hand_in(2, quick=True)
    assert not WatchNews.objects.exists(), "in the old epoch nobody knows; the second look makes it good"
    tell_writers()
    hand_in(3)
    assert marks.watched == {town.series.pk}
    hand_in(4, quick=True)
    assert WatchNews.objects.count() == 2


def test_the_role_that_writes_by_copy_may_read_what_is_watched_and_write_news() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_roles where rolname = 'stoa_ingest')")
        assert cursor.fetchone() == (True,)
        cursor.execute(
            "select has_table_privilege('stoa_ingest', 'observations_rule', 'select'),"
            " has_table_privilege('stoa_ingest', 'observations_ruleseries', 'select'),"
            " has_table_privilege('stoa_ingest', 'observations_watchnews', 'insert'),"
            " has_table_privilege('stoa_ingest', 'observations_watchnews', 'select'),"
            " has_table_privilege('stoa_ingest', 'observations_alert', 'insert')"
        )
        assert cursor.fetchone() == (True, True, True, False, False)


# --- the clock ---


def test_what_has_to_last_fires_by_the_clock(town: Town) -> None:
    rule(town, side="above", limit=30, for_s=600)
    send(town, (0, 31.0))
    look(town)
    assert not Alert.objects.exists()
    watched = RuleSeries.objects.get()
    assert watched.next_at is not None
    look(town, NOW + timedelta(seconds=601))
    assert Alert.objects.get().began_at == NOW


def test_a_job_is_asked_for_at_the_time_of_the_next_look(town: Town) -> None:
    rule(town, side="above", limit=30, for_s=45)
    RuleSeries.objects.update(next_at=None)
    begin = round((timezone.now() - NOW).total_seconds())
    send(town, (begin, 31.0))
    look(town)
    later = ProcrastinateJob.objects.filter(task_name="observations.watch", scheduled_at__isnull=False)
    assert later.filter(scheduled_at=NOW + timedelta(seconds=begin + 45)).count() == 1


def test_a_series_that_falls_silent_is_missed_after_some_of_its_expected_intervals(town: Town) -> None:
    Datastream.objects.update(expected_interval_s=600)
    town.series.refresh_from_db()
    send(town, (-60, 1.0))
    rule(town, RuleKind.MISSING)
    look(town, NOW + timedelta(seconds=1_400))
    assert not Alert.objects.exists()
    look(town, NOW + timedelta(seconds=1_500))
    assert Alert.objects.get().facts["seconds"] == 1_500
    send(town, (590, 1.0))
    look(town, NOW + timedelta(seconds=1_600))
    assert Alert.objects.get().state == AlertState.ENDED


# --- the first look, and values that come late ---


def test_at_its_first_look_a_rule_tells_how_it_stands_and_not_what_once_was(town: Town) -> None:
    send(town, (-900, 40.0), (-600, 20.0), (-300, 41.0), (-200, 42.0))
    rule(town, side="above", limit=30, flag=Quality.SUSPECT)
    assert Alert.objects.get().began_at == NOW - timedelta(seconds=300)
    assert events() == ["Raised"]
    assert not Observation.objects.exclude(quality=Quality.NOT_EVALUATED).exists(), "the past is left alone"


def test_the_first_look_finds_the_latest_value_however_old(town: Town) -> None:
    send(town, (-5 * 86_400, 40.0))
    rule(town, side="above", limit=30)
    assert Alert.objects.count() == 1


def test_late_values_raise_nothing_but_are_flagged(town: Town) -> None:
    rule(town, side="above", limit=30, flag=Quality.FAIL)
    send(town, (-10, 20.0))
    look(town)
    send(town, (-100, 99.0), (-90, 21.0))
    look(town)
    assert not Alert.objects.exists()
    assert list(Observation.objects.order_by("at").values_list("quality", flat=True)) == [4, 2, 2]
    assert RuleSeries.objects.get().late_since is None


# --- flags ---


def test_a_rule_flags_values_with_its_title_as_the_reason_and_people_have_the_last_word(town: Town) -> None:
    rule(town, side="above", limit=30, flag=Quality.FAIL, raises_alerts=False)
    ada = town.cast.principal("ada")
    send(town, (-30, 99.0), (-20, 20.0))
    judge_values(
        series=town.series, since=NOW - timedelta(seconds=31), until=NOW - timedelta(seconds=29),
        quality=Quality.PASS, reason="It was hot", by=ada,
    )  # fmt: skip
    send(town, (-10, 98.0))
    look(town)
    flags = list(Observation.objects.order_by("at").values_list("quality", flat=True))
    assert flags == [Quality.PASS, Quality.NOT_EVALUATED, Quality.FAIL]
    mark = QualityMark.objects.get(reason="Too much")
    assert (mark.count, mark.since, mark.quality) == (1, NOW - timedelta(seconds=10), Quality.FAIL)
    assert not Alert.objects.exists()
    assert not WatchNews.objects.exists(), "a flag is no news for rules"
    send(town, (-5, 97.0))
    look(town)
    mark.refresh_from_db()
    assert mark.count == 2, "one reason for what belongs together"


# --- the other kinds on real tables ---


def test_a_value_unlike_the_same_hour_of_past_weeks(town: Town) -> None:
    hour = NOW.replace(minute=0, second=0)
    berlin = hour.astimezone(ZoneInfo("Europe/Berlin"))
    for week in range(1, 5):
        SeriesBucket.objects.create(
            city=town.cast.city, datastream=town.series, width=Width.HOUR, count=2, total=40 + week,
            start=(berlin - timedelta(weeks=week)).astimezone(UTC),
            squares=(20 + week / 2) ** 2 * 2, low=20, high=22,
        )  # fmt: skip
    rule(town, RuleKind.OUTLIER, weeks=4, times=3, least=1)
    seconds = (hour - NOW).total_seconds()
    send(town, (seconds, 22.0), (seconds + 1, 30.0))
    look(town)
    assert Alert.objects.get().facts["value"] == 30.0


def test_a_thing_that_leaves_its_area(town: Town) -> None:
    park = {"type": "Polygon", "coordinates": [[[7, 51], [8, 51], [8, 52], [7, 52], [7, 51]]]}
    rule(town, RuleKind.GEOFENCE, side="leaves", area=park)
    assert not Alert.objects.exists()
    ada, city = town.cast.principal("ada"), town.cast.city
    deliver_waiting(city.pk)
    away = setting_up.set_up_location(
        city=city, by=ada, name="Away", location={"type": "Point", "coordinates": [9, 51.5]}
    )
    setting_up.place_thing(thing=town.thing, locations=[away], by=ada)
    deliver_waiting(city.pk)
    look(town)
    assert Alert.objects.get().state == AlertState.OPEN
    back = setting_up.set_up_location(city=city, by=ada, name="Back", location=POINT)
    setting_up.place_thing(thing=town.thing, locations=[back], by=ada)
    deliver_waiting(city.pk)
    look(town)
    assert Alert.objects.get().state == AlertState.ENDED
    far = {"location": {"type": "Point", "coordinates": [9, 51.5]}}
    setting_up.change_location(location=back, by=ada, facts=far)
    deliver_waiting(city.pk)
    look(town)
    assert Alert.objects.filter(state=AlertState.OPEN).count() == 1, "its place was said to be elsewhere"


def test_several_series_at_once_raise_one_alert(town: Town) -> None:
    ada = town.cast.principal("ada")
    rain = setting_up.set_up_datastream(
        thing=town.thing, sensor=town.sensor, observed_property=town.temperature, by=ada, name="Rain"
    )
    conditions = [{"letter": "a", "side": "above", "limit": 30}, {"letter": "b", "side": "above", "limit": 5}]
    rule(town, RuleKind.COMBINATION, series=[town.series, rain], conditions=conditions, fresh_s=600)
    send(town, (-100, 31.0))
    look(town)
    assert not Alert.objects.exists()
    send(town, (-90, 9.0), series=rain)
    look(town)
    alert = Alert.objects.get()
    assert alert.datastream_id == rain.pk, "the one that made it fire"
    assert alert.facts["values"] == {"a": 31.0, "b": 9.0}
    send(town, (-80, 32.0))
    look(town)
    assert Alert.objects.count() == 1
    send(town, (-70, 1.0))
    look(town)
    assert Alert.objects.get().state == AlertState.ENDED
