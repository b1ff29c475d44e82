# SPDX-License-Identifier: EUPL-1.2
"""Topics: what is subscribed to, and to whom a message on a topic belongs. Pure.

A city's topics begin with its short name; in an install of one city they may go without:
`here/v1.1/Datastreams(7)/Observations`, `here/v1.1/Observations`, `here/devices/<uid>/up`,
`here/v3/<application>/devices/<device>/up`, `here/application/<id>/device/<eui>/event/up`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from stoa.ground.problems import NotFound, Refused
from stoa.standards.lorawan.topics import SUBSCRIPTIONS, uplink_topic
from stoa.standards.lorawan.uplink import Network
from stoa.standards.sensorthings.topics import VERSION, read_target

_DEVICE = re.compile(r"devices/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/up")
_OWN = ("v1.1/Observations", "v1.1/+/Observations", "devices/+/up")


class Kind(StrEnum):
    """What a message on a topic is."""

    OBSERVATION = "observation"
    UPLINK = "uplink"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message belongs."""

    city: str
    """Short name; empty: the only city."""
    kind: Kind
    series: int | None = None
    """The series that the topic names."""
    feature: int | None = None
    device: str = ""
    network: Network | None = None


def subscriptions(cities: Iterable[str]) -> list[str]:
    """All topics to listen to. Only an install of one city listens to topics without a city."""
    slugs = list(cities)
    heads = [f"{slug}/" for slug in slugs] + ([""] if len(slugs) == 1 else [])
    tails = [*_OWN, *(topic for topics in SUBSCRIPTIONS.values() for topic in topics)]
    return [head + tail for head in heads for tail in tails]


def route_of(topic: str, cities: frozenset[str]) -> Route | None:
    """Where a message on this topic belongs; None if nothing is taken there."""
    head, slash, rest = topic.partition("/")
    if slash and head in cities:
        return _route(head, rest)
    return _route("", topic) if len(cities) == 1 else None


def _route(city: str, topic: str) -> Route | None:
    if uplink := uplink_topic(topic):
        return Route(city, Kind.UPLINK, network=uplink[0])
    if device := _DEVICE.fullmatch(topic):
        return Route(city, Kind.DEVICE, device=device[1])
    if not topic.startswith(f"{VERSION}/"):
        return None
    try:
        target = read_target(topic)
    except (NotFound, Refused):
        return None
    steps = target.steps
    if len(steps) == 1:
        return Route(city, Kind.OBSERVATION)
    if len(steps) != 2 or not isinstance(steps[0].id, int):
        return None
    named = {
        "Datastream": "series", "MultiDatastream": "series", "FeatureOfInterest": "feature",
    }.get(steps[0].kind.name)  # fmt: skip
    return Route(city, Kind.OBSERVATION, **{named: steps[0].id}) if named else None  # type: ignore[arg-type]
