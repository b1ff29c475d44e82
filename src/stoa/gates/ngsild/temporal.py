# SPDX-License-Identifier: EUPL-1.2
"""`/temporal/...`: entities over time (clauses 6.18 to 6.24)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from stoa.gates.ngsild.answering import Asked, linked, made, nothing
from stoa.houses.observations.door import entities as door
from stoa.houses.observations.door.entities import Past
from stoa.standards.ngsild import histories, parameters, parsing, wire
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import missing, unfit
from stoa.standards.ngsild.histories import TEMPORAL, TEMPORAL_OPTIONS, TemporalQuery
from stoa.standards.ngsild.kinds import Entity, instant_of, uri
from stoa.standards.ngsild.parameters import EntityQuery
from stoa.standards.ngsild.parsing import Style, checked_name
from stoa.standards.ngsild.query_documents import query_document
from stoa.standards.ngsild.rendering import Wanted

_MANY = Style(many_at_times=True)
_ENTITY_WORDS = frozenset({"options", "format"})


def _asked_of(asked: Asked) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The parameters of an address: those of entities, and those of time with the options of both."""
    values = asked.values
    temporal = {name: said[0] for name, said in values.items() if name in TEMPORAL | _ENTITY_WORDS}
    others = {name: said for name, said in values.items() if name not in TEMPORAL | _ENTITY_WORDS}
    parameters.single({name: values[name] for name in temporal}, TEMPORAL | _ENTITY_WORDS)
    words = parameters.options(temporal, TEMPORAL_OPTIONS)
    shown = [word for word in ("sysAttrs", "concise") if word in words]
    return others | ({"options": [",".join(shown)]} if shown else {}), temporal


def create(asked: Asked) -> HttpResponse:
    """POST /temporal/entities."""
    parameters.single(asked.values, frozenset({"options", "local"}))
    body, context = asked.document()
    entity = parsing.entity(body, context, _MANY)
    is_new = door.add_history(city=asked.city, by=asked.by, entity=entity)
    return made(f"{asked.site}temporal/entities/{quote(entity.id, safe=':')}") if is_new else nothing()


def retrieve(asked: Asked, *, entity: str) -> HttpResponse:
    """GET /temporal/entities/{id}."""
    kind = asked.accepted()
    context = asked.context()
    others, temporal = _asked_of(asked)
    query = parameters.retrieval(others, context, frozenset({"type", "count", "pageSize"}))
    when = histories.temporal_query(temporal, needs_time=False)
    found = door.histories(
        city=asked.city,
        by=asked.by,
        uris=[uri(entity, "The id of an entity")],
        names=_names(query),
        query=when,
    )
    if not found:
        raise missing(f"There is no entity “{entity[:200]}”")
    return _shown(found[0], found, (query.wanted, when, context, kind))


def query(asked: Asked) -> HttpResponse:
    """GET /temporal/entities."""
    kind = asked.accepted()
    context = asked.context()
    others, temporal = _asked_of(asked)
    found = parameters.query(others, context, frozenset({"pageSize"}))
    when = histories.temporal_query(temporal, needs_time=True)
    return _found(asked, found, when, (context, kind))


def query_by_document(asked: Asked) -> HttpResponse:
    """POST /temporal/entityOperations/query."""
    kind = asked.accepted()
    body, context = asked.document()
    others, temporal = _asked_of(asked)
    found, said = query_document(body, others, context)
    when = histories.temporal_query(said | temporal, needs_time=True)
    return _found(asked, found, when, (context, kind))


def _names(query: EntityQuery) -> frozenset[str]:
    return query.wanted.attributes or frozenset(name for name in query.wanted.pick if ":" in name)


