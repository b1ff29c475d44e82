# SPDX-License-Identifier: EUPL-1.2
"""Alerts for pages, letters and gates: with their rule, their series and who was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Alert, AlertMessage, AlertRoute, Rule
from stoa.houses.observations.models.alert import AlertQuerySet
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.warned_places import drawn
from stoa.houses.observations.terms import Access, AlertState, Severity

ENDED_SHOWN = 50
PUBLIC_DAYS = 30
PUBLIC_MOST = 200
_ALONG = ("rule__department", "datastream__thing", "city")


@dataclass(frozen=True, slots=True)
class Told:
    """Who was or is to be told by one way, and how it went."""

    route: AlertRoute
    person_name: str
    kind: str
    due_at: datetime
    sent_at: datetime | None
    given_up_at: datetime | None
    attempts: int
    problem: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class OfAlert:
    """An alert with who was told."""

    alert: Alert
    told: list[Told]
    followers_sent: int
    may_answer: bool


def alerts_for(*, city: City, by: Principal) -> tuple[list[OfAlert], list[OfAlert]]:
    """Open ones, worst and newest first, and the last that ended (four queries)."""
    mine = Alert.objects.filter(city=city).select_related(*_ALONG)
    seen = mine.filter(_inside(by))
    running = sorted(
        seen.filter(ended_at=None).order_by("-noticed_at", "-pk")[:200],
        key=lambda one: one.state == AlertState.ACKNOWLEDGED,
    )
    ended = list(seen.filter(state=AlertState.ENDED).order_by("-noticed_at", "-pk")[:ENDED_SHOWN])
    told, sent = _told([*running, *ended])
    held = by.departments_with(Permission.ANSWER_ALERT)

    def with_told(one: Alert) -> OfAlert:
        may = held is None or one.rule.department_id in held
        return OfAlert(one, told[one.pk], sent[one.pk], may)

    return [with_told(one) for one in running], [with_told(one) for one in ended]


def _inside(by: Principal) -> Q:
    held = by.departments_with(Permission.SEE_INTERNAL)
    return Q(rule__isnull=False) if held is None else Q(rule__department_id__in=sorted(held))


def _told(alerts: Sequence[Alert]) -> tuple[dict[int, list[Told]], dict[int, int]]:
    found: dict[int, list[Told]] = defaultdict(list)
    ours = AlertMessage.objects.filter(alert__in=alerts)
    for one in (
        ours.filter(route__isnull=False)
        .select_related("route__department", "route__person", "person")
        .order_by("due_at", "pk")
    ):
        if one.route is not None:
            name = str(one.person) if one.person else ""
            found[one.alert_id].append(
                Told(one.route, name, one.kind, one.due_at, one.sent_at, one.given_up_at, one.attempts, one.problem)
            )  # fmt: skip
    counted = ours.filter(follower__isnull=False, sent_at__isnull=False, kind="raised")
    sent: dict[int, int] = defaultdict(int, counted.values_list("alert").annotate(n=Count("pk")))
    return found, sent


def unanswered(*, city: City, by: Principal) -> int:
    """How many open alerts nobody has taken over (one query)."""
    return Alert.objects.filter(city=city, state=AlertState.OPEN).filter(_inside(by)).count()


def alert_for(*, city: City, by: Principal, uid: UUID) -> Alert:
    """One alert that `by` may see inside (one query). Raises NotFound."""
    found = Alert.objects.filter(city=city, uid=uid).filter(_inside(by)).select_related(*_ALONG).first()
    if found is None:
        raise NotFound("alert", str(uid))
    return found


def open_alerts(
    *, city: City, by: Principal, things: Sequence[int] = (), series: Sequence[int] = ()
) -> list[Alert]:
    """Open alerts of things or series that `by` may see, worst first (one query)."""
    of = Q(datastream__thing__in=things) | Q(datastream__in=series)
    found = Alert.objects.filter(of, city=city, ended_at=None).visible_to(by).select_related(*_ALONG)
    return list(found.order_by("-noticed_at")[:20])


# --- what everybody may read ---


def public_alerts(city: City) -> AlertQuerySet:
    """Public warnings; exercises are none."""
    return Alert.objects.filter(city=city, is_public=True, is_drill=False)


def warnings(*, city: City) -> tuple[list[Alert], list[Alert]]:
    """Public warnings that are in force, worst first, and those that ended within 30 days, newest first (two queries)."""
    ours = public_alerts(city).select_related(*_ALONG).order_by("-noticed_at", "-pk")
    since = timezone.now() - timedelta(days=PUBLIC_DAYS)
    ended = ours.filter(state=AlertState.ENDED, ended_at__gte=since)
    return worst_first(ours.filter(ended_at=None)[:PUBLIC_MOST]), list(ended[:PUBLIC_MOST])


def worst_first(found: Iterable[Alert]) -> list[Alert]:
    """By severity; what is equally bad stays in its order."""
    return sorted(found, key=lambda one: list(Severity).index(Severity(one.severity)), reverse=True)


def current_warnings(*, city: City) -> list[Alert]:
    """Public warnings that are in force, worst first (one query)."""
    ours = public_alerts(city).filter(ended_at=None).select_related(*_ALONG)
    return worst_first(ours.order_by("-noticed_at", "-pk")[:PUBLIC_MOST])


def warning(*, city: City, uid: UUID, by: Principal = NOBODY) -> Alert:
    """One public warning; whoever may see the inside of the department, an exercise too. Raises NotFound."""
    public = Q(is_drill=False, is_public=True)
    own = Q(is_drill=True, rule__is_public=True) & _inside(by)
    found = (
        Alert.objects.filter(public | own if by.is_inside else public, city=city, uid=uid)
        .select_related(*_ALONG)
        .first()
    )
    if found is None:
        raise NotFound("warning", str(uid))
    return found


def is_series_open(alert: Alert) -> bool:
    """Whether everybody may know of the series that made it fire."""
    series = alert.datastream
    return series is not None and Access.INTERNAL not in {series.access, series.thing.access}


def area_of(alert: Alert) -> dict[str, Any] | None:
    """Where it warns of: as the rule says, else where the thing stands if everybody may know; None: the whole city."""
    if alert.rule.area:
        return dict(alert.rule.area)
    place = alert.datastream.thing.place if alert.datastream and is_series_open(alert) else None
    return dict(place) if place else None


def drawn_area(alert: Alert) -> dict[str, Any] | None:
    """The same as a map draws it: with circles where the rule says how far around."""
    return drawn(area_of(alert), alert.rule.area_radius_m)


def warned_rules(*, city: City) -> list[Rule]:
    """Rules whose alerts are public warnings, by title (one query)."""
    return list(Rule.objects.filter(city=city, is_public=True, is_on=True).order_by("title", "pk"))


def routes_of(rule: Rule) -> list[tuple[AlertRoute, AlertMessage | None]]:
    """Recipients by step, each with the last message that it could not be sent or was sent (two queries)."""
    routes = list(rule.routes.select_related("person", "department").order_by("after_minutes", "pk"))
    tried = AlertMessage.objects.filter(route__in=routes, attempts__gt=0).order_by("route", "-pk")
    last = {one.route_id: one for one in tried.distinct("route")}
    return [(route, last.get(route.pk)) for route in routes]
