# SPDX-License-Identifier: EUPL-1.2
"""The pace of a transfer, with a clock of the test."""

from __future__ import annotations

from stoa.commons.fetching.pace import Pace


def test_a_quick_server_may_go_on_until_the_whole_time_is_over() -> None:
    pace = Pace(100.0, total_seconds=100, window_seconds=10, least_per_second=10)
    for now in range(100, 200):
        pace.note(50)
        assert pace.may_wait(float(now)) > 0
    assert pace.may_wait(200.0) <= 0


def test_a_dripping_server_is_given_up_at_the_end_of_its_window() -> None:
    pace = Pace(0.0, total_seconds=1000, window_seconds=10, least_per_second=10)
    for now in range(10):
        pace.note(1)
        assert pace.may_wait(float(now)) == 10 - now
    assert pace.may_wait(10.0) <= 0


def test_a_good_beginning_does_not_excuse_a_drip_later() -> None:
    pace = Pace(0.0, total_seconds=1000, window_seconds=10, least_per_second=10)
    pace.note(1_000_000)
    assert pace.may_wait(11.0) == 10
    pace.note(99)
    assert pace.may_wait(20.9) > 0
    assert pace.may_wait(21.0) <= 0
