# SPDX-License-Identifier: EUPL-1.2
"""`/subscriptions` (clauses 6.10 and 6.11), and registrations of other brokers, which there are none of."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from stoa.gates.ngsild import linking
from stoa.gates.ngsild.answering import Asked, json_answer, linked, made, nothing
from stoa.houses.observations.door import entity_words as door
from stoa.houses.observations.door.entity_words import KeptSubscription
from stoa.standards.ngsild import parameters, subscriptions, wire
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import malformed, missing, unfit, unsupported
from stoa.standards.ngsild.kinds import uri
from stoa.standards.ngsild.notifications import told

_PAGING = frozenset({"limit", "offset", "count", "options"})


def _document(asked: Asked, *allowed: str) -> tuple[dict[str, Any], Any]:
    """The body without its context, and what names the context."""
    body, kind = asked.body(*allowed)
    if not isinstance(body, dict):
        raise unfit("The body is a JSON object")
    return body, wire.body_context(kind, body, asked.link)


def create(asked: Asked) -> HttpResponse:
    """POST /subscriptions."""
    body, named = _document(asked)
    kept = _kept(asked, body, named)
    found = subscriptions.subscription(body, asked.built(named), id=door.fresh_id())
    door.subscribe(city=asked.city, by=asked.by, subscription=found, document=body, context=kept)
    return made(f"{asked.site}subscriptions/{quote(found.id, safe=':')}")


def _kept(asked: Asked, body: dict[str, Any], named: Any) -> dict[str, Any] | None:
    """The contexts of a subscription with their documents: its own, and that of its notifications (clause 5.2.12)."""
    kept = linking.documents_of(asked, named)
    if "jsonldContext" not in body:
        return kept
    wished = uri(body["jsonldContext"], "jsonldContext")
    told = linking.documents_of(asked, wished) or {}
    documents = (kept or {}).get("documents", {}) | told.get("documents", {})
    return {"source": named, "notified": wished, "documents": documents}


def query(asked: Asked) -> HttpResponse:
    """GET /subscriptions."""
    kind, context = asked.accepted(), asked.context()
    said = parameters.single(asked.values, _PAGING)
    limit = parameters.number(said, "limit", parameters.USUAL_RESULTS, parameters.MOST_RESULTS)
    offset = parameters.number(said, "offset", 0, parameters.MOST_OFFSET)
    if limit == 0 and not parameters.flag(said, "count"):
        raise malformed("limit=0 only makes sense with count=true")
    found, count = door.subscriptions(city=asked.city, by=asked.by, limit=limit, offset=offset)
    response = linked([_told(one, context) for one in found], context, kind)
    if parameters.flag(said, "count"):
        response[wire.COUNT_HEADER] = str(count)
    return response


def _told(one: KeptSubscription, context: Context) -> dict[str, Any]:
    return told(one.document, one.status, context)


def retrieve(asked: Asked, *, subscription: str) -> HttpResponse:
    """GET /subscriptions/{id}."""
    kind, context = asked.accepted(), asked.context()
    parameters.single(asked.values, frozenset({"options"}))
    name = uri(subscription, "The id of a subscription")
    return linked(_told(door.subscription(city=asked.city, by=asked.by, uri=name), context), context, kind)


def change(asked: Asked, *, subscription: str) -> HttpResponse:
    """PATCH /subscriptions/{id}."""
    body, named = _document(asked, wire.JSON, wire.JSON_LD, wire.MERGE_PATCH)
    name = uri(subscription, "The id of a subscription")
    before = door.subscription(city=asked.city, by=asked.by, uri=name)
    document = subscriptions.patched(before.document, body)
    if named is None:
        named = (before.context or {}).get("source")
    kept = _kept(asked, document, named)
    found = subscriptions.subscription(document, asked.built(named))
    door.change_subscription(
        city=asked.city, by=asked.by, subscription=found, document=document, context=kept
    )
    return nothing()


def delete(asked: Asked, *, subscription: str) -> HttpResponse:
    """DELETE /subscriptions/{id}."""
    door.unsubscribe(city=asked.city, by=asked.by, uri=uri(subscription, "The id of a subscription"))
    return nothing()


# -- other brokers


def no_registrations(asked: Asked) -> HttpResponse:
    """GET /csourceRegistrations and /csourceSubscriptions: there are none."""
    parameters.single(asked.values, parameters.CHOOSING | parameters.SHOWING)
    return json_answer([])


def no_registration(asked: Asked, *, registration: str) -> HttpResponse:
    """One of them: there is none."""
    raise missing(
        f"There is no registration “{registration[:200]}”: nothing is forwarded to other brokers here"
    )


def refuse_registration(asked: Asked) -> HttpResponse:
    """POST: requests are not forwarded to other brokers."""
    raise unsupported("This server answers from its own data and forwards nothing to other brokers")
