# SPDX-License-Identifier: EUPL-1.2
"""Sending what is due, one message a transaction.

The row is locked while its message is sent and marked in the same transaction, so two jobs never send one message. Only
if the process dies between the sending and the commit is a message sent a second time: an alert told twice is better
than one that was never told. Every way is a job of its own: a gateway that hangs does not hold up the others.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.jobs.asking import ask_once
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.alerting.channels import deliver
from stoa.houses.observations.actions.alerting.planning import is_needed, plan
from stoa.houses.observations.models import AlertMessage
from stoa.houses.observations.rules.alerting import again_at
from stoa.houses.observations.terms import Channel

log = logging.getLogger(__name__)
FOLLOWERS = "followers"
"""Residents have a queue of their own: there may be thousands, and people on duty come first."""
QUEUES = (*map(str, Channel), FOLLOWERS)


def _waiting(city_id: int, queue: str) -> QuerySet[AlertMessage]:
    rows = AlertMessage.objects.filter(city_id=city_id, sent_at=None, given_up_at=None)
    if queue == FOLLOWERS:
        return rows.filter(follower__isnull=False)
    return rows.filter(channel=queue, route__isnull=False)


def send_due(city_id: int, queue: str, most: int = 10_000) -> int:
    """Send what is due by one way; says how many messages went out."""
    sent = 0
    for _n in range(most):
        went = _send_one(city_id, queue)
        if went is None:
            break
        sent += went
    return sent


def _send_one(city_id: int, queue: str) -> bool | None:
    """Send the message that is tried first; None: nothing is due."""
    now = timezone.now()
    with acting_in(city_id):
        message = (
            _waiting(city_id, queue)
            .filter(due_at__lte=now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related(
                "alert__rule", "alert__city", "alert__datastream__thing", "route", "person", "follower"
            )
            # What is sent for the first time does not wait behind what failed.
            .order_by("attempts", "due_at", "pk")
            .first()
        )
        if message is None:
            return None
        if not is_needed(message):
            message.delete()
            return False
        problem = _tried(message)
        _account(message, problem, timezone.now())
        return problem is None


def _tried(message: AlertMessage) -> Problem | None:
    """What went wrong. A defect of ours must not keep all later messages from being sent."""
    try:
        with transaction.atomic():
            deliver(message)
    except Refused as refused:
        log.warning("alert_not_sent", extra={"channel": message.channel, "problem": refused.problem.code})
        return refused.problem
    except Exception:
        log.exception("alert_not_sent", extra={"channel": message.channel})
        return Problem(
            "observations.message_failed",
            say("The message could not be sent because of a mistake in the portal."),
            say("Nobody was told by this way."),
            say("Tell the operator; the log says what happened."),
        )
    return None


def _account(message: AlertMessage, problem: Problem | None, now: datetime) -> None:
    message.attempts += 1
    message.problem = problem.to_json() if problem else None
    if problem is None:
        message.sent_at = now
    else:
        again = again_at(now, message.attempts)
        message.due_at = again or message.due_at
        message.given_up_at = now if again is None else None
    message.save(update_fields=["attempts", "problem", "sent_at", "due_at", "given_up_at"])


def next_due(city_id: int, queue: str) -> datetime | None:
    """When something is to be sent by a way next."""
    with acting_in(city_id):
        found: datetime | None = _waiting(city_id, queue).aggregate(at=Min("due_at"))["at"]
        return found


def ask_for_due(city_id: int) -> None:
    """Ask for a job for every way by which something is due now."""
    from stoa.houses.observations.jobs import send_alerts

    now = timezone.now()
    with acting_in(city_id):
        for queue in QUEUES:
            if _waiting(city_id, queue).filter(due_at__lte=now).exists():
                # Two at once do no harm (rows are locked); waiting for one whose worker was killed would.
                ask_once(send_alerts, f"alerts-{city_id}-{queue}", alone=False, city_id=city_id, queue=queue)


def tell(city_id: int, body: dict[str, str]) -> None:
    """An alert was raised or has ended: plan its messages and send what is due. May be called twice for one event."""
    plan(city_id, body["uid"])
    ask_for_due(city_id)
