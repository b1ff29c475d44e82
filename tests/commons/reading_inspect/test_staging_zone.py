# SPDX-License-Identifier: EUPL-1.2
"""Local time becomes UTC by comparing as the calendar would make it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from stoa.commons.reading.staging_zone import END, FIRST, Steps, steps_of

CONNECTION = duckdb.connect()
CONNECTION.execute("SET TimeZone = 'UTC'")


def differences(steps: Steps, moments: str) -> int:
    """How many of the local times `t` become another instant than the calendar says."""
    return CONNECTION.execute(
        f"SELECT count(*) FROM (SELECT {moments} AS t) "
        f"WHERE {steps.to_utc('t')} IS DISTINCT FROM timezone('{steps.zone}', t)"
    ).fetchone()[0]


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin", "Europe/Lisbon", "Europe/Dublin", "Europe/Istanbul", "Australia/Lord_Howe",
        "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "Etc/GMT+5", "UTC",
    ],
)  # fmt: skip
def test_every_hour_and_every_second_around_a_change_agrees_with_the_calendar(zone):
    steps = steps_of(CONNECTION, zone)
    hours = "unnest(range(TIMESTAMP '1988-12-30', TIMESTAMP '2039-02-01', INTERVAL 61 MINUTE))"
    assert differences(steps, hours) == 0
    for moment in (*steps.moments, FIRST, END):
        near = f"TIMESTAMP '{moment}' + INTERVAL"
        around = f"unnest(range({near} '-3' SECOND, {near} '3' SECOND, INTERVAL 500 MILLISECOND))"
        assert differences(steps, around) == 0


def test_the_hours_that_come_twice_or_never_agree_too():
    steps = steps_of(CONNECTION, "Europe/Berlin")
    for day in ("2024-03-31", "2024-10-27"):
        minutes = f"unnest(range(TIMESTAMP '{day}', TIMESTAMP '{day} 06:00', INTERVAL 1 MINUTE))"
        assert differences(steps, minutes) == 0


@pytest.mark.parametrize("odd", ["NULL::TIMESTAMP", "TIMESTAMP 'infinity'", "TIMESTAMP '1583-01-01'"])
def test_what_lies_outside_is_left_to_the_calendar(odd):
    assert differences(steps_of(CONNECTION, "Europe/Berlin"), odd) == 0


def slowly_doubtful(zone: str, local: datetime) -> int | None:
    """0 for a time that never was, 2 for one that was twice: by asking for both folds."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return None
    return 2 if first > second else 0


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Europe/Dublin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"]
)
def test_doubtful_times_are_those_with_two_readings_or_none(zone):
    steps = steps_of(CONNECTION, zone)
    near = [at + timedelta(minutes=n) for at in steps.moments for n in range(-95, 95, 15)]
    times = [*near, datetime(1985, 9, 29, 2, 30), datetime(2045, 3, 26, 2, 30), datetime(2024, 6, 1, 2, 30)]
    CONNECTION.execute("CREATE OR REPLACE TABLE times AS SELECT unnest($1::TIMESTAMP[]) AS t", [times])
    found = CONNECTION.execute(f"SELECT t, {steps.doubtful('t', 'false')} FROM times").fetchall()
    assert [flag for _, flag in found] == [slowly_doubtful(zone, at) for at, _ in found]
    sure = CONNECTION.execute(f"SELECT count({steps.doubtful('t', 'true')}) FROM times").fetchone()
    assert sure == (0,)


def test_no_time_is_doubtful_where_there_is_none():
    steps = steps_of(CONNECTION, "Europe/Berlin")
    assert CONNECTION.execute(
        f"SELECT {steps.doubtful('t', 'false')} FROM (SELECT NULL::TIMESTAMP AS t)"
    ).fetchone() == (None,)
