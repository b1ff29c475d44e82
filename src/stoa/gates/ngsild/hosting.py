# SPDX-License-Identifier: EUPL-1.2
"""`/jsonldContexts`: contexts that are kept for others, and those that were fetched (clauses 6.29 and 6.30)."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse

from stoa.gates.ngsild import linking
from stoa.gates.ngsild.answering import Asked, json_answer, made, nothing
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import entity_words as door
from stoa.houses.observations.door.entity_words import KeptContext
from stoa.standards.ngsild import contexts, parameters, wire
from stoa.standards.ngsild.failures import ErrorType, Failed, malformed, missing
from stoa.standards.ngsild.kinds import moment_text

_KINDS = frozenset({"Hosted", "Cached", "ImplicitlyCreated"})


def create(asked: Asked) -> HttpResponse:
    """POST /jsonldContexts."""
    body, _kind = asked.body()
    document = {"@context": contexts.checked(body)["@context"]}
    asked.built(document)
    uid = door.keep_context(city=asked.city, by=asked.by, document=document)
    return made(f"{asked.site}jsonldContexts/{uid}")


def query(asked: Asked) -> HttpResponse:
    """GET /jsonldContexts."""
    said = parameters.single(asked.values, frozenset({"details", "kind"}))
    kind = said.get("kind", "")
    if kind and kind not in _KINDS:
        raise malformed(f"kind is one of {', '.join(sorted(_KINDS))}")
    found = door.contexts(city=asked.city, kind=kind)
    if parameters.flag(said, "details"):
        return json_answer([_details(one, asked.site) for one in found])
    return json_answer([_address(one, asked.site) for one in found])


def _address(one: KeptContext, site: str) -> str:
    return one.address or f"{site}jsonldContexts/{one.uid}"


def _details(one: KeptContext, site: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "URL": _address(one, site),
        "localId": str(one.uid),
        "kind": one.kind,
        "timestamp": moment_text(one.created_at),
        "numberOfHits": one.hits,
    }
    return told | ({"lastUsage": moment_text(one.last_used_at)} if one.last_used_at else {})


def _found(asked: Asked, name: str) -> KeptContext:
    """By its id, or by the address that it was fetched from."""
    try:
        return door.context(city=asked.city, uid=uuid.UUID(name))
    except ValueError:
        address = unquote(name).replace("\0", "")
    try:
        return door.context_by_address(city=asked.city, address=address)
    except NotFound as error:
        raise missing(f"There is no context “{name[:200]}” here") from error


def retrieve(asked: Asked, *, context: str) -> HttpResponse:
    """GET /jsonldContexts/{id}."""
    said = parameters.single(asked.values, frozenset({"details"}))
    one = _found(asked, context)
    if parameters.flag(said, "details"):
        return json_answer(_details(one, asked.site))
    if one.kind == "Cached":
        detail = "This context belongs to somebody else: fetch it from where it is, or say details=true"
        raise Failed(ErrorType.OPERATION_NOT_SUPPORTED, detail)
    response = json_answer(one.document)
    response["Content-Type"] = wire.JSON_LD
    return response


def delete(asked: Asked, *, context: str) -> HttpResponse:
    """DELETE /jsonldContexts/{id}; with `reload=true` a fetched one is fetched anew."""
    said = parameters.single(asked.values, frozenset({"reload"}))
    one = _found(asked, context)
    if parameters.flag(said, "reload"):
        if one.kind != "Cached":
            raise malformed("Only a context that was fetched can be fetched anew")
        try:
            door.reload_context(city=asked.city, by=asked.by, uid=one.uid)
        except Refused as refused:
            if refused.problem.code == "observations.right_missing":
                raise
            raise Failed(ErrorType.CONTEXT_NOT_AVAILABLE, str(refused.problem)) from refused
    else:
        door.remove_context(city=asked.city, by=asked.by, uid=one.uid)
    linking.forget(asked.city)
    return nothing()
