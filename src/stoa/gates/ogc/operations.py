# SPDX-License-Identifier: EUPL-1.2
"""All operations as the OpenAPI description lists them; a test holds them beside the addresses."""

from __future__ import annotations

from stoa.standards.ogcfeatures.links import (
    GEOJSON,
    HTML,
    JSON,
    MVT,
    OPENAPI_30,
    OPENAPI_31,
    SCHEMA,
    STYLE,
    TILEJSON,
)
from stoa.standards.ogcfeatures.openapi import Operation

_BOTH = (JSON, HTML)
_ONE = ("collectionId",)
_ITEMS = (
    "collectionId", "limit", "bbox", "bbox-crs", "crs", "datetime", "sortby", "after", "version", "properties",
    "filter", "filter-lang", "filter-crs",
    "q", "type", "ids",
)  # fmt: skip

OPERATIONS = (
    Operation("/", "getLandingPage", "Where to begin.", "Capabilities", (), _BOTH),
    Operation("/conformance", "getConformance", "What this interface conforms to.", "Capabilities", (), _BOTH),
    Operation("/api", "getApi", "This description.", "Capabilities", ("openapi",), (OPENAPI_31, OPENAPI_30, HTML)),
    Operation("/collections", "getCollections", "All collections.", "Collections", ("listLimit", "after"), _BOTH),
    Operation("/collections/{collectionId}", "getCollection", "One collection.", "Collections", _ONE, _BOTH),
    Operation(
        "/collections/{collectionId}/schema", "getSchema", "What a feature is made of.", "Collections", _ONE, (SCHEMA,)
    ),
    Operation(
        "/collections/{collectionId}/queryables", "getQueryables", "What can be asked for.", "Collections", _ONE, (SCHEMA,)
    ),
    Operation(
        "/collections/{collectionId}/sortables", "getSortables", "What can be ordered by.", "Collections", _ONE, (SCHEMA,)
    ),
    Operation(
        "/collections/{collectionId}/items", "getItems", "Features of a dataset, or records of the catalogue.", "Data",
        _ITEMS, (GEOJSON, HTML), ("Content-Crs",),
    ),
    Operation(
        "/collections/{collectionId}/items/{featureId}", "getItem", "One feature or record.", "Data",
        ("collectionId", "featureId", "crs", "version"), (GEOJSON, HTML), ("Content-Crs",),
    ),
    Operation("/tileMatrixSets", "getTileMatrixSets", "Tile matrix sets.", "Tiles", (), (JSON,)),
    Operation(
        "/tileMatrixSets/{tileMatrixSetId}", "getTileMatrixSet", "One of them.", "Tiles", ("tileMatrixSetId",), (JSON,)
    ),
    Operation("/collections/{collectionId}/tiles", "getTilesets", "Sets of tiles.", "Tiles", _ONE, (JSON,)),
    Operation(
        "/collections/{collectionId}/tiles/{tileMatrixSetId}", "getTileset", "What a client must know of the tiles.",
        "Tiles", ("collectionId", "tileMatrixSetId", "columns", "version"), (JSON, TILEJSON),
    ),
    Operation(
        "/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", "getTile", "One tile.",
        "Tiles", ("collectionId", "tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "columns", "version"), (MVT,),
    ),
    Operation("/collections/{collectionId}/styles", "getStyles", "Styles.", "Tiles", _ONE, (JSON,)),
    Operation("/collections/{collectionId}/styles/default", "getStyle", "A style for the tiles.", "Tiles", _ONE, (STYLE,)),
)  # fmt: skip
