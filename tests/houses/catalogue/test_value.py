# SPDX-License-Identifier: EUPL-1.2
"""What data saves and costs, against the same sum done one download and one day at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoa.houses.catalogue.rules.value import Assumptions, value_of

numbers = st.integers(0, 400)
assumptions = st.builds(
    Assumptions,
    st.integers(1, 100),
    st.integers(0, 300),
    st.integers(0, 20_000),
    st.integers(0, 300),
    st.integers(0, 10**6),
)


@settings(max_examples=60, deadline=None)
@given(numbers, st.integers(0, 30), st.integers(0, 30), st.integers(1, 366), assumptions)
def test_the_formula_is_the_sum_of_every_download_and_every_day(
    downloads: int, by_hand: int, by_itself: int, days: int, assumed: Assumptions
) -> None:
    found = value_of(
        downloads=downloads,
        by_hand=by_hand,
        by_itself=by_itself,
        days=days,
        platform_share=0.5,
        assumed=assumed,
    )
    saved = sum(assumed.request_minutes / assumed.uses_for_request for _ in range(downloads))
    spent = cents = 0.0
    for _ in range(days):
        a_day = sum(assumed.keeping_minutes for _ in range(by_hand)) * 12 / 365.25
        a_day += sum(assumed.keeping_minutes * 0.1 for _ in range(by_itself)) * 12 / 365.25
        spent += a_day
        cents += a_day / 60 * assumed.hour_cost_cents + assumed.platform_cents * 12 / 365.25 / 2
    assert found.minutes_saved == pytest.approx(saved)
    assert found.minutes_spent == pytest.approx(spent)
    assert found.cents_saved == pytest.approx(saved / 60 * assumed.hour_cost_cents, abs=1)
    assert found.cents_spent == pytest.approx(cents, abs=1)
