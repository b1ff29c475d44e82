# SPDX-License-Identifier: EUPL-1.2
"""Writing down who is to be told of an alert and when; may run as often as one likes.

A message is a row that exists once for each alert, recipient and kind (a constraint of the table), so nobody is told
twice by planning twice. New recipients and followers hear of what is still open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.models import Membership
from stoa.houses.observations.models import Alert, AlertMessage, AlertRoute, WarningFollow
from stoa.houses.observations.rules.alerting import (
    AlertFacts,
    Quiet,
    RouteFacts,
    after_quiet,
    is_at_least,
    steps,
)
from stoa.houses.observations.terms import (
    SEVERITY_ORDER,
    AlertState,
    Channel,
    MessageKind,
    Severity,
)

_LATELY = timedelta(days=3)
_AT_ONCE = 1_000
FOLLOWERS_WAKE_FROM = Severity.SEVERE
"""Residents are not woken by what is milder."""


def plan(city_id: int, uid: str = "") -> int:
    """Plan the messages of a city's open alerts and of those that ended lately, or of one; says how many are new."""
    now = timezone.now()
    with acting_in(city_id):
        alerts = Alert.objects.filter(city_id=city_id).select_related("rule", "city")
        lately = Q(ended_at=None) | Q(ended_at__gte=now - _LATELY)
        chosen = alerts.filter(uid=uid) if uid else alerts.filter(lately)
        return sum(_plan_end(one, now) if one.ended_at else _plan_open(one) for one in chosen)


def _plan_open(alert: Alert) -> int:
    facts = AlertFacts(Severity(alert.severity), alert.noticed_at, alert.acknowledged_at)
    quiet = quiet_of(alert)
    routes = list(AlertRoute.objects.filter(rule=alert.rule).order_by("after_minutes", "pk"))
    by_key = {route.pk: route for route in routes}
    told_routes, told_people = _planned(alert)
    found: list[AlertMessage] = []
    for step in steps(facts, [_facts(route) for route in routes], quiet):
        for person in _people(by_key[step.key], told_people):
            if person is not None:
                told_people.add(person)
            elif step.key in told_routes:
                continue
            found.append(_message(alert, by_key[step.key], person, step.kind, step.due_at))
    made = _written(found)
    return made + (_plan_followers(alert, facts, quiet) if alert.is_public and not alert.is_drill else 0)


def _planned(alert: Alert) -> tuple[set[int], set[int]]:
    """Routes and people that have a message already."""
    rows = AlertMessage.objects.filter(alert=alert, route__isnull=False).exclude(kind=MessageKind.ENDED)
    pairs = list(rows.values_list("route", "person"))
    return {route for route, _person in pairs if route}, {person for _route, person in pairs if person}


def _facts(route: AlertRoute) -> RouteFacts:
    return RouteFacts(route.pk, route.after_minutes, Severity(route.wakes_from))


def _people(route: AlertRoute, told: set[int]) -> Iterator[int | None]:
    """Whom a route reaches: None is its address; people who were named by an earlier step are left out."""
    if route.person_id is None and route.department_id is None:
        yield None
        return
    # Whoever has left the city since is not told any more.
    held = Membership.objects.filter(city_id=route.city_id, person__is_active=True)
    named = Q(person=route.person_id) if route.person_id is not None else Q(department=route.department_id)
    held = held.filter(named)
    yield from (one for one in sorted(set(held.values_list("person", flat=True))) if one not in told)


def _message(
    alert: Alert, route: AlertRoute, person: int | None, kind: MessageKind, due_at: datetime
) -> AlertMessage:
    return AlertMessage(
        city_id=alert.city_id, alert=alert, route=route, person_id=person, channel=route.channel,
        kind=kind, due_at=due_at,
    )  # fmt: skip


def _written(rows: Iterable[AlertMessage]) -> int:
    """Rows that another planned meanwhile are no mistake."""
    listed = list(rows)
    AlertMessage.objects.bulk_create(listed, batch_size=_AT_ONCE, ignore_conflicts=True)
    return len(listed)


def _plan_followers(alert: Alert, facts: AlertFacts, quiet: Quiet) -> int:
    """One message to every resident who wants warnings this bad of this rule and has none yet (two queries)."""
    milder = [one for one in SEVERITY_ORDER if is_at_least(alert.severity, one)]
    already = AlertMessage.objects.filter(alert=alert, follower=OuterRef("pk"))
    wanting = WarningFollow.objects.filter(
        Q(rules=[]) | Q(rules__contains=[alert.rule_id]),
        ~Exists(already),
        city_id=alert.city_id,
        confirmed_at__isnull=False,
        least__in=milder,
    )
    (step,) = steps(facts, [RouteFacts(0, 0, FOLLOWERS_WAKE_FROM)], quiet)
    return _written(
        AlertMessage(
            city_id=alert.city_id, alert=alert, follower_id=one, channel=Channel.EMAIL,
            kind=MessageKind.RAISED, due_at=step.due_at,
        )
        for one in wanting.order_by("pk").values_list("pk", flat=True)
    )  # fmt: skip


def _plan_end(alert: Alert, now: datetime) -> int:
    """Whoever was told that it began is told that it is over; what was not sent by then is not sent any more."""
    waiting = AlertMessage.objects.filter(alert=alert, sent_at=None).exclude(kind=MessageKind.ENDED)
    # One that is being sent at this moment is locked; the next look finds it sent, or not needed.
    unneeded = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
    AlertMessage.objects.filter(pk__in=list(unneeded)).delete()
    over = AlertMessage.objects.filter(alert=alert, kind=MessageKind.ENDED)
    told = AlertMessage.objects.filter(alert=alert, sent_at__isnull=False).exclude(kind=MessageKind.ENDED)
    to_routes = told.filter(route__isnull=False).exclude(
        Exists(over.filter(route=OuterRef("route")).filter(Q(person=OuterRef("person")) | Q(person=None)))
    )
    to_followers = told.filter(follower__isnull=False).exclude(
        Exists(over.filter(follower=OuterRef("follower")))
    )
    quiet = quiet_of(alert)
    rows = [*to_routes.annotate(wakes_from=F("route__wakes_from")), *to_followers]
    return _written(_ended(alert, one, now, quiet) for one in rows)


def _ended(alert: Alert, told: AlertMessage, now: datetime, quiet: Quiet) -> AlertMessage:
    wakes_from = getattr(told, "wakes_from", FOLLOWERS_WAKE_FROM)
    wakes = alert.severity == Severity.EXTREME or is_at_least(alert.severity, wakes_from)
    return AlertMessage(
        city_id=alert.city_id, alert=alert, route_id=told.route_id, person_id=told.person_id,
        follower_id=told.follower_id, channel=told.channel, kind=MessageKind.ENDED,
        due_at=now if wakes else after_quiet(now, quiet),
    )  # fmt: skip


def quiet_of(alert: Alert) -> Quiet:
    """The quiet hours of the rule by the clock of the city."""
    try:
        zone = ZoneInfo(alert.city.zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return Quiet(alert.rule.quiet_from, alert.rule.quiet_until, zone)


def is_needed(message: AlertMessage) -> bool:
    """Whether a message that is due still says something: it began and is not over, nobody has taken it over."""
    alert, is_end = message.alert, message.kind == MessageKind.ENDED
    if is_end != (alert.state == AlertState.ENDED):
        return False
    return not (message.kind == MessageKind.ESCALATED and alert.acknowledged_at is not None)
