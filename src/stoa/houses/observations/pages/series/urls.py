# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the desk's pages about series as data. Names of pages are stable."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.observations.pages.series import drop, drops, groups
from stoa.houses.observations.pages.series.opening import sections_of_series

add_sections("observations.series", sections_of_series, place=53)

urlpatterns = [
    path("files/", drops.drops, name="desk-drops"),
    path("files/<int:number>", drop.drop, name="desk-drop"),
    path("files/<int:number>/state", drop.state, name="desk-drop-state"),
    path("files/<int:number>/deed", drop.deed, name="desk-drop-deed"),
    path("groups/", groups.groups, name="desk-groups"),
    path("groups/new", groups.new, name="desk-group-new"),
    path("groups/<uuid:uid>", groups.group, name="desk-group"),
    path("groups/<uuid:uid>/deed", groups.deed, name="desk-group-deed"),
]
