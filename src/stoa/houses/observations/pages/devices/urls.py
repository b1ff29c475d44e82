# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the device console. Names of pages are stable."""

from __future__ import annotations

from django.urls import path

from stoa.commons.people.pages.desk import add_sections
from stoa.houses.observations.pages.devices import console, device, feeds, sheet, trying

add_sections("observations.devices", console.sections_of_devices, place=52)

urlpatterns = [
    path("", console.devices, name="desk-devices"),
    path("new", device.new, name="desk-device-new"),
    path("sheet", sheet.sheet, name="desk-devices-sheet"),
    path("decoders", trying.decoders, name="desk-decoders"),
    path("try", trying.attempt, name="desk-decoder-try"),
    path("feeds", feeds.feeds, name="desk-feeds"),
    path("feeds/<int:number>/remove", feeds.remove, name="desk-feed-remove"),
    path("device/<uuid:uid>", device.device, name="desk-device"),
    path("device/<uuid:uid>/key", device.key, name="desk-device-key"),
    path("device/<uuid:uid>/remove", device.remove, name="desk-device-remove"),
]
