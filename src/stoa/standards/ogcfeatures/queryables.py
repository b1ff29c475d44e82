# SPDX-License-Identifier: EUPL-1.2
"""The columns of a collection as JSON Schema: what can be asked for (19-079r2, section 6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stoa.ground.tables import GEOMETRY, ColumnSpec, Kind

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SHAPE = "https://geojson.org/schema/{}.json"
_TYPES: dict[Kind, dict[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATETIME: {"type": "string", "format": "date-time"},
    Kind.TIME: {"type": "string", "format": "time"},
}


def schema(
    address: str,
    title: str,
    columns: Sequence[ColumnSpec],
    *,
    shapes: Sequence[str] = (),
    id_column: str = "",
    times: tuple[str, str] = ("", ""),
    is_sortable: bool = False,
) -> dict[str, Any]:
    """The document; `x-ogc-role` says which columns are the id, the place and the time that `datetime` asks.

    `times` are the columns in which a row's time begins and ends, the same one where rows are moments.
    `is_sortable` leaves out the place, by which nothing can be ordered.
    """
    begins, ends = times
    roles = (
        {begins: "primary-interval-start", ends: "primary-interval-end"}
        if begins != ends
        else {begins: "primary-instant"}
    )
    roles |= {id_column: "id"}
    properties: dict[str, Any] = {}
    if shapes and not is_sortable:
        kind = shapes[0] if len(shapes) == 1 else "Geometry"
        properties[GEOMETRY] = {
            "title": GEOMETRY,
            "$ref": _SHAPE.format(kind),
            "format": f"geometry-{kind.lower() if kind != 'Geometry' else 'any'}",
            "x-ogc-role": "primary-geometry",
        }
    for column in columns:
        properties[column.name] = _column(column, roles.get(column.name, ""))
    return {
        "$schema": DRAFT,
        "$id": address,
        "title": title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _column(column: ColumnSpec, role: str) -> dict[str, Any]:
    told = {"description": column.description, "x-ogc-unit": column.unit, "x-ogc-role": role}
    return {"title": column.label or column.name, **_TYPES[column.kind]} | {
        n: v for n, v in told.items() if v
    }
