# SPDX-License-Identifier: EUPL-1.2
"""Tell new observations of open series on topics below `news/`, where no device writes, as they are committed by whatever way.

What is told is what PostgreSQL's NOTIFY says; when thousands come at once only the newest of each series is told.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.away import AWAY
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import all_cities
from stoa.houses.observations.door import news
from stoa.houses.observations.door.keeping import id_of_moments
from stoa.standards.sensorthings.times import instant_text

if TYPE_CHECKING:
    from stoa.gates.mqtt.connection import Connection

log = logging.getLogger(__name__)
KNOWN_FOR_S = 30.0
_encode = msgspec.json.Encoder().encode


class Teller(threading.Thread):
    """Listens to the database and publishes."""

    def __init__(self, to: Connection, root: str) -> None:
        super().__init__(name="mqtt-teller", daemon=True)
        self.to, self.root = to, root.rstrip("/")
        self.stopping = threading.Event()
        self._cities: dict[int, City] = {}
        self._open: dict[int, dict[int, str]] = {}
        self._asked_at = float("-inf")

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._listen()
            except (*AWAY, OSError):
                log.warning("mqtt.teller_lost_the_database")
                self.stopping.wait(2.0)

    def stop(self) -> None:
        self.stopping.set()
        self.join(5.0)

    def _listen(self) -> None:
        for payload in news.listen(self.stopping):
            self.tell(payload)

    def tell(self, payload: str) -> int:
        """Publish what a message of news says; returns how many observations were told."""
        self._know()
        told = news.read_news(payload, self._open)
        city = self._cities.get(told.city)
        if city is None:
            return 0
        fresh = list(told.values)
        if told.series:
            with acting_in(city):
                fresh += news.newest_of(city, told.series)
        for one in fresh:
            body = _encode(self._body(city.slug, one))
            for tail in (f"Datastreams({one.series})/Observations", "Observations"):
                self.to.publish(f"{city.slug}/news/v1.1/{tail}", body)
                if len(self._cities) == 1:
                    self.to.publish(f"news/v1.1/{tail}", body)
        return len(fresh)

    def _know(self) -> None:
        """The cities and their open series, at most half a minute old."""
        if time.monotonic() - self._asked_at < KNOWN_FOR_S:
            return
        self._cities = {one.pk: one for one in all_cities()}
        for city in self._cities.values():
            with acting_in(city):
                self._open[city.pk] = news.open_series(city)
        self._asked_at = time.monotonic()

    def _body(self, slug: str, one: news.Fresh) -> dict[str, Any]:
        number = id_of_moments(one.series, one.at, one.result_at)
        itself = f"{self.root}/c/{slug}/sta/v1.1/Observations('{number}')"
        return {
            "@iot.id": number,
            "@iot.selfLink": itself,
            "phenomenonTime": instant_text(one.at),
            "resultTime": instant_text(one.result_at) if one.result_at else None,
            "result": one.result,
            "Datastream@iot.navigationLink": f"{itself}/Datastream",
            "FeatureOfInterest@iot.navigationLink": f"{itself}/FeatureOfInterest",
        }
