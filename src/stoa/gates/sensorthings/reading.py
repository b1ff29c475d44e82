# SPDX-License-Identifier: EUPL-1.2
"""GET: sets, entities, properties and addresses, with all query options."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings

from stoa.gates.sensorthings.calls import Call, Reply
from stoa.ground.problems import NotFound
from stoa.ground.words import say
from stoa.houses.catalogue.door import usage
from stoa.houses.observations.door import asking
from stoa.houses.observations.door.asking import Question
from stoa.standards.sensorthings.dataarrays import tables_json
from stoa.standards.sensorthings.encoding import collection_json, entity_json, next_link, refs_json, root_json
from stoa.standards.sensorthings.model import IDS, NEUTRAL, Kind
from stoa.standards.sensorthings.options import Options, pairs_of, read_options
from stoa.standards.sensorthings.paths import Resource, Shape, address, read_path
from stoa.standards.sensorthings.problems import unreadable
from stoa.standards.sensorthings.values import write_value

USUAL, MOST = 100, 1_000
"""Entities on a page: without `$top`, and whatever `$top` says."""


def read(call: Call) -> Reply:
    """The answer to a GET."""
    if not call.path.strip("/"):
        return Reply(200, root_json(call.root, *_brokers(call.city.slug)))
    resource = read_path(call.path)
    pairs = pairs_of(call.query)
    asked = read_options(pairs, resource.kind)
    kind, at, start = asking.walk(steps=steps_of(resource), by=call.by)
    if at is None:
        return _set(call, resource, asked, kind, start)
    for name, _value in pairs:
        if name.startswith("$") and name not in {"$select", "$expand"}:
            raise unreadable(
                name, say("One entity has no “%(option)s”: it is for sets of them.", option=name)
            )
    return _entity(call, resource, asked, kind, at)


def _brokers(city: str) -> tuple[list[str], list[str]]:
    """Where this city's observations are published and its news subscribed to, if messages of a broker are taken."""
    told = settings.ENVIRONMENT
    if not told.mqtt_url:
        return [], []
    return _addresses(told.mqtt_publish_at, city), _addresses(told.mqtt_subscribe_at, city)


def _addresses(said: Iterable[str], city: str) -> list[str]:
    """Addresses for everybody, and those of this city: `mqtt://...` or `city=mqtt://...`."""
    found = (re.fullmatch(r"(?:([a-z0-9-]+)=)?(\w+://.+)", one) for one in said)
    return [one[2] for one in found if one and one[1] in {None, city}]


def steps_of(resource: Resource) -> list[tuple[str, asking.Id | None]]:
    """The way of an address in neutral names."""
    first, *others = resource.steps
    return [
        (first.kind.neutral, first.id),
        *((step.via.neutral, step.id) for step in others if step.via is not None),
    ]


def question_of(asked: Options, kind: Kind) -> Question:
    """The question that options ask, in neutral names."""
    beside = {
        kind.relations[name].neutral: (kind.relations[name].target, inner)
        for name, inner in asked.expand.items()
    }
    return Question(
        where=asked.where,
        order=asked.order,
        top=min(asked.top if asked.top is not None else USUAL, MOST),
        skip=asked.skip,
        count=asked.count,
        token=asked.token,
        expand={name: question_of(inner, _named(target)) for name, (target, inner) in beside.items()},
    )


def _named(target: str) -> Kind:
    return next(kind for kind in NEUTRAL.values() if kind.name == target)


def _set(call: Call, resource: Resource, asked: Options, kind: str, start: asking.Start | None) -> Reply:
    page = asking.ask(kind=kind, question=question_of(asked, resource.kind), by=call.by, start=start)
    usage.note(city=call.city, uid=None, gate="sensorthings", rows=len(page.entities))
    more = next_link(f"{call.root}/{_written(resource)}", asked.given, page.token) if page.token else ""
    if resource.shape is Shape.REF:
        return Reply(200, refs_json(page, call.root, more))
    if asked.is_data_array:
        found = collection_json(asking.FoundPage((), page.count), call.root, asked, more)
        return Reply(200, {**found, "value": tables_json(page, call.root, asked)})
    return Reply(200, collection_json(page, call.root, asked, more))


def _written(resource: Resource) -> str:
    """The address of a set, relative to the root."""
    parts = []
    for step in resource.steps:
        name = step.kind.set_name if step.via is None else step.via.name
        parts.append(
            name if step.id is None else name + address(step.kind, step.id)[len(step.kind.set_name) :]
        )
    return "/".join([*parts, *(["$ref"] if resource.shape is Shape.REF else [])])


def _entity(call: Call, resource: Resource, asked: Options, kind: str, at: asking.Id) -> Reply:
    question = Question() if resource.within else question_of(asked, resource.kind)
    found = asking.get(kind=kind, id=at, question=question, by=call.by)
    usage.note(city=call.city, uid=None, gate="sensorthings", rows=1)
    if resource.shape is Shape.REF:
        return Reply(200, {"@iot.selfLink": f"{call.root}/{address(resource.kind, found.id)}"})
    if resource.within:
        return _property(resource, found)
    return Reply(200, entity_json(found, call.root, asked))


def _property(resource: Resource, found: asking.Found) -> Reply:
    """A property alone: as an object, or bare; nothing is 204 (18-088, clause 9.2.4)."""
    name = resource.within[0]
    if name in IDS:
        value: object = found.id
    else:
        value = write_value(found.values.get(resource.kind.properties[name].neutral))
    for inside in resource.within[1:]:
        if isinstance(value, list) and inside.isdigit() and int(inside) < len(value):
            value = value[int(inside)]
        elif isinstance(value, dict) and inside in value:
            value = value[inside]
        else:
            raise NotFound("address")
    if value is None:
        return Reply(204)
    if resource.shape is Shape.VALUE:
        return Reply(200, text=value) if isinstance(value, str) else Reply(200, value)
    return Reply(200, {resource.within[-1]: value})
