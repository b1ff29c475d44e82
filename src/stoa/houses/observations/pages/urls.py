# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/devices/", include("stoa.houses.observations.pages.devices.urls")),
]
