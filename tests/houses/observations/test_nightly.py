# SPDX-License-Identifier: EUPL-1.2
"""Every night history is put in order, and a second night finds nothing left to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import reading
from stoa.commons.lake.place import layout
from stoa.houses.observations.actions import counting, grouping, nightly, quarantining, setting_up
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.actions.quarantining import Turned
from stoa.houses.observations.models import HistoryFile, Observation, Quarantined, SeriesBucket, SeriesState
from stoa.houses.observations.queries.history import readings
from stoa.houses.observations.terms import NO_RESULT_TIME, GroupKind, Way, Width

pytestmark = pytest.mark.django_db
TODAY = date(2031, 7, 15)


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    return make_town()


def observe(town: Town, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [day])
    with acting_in(town.cast.city):
        Observation.objects.create(
            city_id=town.cast.city.pk, datastream_id=town.series.pk, at=at, result_at=NO_RESULT_TIME,
            number=float(day.day), received_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip


def spans(town: Town) -> list[tuple[date, date, int]]:
    with acting_in(town.cast.city):
        files = HistoryFile.objects.filter(replaced_at=None).order_by("begins")
        return [(file.begins, file.ends, file.rows) for file in files]


def night(town: Town, today: date = TODAY) -> int:
    """What one night did, counted in spans that were written."""
    return len(nightly.roll(today)) + len(nightly.merge_months(town.cast.city, today))


def test_days_go_after_thirty_days_and_whole_months_become_one_file(town: Town) -> None:
    for day in (date(2031, 5, 6), date(2031, 5, 7), date(2031, 6, 10), date(2031, 7, 14)):
        observe(town, day)
    night(town)
    assert spans(town) == [
        (date(2031, 5, 1), date(2031, 6, 1), 2),
        (date(2031, 6, 10), date(2031, 6, 11), 1),
    ]
    assert night(town) == 0, "a second night has nothing to do"
    with acting_in(town.cast.city):
        assert Observation.objects.count() == 1


def test_a_back_fill_of_years_ago_goes_to_its_months(town: Town) -> None:
    for day in (date(2019, 2, 3), date(2019, 2, 28), date(2021, 12, 31)):
        observe(town, day)
    night(town)
    assert [span[:2] for span in spans(town)] == [
        (date(2019, 2, 1), date(2019, 3, 1)),
        (date(2021, 12, 1), date(2022, 1, 1)),
    ]
    assert night(town) == 0


def test_what_comes_late_for_a_month_in_the_lake_is_merged_into_it(town: Town) -> None:
    observe(town, date(2031, 5, 6))
    observe(town, date(2031, 5, 9))
    night(town)
    observe(town, date(2031, 5, 20))
    night(town)
    assert spans(town) == [(date(2031, 5, 1), date(2031, 6, 1), 3)]


def test_single_values_go_when_their_time_is_over_and_the_file_is_not_written_every_night(town: Town) -> None:
    today = datetime.now(tz=UTC).date()
    old, young = today - timedelta(days=200), today - timedelta(days=70)
    for day in (old, young):
        observe(town, day)
    night(town, today)
    with acting_in(town.cast.city):
        setting_up.change_datastream(datastream=town.series, by=town.cast.principal("ada"), keep_days=120)
    with acting_in(town.cast.city):  # as if it had been written when it was young
        HistoryFile.objects.update(made_at=datetime(2000, 1, 1, tzinfo=UTC))
    assert night(town, today) == 1
    assert night(town, today) == 0
    with acting_in(town.cast.city):
        paths = list(HistoryFile.objects.filter(replaced_at=None).values_list("path", flat=True))
    found = reading.rows(
        layout(), paths, series=[town.series.pk], most=10,
        begins=datetime(2000, 1, 1, tzinfo=UTC), ends=datetime(2100, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert found["number"].to_pylist() == [float(young.day)]


def test_parts_are_made_ahead_once() -> None:
    assert nightly.make_days(TODAY) == 5
    assert nightly.make_days(TODAY) == 0


def test_what_was_put_aside_goes_when_it_is_settled_or_thirty_days_old(town: Town) -> None:
    now = datetime.now(tz=UTC)
    city = town.cast.city
    with acting_in(city):
        for origin, days, settled in (("young", 29, None), ("old", 31, None), ("settled", 1, now)):
            kept = Quarantined.objects.create(
                city=city, way="http", origin=origin, code="observations.time_absurd", payload=b"x", size=1,
                settled_at=settled,
            )  # fmt: skip
            Quarantined.objects.filter(pk=kept.pk).update(at=now - timedelta(days=days))
    assert nightly.forget_quarantined(town.cast.other_city, now) == 0
    assert nightly.forget_quarantined(city, now) == 2
    assert nightly.forget_quarantined(city, now) == 0
    with acting_in(city):
        assert Quarantined.objects.get().origin == "young"


@pytest.mark.parametrize("rows_of_a_series", [1, 50])
def test_of_one_batch_two_hundred_are_kept_and_all_are_counted(rows_of_a_series: int) -> None:
    sent = [
        Turned(1, series, "observations.time_absurd", payload=b"%d" % n)
        for series in range(500)
        for n in range(rows_of_a_series)
    ]
    together = quarantining._together([*sent, Turned(1, 3, "observations.result_missing", payload=b"last")])
    assert len(together) == quarantining.KEPT_OF_A_BATCH_MOST + 1
    assert sum(times for _, times in together) == len(sent) + 1
    assert together[-1][0].payload == b"last", "another fault is still shown"


def test_values_of_a_group_go_after_its_days_and_what_was_counted_of_them_stays(town: Town) -> None:
    city, ada = town.cast.city, town.cast.principal("ada")
    today = datetime.now(tz=UTC).date()
    days = [today - timedelta(days=n) for n in (100, 65, 20, 12, 3)]
    with acting_in(city):
        seen = [Observed(town.series.pk, noon(day), float(n)) for n, day in enumerate(days)]
        keep_observations(city=city, observations=seen, by=ada, way=Way.HTTP)
        Observation.objects.update(received_at=datetime(2026, 1, 1, tzinfo=UTC))
    count_everything(town)
    before = {width: counted(town, width) for width in Width}
    night(town, today)
    with acting_in(city):
        group = grouping.set_up_group(
            city=city, by=ada, department=town.cast.parks, kind=GroupKind.PROPERTY, licence="CC0",
            observed_property=town.temperature, title={"en": "Air"}, description={"en": "Air."}, keep_days=10,
        )  # fmt: skip
    assert nightly.expire(city, today) == 2, "those of twenty and twelve days ago"
    night(town, today)
    with acting_in(city):
        left = readings(
            city_id=city.pk, series=[town.series.pk], since=noon(days[0]) - timedelta(days=1),
            until=noon(today), most=10,
        )  # fmt: skip
        assert [one.number for one in left] == [4.0]
        assert SeriesState.objects.get(datastream=town.series).count == 1
        # A value that comes late, long after its hour was counted and taken away, and one of today:
        late = [Observed(town.series.pk, noon(days[2]) + timedelta(minutes=1), 50.0)]
        keep_observations(city=city, observations=late, by=ada, way=Way.HTTP)
    count_everything(town)
    after = {width: counted(town, width) for width in Width}
    assert after == before, "hours, days, months and years are as they were"
    assert nightly.expire(city, today) == 1
    assert nightly.expire(city, today) == 0
    with acting_in(city):
        grouping.change_group(group=group, by=ada, keep_days=None)
        town.series.refresh_from_db()
        assert town.series.keep_days is None


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, 30, tzinfo=UTC)


def count_everything(town: Town) -> None:
    later = datetime.now(tz=UTC) + timedelta(days=400)
    while counting.count_hours(city=town.cast.city, before=later):
        pass
    while counting.count_long(city=town.cast.city, before=later):
        pass


def counted(town: Town, width: Width) -> list[tuple[datetime, int, float]]:
    with acting_in(town.cast.city):
        found = SeriesBucket.objects.filter(datastream=town.series, width=width).order_by("start")
        return list(found.values_list("start", "count", "total"))
