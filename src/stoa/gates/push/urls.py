# SPDX-License-Identifier: EUPL-1.2
"""Where to send to."""

from __future__ import annotations

from django.urls import path

from stoa.gates.push import views

urlpatterns = [
    path("push/lorawan", views.uplinks, {"network": ""}, name="push-lorawan"),
    path("push/lorawan/<str:network>", views.uplinks, name="push-lorawan-network"),
    path("push/devices/<uuid:uid>", views.message, name="push-device"),
]
