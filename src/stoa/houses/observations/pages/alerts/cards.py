# SPDX-License-Identifier: EUPL-1.2
"""An alert as people read it, in their language and notation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, ngettext

from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.houses.observations.models import Alert, AlertMessage, AlertRoute
from stoa.houses.observations.pages.lines import span_words
from stoa.houses.observations.queries.alerts import Told, is_series_open
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.alert_words import told_facts
from stoa.houses.observations.rules.recipients import shown
from stoa.houses.observations.rules.showing import own_name
from stoa.houses.observations.terms import (
    ALERT_STATES,
    CHANNEL_WORDS,
    MESSAGE_KINDS,
    SEVERITY_WORDS,
    AlertState,
    Channel,
    MessageKind,
    RuleKind,
    Severity,
)
from stoa.web.notation import ago, in_words, label, moment, number, other_language

_MOODS = {Severity.MINOR: "", Severity.MODERATE: "warn", Severity.SEVERE: "bad", Severity.EXTREME: "bad"}


@dataclass(frozen=True, slots=True)
class AlertCard:
    """What stands on every page that shows an alert."""

    alert: Alert
    title: str
    severity: str
    mood: str
    state: str
    where: str
    """What people call the area, as the rule says; empty: nothing is said."""
    place: str
    place_url: str
    series: str
    series_url: str
    facts: list[tuple[str, str]]
    instruction: str
    url: str
    """The page of the public warning; empty where it is none."""

    @property
    def is_over(self) -> bool:
        return self.alert.state == AlertState.ENDED

    @property
    def is_taken(self) -> bool:
        return self.alert.acknowledged_at is not None

    @property
    def lang(self) -> str:
        """Of what the public reads as its title, where that is another language than the page's."""
        event = self.alert.rule.event
        return other_language(event) if self.title == label(event) else ""

    @property
    def who(self) -> str:
        """Who has taken it over."""
        return self.alert.acknowledged_by or gettext("Somebody who got a message")


def card_of(alert: Alert) -> AlertCard:
    """For people inside, with everything."""
    series = alert.datastream
    return AlertCard(
        alert=alert,
        title=alert.rule.title,
        severity=gettext(SEVERITY_WORDS[Severity(alert.severity)]),
        mood=_MOODS[Severity(alert.severity)],
        state=gettext(ALERT_STATES[AlertState(alert.state)]),
        where=label(alert.rule.area_name),
        place=series.thing.name if series else "",
        place_url=reverse("thing", args=(series.thing.uid,)) if series else "",
        series=own_name(series.thing.name, series.name) if series else "",
        series_url=reverse("series", args=(series.uid,)) if series else "",
        facts=fact_words(alert),
        instruction=label(alert.rule.instruction),
        url=reverse("warning", args=(alert.uid,)) if _has_page(alert) else "",
    )


def _has_page(alert: Alert) -> bool:
    """An exercise of a rule that warns the public has one that only the administration sees."""
    return alert.rule.is_public if alert.is_drill else alert.is_public


def public_card(alert: Alert) -> AlertCard:
    """For everybody: what the public reads of it; names and values only of a series that is open."""
    inside = card_of(alert)
    is_open = is_series_open(alert)
    is_of_one = not alert.facts.get("values")  # a combination holds values of other series, open or not
    return AlertCard(
        alert=alert,
        title=label(alert.rule.event) or alert.rule.title,
        severity=inside.severity,
        mood=inside.mood,
        state=inside.state,
        where=inside.where,
        place=inside.place if is_open else "",
        place_url=inside.place_url if is_open else "",
        series=inside.series if is_open else "",
        series_url=inside.series_url if is_open else "",
        facts=inside.facts if is_open and is_of_one else [],
        instruction=inside.instruction,
        url=reverse("warning", args=(alert.uid,)),
    )


def cards_for(by: Principal, found: Sequence[Alert]) -> list[AlertCard]:
    """As this reader may see them: whoever sees the inside of a department reads the rule's own title."""
    departments = by.departments_with(Permission.SEE_INTERNAL)
    return [
        card_of(one) if departments is None or one.rule.department_id in departments else public_card(one)
        for one in found
    ]


def fact_words(alert: Alert) -> list[tuple[str, str]]:
    """Value, limit and the like, labelled, in the reader's notation."""
    unit = alert.datastream.unit_symbol if alert.datastream else ""
    # Of a place a rule knows only outside (0) or inside (1): no quantity that anybody measured.
    facts = {} if alert.rule.kind == RuleKind.GEOFENCE else alert.facts
    return [
        (gettext(name), f"{_figure(value)} {unit if has_unit else ''}".strip())
        for name, value, has_unit in told_facts(facts)
    ]


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (int, float)):
        return number(value)
    try:
        when = parse_datetime(str(value))
    except ValueError:
        when = None
    return moment(when) if when is not None and timezone.is_aware(when) else str(value)[:80]


# --- who is told ---


@dataclass(frozen=True, slots=True)
class Recipient:
    """One way by which somebody is told, in words."""

    number: int
    to: str
    way: str
    when: str
    wakes: str
    secret: str = ""
    trouble: str = ""
    """Empty, or why the last message could not be sent."""


def recipient_of(route: AlertRoute, last: AlertMessage | None) -> Recipient:
    """A recipient for the page on which they are chosen."""
    minutes = route.after_minutes
    after = gettext("after %(span)s, if nobody has taken it over") % {"span": span_words(minutes * 60)}
    return Recipient(
        number=route.pk,
        to=to_words(route),
        way=gettext(CHANNEL_WORDS[Channel(route.channel)]),
        when=after if minutes else gettext("at once"),
        wakes=gettext(SEVERITY_WORDS[Severity(route.wakes_from)]),
        secret=route.secret,
        trouble=_trouble(last.problem, last.attempts) if last else "",
    )


def to_words(route: AlertRoute) -> str:
    """To whom; of a phone number only its end."""
    if route.person is not None:
        return str(route.person)
    if route.department is not None:
        return gettext("everybody of %(department)s") % {"department": label(route.department.name)}
    return shown(Channel(route.channel), route.address)


def _trouble(problem: dict[str, Any] | None, attempts: int) -> str:
    if not problem:
        return ""
    what = in_words(Problem.from_json(problem).what)
    words = ngettext(
        "Could not be sent (tried once): %(what)s",
        "Could not be sent (tried %(n)s times): %(what)s",
        attempts,
    )
    return words % {"n": number(attempts), "what": what}


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of who was told and when."""

    to: str
    way: str
    kind: str
    when: str
    at: datetime
    trouble: str


def told_line(one: Told) -> ToldLine:
    """What became of a message."""
    if one.sent_at is not None:
        when, at = gettext("told %(ago)s") % {"ago": ago(one.sent_at)}, one.sent_at
    elif one.given_up_at is not None:
        when, at = gettext("given up"), one.given_up_at
    else:
        words = gettext("is tried again at %(moment)s") if one.attempts else gettext("is told at %(moment)s")
        when, at = words % {"moment": moment(one.due_at)}, one.due_at
    return ToldLine(
        to=one.person_name or to_words(one.route),
        way=gettext(CHANNEL_WORDS[Channel(one.route.channel)]),
        kind=gettext(MESSAGE_KINDS[MessageKind(one.kind)]),
        when=when,
        at=at,
        trouble=_trouble(one.problem, one.attempts),
    )
