# SPDX-License-Identifier: EUPL-1.2
"""The hours that come twice or never."""

from datetime import datetime

from stoa.commons.reading.rules.clock import changes


def test_both_changes_of_a_year_are_found():
    spring, autumn = changes("Europe/Berlin", 2025, 2025)
    assert (spring.first, spring.end, spring.is_double) == (
        datetime(2025, 3, 30, 2),
        datetime(2025, 3, 30, 3),
        False,
    )
    assert (autumn.first, autumn.end, autumn.is_double) == (
        datetime(2025, 10, 26, 2),
        datetime(2025, 10, 26, 3),
        True,
    )


def test_a_zone_without_summer_time_has_none():
    assert changes("UTC", 2000, 2030) == ()
