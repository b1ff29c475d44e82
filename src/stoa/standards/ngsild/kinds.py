# SPDX-License-Identifier: EUPL-1.2
"""The kinds of attribute and the member that carries the value of each (clause 4.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from stoa.standards.ngsild.failures import unfit

NULL = "urn:ngsi-ld:null"
"""Stands for null, which JSON-LD cannot carry: in a change it takes the value away."""

Instance = dict[str, Any]
"""One attribute in normalized form, sub-attributes under their IRIs as lists of instances."""
Attributes = dict[str, list[Instance]]
"""All attributes of an entity by IRI; several instances differ in `datasetId`."""

MOST_ATTRIBUTES = 2_000
MOST_INSTANCES = 20_000
MOST_NESTING = 6
MOST_ID_LETTERS = 500
MOST_IRI_LETTERS = 300
"""Of a type, an attribute, a dataset."""
MOST_LINK_LETTERS = 2_000


class Kind(StrEnum):
    """A kind of attribute by its name in a document."""

    PROPERTY = "Property"
    RELATIONSHIP = "Relationship"
    GEO = "GeoProperty"
    LANGUAGE = "LanguageProperty"
    VOCAB = "VocabProperty"
    JSON = "JsonProperty"
    LIST = "ListProperty"
    LIST_RELATIONSHIP = "ListRelationship"


VALUE_OF = {
    Kind.PROPERTY: "value",
    Kind.RELATIONSHIP: "object",
    Kind.GEO: "value",
    Kind.LANGUAGE: "languageMap",
    Kind.VOCAB: "vocab",
    Kind.JSON: "json",
    Kind.LIST: "valueList",
    Kind.LIST_RELATIONSHIP: "objectList",
}
KIND_OF = {
    "value": Kind.PROPERTY,
    "object": Kind.RELATIONSHIP,
    "languageMap": Kind.LANGUAGE,
    "vocab": Kind.VOCAB,
    "json": Kind.JSON,
    "valueList": Kind.LIST,
    "objectList": Kind.LIST_RELATIONSHIP,
}
KINDS = frozenset(Kind)
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
SYSTEM = ("createdAt", "modifiedAt", "deletedAt")
MEMBERS = frozenset(
    {
        "type",
        "observedAt",
        "unitCode",
        "datasetId",
        "instanceId",
        "objectType",
        "valueType",
        "lang",
        *KIND_OF,
        *SYSTEM,
    }
)
"""Members of an attribute that are no sub-attributes."""

_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z$")
_URI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f\x7f]+$")


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity with everything that is known of it; types and names of attributes are IRIs."""

    id: str
    types: tuple[str, ...]
    attributes: Attributes = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    created_at: str = ""
    modified_at: str = ""
    deleted_at: str = ""


def kind_of(instance: Instance) -> Kind:
    return Kind(instance["type"])


def value_of(instance: Instance) -> Any:
    """The value, whatever the kind calls it; None if the instance has none."""
    return instance.get(VALUE_OF[Kind(instance["type"])])


def parts_of(instance: Instance) -> dict[str, list[Instance]]:
    """The sub-attributes of an attribute."""
    return {name: value for name, value in instance.items() if ":" in name}


def moment(text: Any, name: str) -> str:
    """An instant as the standard writes it, with `Z` (clause 4.6.3); `Failed` if the text is none."""
    if isinstance(text, str) and _MOMENT.match(text):
        try:
            datetime.fromisoformat(text.replace(",", "."))
        except ValueError:
            pass
        else:
            return text
    raise unfit(f"{name} is an instant in UTC such as 2026-11-21T08:00:00Z")


def instant_of(text: str) -> datetime:
    """The instant of a text that `moment` let through."""
    return datetime.fromisoformat(text.replace(",", "."))


def moment_text(when: datetime) -> str:
    """An instant in UTC with as many digits as it needs, at least milliseconds if it has any."""
    utc = when.astimezone(UTC)
    fine = "microseconds" if utc.microsecond % 1000 else "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=fine).replace("+00:00", "Z")


def uri(text: Any, name: str, most: int = MOST_ID_LETTERS) -> str:
    """A URI with its scheme; `Failed` if the text is none, or longer than is kept."""
    if isinstance(text, str) and len(text) <= most and _URI.match(text):
        return text
    raise unfit(f"{name} is a URI such as urn:ngsi-ld:Room:1")


def is_geometry(value: Any) -> bool:
    """Whether a value looks like a GeoJSON geometry."""
    if (
        not isinstance(value, dict)
        or not isinstance(kind := value.get("type"), str)
        or kind not in GEOMETRIES
    ):
        return False
    return "coordinates" in value or "geometries" in value
