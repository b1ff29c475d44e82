# SPDX-License-Identifier: EUPL-1.2
"""Addresses for everybody."""

from __future__ import annotations

from django.urls import path

from stoa.houses.observations.pages.public import now, now_map, series, series_file, thing, things

urlpatterns = [
    path("now/", now.now, name="now"),
    path("now/map", now_map.now_map, name="now-map"),
    path("now/places.geojson", now_map.places, name="now-places"),
    path("now/places/<int:series>.json", now_map.place, name="now-place"),
    path("series/<uuid:uid>/", series.series, name="series"),
    path("series/<uuid:uid>/values.csv", series_file.values, name="series-file"),
    path("things/", things.things, name="things"),
    path("things/<uuid:uid>/", thing.thing, name="thing"),
    path("things/<uuid:uid>/place.geojson", thing.thing_place, name="thing-place"),
]
