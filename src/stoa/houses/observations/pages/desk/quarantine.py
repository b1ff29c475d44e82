# SPDX-License-Identifier: EUPL-1.2
"""What came in and could not be taken: why, and what to do about it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.actions import settling
from stoa.houses.observations.models import Quarantined
from stoa.houses.observations.pages.desk.opening import done
from stoa.houses.observations.queries.quarantine import open_one, open_ones
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.refusals import CODES, problem_of

SHOWN = 50
PAYLOAD_SHOWN = 600


@desk_page
@require_safe
def quarantine(request: HttpRequest) -> HttpResponseBase:
    """The newest that nobody has settled."""
    return _page(request)


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponseBase:
    city, by = city_of(request), principal_of(request)
    if not by.may(Permission.WRITE_OBSERVATION):
        raise PermissionDenied
    found = open_ones(city=city, by=by)
    context = frame(
        request,
        "quarantine",
        gettext("Put aside"),
        gettext(
            "Observations that came in and could not be taken, each with its reason. Nothing is dropped silently."
        ),
        crumbs=[(gettext("Desk"), reverse("desk")), (gettext("Put aside"), "")],
        kept=[(one, _problem(one), _payload(one)) for one in found[:SHOWN]],
        total=found.count(),
        may_see_things=by.may(Permission.SEE_INTERNAL),
        problems=refused.problems if refused else (),
    )
    return render(request, "observations/desk/quarantine.html", context, status=422 if refused else 200)


def _problem(one: Quarantined) -> Problem | None:
    return problem_of(one.code, one.reason) if one.code in CODES else None


def _payload(one: Quarantined) -> str:
    """What was sent as text; bytes that are none are shown as numbers."""
    payload = bytes(one.payload)[:PAYLOAD_SHOWN]
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload.hex(" ")


@desk_page
@require_POST
def settle(request: HttpRequest, kept: int) -> HttpResponseBase:
    """Nothing more has to be done."""
    found = open_one(city=city_of(request), by=principal_of(request), number=kept)
    settling.settle(kept=found, by=principal_of(request))
    return done(request, gettext("It is settled."), "desk-quarantine")


@desk_page
@require_POST
def retry(request: HttpRequest, kept: int) -> HttpResponseBase:
    """Take it once more."""
    found = open_one(city=city_of(request), by=principal_of(request), number=kept)
    try:
        settling.try_again(kept=found, by=principal_of(request))
    except Refused as refused:
        return _page(request, refused)
    return done(request, gettext("It was taken this time."), "desk-quarantine")
