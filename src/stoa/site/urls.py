# SPDX-License-Identifier: EUPL-1.2
"""All addresses. Each house brings its pages, each gate its standard's routes."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from stoa.site import health
from stoa.site.houses import GATES, HOUSES


def _pages(place: str) -> list:  # type: ignore[type-arg]
    """The address list of a house or gate, if it has one."""
    return [path("", include(import_module(place).urlpatterns))] if find_spec(place) else []


urlpatterns = [
    path("-/ready", health.ready, name="ready"),
    path("-/metrics", health.metrics, name="metrics"),
    path("-/may-send", health.may_send, name="may-send"),
    path("account/", include("stoa.commons.people.pages.account_urls")),
    path("account/", include("allauth.urls")),
    path("desk/", include("stoa.commons.people.pages.urls")),
    path("about/", include("stoa.commons.people.pages.about_urls")),
    path("", include("stoa.web.urls")),
    *(route for house in HOUSES for route in _pages(f"stoa.houses.{house}.pages.urls")),
    *(route for gate in GATES for route in _pages(f"stoa.gates.{gate}.urls")),
]
handler400 = "stoa.web.pages.bad_request"
handler403 = "stoa.web.pages.forbidden"
handler404 = "stoa.web.pages.not_found"
handler500 = "stoa.web.pages.server_error"

if settings.DEBUG:  # pragma: no cover - only on a developer's machine
    from django.contrib.staticfiles.urls import staticfiles_urlpatterns

    urlpatterns += staticfiles_urlpatterns()
