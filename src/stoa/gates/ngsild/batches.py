# SPDX-License-Identifier: EUPL-1.2
"""`/entityOperations/...`: many entities in one request, each of them for itself (clauses 6.14 to 6.17, 6.31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from stoa.gates.ngsild.answering import Asked, failure_of, json_answer, nothing
from stoa.gates.ngsild.models import need_model
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import entities as door
from stoa.standards.ngsild import changes, parameters, parsing, wire
from stoa.standards.ngsild.batches import MOST_ENTITIES, BatchResult, repeated
from stoa.standards.ngsild.changes import Changed
from stoa.standards.ngsild.failures import Failed, malformed, missing, taken, unfit
from stoa.standards.ngsild.kinds import Entity, uri
from stoa.standards.ngsild.parsing import PLAIN, Style
from stoa.standards.ngsild.rendering import Form

_OPTIONS = parameters.ENTITY_OPTIONS
Deed = Callable[[Entity], bool]
"""Does something with one entity; says whether it is new."""


def _options(asked: Asked, allowed: frozenset[str]) -> frozenset[str]:
    said = parameters.single(asked.values, frozenset({"options", "format", "local"}))
    return parameters.options(said, _OPTIONS | allowed)


def _style(words: frozenset[str]) -> Style:
    return Style(is_simplified=parameters.form_of(words) is Form.SIMPLIFIED)


def _entities(asked: Asked, style: Style, result: BatchResult) -> list[Entity]:
    """The entities of the body; those that cannot be read are errors of the result already."""
    body, kind = asked.body()
    if not isinstance(body, list) or not body:
        raise unfit("The body is a list of entities, with one at least")
    if len(body) > MOST_ENTITIES:
        raise malformed(f"At most {MOST_ENTITIES} entities are taken at once")
    link = asked.link
    found: list[Entity] = []
    for one in body:
        try:
            if not isinstance(one, dict):
                raise unfit("An entity is a JSON object")
            context = asked.built(wire.body_context(kind, one, link))
            found.append(parsing.entity(one, context, style))
        except Failed as failed:
            if failed.status == 503:
                raise
            result.errors.append((_id_of(one), failed))
    return found


def _id_of(one: Any) -> str:
    identifier = one.get("id", one.get("@id")) if isinstance(one, dict) else ""
    return identifier if isinstance(identifier, str) else ""


def _each(entities: list[Entity], deed: Deed, result: BatchResult) -> None:
    """One after the other; what fails leaves nothing behind and keeps nobody from going on."""
    for entity in entities:
        try:
            is_new = deed(entity)
        except Failed as failed:
            result.errors.append((entity.id, failed))
        except NotFound:
            result.errors.append((entity.id, missing("There is no such entity")))
        except Refused as refused:
            result.errors.append((entity.id, failure_of(refused)))
        else:
            result.success.append(entity.id)
            if is_new:
                result.created.append(entity.id)


def _answer(result: BatchResult, *, tells_created: bool) -> HttpResponse:
    result.success = list(dict.fromkeys(result.success))
    status, body = result.answer(tells_created=tells_created)
    return nothing() if body is None else json_answer(body, status)


def create(asked: Asked) -> HttpResponse:
    """POST /entityOperations/create."""
    words = _options(asked, frozenset())
    result = BatchResult()
    entities = _entities(asked, _style(words), result)
    twice = repeated([entity.id for entity in entities])
    done: set[str] = set()

    def deed(entity: Entity) -> bool:
        if entity.id in twice and entity.id in done:
            raise taken("The same id stands in the list twice")
        done.add(entity.id)
        need_model(entity)
        door.create(city=asked.city, by=asked.by, entity=entity)
        return True

    _each(entities, deed, result)
    return _answer(result, tells_created=True)


def upsert(asked: Asked) -> HttpResponse:
    """POST /entityOperations/upsert."""
    words = _options(asked, frozenset({"replace", "update"}))
    if {"replace", "update"} <= words:
        raise malformed("replace and update exclude each other")
    change = changes.appended if "update" in words else changes.replaced
    result = BatchResult()
    entities = _entities(asked, _style(words), result)
    there = {one.id for one in door.by_ids(city=asked.city, by=asked.by, uris=[e.id for e in entities])}

    def deed(entity: Entity) -> bool:
        if entity.id not in there:
            need_model(entity)
            door.create(city=asked.city, by=asked.by, entity=entity)
            there.add(entity.id)
            return True
        _change(asked, entity, lambda old, now: change(old, entity, now))
        return False

    _each(entities, deed, result)
    return _answer(result, tells_created=True)


def _change(asked: Asked, entity: Entity, how: Callable[[Entity, str], Changed]) -> None:
    def checked(old: Entity, now: str) -> Changed:
        changed = how(old, now)
        need_model(changed.entity)
        return changed

    door.change(city=asked.city, by=asked.by, uri=entity.id, how=checked)


def update(asked: Asked) -> HttpResponse:
    """POST /entityOperations/update."""
    words = _options(asked, frozenset({"noOverwrite"}))
    result = BatchResult()

    def deed(entity: Entity) -> bool:
        overwrites = "noOverwrite" not in words
        _change(asked, entity, lambda old, now: changes.appended(old, entity, now, overwrites=overwrites))
        return False

    _each(_entities(asked, _style(words), result), deed, result)
    return _answer(result, tells_created=False)


def merge(asked: Asked) -> HttpResponse:
    """POST /entityOperations/merge."""
    words = _options(asked, frozenset())
    result = BatchResult()
    style = replace(_style(words) if words else PLAIN, may_remove=True, may_lack_value=True)

    def deed(entity: Entity) -> bool:
        _change(asked, entity, lambda old, now: changes.merged(old, entity, now))
        return False

    _each(_entities(asked, style, result), deed, result)
    return _answer(result, tells_created=False)


def delete(asked: Asked) -> HttpResponse:
    """POST /entityOperations/delete."""
    parameters.single(asked.values, frozenset({"local"}))
    body, _kind = asked.body()
    result = BatchResult()
    ids = parsing.identifiers(body)
    if len(ids) > MOST_ENTITIES:
        raise malformed(f"At most {MOST_ENTITIES} entities are taken at once")

    def deed(entity: Entity) -> bool:
        door.remove(city=asked.city, by=asked.by, uri=uri(entity.id, "The id of an entity"))
        return False

    _each([Entity(identifier, ()) for identifier in ids], deed, result)
    return _answer(result, tells_created=False)
