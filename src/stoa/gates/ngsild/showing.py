# SPDX-License-Identifier: EUPL-1.2
"""Entities as answers: JSON, JSON-LD or GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse

from stoa.gates.ngsild.answering import Asked, linked
from stoa.gates.ngsild.linking import address_of
from stoa.standards.ngsild import rendering, wire
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.kinds import Entity
from stoa.standards.ngsild.parameters import EntityQuery


def one(
    asked: Asked, found: Sequence[Entity], query: EntityQuery, context: Context, kind: str
) -> HttpResponse:
    """A single entity; with those joined beside it a list."""
    if kind == wire.GEO_JSON:
        if len(found) == 1:
            return _geo(asked, rendering.feature(found[0], context, query.wanted), context)
        return many(asked, found, query, context, kind)
    documents = [rendering.entity(entity, context, query.wanted) for entity in found]
    return linked(documents if query.join == "flat" else documents[0], context, kind)


def many(
    asked: Asked, found: Sequence[Entity], query: EntityQuery, context: Context, kind: str
) -> HttpResponse:
    """A list of entities."""
    if kind == wire.GEO_JSON:
        features = [rendering.feature(entity, context, query.wanted) for entity in found]
        return _geo(asked, rendering.collection(features), context)
    return linked([rendering.entity(entity, context, query.wanted) for entity in found], context, kind)


def _geo(asked: Asked, document: dict[str, object], context: Context) -> HttpResponse:
    """GeoJSON carries its context unless the header Prefer says otherwise (clause 6.3.15)."""
    prefers_json = "body=json" in asked.request.headers.get("Prefer", "").replace(" ", "")
    body = document if prefers_json else document | {"@context": context.source}
    response = HttpResponse(wire.written(body), content_type=wire.GEO_JSON)
    if prefers_json:
        response["Link"] = wire.link_to(address_of(context))
    return response
