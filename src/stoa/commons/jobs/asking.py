# SPDX-License-Identifier: EUPL-1.2
"""Asking for background work, in the transaction of the change that needs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task


def ask(
    task: Task[..., Any, Any], *, lock: str | None = None, at: datetime | None = None, **arguments: Any
) -> int:
    """Ask for a job; it starts after this transaction commits, and never if it rolls back.

    Jobs with the same `lock` run one after another.
    """
    return _ours(task.configure(lock=lock, schedule_at=at)).defer(**arguments)


def ask_once(
    task: Task[..., Any, Any],
    name: str,
    *,
    at: datetime | None = None,
    alone: bool = True,
    **arguments: Any,
) -> bool:
    """Ask for a job unless one of this name is waiting already; says whether it was asked for.

    `alone`: it waits for one of its name that is under way, even for one whose worker was killed until that is
    noticed; who may not wait for minutes sees to it by locks of rows that two do no harm.
    """
    try:
        with transaction.atomic():  # a savepoint: the refusal is a database error
            lock = name if alone else None
            _ours(task.configure(queueing_lock=name, lock=lock, schedule_at=at)).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def _ours(asked: JobDeferrer) -> JobDeferrer:
    """The same by the connection of this transaction.

    A worker lends all tasks its own connection. What a job asks for by that one is there before the job's change is:
    it may start at once, see nothing of the change, and nobody asks again.
    """
    asked.job_manager = JobManager(DjangoConnector())
    return asked
