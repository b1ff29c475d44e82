# SPDX-License-Identifier: EUPL-1.2
"""Saying who is told of the alerts of a rule."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.people.models import Department, Membership, Person
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import AlertRoute, Rule
from stoa.houses.observations.models.telling import LATEST_STEP_MINUTES
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.recipients import readable
from stoa.houses.observations.terms import CHANNEL_WORDS, Channel, Severity

ROUTES_MOST = 40


@dataclass(frozen=True, slots=True)
class Route:
    """A recipient as somebody wants it: an address, or a person, or everybody of a department."""

    channel: Channel
    address: str = ""
    person: Person | None = None
    department: Department | None = None
    after_minutes: int = 0
    wakes_from: Severity = Severity.SEVERE


@transaction.atomic
def set_routes(*, rule: Rule, routes: Sequence[Route], by: Principal) -> list[AlertRoute]:
    """Exactly these recipients from now on; who stays is not told again of what is open. Raises Refused."""
    need(by, Permission.KEEP_RULES, rule.department_id)
    if len(routes) > ROUTES_MOST:
        raise _too_many()
    wanted = {_key(row): row for row in (_row(rule, one) for one in routes)}
    known = {_key(row): row for row in AlertRoute.objects.select_for_update().filter(rule=rule)}
    AlertRoute.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    kept = []
    for key, row in wanted.items():
        old = known.get(key)
        if old is None:
            row.save()
        elif (old.after_minutes, old.wakes_from) != (row.after_minutes, row.wakes_from):
            old.after_minutes, old.wakes_from = row.after_minutes, row.wakes_from
            old.save(update_fields=["after_minutes", "wakes_from"])
        kept.append(old or row)
    # How many by which way, never where to: the trail is for ever, the addresses are people's.
    facts = dict(Counter(str(row.channel) for row in kept))
    record(
        city_id=rule.city_id, by=by, verb="recipients_set", thing="rule", thing_id=str(rule.uid), facts=facts
    )
    return kept


@transaction.atomic
def add_route(*, rule: Rule, route: Route, by: Principal) -> list[AlertRoute]:
    """One recipient more. Raises Refused."""
    return set_routes(rule=rule, routes=[*_present(rule), route], by=by)


@transaction.atomic
def remove_route(*, rule: Rule, number: int, by: Principal) -> list[AlertRoute]:
    """One recipient less; one that is gone already is no mistake."""
    return set_routes(rule=rule, routes=_present(rule, without=number), by=by)


def _present(rule: Rule, without: int = 0) -> list[Route]:
    rows = AlertRoute.objects.filter(rule=rule).exclude(pk=without).select_related("person", "department")
    return [
        Route(Channel(row.channel), row.address, row.person, row.department, row.after_minutes,
              Severity(row.wakes_from))
        for row in rows.order_by("pk")
    ]  # fmt: skip


def _row(rule: Rule, wish: Route) -> AlertRoute:
    is_to_one = wish.person is not None or wish.department is not None
    address = "" if is_to_one else readable(wish.channel, wish.address)
    if not is_to_one and not address:
        raise _unfit(wish.channel)
    if is_to_one and wish.channel is not Channel.EMAIL:
        raise _unfit(wish.channel)
    if not 0 <= wish.after_minutes <= LATEST_STEP_MINUTES:
        raise _too_late()
    _need_own(rule, wish)
    return AlertRoute(
        city_id=rule.city_id,
        rule=rule,
        channel=wish.channel,
        address=address,
        person=wish.person,
        department=None if wish.person else wish.department,
        after_minutes=wish.after_minutes,
        wakes_from=wish.wakes_from,
        secret=secrets.token_urlsafe(32) if wish.channel is Channel.WEBHOOK else "",
    )


def _key(row: AlertRoute) -> tuple[str, str, int | None, int | None]:
    return str(row.channel), row.address, row.person_id, row.department_id


def _need_own(rule: Rule, wish: Route) -> None:
    """People and departments of this city only."""
    if wish.person is not None:
        mine = Membership.objects.filter(city_id=rule.city_id, person=wish.person, person__is_active=True)
        if not mine.exists():
            raise _unfit(wish.channel)
    if wish.department is not None and wish.department.city_id != rule.city_id:
        raise _unfit(wish.channel)


_HOW = {
    Channel.EMAIL: say("Write it like name@town.example, or choose a person or a department."),
    Channel.SMS: say("Write the number with its country, like +49 251 4920."),
    Channel.WEBHOOK: say("Write it with https:// at the beginning, without a login."),
    Channel.MQTT: say("Write it like mqtts://name:password@broker.example/topic, without + and #."),
}


def _unfit(channel: Channel) -> Refused:
    return Refused(
        Problem(
            "observations.recipient_unfit",
            say("Nothing can be sent there by this way: %(way)s.", way=Saying(CHANNEL_WORDS[channel])),
            say("An alert that goes nowhere helps nobody."),
            _HOW[channel],
            "address",
        )
    )


def _too_late() -> Refused:
    return Refused(
        Problem(
            "observations.step_too_late",
            say("The step comes after more than a day."),
            say("By then nobody needs to be called any more."),
            say("Choose at most %(most)s minutes.", most=LATEST_STEP_MINUTES),
            "after_minutes",
        )
    )


def _too_many() -> Refused:
    return Refused(
        Problem(
            "observations.recipients_too_many",
            say("There are more than %(most)s recipients.", most=ROUTES_MOST),
            say("Whoever is told together with so many thinks that another will go."),
            say("Name a department instead of its people."),
        )
    )
