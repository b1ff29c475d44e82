# SPDX-License-Identifier: EUPL-1.2
"""Addresses of SensorThings. The path of a resource is the standard's own grammar, so it is read by the codec."""

from __future__ import annotations

from django.urls import path

from stoa.gates.sensorthings import views
from stoa.ground.words import say
from stoa.houses.catalogue.door import services

urlpatterns = [
    path("sta/v1.1", views.service, name="sta-root"),
    path("sta/v1.1/", views.service),
    path("sta/v1.1/<path:resource>", views.service, name="sta-resource"),
]

services.offer(
    services.Service(
        name="sensorthings",
        title=say("OGC SensorThings"),
        standard="http://www.opengis.net/doc/is/sensorthings/1.1.0",
        endpoint="/sta/v1.1",
        serves_datasets=False,
    )
)
