# SPDX-License-Identifier: EUPL-1.2
"""Addresses of our own API."""

from __future__ import annotations

from django.apps import apps
from django.urls import path

from stoa.gates.own_api.api import api

if apps.is_installed("stoa.houses.registers"):  # a house may be taken out, and the rest still runs
    from stoa.gates.own_api.register_routes import router as registers

    api.add_router("/registers", registers)

urlpatterns = [path("api/v1/", api.urls)]
