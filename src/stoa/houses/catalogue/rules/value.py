# SPDX-License-Identifier: EUPL-1.2
"""What publishing data saves and costs, by a formula that everybody can check. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DAYS_OF_MONTH = 365.25 / 12
SHARE_BY_ITSELF = 0.1
"""A dataset with a source of its own takes a tenth of the care of one whose files come by hand."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a city assumes; stated beside every figure that is made of it."""

    uses_for_request: int
    """One in so many downloads by people would have been a request by hand."""
    request_minutes: int
    hour_cost_cents: int
    keeping_minutes: int
    """For one dataset that comes by hand, a month."""
    platform_cents: int
    """A month."""


@dataclass(frozen=True, slots=True)
class Value:
    """Saved and spent in a period; minutes of work and cents."""

    requests_saved: float
    minutes_saved: float
    cents_saved: int
    minutes_spent: float
    cents_spent: int


def value_of(
    *, downloads: int, by_hand: int, by_itself: int, days: int, platform_share: float, assumed: Assumptions
) -> Value:
    """The value of some datasets over `days`: `downloads` are those by people, `by_hand` and `by_itself` count
    datasets by how their files come, `platform_share` (0 to 1) is their part of the platform's cost."""
    requests = downloads / max(1, assumed.uses_for_request)
    saved = requests * assumed.request_minutes
    months = days / DAYS_OF_MONTH
    spent = months * assumed.keeping_minutes * (by_hand + by_itself * SHARE_BY_ITSELF)
    platform = months * assumed.platform_cents * platform_share
    return Value(
        requests,
        saved,
        round(saved / 60 * assumed.hour_cost_cents),
        spent,
        round(spent / 60 * assumed.hour_cost_cents + platform),
    )
