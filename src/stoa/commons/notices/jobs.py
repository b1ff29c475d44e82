# SPDX-License-Identifier: EUPL-1.2
"""Sending messages by mail."""

from __future__ import annotations

from procrastinate.contrib.django import app

from stoa.commons.cities.acting import acting_in
from stoa.commons.notices.actions import send_waiting


@app.task(name="notices.send", retry=5)
def send_notices(city_id: int) -> None:
    """Mail what is waiting in a city."""
    with acting_in(city_id):
        send_waiting(city_id=city_id)
