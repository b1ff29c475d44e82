# SPDX-License-Identifier: EUPL-1.2
"""GeoParquet 1.1 file metadata (OGC; the `geo` key of a Parquet file) as a pure codec.

Coordinate systems are PROJJSON v0.7. Only the two systems that the lake keeps are known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VERSION = "1.1.0"
_SCHEMA = "https://proj.org/schemas/v0.7/projjson.schema.json"


def _axis(name: str, short: str, direction: str, unit: str) -> dict[str, str]:
    return {"name": name, "abbreviation": short, "direction": direction, "unit": unit}


def _parameter(name: str, value: float, unit: str, code: int) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "id": {"authority": "EPSG", "code": code}}


_WGS84 = {"name": "WGS 84", "semi_major_axis": 6378137, "inverse_flattening": 298.257223563}
_ENSEMBLE = {
    "name": "World Geodetic System 1984 ensemble",
    "members": [
        {"name": f"World Geodetic System 1984 ({name})", "id": {"authority": "EPSG", "code": code}}
        for name, code in (
            ("Transit", 1166),
            ("G730", 1152),
            ("G873", 1153),
            ("G1150", 1154),
            ("G1674", 1155),
            ("G1762", 1156),
            ("G2139", 1309),
            ("G2296", 1383),
        )
    ],
    "ellipsoid": _WGS84,
    "accuracy": "2.0",
    "id": {"authority": "EPSG", "code": 6326},
}

CRS84: Mapping[str, Any] = {
    "$schema": _SCHEMA,
    "type": "GeographicCRS",
    "name": "WGS 84 (CRS84)",
    "datum_ensemble": _ENSEMBLE,
    "coordinate_system": {
        "subtype": "ellipsoidal",
        "axis": [
            _axis("Geodetic longitude", "Lon", "east", "degree"),
            _axis("Geodetic latitude", "Lat", "north", "degree"),
        ],
    },
    "id": {"authority": "OGC", "code": "CRS84"},
}
"""WGS 84, longitude first."""

WEB_MERCATOR: Mapping[str, Any] = {
    "$schema": _SCHEMA,
    "type": "ProjectedCRS",
    "name": "WGS 84 / Pseudo-Mercator",
    "base_crs": {
        "type": "GeographicCRS",
        "name": "WGS 84",
        "datum_ensemble": _ENSEMBLE,
        "coordinate_system": {
            "subtype": "ellipsoidal",
            "axis": [
                _axis("Geodetic latitude", "Lat", "north", "degree"),
                _axis("Geodetic longitude", "Lon", "east", "degree"),
            ],
        },
        "id": {"authority": "EPSG", "code": 4326},
    },
    "conversion": {
        "name": "Popular Visualisation Pseudo-Mercator",
        "method": {
            "name": "Popular Visualisation Pseudo Mercator",
            "id": {"authority": "EPSG", "code": 1024},
        },
        "parameters": [
            _parameter("Latitude of natural origin", 0, "degree", 8801),
            _parameter("Longitude of natural origin", 0, "degree", 8802),
            _parameter("False easting", 0, "metre", 8806),
            _parameter("False northing", 0, "metre", 8807),
        ],
    },
    "coordinate_system": {
        "subtype": "Cartesian",
        "axis": [_axis("Easting", "X", "east", "metre"), _axis("Northing", "Y", "north", "metre")],
    },
    "id": {"authority": "EPSG", "code": 3857},
}
"""EPSG:3857, the plane of web maps."""


@dataclass(frozen=True, slots=True)
class GeoColumn:
    """What the metadata says of one geometry column."""

    name: str
    crs: Mapping[str, Any]
    geometry_types: Sequence[str]
    """OGC names, ` Z` behind those with heights; empty means unknown."""
    bbox: tuple[float, float, float, float] | None = None
    """Least x, least y, greatest x, greatest y in units of the column's system."""


def metadata(primary: str, columns: Sequence[GeoColumn]) -> str:
    """The JSON text that is kept under the key `geo` of the file."""
    described = {column.name: _described(column) for column in columns}
    if primary not in described:
        raise ValueError(f"the primary column {primary!r} is not described")
    return json.dumps(
        {"version": VERSION, "primary_column": primary, "columns": described}, separators=(",", ":")
    )


def _described(column: GeoColumn) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(column.geometry_types),
        "crs": dict(column.crs),
        "edges": "planar",
    }
    if column.bbox is not None:
        entry["bbox"] = list(column.bbox)
    return entry
