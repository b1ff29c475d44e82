# SPDX-License-Identifier: EUPL-1.2
"""Addresses of alerts and public warnings. Names of pages are stable."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.observations.pages.alerts import desk, following, public, recipients, taking
from stoa.web.front import add_front_section

add_front_section("observations.warnings", public.on_front_page, place=1)
add_sections("observations.alerts", desk.sections_of_alerts, place=50)

urlpatterns = [
    path("desk/alerts/", desk.alerts, name="desk-alerts"),
    path("desk/alerts/<uuid:uid>/acknowledge", desk.acknowledge, name="desk-alert-acknowledge"),
    path("desk/alerts/<uuid:uid>/end", desk.end, name="desk-alert-end"),
    path("desk/rules/<uuid:uid>/recipients", recipients.recipients, name="desk-rule-recipients"),
    path("alerts/take/<str:signed>", taking.take, name="alert-take"),
    path("warnings/", public.warnings, name="warnings"),
    path("warnings/area.geojson", public.areas, name="warnings-area"),
    path("warnings/follow", following.follow, name="warnings-follow"),
    path("warnings/follow/<uuid:uid>", following.followed, name="warnings-followed"),
    path("warnings/follow/<uuid:uid>/end", following.end, name="warnings-follow-end"),
    path("warnings/<uuid:uid>", public.warning, name="warning"),
    path("warnings/<uuid:uid>/area.geojson", public.area, name="warning-area"),
]
