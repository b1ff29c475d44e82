# SPDX-License-Identifier: EUPL-1.2
"""`/entities` and `/entities/{id}` (clauses 6.4 and 6.5)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

from django.http import HttpResponse

from stoa.gates.ngsild import showing
from stoa.gates.ngsild.answering import Asked, add_link, json_answer, made, nothing
from stoa.gates.ngsild.models import need_model
from stoa.houses.observations.door import entities as door
from stoa.standards.ngsild import changes, parameters, parsing, wire
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import missing, unfit
from stoa.standards.ngsild.joining import inlined, pointed_to
from stoa.standards.ngsild.kinds import Entity, Kind, moment, uri
from stoa.standards.ngsild.parameters import EntityQuery
from stoa.standards.ngsild.parsing import Style
from stoa.standards.ngsild.query_documents import query_document
from stoa.standards.ngsild.rendering import Form

MOST_JOINED = 2_000
_WRITING = frozenset({"options", "format", "local", "type"})


def style_of(asked: Asked, more: frozenset[str] = frozenset()) -> tuple[Style, frozenset[str]]:
    """How the body of a request is written, and the other words of its options."""
    said = parameters.single(asked.values, _WRITING | more)
    words = parameters.options(said, parameters.ENTITY_OPTIONS | {"noOverwrite"})
    return Style(is_simplified=parameters.form_of(words) is Form.SIMPLIFIED), words


def create(asked: Asked) -> HttpResponse:
    """POST /entities."""
    style, _words = style_of(asked)
    body, context = asked.document()
    entity = parsing.entity(body, context, style)
    need_model(entity)
    door.create(city=asked.city, by=asked.by, entity=entity)
    return made(f"{asked.site}entities/{quote(entity.id, safe=':')}")


def retrieve(asked: Asked, *, entity: str) -> HttpResponse:
    """GET /entities/{id}."""
    kind = asked.accepted(wire.JSON, wire.JSON_LD, wire.GEO_JSON)
    context = asked.context()
    query = parameters.retrieval(asked.values, context, frozenset({"type", "options"}))
    found = door.entity(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"))
    if query.wanted.attributes and not query.wanted.attributes & found.attributes.keys():
        raise missing("The entity has none of these attributes")
    several = _joined(asked, [found], query)
    return showing.one(asked, several, query, context, kind)


def query(asked: Asked) -> HttpResponse:
    """GET /entities."""
    kind = asked.accepted(wire.JSON, wire.JSON_LD, wire.GEO_JSON)
    context = asked.context()
    return _found(asked, parameters.query(asked.values, context), context, kind)


def query_by_document(asked: Asked) -> HttpResponse:
    """POST /entityOperations/query."""
    kind = asked.accepted(wire.JSON, wire.JSON_LD, wire.GEO_JSON)
    body, context = asked.document()
    found, _temporal = query_document(body, asked.values, context)
    return _found(asked, found, context, kind)


def _found(asked: Asked, query: EntityQuery, context: Context, kind: str) -> HttpResponse:
    page = door.find(
        city=asked.city,
        by=asked.by,
        condition=query.condition,
        limit=query.limit + 1 if query.limit else 0,
        offset=query.offset,
        has_count=query.has_count,
    )
    shown = list(page.entities[: query.limit])
    response = showing.many(asked, _joined(asked, shown, query), query, context, kind)
    if page.count is not None:
        response[wire.COUNT_HEADER] = str(page.count)
    _add_pages(asked, response, query, has_more=len(page.entities) > query.limit)
    return response


def _add_pages(asked: Asked, response: HttpResponse, query: EntityQuery, *, has_more: bool) -> None:
    """Links to the pages before and after (clause 6.3.10); only where the question is in the address."""
    if asked.request.method == "POST" or not query.limit:
        return
    pages = {"next": query.offset + query.limit} if has_more else {}
    if query.offset:
        pages["prev"] = max(0, query.offset - query.limit)
    for relation, offset in pages.items():
        said = {name: value[0] for name, value in asked.values.items() if name != "offset"}
        address = f"{asked.site}entities?{urlencode(said | {'offset': offset, 'limit': query.limit})}"
        add_link(response, f'<{address}>; rel="{relation}"; type="{wire.JSON_LD}"')


def _joined(asked: Asked, found: list[Entity], query: EntityQuery) -> list[Entity]:
    """With the things that are pointed to, inside or beside them (clause 4.5.23)."""
    if not query.join:
        return found
    there: dict[str, Entity] = {one.id: one for one in found}
    level, names = found, frozenset[str](query.linked)
    for _level in range(query.join_level):
        wanted = [
            one for one in pointed_to(level, names) if one not in there and one not in query.contained_by
        ]
        if not wanted or len(there) + len(wanted) > MOST_JOINED:
            break
        level = door.by_ids(city=asked.city, by=asked.by, uris=wanted)
        there |= {one.id: one for one in level}
    if query.join == "flat":
        return list(there.values())
    return [inlined(one, there, query.linked, query.join_level) for one in found]


def replace_entity(asked: Asked, *, entity: str) -> HttpResponse:
    """PUT /entities/{id}."""
    style, _words = style_of(asked)
    body, context = asked.document()
    new = parsing.fragment(body, context, style, id=uri(entity, "The id of an entity"))
    if not new.types:
        raise unfit("An entity has a type")
    need_model(new)
    door.change(
        city=asked.city, by=asked.by, uri=entity, how=lambda old, now: changes.replaced(old, new, now)
    )
    return nothing()


def merge(asked: Asked, *, entity: str) -> HttpResponse:
    """PATCH /entities/{id}."""
    style, _words = style_of(asked, frozenset({"observedAt", "lang"}))
    said = {name: value[0] for name, value in asked.values.items()}
    observed_at = moment(said["observedAt"], "observedAt") if "observedAt" in said else ""
    body, context = asked.document(wire.JSON, wire.JSON_LD, wire.MERGE_PATCH)
    identifier = uri(entity, "The id of an entity")

    def how(old: Entity, now: str) -> changes.Changed:
        kinds = {name: Kind(many[0]["type"]) for name, many in old.attributes.items()}
        how_read = replace(style, may_remove=True, may_lack_value=True, kinds=kinds)
        part = parsing.fragment(body, context, how_read, id=identifier)
        changed = changes.merged(old, part, now, observed_at=observed_at, language=said.get("lang", ""))
        need_model(changed.entity)
        return changed

    door.change(city=asked.city, by=asked.by, uri=identifier, how=how)
    return nothing()


def delete(asked: Asked, *, entity: str) -> HttpResponse:
    """DELETE /entities/{id}."""
    parameters.single(asked.values, frozenset({"type", "local"}))
    door.remove(city=asked.city, by=asked.by, uri=uri(entity, "The id of an entity"))
    return nothing()


def partly_done(changed: changes.Changed, context: Context) -> HttpResponse:
    """207 with what was left out, or 204."""
    if changed.not_updated:
        return json_answer(changes.update_result(changed, context.compact), 207)
    return nothing()