def _found(asked: Asked, query: EntityQuery, when: TemporalQuery, how: tuple[Context, str]) -> HttpResponse:
    page = door.find(
        city=asked.city,
        by=asked.by,
        condition=query.condition,
        limit=query.limit,
        offset=query.offset,
        has_count=query.has_count,
    )
    uris = [one.id for one in page.entities]
    pasts = door.histories(city=asked.city, by=asked.by, uris=uris, names=_names(query), query=when)
    there = [past for past in pasts if past.entity.attributes or past.figures]
    response = _shown(None, there, (query.wanted, when, *how))
    if page.count is not None:
        response[wire.COUNT_HEADER] = str(page.count)
    return response


def _shown(
    one: Past | None, pasts: Sequence[Past], how: tuple[Wanted, TemporalQuery, Context, str]
) -> HttpResponse:
    wanted, when, context, kind = how
    documents = [_document(past, wanted, when, context) for past in pasts]
    response = linked(documents[0] if one else documents, context, kind)
    if any(past.is_cut for past in pasts):
        response.status_code = 206
        response["Content-Range"] = _range(pasts, when)
    return response


def _document(past: Past, wanted: Wanted, when: TemporalQuery, context: Context) -> dict[str, Any]:
    if when.methods:
        return histories.aggregated(past.entity, past.figures, context, wanted)
    return histories.history(past.entity, context, wanted, when)


def _range(pasts: Sequence[Past], when: TemporalQuery) -> str:
    """From the newest to the oldest instant that is shown."""
    times = sorted(
        (
            one[when.by]
            for past in pasts
            for many in past.entity.attributes.values()
            for one in many
            if when.by in one
        ),
        key=instant_of,
    )
    return wire.range_header(len(times), times[-1], times[0])


def delete(asked: Asked, *, entity: str) -> HttpResponse:
    """DELETE /temporal/entities/{id}."""
    door.remove(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"))
    return nothing()


def append(asked: Asked, *, entity: str) -> HttpResponse:
    """POST /temporal/entities/{id}/attrs."""
    parameters.single(asked.values, frozenset({"options", "local"}))
    body, context = asked.document()
    identifier = uri(entity, "The id of an entity")
    part = parsing.fragment(body, context, _MANY, id=identifier)
    door.entity(city=asked.city, by=asked.by, uri=identifier)
    door.add_history(
        city=asked.city, by=asked.by, entity=Entity(identifier, part.types, part.attributes, part.scopes)
    )
    return nothing()


def delete_attribute(asked: Asked, *, entity: str, attribute: str) -> HttpResponse:
    """DELETE /temporal/entities/{id}/attrs/{attr}."""
    said = parameters.single(asked.values, frozenset({"datasetId", "deleteAll", "local"}))
    dataset = uri(said["datasetId"], "datasetId") if said.get("datasetId", "@none") != "@none" else ""
    name = asked.context().expand(checked_name(attribute))
    door.remove_history(
        city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"), name=name, dataset=dataset
    )
    return nothing()


def change_instance(asked: Asked, *, entity: str, attribute: str, instance: str) -> HttpResponse:
    """PATCH /temporal/entities/{id}/attrs/{attr}/{instanceId}."""
    body, context = asked.document(wire.JSON, wire.JSON_LD, wire.MERGE_PATCH)
    name = context.expand(checked_name(attribute))
    several = body.get(attribute, body)
    found = parsing.one_attribute(several, context, Style(may_lack_value=True), (attribute, name))
    if len(found) != 1:
        raise unfit("The body is one instance of the attribute")
    door.change_instance(
        city=asked.city,
        by=asked.by,
        uri=uri(entity, "The id of an entity"),
        name=name,
        instance=uri(instance, "The id of an instance"),
        part=found[0],
    )
    return nothing()


def delete_instance(asked: Asked, *, entity: str, attribute: str, instance: str) -> HttpResponse:
    """DELETE /temporal/entities/{id}/attrs/{attr}/{instanceId}."""
    door.remove_history(
        city=asked.city,
        by=asked.by,
        uri=uri(entity, "The id of an entity"),
        name=asked.context().expand(checked_name(attribute)),
        instance=uri(instance, "The id of an instance"),
    )
    return nothing()
