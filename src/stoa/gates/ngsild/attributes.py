# SPDX-License-Identifier: EUPL-1.2
"""`/entities/{id}/attrs` and `/entities/{id}/attrs/{attr}` (clauses 6.6 and 6.7)."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse

from stoa.gates.ngsild.answering import Asked, nothing
from stoa.gates.ngsild.entities import partly_done, style_of
from stoa.gates.ngsild.models import need_model
from stoa.houses.observations.door import entities as door
from stoa.standards.ngsild import changes, parameters, parsing, wire
from stoa.standards.ngsild.changes import Changed
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import Entity, Instance, Kind, uri
from stoa.standards.ngsild.parsing import Style, checked_name

_BODIES = (wire.JSON, wire.JSON_LD, wire.MERGE_PATCH)


def append(asked: Asked, *, entity: str) -> HttpResponse:
    """POST /entities/{id}/attrs."""
    style, words = style_of(asked)
    body, context = asked.document()
    part = parsing.fragment(body, context, style, id=uri(entity, "The id of an entity"))
    overwrites = "noOverwrite" not in words

    def how(old: Entity, now: str) -> Changed:
        changed = changes.appended(old, part, now, overwrites=overwrites)
        need_model(changed.entity)
        return changed

    return partly_done(door.change(city=asked.city, by=asked.by, uri=entity, how=how), context)


def update(asked: Asked, *, entity: str) -> HttpResponse:
    """PATCH /entities/{id}/attrs."""
    style, _words = style_of(asked)
    body, context = asked.document(*_BODIES)
    identifier = uri(entity, "The id of an entity")

    def how(old: Entity, now: str) -> Changed:
        kinds = {name: Kind(many[0]["type"]) for name, many in old.attributes.items()}
        part = parsing.fragment(body, context, replace(style, may_remove=True, kinds=kinds), id=identifier)
        changed = changes.updated(old, part, now)
        need_model(changed.entity)
        return changed

    return partly_done(door.change(city=asked.city, by=asked.by, uri=identifier, how=how), context)


def partial_update(asked: Asked, *, entity: str, attribute: str) -> HttpResponse:
    """PATCH /entities/{id}/attrs/{attr}."""
    style, _words = style_of(asked)
    body, context = asked.document(*_BODIES)
    name = context.expand(checked_name(attribute))

    def how(old: Entity, now: str) -> Changed:
        there = old.attributes.get(name)
        kinds = {name: Kind(there[0]["type"])} if there else {}
        how_read = replace(style, may_remove=True, may_lack_value=True, kinds=kinds)
        part = one_instance(body, context, how_read, (attribute, name))
        changed = changes.partly_updated(old, name, part, now)
        need_model(changed.entity)
        return changed

    door.change(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"), how=how)
    return nothing()


def one_instance(body: object, context: Context, style: Style, who: tuple[str, str]) -> Instance:
    """The single instance that a body describes."""
    found = parsing.one_attribute(body, context, style, who)
    if len(found) != 1:
        raise unfit("The body is one instance of the attribute")
    return found[0]


def replace_attribute(asked: Asked, *, entity: str, attribute: str) -> HttpResponse:
    """PUT /entities/{id}/attrs/{attr}."""
    style, _words = style_of(asked)
    body, context = asked.document()
    name = context.expand(checked_name(attribute))
    part = parsing.one_attribute(body, context, style, (attribute, name))

    def how(old: Entity, now: str) -> Changed:
        changed = changes.attribute_replaced(old, name, part, now)
        need_model(changed.entity)
        return changed

    door.change(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"), how=how)
    return nothing()


def delete(asked: Asked, *, entity: str, attribute: str) -> HttpResponse:
    """DELETE /entities/{id}/attrs/{attr}."""
    said = parameters.single(asked.values, frozenset({"datasetId", "deleteAll", "type", "local"}))
    dataset = uri(said["datasetId"], "datasetId") if said.get("datasetId", "@none") != "@none" else ""
    everything = parameters.flag(said, "deleteAll")
    name = asked.context().expand(checked_name(attribute))

    def how(old: Entity, now: str) -> Changed:
        return changes.removed(old, name, now, dataset=dataset, everything=everything)

    door.change(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"), how=how)
    return nothing()
