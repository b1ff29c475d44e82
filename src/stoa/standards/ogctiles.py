# SPDX-License-Identifier: EUPL-1.2
"""OGC API Tiles 1.0 (20-057) and the tile matrix set WebMercatorQuad (17-083r4) as JSON documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stoa.ground.geometry import WORLD_3857, Box, LonLat, Tile
from stoa.standards.ogcfeatures.links import MVT, OGC_REL, Link

TMS = "WebMercatorQuad"
TMS_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{TMS}"
CRS_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"
TILING_SCHEME = f"{OGC_REL}tiling-scheme"
_SCALE_0 = 559082264.0287178
_PIXELS = 256
ZOOMS = 25
_DIMENSIONS = {
    "Point": 0,
    "MultiPoint": 0,
    "LineString": 1,
    "MultiLineString": 1,
    "Polygon": 2,
    "MultiPolygon": 2,
}


def tile_matrix_set(links: Sequence[Link] = ()) -> dict[str, Any]:
    """The definition of WebMercatorQuad (17-083r4, annex D.1)."""
    cell = 2 * WORLD_3857 / _PIXELS
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": _SCALE_0 / 2**z,
            "cellSize": cell / 2**z,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-WORLD_3857, WORLD_3857],
            "tileWidth": _PIXELS,
            "tileHeight": _PIXELS,
            "matrixWidth": 2**z,
            "matrixHeight": 2**z,
        }
        for z in range(ZOOMS)
    ]
    return {
        "id": TMS,
        "title": "Google Maps Compatible for the World",
        "uri": TMS_URI,
        "crs": CRS_3857,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
        "links": [link.to_json() for link in links],
    }


def tile_matrix_sets(address: str, links: Sequence[Link]) -> dict[str, Any]:
    """The list of the one set that is offered."""
    own = {"id": TMS, "title": "Google Maps Compatible for the World", "uri": TMS_URI}
    own_links = [Link(address, "self", "application/json").to_json()]
    return {
        "tileMatrixSets": [own | {"crs": CRS_3857, "links": own_links}],
        "links": [one.to_json() for one in links],
    }


def limits(box: Box, zooms: range) -> list[dict[str, Any]]:
    """Rows and columns of every zoom between which something may be."""
    found = []
    for z in zooms:
        first, last = Tile.at(LonLat(box.west, box.north), z), Tile.at(LonLat(box.east, box.south), z)
        found.append(
            {
                "tileMatrix": str(z),
                "minTileRow": first.y,
                "maxTileRow": last.y,
                "minTileCol": first.x,
                "maxTileCol": last.x,
            }
        )
    return found


def tileset(title: str, links: Sequence[Link]) -> dict[str, Any]:
    """A set of tiles as an entry of the list."""
    return {
        "title": title,
        "dataType": "vector",
        "crs": CRS_3857,
        "tileMatrixSetURI": TMS_URI,
        "links": [link.to_json() for link in links],
    }


def tileset_metadata(
    title: str,
    links: Sequence[Link],
    *,
    box: Box,
    zooms: range,
    layer: str,
    shapes: Sequence[str],
    fields: Mapping[str, str],
    attribution: str = "",
) -> dict[str, Any]:
    """The whole description of a set of tiles (20-057, section 8)."""
    types = {"Number": "number", "String": "string", "Boolean": "boolean"}
    properties = {name: {"type": types.get(kind, "string")} for name, kind in fields.items()}
    own: dict[str, Any] = {
        "id": layer,
        "dataType": "vector",
        "propertiesSchema": {"type": "object", "properties": properties},
    }
    dimensions = {_DIMENSIONS.get(shape) for shape in shapes}
    if len(dimensions) == 1 and None not in dimensions:
        own["geometryDimension"] = dimensions.pop()
    told = {"attribution": attribution} if attribution else {}
    return {
        **tileset(title, links),
        **told,
        "mediaTypes": [MVT],
        "boundingBox": {
            "lowerLeft": [box.west, box.south],
            "upperRight": [box.east, box.north],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        },
        "tileMatrixSetLimits": limits(box, zooms),
        "layers": [own],
    }
