# SPDX-License-Identifier: EUPL-1.2
"""Addresses of our own API."""

from __future__ import annotations

from django.urls import path

from stoa.gates.own_api.api import api

urlpatterns = [path("api/v1/", api.urls)]
