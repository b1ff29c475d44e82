# SPDX-License-Identifier: EUPL-1.2
"""The desk of those who answer alerts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from stoa.commons.people.pages.desk import Section, city_of, desk_page, frame, principal_of
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.alerting import answering
from stoa.houses.observations.pages.alerts.cards import card_of, told_line
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.queries.alerts import OfAlert, alert_for, alerts_for, unanswered
from stoa.houses.observations.roles import Permission


def sections_of_alerts(request: HttpRequest) -> Iterable[Section]:
    """Alerts, with how many nobody has taken over."""
    by = principal_of(request)
    if by.may(Permission.SEE_INTERNAL):
        waiting = unanswered(city=city_of(request), by=by)
        yield Section("alerts", reverse("desk-alerts"), gettext("Alerts"), waiting or None)


@desk_page
@require_safe
def alerts(request: HttpRequest) -> HttpResponseBase:
    """Open ones first."""
    return _page(request)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponseBase:
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.SEE_INTERNAL):
        raise PermissionDenied
    running, ended = alerts_for(city=city, by=by)
    context = frame(
        request,
        "alerts",
        gettext("Alerts"),
        gettext("What the rules have noticed, who was told of it, and who sees to it."),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Alerts"), "")],
        running=_shown(running),
        ended=_shown(ended),
        problems=refused.problems if refused else (),
    )
    return render(request, "observations/alerts/desk.html", context, status=422 if refused else 200)


def _shown(found: Sequence[OfAlert]) -> list[dict[str, Any]]:
    return [
        {
            "card": card_of(one.alert),
            "told": [told_line(line) for line in one.told],
            "followers": one.followers_sent,
            "may_answer": one.may_answer,
        }
        for one in found
    ]


@desk_page
@require_POST
def acknowledge(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """Take it over."""
    by = principal_of(request)
    found = alert_for(city=city_of(request), by=by, uid=uid)
    try:
        answering.acknowledge(alert=found, by=by, note=request.POST.get("note", ""))
    except Refused as refused:
        return _page(request, refused)
    return done(request, gettext("You see to it. Nobody else is called."), "desk-alerts")


@desk_page
@require_POST
def end(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """End it by hand."""
    by = principal_of(request)
    found = alert_for(city=city_of(request), by=by, uid=uid)
    try:
        answering.end_alert(alert=found, by=by, reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _page(request, refused)
    return done(request, gettext("It is ended. Whoever was told of it hears it."), "desk-alerts")
