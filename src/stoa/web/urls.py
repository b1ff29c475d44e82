# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the design system itself."""

from __future__ import annotations

from django.urls import path

from stoa.web import pages

urlpatterns = [
    path("identity.css", pages.identity, name="web-identity"),
    path("basemap/<int:z>/<int:x>/<int:y>.mvt", pages.basemap_tile, name="web-basemap-tile"),
    path("styleguide", pages.styleguide, name="web-styleguide"),
    path("styleguide/places.geojson", pages.styleguide_places, name="web-styleguide-places"),
    path("styleguide/errors/<int:status>", pages.styleguide_error, name="web-styleguide-error"),
]
