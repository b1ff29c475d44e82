# SPDX-License-Identifier: EUPL-1.2
"""What there is: lists of types and of attributes (clauses 5.2.24 to 5.2.28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stoa.standards.ngsild.contexts import Context


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """One attribute: in which types it occurs, of which kinds, and how often."""

    iri: str
    types: tuple[str, ...]
    kinds: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class TypeUse:
    """One type: how many entities have it, and with which attributes."""

    iri: str
    count: int
    attributes: tuple[AttributeUse, ...] = ()


def type_list(found: Iterable[TypeUse], context: Context, *, id: str) -> dict[str, Any]:  # noqa: A002
    """All types by name."""
    return {"id": id, "type": "EntityTypeList", "typeList": [context.compact(one.iri) for one in found]}


def type_details(found: Iterable[TypeUse], context: Context) -> list[dict[str, Any]]:
    """All types with the names of their attributes."""
    return [
        {
            "id": one.iri,
            "type": "EntityType",
            "typeName": context.compact(one.iri),
            "attributeNames": [context.compact(use.iri) for use in one.attributes],
        }
        for one in found
    ]


def type_information(found: TypeUse, context: Context) -> dict[str, Any]:
    """One type with its count and its attributes."""
    return {
        "id": found.iri,
        "type": "EntityTypeInfo",
        "typeName": context.compact(found.iri),
        "entityCount": found.count,
        "attributeDetails": [
            {
                "id": use.iri,
                "type": "Attribute",
                "attributeName": context.compact(use.iri),
                "attributeTypes": list(use.kinds),
            }
            for use in found.attributes
        ],
    }


def attribute_list(found: Iterable[AttributeUse], context: Context, *, id: str) -> dict[str, Any]:  # noqa: A002
    """All attributes by name."""
    names = [context.compact(one.iri) for one in found]
    return {"id": id, "type": "AttributeList", "attributeList": names}


def attribute_details(found: Iterable[AttributeUse], context: Context) -> list[dict[str, Any]]:
    """All attributes with the types they occur in."""
    return [_named(one, context) for one in found]


def attribute_information(found: AttributeUse, context: Context) -> dict[str, Any]:
    """One attribute with its kinds and its count."""
    return _named(found, context) | {"attributeTypes": list(found.kinds), "attributeCount": found.count}


def _named(one: AttributeUse, context: Context) -> dict[str, Any]:
    return {
        "id": one.iri,
        "type": "Attribute",
        "attributeName": context.compact(one.iri),
        "typeNames": [context.compact(name) for name in one.types],
    }


def context_details(address: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """One kept context as the list of contexts describes it (clause 5.13.3)."""
    return {"URL": address, **told}
