# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the warnings for programs.

| part | offered |
|---|---|
| CAP 1.2 (OASIS, 1 July 2010) | every public warning as a message: Alert, Update every day, Cancel when it is over |
| Atom (RFC 4287) | warnings in force and those that ended within 30 days, each with the address of its message |
| CAP 1.2 digital signatures, resources, geocodes | not offered |
"""

from __future__ import annotations

from django.urls import path

from stoa.gates.cap import views

urlpatterns = [
    path("warnings.atom", views.feed, name="warnings-feed"),
    path("warnings/<uuid:uid>.cap", views.message, name="warning-cap"),
]
