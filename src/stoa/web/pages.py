# SPDX-License-Identifier: EUPL-1.2
"""Pages of the portal itself: the city's colours, errors in plain words, and the style guide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stoa.commons.basemap import door as basemap
from stoa.ground.geometry import Tile
from stoa.web import sample
from stoa.web.context import frame
from stoa.web.identity import palette

A_WEEK = 7 * 86400
VECTOR_TILE = "application/vnd.mapbox-vector-tile"

ERRORS: Mapping[int, tuple[Any, Any, Any]] = {
    400: (
        _("We could not understand this request"),
        _("Something in the address or the form was not as we expect it."),
        _("Go back, check what you entered, and try once more."),
    ),
    403: (
        _("This page is not open to you"),
        _("You are not signed in, or your role does not include this page."),
        _("Sign in, or ask your department's data steward for the role you need."),
    ),
    404: (
        _("There is no page here"),
        _("The address may be mistyped, or the page was moved or taken down."),
        _("Search for what you need, or start at the city's home page."),
    ),
    413: (
        _("This file is too large"),
        _("We stop at a limit so that one upload cannot block everybody else."),
        _("Send the file in parts or zipped, or give us an address from which we can fetch it."),
    ),
    429: (
        _("Too many requests in a short time"),
        _("We slow down very frequent requests so that the portal stays quick for all."),
        _("Wait a minute and try again. Programs find whole files under Downloads."),
    ),
    500: (
        _("Something went wrong on our side"),
        _("It was not your fault. The fault has been written down for the people who run this portal."),
        _("Try again in a few minutes. What you had saved before is kept."),
    ),
    502: (
        _("Part of the portal did not answer"),
        _("It may just be starting again."),
        _("Try again in a few seconds."),
    ),
    503: (
        _("The portal is busy or being looked after"),
        _("Nothing is lost."),
        _("Try again in a few minutes."),
    ),
}
"""What happened, why, what to do; in plain words."""


def problem_page(request: HttpRequest, status: int) -> HttpResponse:
    """The page for an HTTP error; survives when even the context processors fail."""
    title, why, what_to_do = ERRORS.get(status, ERRORS[500])
    context = {"status": status, "title": title, "why": why, "what_to_do": what_to_do}
    try:
        return render(request, "web/errors/error.html", context, status=status)
    except Exception:
        if status < 500:
            raise
        return HttpResponse(render_to_string("web/errors/bare.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return problem_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return problem_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return problem_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return problem_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form that was open for too long."""
    return problem_page(request, 403)


@require_safe
def identity(request: HttpRequest) -> HttpResponse:
    """The city's colours as custom properties, apart from the pages so that none needs inline styles."""
    response = HttpResponse(palette(frame(request).accent).css(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={A_WEEK}"
    return response


@require_safe
def basemap_tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One tile of the base map, the same for every city; its address carries the mark of the building."""
    place = basemap.place_in(Path(settings.STOA_HOME), Path(settings.STOA_CACHE))
    found = basemap.about(place)
    if found is None or z > basemap.MAX_ZOOM:
        raise Http404
    try:
        asked = Tile(z, x, y)
    except ValueError:
        raise Http404 from None
    made = basemap.tile(place, found, asked)
    if not made:
        response = HttpResponse(status=204)
    elif request.headers.get("X-Stoa-Front"):
        response = HttpResponse(content_type=VECTOR_TILE)
        response["X-Stoa-File"] = str(basemap.tile_path(place, found, asked).absolute())
    else:
        response = HttpResponse(made, content_type=VECTOR_TILE)
    response["Cache-Control"] = f"public, max-age={A_WEEK}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _operators_only(request: HttpRequest) -> None:
    user: Any = getattr(request, "user", None)
    if not (settings.DEBUG or getattr(user, "is_superuser", False)):
        raise Http404


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part of a page in every state; for those who build pages, and for the tests."""
    _operators_only(request)
    return render(request, "web/styleguide.html", sample.everything())


@require_safe
def styleguide_places(request: HttpRequest) -> HttpResponse:
    """The places on the style guide's map."""
    _operators_only(request)
    return JsonResponse(sample.places_geojson(), content_type="application/geo+json")


@require_safe
def styleguide_error(request: HttpRequest, status: int) -> HttpResponse:
    """An error page to look at."""
    _operators_only(request)
    return problem_page(request, status)
