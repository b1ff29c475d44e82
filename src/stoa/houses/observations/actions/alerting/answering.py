# SPDX-License-Identifier: EUPL-1.2
"""Taking an alert over, and ending it by hand."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.events import emit
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.alerting.taking_links import message_of
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.events import AlertEnded
from stoa.houses.observations.models import Alert, AlertMessage
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import AlertState, MessageKind

NOTE_MOST = 500


@transaction.atomic
def acknowledge(*, alert: Alert, by: Principal, note: str = "") -> Alert:
    """Somebody sees to it: later steps are not told. Twice is as once; Refused once it is over."""
    need(by, Permission.ANSWER_ALERT, alert.rule.department_id)
    return _take(alert, by=by, name=by.name, note=note)


@transaction.atomic
def acknowledge_by_link(*, city: City, signed: str, by: Principal, note: str = "") -> Alert:
    """The same for whoever got a message; who that was is known where it went to a person. Raises NotFound, Refused."""
    message = message_of(city=city, signed=signed)
    return _take(message.alert, by=by, name=by.name if by.is_inside else link_name(message), note=note)


def link_name(message: AlertMessage) -> str:
    """Who took it over by a link; empty where it went to no person, for whom pages have words in each language."""
    return str(message.person) if message.person is not None else ""


def _take(alert: Alert, *, by: Principal, name: str, note: str) -> Alert:
    found = Alert.objects.select_for_update(of=("self",)).select_related("rule").get(pk=alert.pk)
    if found.state == AlertState.ENDED:
        raise _is_over()
    if found.state == AlertState.ACKNOWLEDGED:
        return found
    found.state = AlertState.ACKNOWLEDGED
    found.acknowledged_at, found.acknowledged_by = timezone.now(), name[:200]
    found.note = note.strip()[:NOTE_MOST]
    found.save(update_fields=["state", "acknowledged_at", "acknowledged_by", "note"])
    waiting = AlertMessage.objects.filter(alert=found, kind=MessageKind.ESCALATED, sent_at=None)
    numbers = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
    AlertMessage.objects.filter(pk__in=list(numbers)).delete()
    record(city_id=found.city_id, by=by, verb="acknowledged", thing="alert", thing_id=str(found.uid))
    return found


@transaction.atomic
def end_alert(*, alert: Alert, by: Principal, reason: str) -> Alert:
    """It is over although the values do not say so; whoever was told hears it. Raises Refused."""
    need(by, Permission.ANSWER_ALERT, alert.rule.department_id)
    said = reason.strip()[:NOTE_MOST]
    if not said:
        raise _no_reason()
    found = Alert.objects.select_for_update(of=("self",)).select_related("rule").get(pk=alert.pk)
    if found.state == AlertState.ENDED:
        raise _is_over()
    found.state, found.ended_at = AlertState.ENDED, timezone.now()
    found.note = f"{found.note} {said}".strip()[:NOTE_MOST]
    found.facts = found.facts | {"ended": "by_hand"}
    found.save(update_fields=["state", "ended_at", "note", "facts"])
    record(city_id=found.city_id, by=by, verb="ended_by_hand", thing="alert", thing_id=str(found.uid))
    emit(found.city_id, AlertEnded(str(found.uid)))
    return found


def _is_over() -> Refused:
    return Refused(
        Problem(
            "observations.alert_over",
            say("This alert is over already."),
            say("There is nothing left to see to."),
            say("Look at the list of alerts for what is open."),
        )
    )


def _no_reason() -> Refused:
    return Refused(
        Problem(
            "observations.reason_missing",
            say("The reason is missing."),
            say("The values still say that it goes on, so colleagues will ask why it was ended."),
            say("Write one sentence."),
            "reason",
        )
    )
