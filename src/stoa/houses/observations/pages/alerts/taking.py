# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link in a message: what it is about, and one button. Looking at it does nothing."""

from __future__ import annotations

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from stoa.commons.people.pages.desk import city_of, principal_of, zone_of
from stoa.commons.people.pages.public import View
from stoa.ground.problems import Refused
from stoa.houses.observations.actions.alerting.answering import acknowledge_by_link
from stoa.houses.observations.actions.alerting.taking_links import message_of
from stoa.houses.observations.pages.alerts.cards import card_of
from stoa.houses.observations.pages.public.opening import way


def open_page(view: View) -> View:
    """A page of one city for everybody that also takes a form, in the city's time."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if getattr(request, "city", None) is None:
            raise Http404
        with timezone.override(zone_of(city_of(request))):
            return view(request, *args, **kwargs)

    return shown


@open_page
def take(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Mail programs and scanners look at links by themselves, so only the button takes the alert over."""
    city = city_of(request)
    message = message_of(city=city, signed=signed)
    refused: Refused | None = None
    alert = message.alert
    if request.method == "POST":
        try:
            alert = acknowledge_by_link(
                city=city, signed=signed, by=principal_of(request), note=request.POST.get("note", "")
            )
            alert = message_of(city=city, signed=signed).alert
        except Refused as why:
            refused = why
    context = {
        "title": gettext("Take the alert over"),
        "crumbs": [*way(request)[:1], (gettext("Alert"), "")],
        "card": card_of(alert),
        "problems": refused.problems if refused else (),
    }
    response = render(request, "observations/alerts/take.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    # Nothing of the address goes to others. "no-referrer" would say even less, but then browsers send the form with
    # "Origin: null", which is refused as a forgery.
    response["Referrer-Policy"] = "same-origin"
    return response
