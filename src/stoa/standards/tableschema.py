# SPDX-License-Identifier: EUPL-1.2
"""Table Schema and Data Package (Frictionless Data, v2): the dictionary that travels with a download.

https://datapackage.org/standard/table-schema/ and https://datapackage.org/standard/data-package/. Units
are not part of the standard; they are told in extra properties, as it allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stoa.ground.tables import ColumnSpec, Kind

SCHEMA_URL = "https://datapackage.org/profiles/2.0/tableschema.json"
PACKAGE_URL = "https://datapackage.org/profiles/2.0/datapackage.json"

_TYPE: Mapping[Kind, tuple[str, str]] = {
    Kind.TEXT: ("string", "default"),
    Kind.INTEGER: ("integer", "default"),
    Kind.NUMBER: ("number", "default"),
    Kind.BOOLEAN: ("boolean", "default"),
    Kind.DATE: ("date", "default"),
    Kind.DATETIME: ("datetime", "any"),
    Kind.TIME: ("time", "default"),
}
_KIND = {name: kind for kind, (name, _format) in _TYPE.items()}


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a package."""

    name: str
    """Lower-case letters, digits, `.`, `_` and `-`."""
    path: str
    format: str
    media_type: str
    encoding: str = "utf-8"
    bytes: int | None = None
    rows: int | None = None
    separator: str = ""
    """Only for delimited text."""


@dataclass(frozen=True, slots=True)
class Package:
    """What is said about the dataset as a whole; empty texts are left out."""

    name: str
    title: str = ""
    description: str = ""
    version: str = ""
    issued: str = ""
    """ISO 8601."""
    homepage: str = ""
    publisher: str = ""
    licence_name: str = ""
    """SPDX identifier."""
    licence_title: str = ""
    licence_link: str = ""


def field_of(column: ColumnSpec, *, name: str = "", is_key: bool = False) -> dict[str, Any]:
    """One column as a field; `name` where the file's heading differs from the machine name."""
    kind, how = _TYPE[column.kind]
    field: dict[str, Any] = {"name": name or column.name, "type": kind}
    if how != "default":
        field["format"] = how
    if column.label:
        field["title"] = column.label
    if column.description:
        field["description"] = column.description
    if column.kind is Kind.BOOLEAN:
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if is_key:
        field["constraints"] = {"required": True}
    if column.unit:
        field["unit"] = column.unit
    if column.is_code_list:
        field["codeList"] = True
    if name and name != column.name:
        field["columnName"] = column.name
    return field


def column_of(field: Mapping[str, Any]) -> ColumnSpec:
    """Read back what `field_of` wrote; unknown types are text."""
    return ColumnSpec(
        name=str(field.get("columnName") or field["name"]),
        label=str(field.get("title", "")),
        kind=_KIND.get(str(field.get("type", "string")), Kind.TEXT),
        unit=str(field.get("unit", "")),
        description=str(field.get("description", "")),
        is_code_list=bool(field.get("codeList", False)),
    )


def schema_of(
    columns: tuple[ColumnSpec, ...],
    key: tuple[str, ...] = (),
    *,
    headings: Mapping[str, str] | None = None,
    places: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """The schema of one table.

    `headings` maps machine names to the headings in the file; `places` are the fields of the geometry as the
    file has them, already in the standard's form. A key that is not complete in the table is left out.
    """
    named = headings or {}
    fields = [field_of(c, name=named.get(c.name, ""), is_key=c.name in key) for c in columns]
    schema: dict[str, Any] = {"$schema": SCHEMA_URL, "fields": fields + list(places), "missingValues": [""]}
    if key and set(key) <= {column.name for column in columns}:
        schema["primaryKey"] = [named.get(name, name) for name in key]
    return schema


def columns_of(schema: Mapping[str, Any]) -> tuple[ColumnSpec, ...]:
    """The columns of a schema that `schema_of` wrote, places included as what their types say."""
    return tuple(column_of(field) for field in schema["fields"])


def package_of(package: Package, resource: Resource, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A whole `datapackage.json` with one resource."""
    body: dict[str, Any] = {"$schema": PACKAGE_URL, "name": package.name}
    told = {
        "title": package.title,
        "description": package.description,
        "version": package.version,
        "created": package.issued,
        "homepage": package.homepage,
    }
    body |= {name: text for name, text in told.items() if text}
    licence = {"name": package.licence_name, "title": package.licence_title, "path": package.licence_link}
    if package.licence_name or package.licence_link:
        body["licenses"] = [{name: text for name, text in licence.items() if text}]
    if package.publisher:
        body["contributors"] = [{"title": package.publisher, "roles": ["publisher"]}]
    body["resources"] = [_resource(resource, schema)]
    return body


def _resource(resource: Resource, schema: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": resource.name,
        "type": "table",
        "path": resource.path,
        "format": resource.format,
        "mediatype": resource.media_type,
        "encoding": resource.encoding,
    }
    if resource.bytes is not None:
        body["bytes"] = resource.bytes
    if resource.rows is not None:
        body["rows"] = resource.rows
    if resource.separator:
        body["dialect"] = {
            "delimiter": resource.separator,
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        }
    return body | {"schema": dict(schema)}
