# SPDX-License-Identifier: EUPL-1.2
"""`/types` and `/attributes`: what there is (clauses 6.25 to 6.28)."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from stoa.gates.ngsild.answering import Asked, linked
from stoa.houses.observations.door import entities as door
from stoa.standards.ngsild import describing, parameters
from stoa.standards.ngsild.failures import missing
from stoa.standards.ngsild.parsing import checked_name

_DETAILS = frozenset({"details", "local"})


def types(asked: Asked) -> HttpResponse:
    """GET /types."""
    kind, context = asked.accepted(), asked.context()
    said = parameters.single(asked.values, _DETAILS)
    found = door.types(city=asked.city, by=asked.by)
    if parameters.flag(said, "details"):
        return linked(describing.type_details(found, context), context, kind)
    name = f"urn:ngsi-ld:EntityTypeList:{uuid.uuid4()}"
    return linked(describing.type_list(found, context, id=name), context, kind)


def one_type(asked: Asked, *, entity_type: str) -> HttpResponse:
    """GET /types/{type}."""
    kind, context = asked.accepted(), asked.context()
    parameters.single(asked.values, _DETAILS)
    iri = context.expand(checked_name(entity_type))
    for one in door.types(city=asked.city, by=asked.by):
        if one.iri == iri:
            return linked(describing.type_information(one, context), context, kind)
    raise missing(f"There is no entity of the type “{entity_type[:200]}”")


def attributes(asked: Asked) -> HttpResponse:
    """GET /attributes."""
    kind, context = asked.accepted(), asked.context()
    said = parameters.single(asked.values, _DETAILS)
    found = door.attributes(city=asked.city, by=asked.by)
    if parameters.flag(said, "details"):
        return linked(describing.attribute_details(found, context), context, kind)
    name = f"urn:ngsi-ld:AttributeList:{uuid.uuid4()}"
    return linked(describing.attribute_list(found, context, id=name), context, kind)


def one_attribute(asked: Asked, *, attribute: str) -> HttpResponse:
    """GET /attributes/{attr}."""
    kind, context = asked.accepted(), asked.context()
    parameters.single(asked.values, _DETAILS)
    iri = context.expand(checked_name(attribute))
    for one in door.attributes(city=asked.city, by=asked.by):
        if one.iri == iri:
            return linked(describing.attribute_information(one, context), context, kind)
    raise missing(f"There is no entity with the attribute “{attribute[:200]}”")
