# SPDX-License-Identifier: EUPL-1.2
"""Portals that show our data too, at the desk: which are accepted, what they told, accepting and ending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stoa.commons.cities.addressing import lasting
from stoa.commons.people.pages.desk import city_of, desk_page, frame, principal_of
from stoa.ground.problems import Problem
from stoa.houses.catalogue.actions.federating import (
    DAYS_ASKED,
    accept_republisher,
    ask_soon,
    forget_republisher,
)
from stoa.houses.catalogue.pages.desk.opening import attempt, done, put_on_fields, way
from stoa.houses.catalogue.queries.federation import republisher_of, republishers, used_through
from stoa.houses.catalogue.roles import Permission


class PortalForm(forms.Form):
    """Where the other portal is, and how it knows us."""

    title = forms.CharField(
        label=_("Name of the portal"),
        max_length=200,
        help_text=_("As readers know it, for example that of the region."),
    )
    url = forms.CharField(
        label=_("Its address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("Where that portal begins; with https://."),
    )
    known_as = forms.CharField(
        label=_("Our address there"),
        max_length=500,
        widget=forms.URLInput,
        help_text=_("How the address of our own portal begins that was harvested there."),
    )


def _need_steward(request: HttpRequest) -> None:
    """Counts are for the whole city, so only who may harvest for all of it decides."""
    if principal_of(request).departments_with(Permission.KEEP_HARVEST) is not None:
        raise PermissionDenied


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def portals(request: HttpRequest) -> HttpResponseBase:
    """Those that are accepted with what they told of the last month, and the form for another."""
    _need_steward(request)
    city, ours = city_of(request), lasting(request, get_script_prefix()).rstrip("/")
    form = PortalForm(request.POST or None, initial={"known_as": ours})
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name].strip() for name in ("title", "url", "known_as")}
        refused = attempt(lambda: accept_republisher(city=city, by=principal_of(request), **said))
        if not refused:
            return done(
                request, gettext("Accepted. It is asked in a moment, then every night."), "desk-portals"
            )
        problems = put_on_fields(form, refused)
    since = timezone.localdate() - timedelta(days=DAYS_ASKED)
    used = {one.url: one for one in used_through(city=city, since=since)}
    title = gettext("Use elsewhere")
    context: dict[str, Any] = {
        "entries": [(one, used.get(one.url)) for one in republishers(city=city)],
        "days": DAYS_ASKED,
        "form": form,
        "problems": problems,
    }
    lead = gettext(
        "Other portals may show our data too. Those that run on Stoa tell how often it is used there; here you decide from which "
        "ones counts are taken."
    )
    context |= frame(request, "portals", title, lead, crumbs=way((title, "")))
    status = 422 if request.method == "POST" else 200
    return render(request, "catalogue/desk/portals.html", context, status=status)


@desk_page
@require_POST
def deed(request: HttpRequest, deed: str) -> HttpResponseBase:
    """Ask a portal now, or take no more counts from it."""
    _need_steward(request)
    asked = request.POST.get("portal", "")
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    found, by = republisher_of(city=city_of(request), pk=pk), principal_of(request)
    if deed == "ask":
        ask_soon(republisher=found, by=by)
        return done(request, gettext("Asked for. It begins in a moment."), "desk-portals")
    if deed == "end":
        forget_republisher(republisher=found, by=by)
        words = gettext("No more counts are taken from “%(title)s”, and those it gave are deleted.")
        return done(request, words % {"title": found.title}, "desk-portals")
    raise Http404
