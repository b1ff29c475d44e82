# SPDX-License-Identifier: EUPL-1.2
"""Closed days go to the lake once, whatever happens meanwhile; what comes late is merged into them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from tests.houses.observations.town import Town, make_town

from stoa.commons.cities.acting import acting_in
from stoa.commons.history import reading
from stoa.commons.lake.place import layout
from stoa.houses.observations.actions import registering, rolling
from stoa.houses.observations.models import HistoryFile, Observation, RemovedObservation
from stoa.houses.observations.terms import NO_RESULT_TIME

pytestmark = pytest.mark.django_db
DAY = date(2031, 5, 6)
START = datetime(2031, 5, 6, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def town(settings: LazySettings, tmp_path: Path) -> Town:
    settings.STOA_LAKE, settings.STOA_CACHE = tmp_path / "lake", tmp_path / "cache"
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [DAY])
    return make_town()


def observe(town: Town, minute: int, number: float | None, **more: object) -> None:
    with acting_in(town.cast.city):
        Observation.objects.create(
            city_id=town.cast.city.pk,
            datastream_id=town.series.pk,
            at=START + timedelta(minutes=minute),
            result_at=more.pop("result_at", NO_RESULT_TIME),
            number=number,
            received_at=LONG_AGO,
            **more,
        )


def history(town: Town) -> list[dict[str, object]]:
    """What readers find in the lake."""
    with acting_in(town.cast.city):
        paths = list(HistoryFile.objects.filter(replaced_at=None).values_list("path", flat=True))
    if not paths:
        return []
    span = {"begins": START, "ends": START + timedelta(days=31)}
    found = reading.rows(layout(), paths, series=[town.series.pk], most=100, **span)
    return [dict(row) for row in found.to_pylist()]


def hot(town: Town) -> int:
    with acting_in(town.cast.city):
        return Observation.objects.count()


def test_a_rolled_day_has_left_the_hot_table_and_is_in_the_lake_to_the_letter(town: Town) -> None:
    observe(town, 1, 20.1)
    observe(town, 2, None, text='wet,\n"very"', result_at=START + timedelta(hours=1))
    observe(
        town,
        3,
        None,
        json={"a": [1, None]},
        extra={"note": "ü"},
        until=START + timedelta(minutes=9),
        feature_id=7,
    )
    observe(town, 4, None, text="")
    rolled = rolling.roll_day(DAY)
    assert (rolled.rows, rolled.is_done, hot(town)) == (4, True, 0)
    one, two, three, four = history(town)
    assert (one["number"], one["text"], one["result_at"]) == (20.1, None, None)
    assert (two["text"], two["result_at"]) == ('wet,\n"very"', START + timedelta(hours=1))
    assert (three["json"], three["extra"]) == ('{"a": [1, null]}', '{"note": "ü"}')
    assert (three["until"], three["feature_id"]) == (START + timedelta(minutes=9), 7)
    assert four["text"] == ""


def test_rolling_again_changes_nothing(town: Town) -> None:
    observe(town, 1, 20.1)
    rolling.roll_day(DAY)
    assert rolling.roll_day(DAY).is_done
    assert len(history(town)) == 1


@pytest.mark.parametrize("happens", ["written", "corrected", "removed", "hidden"])
def test_what_happens_while_the_file_is_made_is_not_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch, happens: str
) -> None:
    observe(town, 1, 20.1)
    write, now = rolling._write_span, datetime.now(tz=UTC)

    def meanwhile(*span: object) -> object:
        written = write(*span)  # type: ignore[arg-type]
        with acting_in(town.cast.city):
            if happens == "hidden":
                RemovedObservation.objects.get_or_create(
                    city=town.cast.city,
                    datastream_id=town.series.pk,
                    at=START,
                    result_at=NO_RESULT_TIME,
                )
            elif happens == "removed":
                Observation.objects.all().delete()
            elif happens == "corrected":
                Observation.objects.update(number=22.0, received_at=now)
            elif Observation.objects.count() == 1:
                observe(town, 2, 21.0)
        return written

    monkeypatch.setattr(rolling, "_write_span", meanwhile)
    assert not rolling.roll_day(DAY).is_done
    assert history(town) == []
    assert hot(town) == {"written": 2, "corrected": 1, "removed": 0, "hidden": 1}[happens]


def test_a_kill_before_the_file_counts_leaves_the_day_where_it_was(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe(town, 1, 20.1)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rolling, "_take_out", killed)
        with pytest.raises(KeyboardInterrupt):
            rolling.roll_day(DAY)
    assert (hot(town), history(town)) == (1, [])
    assert rolling.roll_day(DAY).is_done
    assert (hot(town), len(history(town))) == (0, 1)


def test_late_and_corrected_observations_are_merged_and_removed_ones_are_left_out(town: Town) -> None:
    for minute in range(3):
        observe(town, minute, float(minute))
    rolling.roll_day(DAY)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [DAY])
    observe(town, 1, 99.0, revision=1)
    observe(town, 60, 60.0)
    with acting_in(town.cast.city):
        RemovedObservation.objects.create(
            city=town.cast.city, datastream_id=town.series.pk, at=START, result_at=NO_RESULT_TIME
        )
    merged = rolling.merge_span(town.cast.city.pk, date(2031, 5, 1), date(2031, 6, 1))
    assert (merged.begins, merged.is_done, hot(town)) == (date(2031, 5, 1), True, 0)
    assert [row["number"] for row in history(town)] == [99.0, 2.0, 60.0]
    with acting_in(town.cast.city):
        assert not RemovedObservation.objects.exists()
        assert HistoryFile.objects.exclude(replaced_at=None).count() == 1


def test_only_one_file_can_speak_of_a_day(town: Town) -> None:
    observe(town, 1, 20.1)
    rolling.roll_day(DAY)
    with acting_in(town.cast.city), pytest.raises(IntegrityError), transaction.atomic():
        HistoryFile.objects.create(
            city=town.cast.city,
            begins=DAY,
            ends=DAY + timedelta(days=9),
            generation=1,
            path="x",
            rows=0,
            bytes=0,
        )


def test_a_replaced_file_stays_for_those_who_read_it_and_then_goes(town: Town) -> None:
    observe(town, 1, 20.1)
    rolling.roll_day(DAY)
    observe_late = START + timedelta(minutes=5)
    with connection.cursor() as cursor:
        cursor.execute("select observations_make_day(%s)", [DAY])
    observe(town, 5, 3.0)
    rolling.merge_span(town.cast.city.pk, DAY, DAY + timedelta(days=1))
    files = list((layout().lake / "series").rglob("*.parquet"))
    assert len(files) == 2
    with acting_in(town.cast.city):
        HistoryFile.objects.update(is_registered=True)
        assert registering.clear(town.cast.city.pk) == 0
        HistoryFile.objects.exclude(replaced_at=None).update(replaced_at=observe_late - timedelta(days=9000))
    assert registering.clear(town.cast.city.pk) == 1
    assert len(history(town)) == 2


def test_what_a_killed_roll_left_is_swept_when_it_is_old(town: Town) -> None:
    observe(town, 1, 20.1)
    rolling.roll_day(DAY)
    month = layout().lake / "series" / str(town.cast.city.pk) / "2031-05"
    left = [month / ".x.parquet.0a1b", month / "x.fresh", month / "20310509-20310510-0001.parquet"]
    for place, path in enumerate(left):
        path.write_bytes(b"half")
        if place < 2:
            os.utime(path, (0, 0))
    for kept in month.glob("20310506*"):
        os.utime(kept, (0, 0))
    assert registering.clear(town.cast.city.pk) == 0
    assert [path.exists() for path in left] == [False, False, True]
    assert len(history(town)) == 1
    assert list((layout().lake / "hours").rglob("*.parquet"))
