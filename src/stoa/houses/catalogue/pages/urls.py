# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's addresses. Names of pages are stable: templates and tests use them."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("desk/", include("stoa.houses.catalogue.pages.desk.urls")),
    path("", include("stoa.houses.catalogue.pages.public.urls")),
]
