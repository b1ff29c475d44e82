# SPDX-License-Identifier: EUPL-1.2
"""Topics of MQTT (18-088, clause 15): resource paths with the version before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stoa.ground.problems import NotFound
from stoa.ground.words import say
from stoa.standards.sensorthings.encoding import Entity, entity_json
from stoa.standards.sensorthings.model import OBSERVATION
from stoa.standards.sensorthings.options import Options, pairs_of, read_options
from stoa.standards.sensorthings.paths import Resource, Shape, read_path
from stoa.standards.sensorthings.problems import unsupported
from stoa.standards.sensorthings.values import write_value

VERSION = "v1.1"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a subscriber listens to."""

    resource: Resource
    asked: Options

    @property
    def properties(self) -> tuple[str, ...]:
        """The property that the subscriber waits for; empty for whole entities."""
        return self.resource.within


def read_topic(text: str) -> Topic:
    """A topic to subscribe to; `NotFound` if it is no resource, `Refused` for options other than $select."""
    path, _sign, query = text.partition("?")
    version, slash, rest = path.partition("/")
    if version != VERSION or not slash or set(path) & {"+", "#"}:
        raise NotFound("topic")
    resource = read_path(rest)
    if resource.shape is not Shape.WHOLE:
        raise NotFound("topic")
    pairs = pairs_of(query)
    for name, _value in pairs:
        if name != "$select":
            raise unsupported(name[:60], say("Topics know no option but $select."))
    return Topic(resource, read_options(pairs, resource.kind))


def read_target(text: str) -> Resource:
    """The set of observations that somebody publishes into; `NotFound` if the topic is none."""
    topic = read_topic(text)
    if topic.asked != Options() or topic.resource.kind is not OBSERVATION or not topic.resource.is_many:
        raise NotFound("topic")
    return topic.resource


def payload(entity: Entity, topic: Topic, root: str, changed: Iterable[str] = ()) -> Mapping[str, Any] | None:
    """What a subscriber gets of a new or changed entity; None if a property is awaited that did not change.

    `changed` are neutral names of properties; none stands for all of them.
    """
    awaited = topic.resource.property
    if awaited is None:
        return entity_json(entity, root, topic.asked)
    names = set(changed)
    if names and awaited.neutral not in names:
        return None
    return {awaited.name: write_value(entity.values.get(awaited.neutral))}
