# SPDX-License-Identifier: EUPL-1.2
"""Work that the jobs room itself does: deliver events, give a sign of life, clean up."""

from __future__ import annotations

import logging
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.queries import all_cities
from stoa.commons.jobs.events import deliver_waiting
from stoa.commons.jobs.models import Heartbeat, OutboxEvent

log = logging.getLogger(__name__)


@app.task(name="jobs.deliver_events", retry=8)
def deliver_events(city_id: int) -> None:
    """Tell listeners what happened in a city."""
    while deliver_waiting(city_id):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="jobs.beat")
def beat(timestamp: int) -> None:
    """Say that the worker is alive, and deliver what a lost job left in the outbox."""
    Heartbeat.objects.update_or_create(name="jobs", defaults={"at": timezone.now()})
    for city in all_cities():
        deliver_waiting(city.pk)


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.tidy")
async def tidy(timestamp: int) -> None:
    """Forget jobs that ended a week ago, events delivered a month ago, and sessions that nobody can use any more."""
    await app.job_manager.delete_old_jobs(nb_hours=7 * 24, include_failed=False)
    await sync_to_async(_forget_events)()
    await sync_to_async(SessionStore.clear_expired)()


@app.periodic(cron="*/5 * * * *")
@app.task(name="jobs.resume")
async def resume(timestamp: int) -> None:
    """Take up the jobs of a worker that was killed: it does not beat any more, its jobs still say `doing`."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=90):
        log.info("job_resumed", extra={"task": job.task_name})
        await app.job_manager.retry_job(job)


def _forget_events() -> None:
    month_ago = timezone.now() - timedelta(days=30)
    for city in all_cities():
        with acting_in(city):
            OutboxEvent.objects.filter(city_id=city.pk, delivered_at__lt=month_ago).delete()
