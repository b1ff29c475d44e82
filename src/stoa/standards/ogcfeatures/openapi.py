# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface as OpenAPI, in the words that 3.1 and 3.0 have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stoa.standards.ogcfeatures.links import PROBLEM

VERSIONS = ("3.1.0", "3.0.3")


@dataclass(frozen=True, slots=True)
class Operation:
    """One GET of the interface."""

    path: str
    id: str
    summary: str
    tag: str
    parameters: tuple[str, ...] = ()
    """Names in `PARAMETERS`."""
    media_types: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


def _query(name: str, description: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": dict(schema),
        **more,
    }


def _path(name: str, description: str, kind: str = "string") -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind} | ({"minimum": 0} if kind == "integer" else {})
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


_TEXT = {"type": "string"}
_LIST = {"style": "form", "explode": False}
_NUMBERS = {
    "type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6,
}  # fmt: skip

PARAMETERS: dict[str, dict[str, Any]] = {
    "collectionId": _path("collectionId", "The collection, as listed under /collections."),
    "featureId": _path("featureId", "The id of a feature or record."),
    "tileMatrixSetId": _path("tileMatrixSetId", "Always WebMercatorQuad."),
    "tileMatrix": _path("tileMatrix", "Zoom."),
    "tileRow": _path("tileRow", "Row, counted from the north.", "integer"),
    "tileCol": _path("tileCol", "Column, counted from the west.", "integer"),
    "limit": _query(
        "limit",
        "How many at most; more than the maximum is capped.",
        {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 10},
    ),
    "listLimit": _query(
        "limit",
        "How many collections at most.",
        {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000},
    ),
    "bbox": _query("bbox", "Only what touches this box; what has no place belongs to it too.", _NUMBERS, **_LIST),
    "bbox-crs": _query("bbox-crs", "The system of the numbers in bbox, from the collection's list.", {**_TEXT, "format": "uri"}),
    "crs": _query("crs", "The system of the coordinates in the answer, from the collection's list.", {**_TEXT, "format": "uri"}),
    "datetime": _query(
        "datetime",
        "Only what touches this time: a moment, a day, or two of them parted by a slash, .. for an open end. "
        "Which columns are the time is said by x-ogc-role in the queryables. What has no time belongs to it too.",
        _TEXT,
    ),
    "properties": _query(
        "properties",
        "Any column of the collection by its name, as listed in the queryables: only rows with exactly this value.",
        {"type": "object", "additionalProperties": {"type": "string"}},
        style="form",
        explode=True,
    ),
    "filter": _query("filter", "A condition in CQL2.", _TEXT),
    "filter-lang": _query(
        "filter-lang", "How it is written.", {**_TEXT, "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}
    ),
    "filter-crs": _query("filter-crs", "The system of coordinates in the condition.", {**_TEXT, "format": "uri"}),
    "sortby": _query(
        "sortby",
        "Columns, the most important first, with - before one for downwards.",
        {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 8},
        **_LIST,
    ),
    "after": _query("after", "Where the page begins; comes from a next link.", _TEXT),
    "version": _query("version", "An earlier version of the dataset.", {"type": "integer", "minimum": 1}),
    "columns": _query(
        "columns", "Columns to be written into the tiles, at most eight.",
        {"type": "array", "items": _TEXT, "maxItems": 8}, **_LIST,
    ),
    "q": _query("q", "Words, any of which must be found.", {"type": "array", "items": _TEXT}, **_LIST),
    "type": _query("type", "Only records of this type.", {"type": "array", "items": _TEXT}, **_LIST),
    "ids": _query("ids", "Only records with one of these ids.", {"type": "array", "items": _TEXT}, **_LIST),
    "openapi": _query("openapi", "Which OpenAPI.", {**_TEXT, "enum": ["3.1", "3.0"], "default": "3.1"}),
}  # fmt: skip
_HEADERS = {
    "Content-Crs": {"description": "The system of the coordinates, in angle brackets.", "schema": _TEXT},
}


def document(
    title: str,
    version: str,
    server: str,
    operations: Iterable[Operation],
    formats: Sequence[tuple[str, str]],
    *,
    openapi: str,
) -> dict[str, Any]:
    """The whole description; `formats` says what `f` calls each media type."""
    listed = list(operations)
    return {
        "openapi": openapi,
        "info": {"title": title, "version": version},
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in listed)],
        "paths": {one.path: {"get": _operation(one, formats)} for one in listed},
        "components": {
            "parameters": dict(PARAMETERS.items()),
            "schemas": {"problem": _PROBLEM, "anything": {"type": "object", "additionalProperties": True}},
            "responses": {
                "problem": {
                    "description": "What is wrong.",
                    "content": {PROBLEM: _refers("schemas", "problem")},
                }
            },
        },
    }


def _operation(one: Operation, formats: Sequence[tuple[str, str]]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for name, media_type in formats if media_type in one.media_types))
    choice = _query(
        "f", "The format, instead of an Accept header.", {"type": "string", "enum": names or ["json"]}
    )
    parameters: Sequence[dict[str, Any]] = [
        *({"$ref": f"#/components/parameters/{name}"} for name in one.parameters), choice,
    ]  # fmt: skip
    content = {media_type: _content(media_type) for media_type in one.media_types}
    ok: dict[str, Any] = {"description": one.summary, "content": content}
    if one.headers:
        ok["headers"] = {name: _HEADERS[name] for name in one.headers}
    problem = {"$ref": "#/components/responses/problem"}
    return {
        "operationId": one.id,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": list(parameters),
        "responses": {"200": ok, "400": problem, "404": problem, "406": problem},
    }


def _content(media_type: str) -> dict[str, Any]:
    if "json" in media_type:
        return _refers("schemas", "anything")
    return {"schema": {"type": "string"} | ({} if media_type.startswith("text/") else {"format": "binary"})}


def _refers(kind: str, name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/{kind}/{name}"}}


_PROBLEM = {
    "type": "object",
    "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT,
        "problems": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip
