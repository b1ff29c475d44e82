# SPDX-License-Identifier: EUPL-1.2
"""Writing many observations a second, and hearing of each: for processes that run without Django."""

from __future__ import annotations

import time

from stoa.houses.observations.actions.gathering import Busy, Gatherer, Outcome, Rejected
from stoa.houses.observations.actions.knowing import Known, Listener, Place
from stoa.houses.observations.actions.quarantining import Turned
from stoa.houses.observations.actions.streaming import Away, Batch, Writer
from stoa.houses.observations.roles import Permission, register
from stoa.houses.observations.rules import judging
from stoa.houses.observations.rules.ids import id_of
from stoa.houses.observations.rules.instants import NO_RESULT_US, moment_of
from stoa.houses.observations.rules.judging import Series, Wrong
from stoa.houses.observations.rules.news import News, decode_news
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.rules.rows import Row

__all__ = [
    "NO_RESULT_US", "Away", "Batch", "Busy", "Gatherer", "Known", "Listener", "News", "Outcome", "Permission", "Place",
    "Rejected", "Row", "Series", "Turned", "Writer", "Wrong", "decode_news", "id_of", "judging", "know_roles", "moment_of",
    "now_us", "problem_of", "result_of",
]  # fmt: skip


def know_roles() -> None:
    """Put this house's rights into the book of roles; Django does so by itself at start."""
    register()


def now_us() -> int:
    """This moment in microseconds since 1970."""
    return time.time_ns() // 1000
