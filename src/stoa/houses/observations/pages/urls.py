# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the pages. Names of pages are stable: templates and tests use them."""

from __future__ import annotations

from django.urls import include, path

from stoa.houses.catalogue.door.live import offer_live
from stoa.houses.observations.pages.links import links_of_things
from stoa.houses.observations.pages.live_links import series_of_dataset
from stoa.houses.observations.pages.public.now import on_front_page
from stoa.houses.registers.door.things import offer_links
from stoa.web.front import add_front_section

add_front_section("observations", on_front_page, place=20)
offer_links(links_of_things)
offer_live(series_of_dataset)

urlpatterns = [
    path("desk/devices/", include("stoa.houses.observations.pages.devices.urls")),
    path("desk/series/", include("stoa.houses.observations.pages.series.urls")),
    path("", include("stoa.houses.observations.pages.alerts.urls")),
    path("desk/", include("stoa.houses.observations.pages.desk.urls")),
    path("", include("stoa.houses.observations.pages.public.urls")),
]
