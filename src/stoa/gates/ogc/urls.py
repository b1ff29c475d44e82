# SPDX-License-Identifier: EUPL-1.2
"""Addresses of OGC API, and what the portal says of it."""

from __future__ import annotations

from django.urls import include, path

from stoa.gates.ogc import items, landing, layers, tiles
from stoa.ground.words import say
from stoa.houses.catalogue.door import services

_ONE = "collections/<str:name>"
_TILES = f"{_ONE}/tiles/<str:matrix_set>"

urlpatterns = [
    path(
        "ogc/",
        include(
            [
                path("", landing.landing, name="ogc-landing"),
                path("conformance", landing.conformance, name="ogc-conformance"),
                path("api", landing.api, name="ogc-api"),
                path("collections", layers.collections, name="ogc-collections"),
                path(_ONE, layers.collection, name="ogc-collection"),
                path(f"{_ONE}/schema", layers.schema, name="ogc-schema"),
                path(f"{_ONE}/queryables", layers.queryables_of, name="ogc-queryables"),
                path(f"{_ONE}/sortables", layers.sortables, name="ogc-sortables"),
                path(f"{_ONE}/items", items.items, name="ogc-items"),
                path("tileMatrixSets", tiles.matrix_sets, name="ogc-matrix-sets"),
                path("tileMatrixSets/<str:matrix_set>", tiles.matrix_set, name="ogc-matrix-set"),
                path(f"{_ONE}/tiles", tiles.tilesets, name="ogc-tilesets"),
                path(f"{_TILES}", tiles.tileset, name="ogc-tileset"),
                path(f"{_TILES}/<str:matrix>/<str:row>/<str:column>", tiles.tile, name="ogc-tile"),
                path(f"{_ONE}/styles", tiles.styles, name="ogc-styles"),
                path(f"{_ONE}/styles/default", tiles.style, name="ogc-style"),
                path(f"{_ONE}/items/<path:feature>", items.item, name="ogc-item"),
            ]
        ),
    ),
    path("ogc", landing.landing),
]

services.offer(
    services.Service(
        name="ogc-features",
        title=say("OGC API Features"),
        standard="http://www.opengis.net/doc/IS/ogcapi-features-1/1.0",
        endpoint="/ogc/",
        description="/ogc/api",
        dataset="/ogc/collections/{slug}",
    )
)
services.offer(
    services.Service(
        name="ogc-tiles",
        title=say("OGC API Tiles"),
        standard="http://www.opengis.net/doc/IS/ogcapi-tiles-1/1.0",
        endpoint="/ogc/",
        description="/ogc/api",
        dataset="/ogc/collections/{slug}/tiles",
        only_places=True,
    )
)
services.offer(
    services.Service(
        name="ogc-records",
        title=say("OGC API Records"),
        standard="http://www.opengis.net/doc/IS/ogcapi-records-1/1.0",
        endpoint="/ogc/collections/catalogue.records",
        description="/ogc/api",
        dataset="/ogc/collections/catalogue.records/items/{slug}",
        needs_rows=False,
    )
)
