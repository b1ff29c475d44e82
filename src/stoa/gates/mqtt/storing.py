# SPDX-License-Identifier: EUPL-1.2
"""Store a batch of messages. Afterwards each of them is kept or put aside with its reason, so each may be acknowledged."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.away import AWAY, let_go
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import all_cities
from stoa.gates.mqtt.bodies import Unreadable, WithFeature, read_json, read_observation
from stoa.gates.mqtt.messages import Message
from stoa.gates.mqtt.routes import Kind, Route, route_of
from stoa.ground.problems import Refused
from stoa.houses.observations.door import devices, keeping, making
from stoa.houses.observations.door.devices import Sent, broker_principal
from stoa.houses.observations.door.keeping import Observed
from stoa.houses.observations.terms import Way
from stoa.standards.lorawan.envelopes import read_uplink
from stoa.standards.lorawan.uplink import BadUplink, NotAnUplink, Uplink

log = logging.getLogger(__name__)
CITIES_FOR_S = 30.0
ROUTES_MOST = 200_000


@dataclass(slots=True)
class Stored:
    """What became of messages."""

    written: int = 0
    unchanged: int = 0
    refused: int = 0

    def add(self, other: Stored) -> None:
        self.written += other.written
        self.unchanged += other.unchanged
        self.refused += other.refused


class Store:
    """Stores batches; knows the cities and remembers where topics lead."""

    def __init__(self) -> None:
        self._cities: dict[str, City] = {}
        self._asked_at = 0.0
        self._routes: dict[str, Route | None] = {}

    def cities(self) -> dict[str, City]:
        """The cities by short name, at most half a minute old."""
        if not self._cities or time.monotonic() - self._asked_at > CITIES_FOR_S:
            fresh = {city.slug: city for city in all_cities()}
            if fresh.keys() != self._cities.keys():
                self._routes.clear()
            self._cities, self._asked_at = fresh, time.monotonic()
        return self._cities

    def store(self, batch: Sequence[Message], wait: Callable[[float], None] = time.sleep) -> Stored:
        """Store all of it, however long the database is away; a message that breaks us is put aside alone."""
        pause = 0.2
        while True:
            try:
                return self._store(batch)
            except AWAY as gone:
                log.warning("mqtt.database_away", extra={"why": type(gone).__name__})
                let_go()
                wait(pause)
                pause = min(pause * 2, 10.0)
            except Exception:
                if len(batch) == 1:
                    log.exception("mqtt.message_broke_us", extra={"topic_length": len(batch[0].topic)})
                    return self._put_aside(batch[0])
                return self._singly(batch, wait)

    def _singly(self, batch: Sequence[Message], wait: Callable[[float], None]) -> Stored:
        total = Stored()
        for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
            total.add(self.store(half, wait))
        return total

    def _store(self, batch: Sequence[Message]) -> Stored:
        by_city: dict[str, list[tuple[Message, Route | None]]] = defaultdict(list)
        only = next(iter(self.cities()), "")
        for message in batch:
            route = self._route(message.topic)
            by_city[route.city or only if route else self._city_of(message.topic, only)].append(
                (message, route)
            )
        total = Stored()
        for slug, routed in by_city.items():
            if city := self._cities.get(slug):
                with acting_in(city):
                    total.add(_store_for(city, routed))
        return total

    def _route(self, topic: str) -> Route | None:
        if topic not in self._routes:
            if len(self._routes) > ROUTES_MOST:
                self._routes.clear()
            self._routes[topic] = route_of(topic, frozenset(self._cities))
        return self._routes[topic]

    def _city_of(self, topic: str, only: str) -> str:
        head = topic.partition("/")[0]
        return head if head in self._cities else only

    def _put_aside(self, message: Message) -> Stored:
        only = next(iter(self.cities()), "")
        city = self._cities[self._city_of(message.topic, only)]
        with acting_in(city):
            _turn_away(city, message, Unreadable("message_unreadable", {"why": "it could not be stored"}))
        return Stored(refused=1)


def _store_for(city: City, routed: Iterable[tuple[Message, Route | None]]) -> Stored:
    observations: list[tuple[Message, Observed]] = []
    uplinks: list[Uplink] = []
    stored = Stored()
    for message, route in routed:
        try:
            if route is None:
                raise Unreadable("topic_unknown", {"topic": message.topic[:120]})
            if route.kind is Kind.OBSERVATION:
                found = read_observation(route, message.payload)
                if isinstance(found, WithFeature):
                    found = _with_feature(city, found)
                observations.append((message, found))
            elif route.kind is Kind.UPLINK:
                uplinks += _uplink(route, message.payload)
            else:
                stored.add(_of_a_device(city, route, message))
        except Unreadable as wrong:
            _turn_away(city, message, wrong)
            stored.refused += 1
    stored.add(_keep(city, observations))
    for taken in devices.take_uplinks(city=city, by=broker_principal(city), uplinks=uplinks, way=Way.MQTT):
        stored.add(Stored(taken.written, taken.unchanged, taken.refused + bool(taken.problem)))
    return stored


def _with_feature(city: City, sent: WithFeature) -> Observed:
    """The observation with its feature set up; the same message again finds the same feature."""
    try:
        feature = making.feature_of(
            city=city, by=broker_principal(city), series=sent.observed.series, draft=sent.feature
        )
    except Refused as refused:
        raise Unreadable("message_unreadable", {"why": str(refused.problem.what)[:200]}) from None
    return replace(sent.observed, feature=feature)


def _uplink(route: Route, payload: bytes) -> list[Uplink]:
    try:
        return [read_uplink(read_json(payload), route.network)]
    except NotAnUplink:
        return []
    except BadUplink as wrong:
        raise Unreadable("message_unreadable", {"why": str(wrong)[:200]}) from None


def _of_a_device(city: City, route: Route, message: Message) -> Stored:
    taken = devices.take_topic_message(
        city=city, uid=route.device, message=read_json(message.payload), payload=message.payload
    )
    return Stored(taken.written, taken.unchanged, taken.refused + bool(taken.problem))


def _keep(city: City, observations: list[tuple[Message, Observed]]) -> Stored:
    if not observations:
        return Stored()
    kept = keeping.keep(
        city=city,
        observations=[observed for _message, observed in observations],
        by=broker_principal(city),
        way=Way.MQTT,
        quarantines=False,
    )
    for refusal in kept.refused:
        message = observations[refusal.index][0]
        name = refusal.code.removeprefix("observations.")
        _turn_away(city, message, Unreadable(name, dict(refusal.facts)))
    return Stored(kept.written + kept.corrected, kept.unchanged, len(kept.refused))


def _turn_away(city: City, message: Message, why: Unreadable) -> None:
    sent = Sent(message.payload, Way.MQTT, message.topic)
    devices.turn_away(city=city, name=why.name, facts=why.facts, sent=sent)
