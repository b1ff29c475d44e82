# SPDX-License-Identifier: EUPL-1.2
"""Addresses of what every portal has to tell of itself, below `about/`."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages import about

urlpatterns = [
    path("accessibility", about.accessibility, name="page-accessibility"),
    path("privacy", about.privacy, name="page-privacy"),
]
