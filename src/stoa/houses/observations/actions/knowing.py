# SPDX-License-Identifier: EUPL-1.2
"""What a process without Django knows of cities, keys and series, kept fresh by the database's own news.

Three connections, each with a thread of its own: one asks, one asks for readers, one listens. When the news break off,
everything is read again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from stoa.commons.people.keys import principal_by_digest
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.houses.observations.queries.latest_map import latest_map, series_inside
from stoa.houses.observations.queries.series_facts import all_series, series_by_id
from stoa.houses.observations.rules.judging import Series

SERIES_CHANNEL, LIVE_CHANNEL = "stoa_series", "stoa_live"
CITIES_FRESH_S = 30.0
KEY_FRESH_S = 2.0
KEYS_MOST = 20_000
READING_MOST_MS = 2_000
"""A question of a reader takes no longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """A city as far as addresses need it."""

    pk: int
    slug: str
    hosts: tuple[str, ...]


class Asker:
    """A connection for questions; opens itself again. Used from one thread."""

    def __init__(self, url: str, most_ms: int = 0) -> None:
        """`most_ms`: how long one statement may take; 0: as the server has it."""
        self.url = url
        self._most_ms = most_ms
        self._connection: psycopg.Connection[Any] | None = None

    @contextmanager
    def cursor(self) -> Iterator[psycopg.Cursor[Any]]:
        """A cursor in a transaction of its own."""
        if self._connection is None or self._connection.closed or self._connection.broken:
            self._connection = psycopg.connect(self.url, autocommit=True, connect_timeout=5)
            if self._most_ms:
                self._connection.execute(
                    "select set_config('statement_timeout', %s, false)", [str(self._most_ms)]
                )
        try:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                yield cursor
        except psycopg.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Known:
    """Cities, keys and series. Reading is quick and safe from any thread; `ask_...` goes to the database."""

    def __init__(self, url: str) -> None:
        self._asker = Asker(url)
        self._reader = Asker(url, READING_MOST_MS)
        self.series: dict[int, Series] = {}
        self._absent: dict[int, float] = {}
        self._by_slug: dict[str, Place] = {}
        self._by_host: dict[str, Place] = {}
        self._cities_until = 0.0
        self._keys: dict[tuple[int, str], tuple[float, Principal | None]] = {}

    # -- what is known already

    def key(self, city: int, digest: str) -> tuple[bool, Principal | None]:
        """Whether it is known freshly, and whom it stands for."""
        until, principal = self._keys.get((city, digest), (0.0, None))
        return until > time.monotonic(), principal

    def place(self, slug: str, host: str) -> tuple[bool, Place | None]:
        """Whether cities are known freshly, and which one is meant: by short name, by host, or the only one."""
        is_fresh = self._cities_until > time.monotonic()
        if slug:
            return is_fresh, self._by_slug.get(slug)
        found = self._by_host.get(host.partition(":")[0].lower())
        if found is None and len(self._by_slug) == 1:
            found = next(iter(self._by_slug.values()))
        return is_fresh, found

    def missing(self, ids: Iterable[int]) -> list[int]:
        """Those of these series that are unknown and worth a question."""
        unknown = set(ids).difference(self.series)
        now = time.monotonic()
        return [pk for pk in unknown if self._absent.get(pk, 0.0) < now]

    # -- asking (one thread)

    def ask_key(self, city: int, digest: str) -> None:
        with self._asker.cursor() as cursor:
            principal = principal_by_digest(cursor, city, digest)
        if len(self._keys) > KEYS_MOST:
            self._keys.clear()
        self._keys[city, digest] = (time.monotonic() + KEY_FRESH_S, principal)

    def ask_cities(self) -> None:
        with self._asker.cursor() as cursor:
            cursor.execute("select id, slug, hosts from cities_city order by slug")
            places = [Place(pk, slug, tuple(hosts)) for pk, slug, hosts in cursor.fetchall()]
        self._by_slug = {place.slug: place for place in places}
        self._by_host = {host.lower(): place for place in places for host in place.hosts}
        self._cities_until = time.monotonic() + CITIES_FRESH_S

    def ask_series(self, ids: Iterable[int]) -> None:
        wanted = list(ids)
        found: dict[int, Series] = {}
        for cursor in self._each_city():
            found |= series_by_id(cursor, wanted)
        later = time.monotonic() + 1.0
        if len(self._absent) > KEYS_MOST:
            self._absent.clear()
        for pk in wanted:
            if pk in found:
                self.series[pk] = found[pk]
            else:
                self.series.pop(pk, None)
                self._absent[pk] = later

    def ask_all(self) -> None:
        """Read everything anew."""
        self.ask_cities()
        found: dict[int, Series] = {}
        for cursor in self._each_city():
            found |= all_series(cursor)
        self.series = found

    def _each_city(self) -> Iterator[psycopg.Cursor[Any]]:
        """A cursor that sees all rows; where row-level security binds us, one city after another."""
        with self._asker.cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            found = cursor.fetchone()
            if found and found[0]:
                yield cursor
                return
            cursor.execute("select id from cities_city")
            for (city,) in cursor.fetchall():
                cursor.execute("select set_config('app.city', %s, true)", [str(city)])
                yield cursor

    # -- asking for readers (another thread)

    def ask_inside(self, city: int, box: Box) -> list[int]:
        """Series whose thing stands in a box."""
        with self._reading_in(city) as cursor:
            return series_inside(cursor, city=city, box=box)

    def ask_latest(
        self,
        city: int,
        departments: frozenset[int] | None,
        box: Box,
        observed_property: int | None,
        most: int,
    ) -> bytes:
        """The latest of every series in a box as GeoJSON."""
        with self._reading_in(city) as cursor:
            return latest_map(
                cursor,
                city=city,
                departments=departments,
                box=box,
                observed_property=observed_property,
                most=most,
            )

    @contextmanager
    def _reading_in(self, city: int) -> Iterator[psycopg.Cursor[Any]]:
        with self._reader.cursor() as cursor:
            cursor.execute("select set_config('app.city', %s, true)", [str(city)])
            yield cursor

    def close(self) -> None:
        self._asker.close()
        self._reader.close()


class Listener(threading.Thread):
    """Hears what the database tells, and tells it on: ids of changed series, news of observations.

    `on_series(None)`: news were missed, everything may have changed.
    """

    def __init__(
        self,
        url: str,
        on_series: Callable[[list[int] | None], None],
        on_live: Callable[[str], None],
    ) -> None:
        super().__init__(name="observations-news", daemon=True)
        self._url = url
        self._on_series = on_series
        self._on_live = on_live
        self._ending = threading.Event()

    def stop(self) -> None:
        self._ending.set()

    def run(self) -> None:
        pause = 0.2
        while not self._ending.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(f"listen {SERIES_CHANNEL}")
                    connection.execute(f"listen {LIVE_CHANNEL}")
                    self._on_series(None)
                    pause = 0.2
                    self._hear(connection)
            except psycopg.Error:
                self._ending.wait(pause)
                pause = min(5.0, pause * 2)

    def _hear(self, connection: psycopg.Connection[Any]) -> None:
        while not self._ending.is_set():
            for news in connection.notifies(timeout=0.25):
                if news.channel == LIVE_CHANNEL:
                    self._on_live(news.payload)
                elif news.payload == "*":
                    self._on_series(None)
                else:
                    self._on_series([int(pk) for pk in news.payload.split(",")])
                if self._ending.is_set():
                    return
