# SPDX-License-Identifier: EUPL-1.2
"""When somebody is told: quiet hours over midnight and on the nights when the clock is moved, steps, tries."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stoa.houses.observations.rules.alerting import (
    MOST_ATTEMPTS,
    AlertFacts,
    Quiet,
    RouteFacts,
    after_quiet,
    again_at,
    is_at_least,
    steps,
)
from stoa.houses.observations.terms import MessageKind, Severity

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # moves its clock by half an hour
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NIGHT = Quiet(time(22), time(6), BERLIN)


def slowly(at: datetime, quiet: Quiet) -> datetime:
    """The same by looking at the clock every minute."""
    while quiet.holds(at):
        at = (at + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return at


near_a_turn = st.sampled_from(
    [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 4, 4, tzinfo=UTC),
     datetime(2026, 10, 3, tzinfo=UTC), NOON]
)  # fmt: skip
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))


@settings(max_examples=120, deadline=None)
@given(
    near_a_turn,
    st.integers(0, 2 * 86_400),
    quarters,
    quarters,
    st.sampled_from([BERLIN, LORD_HOWE, ZoneInfo("UTC")]),
)
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), 0, time(22), time(2, 30), BERLIN)
@example(datetime(2026, 10, 25, 0, 50, tzinfo=UTC), 0, time(2, 30), time(6), BERLIN)
def test_quiet_hours_end_when_a_look_at_the_clock_every_minute_says_so(
    day: datetime, seconds: int, begin: time, end: time, zone: ZoneInfo
) -> None:
    at, quiet = day + timedelta(seconds=seconds), Quiet(begin, end, zone)
    assert after_quiet(at, quiet) == slowly(at, quiet)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-21T23:30:00+01:00", "2026-11-22T06:00:00+01:00"),
        ("2026-11-22T05:59:00+01:00", "2026-11-22T06:00:00+01:00"),
        ("2026-11-22T06:00:00+01:00", "2026-11-22T06:00:00+01:00"),
        ("2026-11-21T21:59:00+01:00", "2026-11-21T21:59:00+01:00"),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T06:00:00+02:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T06:00:00+01:00"),
    ],
)
def test_the_night_ends_at_six_by_the_clock_of_the_city(at: str, end: str) -> None:
    assert after_quiet(datetime.fromisoformat(at), NIGHT) == datetime.fromisoformat(end)


@pytest.mark.parametrize(("begin", "end"), [(None, None), (time(22), None), (time(6), time(6))])
def test_hours_that_are_not_set_are_not_quiet(begin: time | None, end: time | None) -> None:
    assert after_quiet(NOON, Quiet(begin, end, BERLIN)) == NOON


ROUTES = [
    RouteFacts(1, 0, Severity.MINOR),
    RouteFacts(2, 0, Severity.SEVERE),
    RouteFacts(3, 15, Severity.SEVERE),
]
MIDNIGHT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)


def told(severity: Severity, **said: datetime) -> dict[int, tuple[MessageKind, timedelta]]:
    facts = AlertFacts(severity, MIDNIGHT, **said)
    return {one.key: (one.kind, one.due_at - MIDNIGHT) for one in steps(facts, ROUTES, NIGHT)}


def test_what_is_mild_waits_for_the_morning_and_what_is_severe_wakes() -> None:
    morning = timedelta(hours=6)
    mild = told(Severity.MODERATE)
    assert mild[1] == (MessageKind.RAISED, timedelta(0))
    assert mild[2] == (MessageKind.RAISED, morning)
    assert mild[3] == (MessageKind.ESCALATED, morning)
    severe = told(Severity.SEVERE)
    assert severe[2] == (MessageKind.RAISED, timedelta(0))
    assert severe[3] == (MessageKind.ESCALATED, timedelta(minutes=15))


def test_what_is_extreme_never_waits() -> None:
    facts = AlertFacts(Severity.EXTREME, MIDNIGHT)
    sleeper = RouteFacts(1, 0, Severity.EXTREME)
    assert steps(facts, [sleeper], NIGHT)[0].due_at == MIDNIGHT


def test_whoever_takes_it_over_spares_the_later_steps() -> None:
    assert set(told(Severity.SEVERE, acknowledged_at=MIDNIGHT + timedelta(minutes=14))) == {1, 2}
    assert set(told(Severity.SEVERE, acknowledged_at=MIDNIGHT + timedelta(minutes=16))) == {1, 2, 3}
    assert not told(Severity.SEVERE, ended_at=MIDNIGHT)


def test_tries_come_further_apart_and_end() -> None:
    waits = []
    for attempt in range(1, MOST_ATTEMPTS):
        again = again_at(NOON, attempt)
        assert again is not None
        waits.append(again - NOON)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(seconds=10)
    assert again_at(NOON, MOST_ATTEMPTS) is None


def test_severities_are_in_order() -> None:
    assert is_at_least("extreme", "minor")
    assert is_at_least("severe", "severe")
    assert not is_at_least("moderate", "severe")
