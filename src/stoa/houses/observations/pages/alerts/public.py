# SPDX-License-Identifier: EUPL-1.2
"""What the public is warned of now, and was warned of lately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from stoa.commons.people.pages.desk import city_of, principal_of
from stoa.houses.observations.models import Alert
from stoa.houses.observations.pages.alerts.cards import public_card
from stoa.houses.observations.pages.public.opening import below, public_page, way
from stoa.houses.observations.queries import alerts as _alerts
from stoa.web.notation import label
from stoa.web.parts import MapLayer


@public_page
def warnings(request: HttpRequest) -> HttpResponseBase:
    """In force, with map and list; ended ones of the last 30 days below."""
    running, ended = _alerts.warnings(city=city_of(request))
    context = {
        "title": gettext("Warnings"),
        "lead": gettext("What the city warns of at this moment, where, and what you should do."),
        "crumbs": [*way(request)[:1], (gettext("Warnings"), "")],
        "running": [public_card(one) for one in running],
        "ended": [public_card(one) for one in ended],
        "layer": _layer(running, reverse("warnings-area")),
        "feed_url": below("/warnings.atom"),
        "shown_at": timezone.now(),
    }
    return _kept_short(render(request, "observations/alerts/warnings.html", context))


def _kept_short(response: HttpResponse) -> HttpResponse:
    """Whoever looks again must not see what was kept on the way."""
    response["Cache-Control"] = "no-cache"
    return response


def _layer(found: Sequence[Alert], url: str) -> MapLayer | None:
    if not any(_alerts.area_of(one) for one in found):
        return None
    labels = {"title": gettext("Warning"), "severity": gettext("How bad"), "where": gettext("Where")}
    return MapLayer(gettext("Where it warns of"), geojson_url=url, labels=labels)


@public_page
def areas(request: HttpRequest) -> HttpResponseBase:
    """Areas of the warnings in force as GeoJSON (RFC 7946)."""
    return _geojson(_alerts.current_warnings(city=city_of(request)))


@public_page
def area(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The area of one warning."""
    return _geojson([_alerts.warning(city=city_of(request), uid=uid, by=principal_of(request))])


def _geojson(found: Sequence[Alert]) -> JsonResponse:
    features = [_feature(one, place) for one in found if (place := _alerts.drawn_area(one))]
    body = {"type": "FeatureCollection", "features": features}
    response = JsonResponse(body, content_type="application/geo+json")
    response["Cache-Control"] = "no-cache"
    return response


def _feature(alert: Alert, place: dict[str, Any]) -> dict[str, Any]:
    card = public_card(alert)
    told = {"title": card.title, "severity": card.severity, "where": card.where or card.place}
    return {"type": "Feature", "id": alert.pk, "geometry": place, "properties": told}


@public_page
def warning(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """One warning, also after it is over."""
    found = _alerts.warning(city=city_of(request), uid=uid, by=principal_of(request))
    card = public_card(found)
    context = {
        "title": card.title,
        "title_lang": card.lang,
        "crumbs": [*way(request)[:1], (gettext("Warnings"), reverse("warnings")), (card.title, "")],
        "card": card,
        "department": label(found.rule.department.name),
        "department_url": below(f"/departments/{found.rule.department.slug}"),
        "layer": _layer([found], reverse("warning-area", args=(uid,))),
        "cap_url": below(f"/warnings/{uid}.cap"),
        "shown_at": timezone.now(),
    }
    return _kept_short(render(request, "observations/alerts/warning.html", context))


def warnings_bar(request: HttpRequest) -> str:
    """The warnings in force, for the top of other pages; empty while there are none (one query)."""
    found = _alerts.current_warnings(city=city_of(request))
    if not found:
        return ""
    cards = [public_card(one) for one in found]
    return render_to_string("observations/alerts/bar.html", {"warned": cards}, request)


def on_front_page(request: HttpRequest) -> str:
    """The same as the first section of the city's front page."""
    bar = warnings_bar(request)
    return f'<section class="section"><div class="frame">{bar}</div></section>' if bar else ""
