# SPDX-License-Identifier: EUPL-1.2
"""What stands in a message to subscribers: entities as everybody may see them, in full or as they asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoa.commons.roles.values import NOBODY
from stoa.gates.mqtt.watched import Watch
from stoa.ground.problems import NotFound, Refused
from stoa.houses.observations.door import asking
from stoa.houses.observations.door.keeping import id_of_moments
from stoa.houses.observations.door.news import Fresh
from stoa.standards.sensorthings.encoding import entity_json
from stoa.standards.sensorthings.topics import payload

SIMPLE = frozenset({"id", "@iot.id", "phenomenonTime", "result", "resultTime", "selfLink", "@iot.selfLink"})
"""Properties of an observation that stand in every piece of news."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation as the news tell it, without a question to the database."""

    id: str
    values: Mapping[str, Any]
    kind: str = "observation"
    related: Mapping[str, Any] = field(default_factory=dict)


def seen(one: Fresh) -> Seen | None:
    """The observation, if the news say all of it."""
    if one.has_more:
        return None
    told = {"phenomenon_time": one.at, "result": one.result, "result_time": one.result_at}
    return Seen(id_of_moments(one.series, one.at, one.result_at), told | {"without": ("multi_datastream",)})


def observation_json(one: Fresh, root: str) -> dict[str, Any] | None:
    """All of an observation; None if it is gone already."""
    found = seen(one) or looked_up("observation", id_of_moments(one.series, one.at, one.result_at))
    return None if found is None else entity_json(found, root)


def looked_up(kind: str, given: asking.Id) -> asking.Found | None:
    """An entity as everybody may see it; one query."""
    try:
        return asking.get(kind=kind, id=given, by=NOBODY)
    except (NotFound, Refused):
        return None


def surely_at(watch: Watch, one: Fresh) -> bool:
    """Whether the topic alone says that the observation stands there: of everything, or of its plain series."""
    steps = watch.topic.resource.steps
    if not watch.topic.resource.is_many:
        return False
    of_series = len(steps) == 2 and steps[0].kind.name == "Datastream" and not one.has_more
    return len(steps) == 1 or of_series


def is_at(watch: Watch, given: asking.Id) -> bool:
    """Whether the entity stands where somebody listens, as far as everybody may see; one query a step."""
    steps = [
        (step.kind.neutral if step.via is None else step.via.neutral, step.id)
        for step in watch.topic.resource.steps
    ]
    last = watch.topic.resource.last
    if last.is_many:
        steps[-1] = (steps[-1][0], given)
    try:
        _kind, at, _start = asking.walk(steps=steps, by=NOBODY)
    except (NotFound, Refused):
        return False
    return at == given


def told(watch: Watch, entity: Any, root: str) -> Mapping[str, Any] | None:
    """The message for one topic."""
    return payload(entity, watch.topic, root)
