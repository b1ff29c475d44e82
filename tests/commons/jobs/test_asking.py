# SPDX-License-Identifier: EUPL-1.2
"""Work is asked for in the transaction of the change that needs it, also by a job: never before it, never without it."""

from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from stoa.commons.jobs.asking import ask, ask_once
from stoa.commons.jobs.jobs import deliver_events

pytestmark = pytest.mark.django_db


class Broken(Exception):  # noqa: N818 - reads as what it is
    """The change did not come about."""


@transaction.atomic
def change_that_breaks() -> None:
    ask(deliver_events, city_id=1)
    assert ask_once(deliver_events, "deliver-1", city_id=1)
    assert asked() == 2
    raise Broken


def asked() -> int:
    return ProcrastinateJob.objects.filter(task_name="jobs.deliver_events").count()


def test_what_a_job_asks_for_stands_and_falls_with_its_change() -> None:
    workers_own = InMemoryConnector()
    with app.replace_connector(workers_own):  # as a worker does while it runs
        with pytest.raises(Broken):
            change_that_breaks()
        assert asked() == 0
        assert ask_once(deliver_events, "deliver-1", city_id=1)
        assert not ask_once(deliver_events, "deliver-1", city_id=1), "one that waits is enough"
        assert asked() == 1
    assert not workers_own.jobs, "nothing went by a way of its own"
