# SPDX-License-Identifier: EUPL-1.2
"""schema.org/Dataset for search engines, and Croissant 1.0 (MLCommons) for people who train models, as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec, Kind

CROISSANT = "http://mlcommons.org/croissant/1.0"
_CONTEXT: Mapping[str, Any] = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"}, "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/", "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
    "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace",
    "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
}  # fmt: skip
"""The context that the specification prescribes (Croissant 1.0, appendix 1)."""
_TYPES = {
    Kind.TEXT: "sc:Text", Kind.INTEGER: "sc:Integer", Kind.NUMBER: "sc:Float", Kind.BOOLEAN: "sc:Boolean",
    Kind.DATE: "sc:Date", Kind.DATETIME: "sc:DateTime", Kind.TIME: "sc:Time",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Download:
    """One file."""

    name: str
    url: str
    media_type: str
    bytes: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset in one language; empty texts are left out."""

    url: str
    name: str
    description: str
    identifier: str
    language: str
    publisher: str
    publisher_url: str
    catalogue: str
    catalogue_url: str
    email: str = ""
    keywords: tuple[str, ...] = ()
    licence: str = ""
    """Where the text of the licence is."""
    version: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    period: tuple[date | None, date | None] = (None, None)
    place: str = ""
    box: Box | None = None
    is_open: bool = True
    conforms_to: str = ""
    columns: tuple[ColumnSpec, ...] = ()
    downloads: tuple[Download, ...] = ()
    source: str = ""


def markup(one: Described) -> dict[str, Any]:
    """The dataset for search engines."""
    body = {"@context": "https://schema.org/", "@type": "Dataset", **_told(one)}
    if one.downloads:
        body["distribution"] = [_without_empty(_download(each)) for each in one.downloads]
    if one.columns:
        body["variableMeasured"] = [_without_empty(_variable(column)) for column in one.columns]
    return body


def croissant(one: Described) -> dict[str, Any]:
    """The dataset with its stored file and the columns in it; `downloads` must be that file, with its checksum."""
    (file,) = one.downloads
    context = {**_CONTEXT, "@language": one.language or "en"}
    facts = {**_told(one), "conformsTo": CROISSANT}
    facts["citeAs"] = one.source
    if one.version:
        facts["version"] = f"{one.version}.0.0"
    return {
        "@context": context,
        "@type": "sc:Dataset",
        **_without_empty(facts),
        "distribution": [
            _without_empty(
                {**_download(file), "@type": "cr:FileObject", "@id": "rows", "sha256": file.sha256}
            )
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "records",
                "name": "records",
                "field": [_without_empty(_field(column)) for column in one.columns],
            }
        ],
    }


def _told(one: Described) -> dict[str, Any]:
    publisher = {"@type": "Organization", "name": one.publisher, "url": one.publisher_url, "email": one.email}
    return _without_empty({
        "@id": one.url,
        "url": one.url,
        "name": one.name,
        # Google's guidelines ask for 50 to 5,000 letters.
        "description": one.description[:5000],
        "identifier": one.identifier,
        "inLanguage": one.language,
        "keywords": list(one.keywords),
        "license": one.licence,
        "version": one.version,
        "datePublished": one.created.date().isoformat() if one.created else "",
        "dateModified": one.modified.date().isoformat() if one.modified else "",
        "temporalCoverage": _period(*one.period),
        "spatialCoverage": _place(one),
        "isAccessibleForFree": one.is_open,
        "creator": _without_empty(publisher),
        "publisher": _without_empty(publisher),
        "includedInDataCatalog": {"@type": "DataCatalog", "name": one.catalogue, "url": one.catalogue_url},
    })  # fmt: skip


def _period(first: date | None, last: date | None) -> str:
    """ISO 8601 interval, open where a day is not told."""
    if not first and not last:
        return ""
    return f"{first.isoformat() if first else '..'}/{last.isoformat() if last else '..'}"


def _place(one: Described) -> dict[str, Any]:
    if not one.place and not one.box:
        return {}
    shape = {}
    if one.box:
        # schema.org writes a box as two corners, latitude first.
        corners = f"{one.box.south} {one.box.west} {one.box.north} {one.box.east}"
        shape = {"@type": "GeoShape", "box": corners}
    return _without_empty({"@type": "Place", "name": one.place, "geo": shape})


def _download(file: Download) -> dict[str, Any]:
    size = f"{file.bytes} B" if file.bytes is not None else ""
    return {
        "@type": "DataDownload",
        "name": file.name,
        "contentUrl": file.url,
        "encodingFormat": file.media_type,
        "contentSize": size,
    }


def _variable(column: ColumnSpec) -> dict[str, Any]:
    return {
        "@type": "PropertyValue",
        "name": column.label or column.name,
        "alternateName": column.name,
        "description": column.description,
        "unitText": column.unit,
    }


def _field(column: ColumnSpec) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"records/{column.name}",
        "name": column.name,
        "description": column.description or column.label,
        "dataType": _TYPES[column.kind],
        "source": {"fileObject": {"@id": "rows"}, "extract": {"column": column.name}},
    }


def _without_empty(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value or value is False}


def in_page(body: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element of a page: nothing in it ends the element or opens a comment."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
