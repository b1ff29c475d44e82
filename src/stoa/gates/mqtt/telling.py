# SPDX-License-Identifier: EUPL-1.2
"""Tell what is new on topics below `news/`, where no device writes, as it is committed by whatever way.

What is told is what PostgreSQL's NOTIFY says, and only what everybody may see. When thousands of observations come at
once only the newest of each series is told.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.away import AWAY, let_go
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import all_cities
from stoa.gates.mqtt import showing
from stoa.gates.mqtt.watched import KEPT, LOG, NEWS, Key, Watch, Watched, is_news, read_watch, topic_of
from stoa.houses.observations.door import news
from stoa.houses.observations.door.keeping import id_of_moments
from stoa.houses.observations.door.news import Fresh

if TYPE_CHECKING:
    from stoa.gates.mqtt.connection import Connection

log = logging.getLogger(__name__)
KNOWN_FOR_S = 30.0
SURE_AFTER_S = 3.0
"""Of a property that we have just looked at for the first time, the change may have been before our look."""
TIMES = ("phenomenonTime", "resultTime", "observedArea")
"""Properties of a series that its observations change."""
TOPICS = (LOG, KEPT)
_encode = msgspec.json.Encoder().encode
_names = msgspec.json.Decoder(list[str])


class Teller(threading.Thread):
    """Listens to the database and publishes."""

    def __init__(self, to: Connection, root: str) -> None:
        super().__init__(name="mqtt-teller", daemon=True)
        self.to, self.root = to, root.rstrip("/")
        self.stopping = threading.Event()
        self._heard: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._watched = Watched()
        self._last: dict[str, tuple[bytes, float]] = {}
        """What was told last of a property, by topic; and when we looked at it, where nothing was told yet."""
        self._dirty: set[tuple[int, int]] = set()
        """City and series whose properties may have changed through observations."""
        self._cities: dict[int, City] = {}
        self._open: dict[int, dict[int, str]] = {}
        self._asked_at = float("-inf")

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except (*AWAY, OSError):
                log.warning("mqtt.teller_lost_the_database")
                let_go()
                self.stopping.wait(2.0)

    def stop(self) -> None:
        self.stopping.set()
        self.join(5.0)

    def hear(self, topic: str, payload: bytes) -> None:
        """From another thread: a message on one of TOPICS."""
        self._heard.put((topic, payload))

    def _listen(self) -> None:
        for notice in news.listen(self.stopping):
            try:
                self._know()
                self.learn()
                if notice is None:
                    self.tell_dirty()
                elif notice.channel == news.LIVE:
                    self.tell(notice.payload)
                else:
                    self.changed(notice.payload)
            except AWAY:
                raise
            except Exception:
                log.exception("mqtt.news_not_told")  # the next ones may be well

    # -- observations

    def tell(self, payload: str) -> int:
        """Publish what a message of news says; returns how many observations were told."""
        self._know()
        told = news.read_news(payload, self._open)
        city = self._cities.get(told.city)
        if city is None:
            return 0
        with acting_in(city):
            fresh = [*told.values, *(news.newest_of(city, told.series) if told.series else ())]
            for one in fresh:
                self._tell_one(city, one)
        return len(fresh)

    def _tell_one(self, city: City, one: Fresh) -> None:
        self._tell_plainly(city, one)
        number = id_of_moments(one.series, one.at, one.result_at)
        for watch in self._watched.of(
            (city.slug, "series", one.series),
            (city.slug, "observation", number),
            (city.slug, "observation", None),
        ):
            self._tell_watch(city, watch, one, number)
        if any(
            self._watched.of(
                (city.slug, "datastream", one.series), (city.slug, "multi_datastream", one.series)
            )
        ):
            self._dirty.add((city.pk, one.series))

    def _tell_plainly(self, city: City, one: Fresh) -> None:
        """The whole observation, to those who listen to its series or to all."""
        heads = [f"{city.slug}/{NEWS}", NEWS] if len(self._cities) == 1 else [f"{city.slug}/{NEWS}"]
        tails = (f"Datastreams({one.series})/Observations", "Observations")
        topics = [f"{head}/v1.1/{tail}" for head in heads for tail in tails]
        heard = [topic for topic in topics if self._watched.hears(topic)]
        body = showing.observation_json(one, self._root(city)) if heard else None
        if body is None:
            return
        encoded = _encode(body)
        for topic in heard:
            self.to.publish(topic, encoded)

    def _tell_watch(self, city: City, watch: Watch, one: Fresh, number: str) -> None:
        """One observation on one of the topics that somebody has asked for."""
        if not showing.surely_at(watch, one) and not showing.is_at(watch, number):
            return
        simple = showing.SIMPLE.issuperset(watch.topic.asked.select) and not watch.topic.properties
        found: Any = showing.seen(one) if simple and watch.topic.asked.select else None
        self._say(city, watch, found or showing.looked_up("observation", number))

    # -- everything else

    def changed(self, payload: str) -> int:
        """Publish entities that are new or changed to those who listen to them; returns how many messages."""
        self._know()
        told = news.read_change(payload)
        city = self._cities.get(told.city)
        if city is None:
            return 0
        if told.kind in {"thing", "datastream"}:
            self._asked_at = float("-inf")  # who may see what may be otherwise now
        kinds = ("datastream", "multi_datastream") if told.kind == "datastream" else (told.kind,)
        keys: list[Key] = [(city.slug, kind, one) for kind in kinds for one in (None, *told.ids)]
        watches = list(self._watched.of(*keys))
        if not watches:
            return 0
        with acting_in(city):
            return sum(
                self._tell_entity(city, watch, given)
                for watch in watches
                for given in told.ids
                if watch.key[2] in {None, given}
            )

    def _tell_entity(self, city: City, watch: Watch, given: int) -> bool:
        if not showing.is_at(watch, given):
            return False
        found = showing.looked_up(watch.topic.resource.kind.neutral, given)
        return self._say(city, watch, found)

    def tell_dirty(self) -> None:
        """Properties of series that observations have changed, once for many observations."""
        dirty, self._dirty = self._dirty, set()
        for number, series in dirty:
            city = self._cities.get(number)
            if city is None:
                continue
            with acting_in(city):
                for kind in ("datastream", "multi_datastream"):
                    for watch in self._watched.of((city.slug, kind, series)):
                        if watch.topic.properties[:1] and watch.topic.properties[0] in TIMES:
                            self._tell_entity(city, watch, series)

    def _say(self, city: City, watch: Watch, found: Any) -> bool:
        """Publish; a property only if it is another than it was."""
        body = None if found is None else showing.told(watch, found, self._root(city))
        if body is None:
            return False
        encoded = _encode(body)
        if watch.topic.properties:
            known, since = self._last.get(watch.name, (b"", 0.0))
            if known == encoded and time.monotonic() - since > SURE_AFTER_S:
                return False
            self._last[watch.name] = encoded, 0.0
        self.to.publish(watch.name, encoded)
        return True

    # -- what we know

    def _root(self, city: City) -> str:
        return f"{self.root}/c/{city.slug}/sta/v1.1"

    def _know(self) -> None:
        """The cities and their open series, at most half a minute old."""
        if time.monotonic() - self._asked_at < KNOWN_FOR_S:
            return
        self._cities = {one.pk: one for one in all_cities()}
        for city in self._cities.values():
            with acting_in(city):
                self._open[city.pk] = news.open_series(city)
        self._asked_at = time.monotonic()

    def learn(self) -> None:
        """Learn what somebody subscribed to, and keep the list at the broker."""
        is_new = False
        while True:
            try:
                topic, payload = self._heard.get_nowait()
            except queue.Empty:
                break
            names = [topic_of(payload.decode(errors="replace"))] if topic == LOG else _kept(payload)
            self._watched.is_complete |= topic == LOG
            for name in names:
                is_new |= self._watch(name) and topic == LOG
        if is_new:
            self.to.publish(KEPT, _encode(self._watched.names()), is_retained=True)

    def _watch(self, name: str) -> bool:
        slugs = [city.slug for city in self._cities.values()]
        watch = read_watch(name, slugs)
        if watch is None:
            return is_news(name, slugs) and self._watched.add_plain(name)
        if not self._watched.add(watch):
            return False
        if watch.topic.properties and watch.key[2] is not None:
            self._note(watch)
        return True

    def _note(self, watch: Watch) -> None:
        """Remember how a property stands now: only what changes from here on is told."""
        city = next(city for city in self._cities.values() if city.slug == watch.city)
        with acting_in(city):
            given = watch.key[2]
            found = None if given is None else showing.looked_up(watch.topic.resource.kind.neutral, given)
            body = None if found is None else showing.told(watch, found, self._root(city))
        if body is not None:
            self._last[watch.name] = _encode(body), time.monotonic()


def _kept(payload: bytes) -> list[str]:
    try:
        return _names.decode(payload)
    except msgspec.MsgspecError:
        return []
