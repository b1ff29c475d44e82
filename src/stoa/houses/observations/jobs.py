# SPDX-License-Identifier: EUPL-1.2
"""Background work of the observations; every job may run twice without harm."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from stoa.commons.cities.queries import all_cities
from stoa.houses.observations.actions import nightly


@app.periodic(cron="9 * * * *")
@app.task(name="observations.make_days")
def make_days(timestamp: int) -> None:
    """Make the parts of the table for the days to come."""
    nightly.make_days(timezone.now().date())


@app.periodic(cron="17 1 * * *")
@app.task(name="observations.roll_history", lock="observations.roll_history")
def roll_history(timestamp: int) -> None:
    """Roll closed days into the lake, merge months, keep the retention rule, tell other engines."""
    today = timezone.now().date()
    nightly.roll(today)
    for city in all_cities():
        nightly.merge_months(city, today)
        nightly.tidy(city)
