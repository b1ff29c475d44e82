# SPDX-License-Identifier: EUPL-1.2
"""The registers' addresses. Names of pages are stable: templates and tests use them."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("desk/registers/", include("stoa.houses.registers.pages.desk.urls")),
    path("", include("stoa.houses.registers.pages.public.urls")),
]
