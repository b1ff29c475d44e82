# SPDX-License-Identifier: EUPL-1.2
"""When news of the whole portal are due. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from stoa.houses.catalogue.terms import Rhythm


def period_start(rhythm: Rhythm, now: datetime) -> datetime:
    """The midnight at which the day, or on Monday the week, of this local time began.

    News are due when what was told last lies before it: one message a day or a week, also after days of standstill.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if rhythm is Rhythm.DAILY else midnight - timedelta(days=now.weekday())
