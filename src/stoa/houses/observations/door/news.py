# SPDX-License-Identifier: EUPL-1.2
"""What is new and what was changed, as PostgreSQL's NOTIFY tells it, for whoever passes it on to the public."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any

import msgspec
import psycopg
from django.db import connection

from stoa.commons.cities.away import AWAY
from stoa.commons.cities.models import City
from stoa.commons.roles.values import NOBODY
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.queries.latest import latest_of
from stoa.houses.observations.rules.instants import NO_RESULT_US, moment_of
from stoa.houses.observations.rules.news import decode_news
from stoa.houses.observations.rules.results import result_of

LIVE, ENTITIES = "stoa_live", "stoa_entities"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new or corrected observation."""

    series: int
    at: datetime
    result: Any
    result_at: datetime | None = None
    has_more: bool = False
    """There is more to it than stands here: an end, a feature, parameters, or several values."""


class Changed(msgspec.Struct, frozen=True):
    """Entities of a kind (`datastream` also for those of several properties) that are new or changed."""

    city: int = msgspec.field(name="c")
    kind: str = msgspec.field(name="k")
    ids: list[int] = msgspec.field(name="i")
    """Empty: very many at once, nobody is told of each."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the database says."""

    channel: str
    payload: str


@dataclass(frozen=True, slots=True)
class Told:
    """One message of news."""

    city: int
    values: tuple[Fresh, ...]
    series: tuple[int, ...]
    """Series in which something is new that is not among the values."""


def listen(stopping: Event, pause_s: float = 0.5) -> Iterator[Notice | None]:
    """News as they are committed, by a connection of its own, until `stopping`; None whenever there was a pause.

    Raises one of AWAY when the connection breaks.
    """
    told: dict[str, Any] = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in {"host", "port", "user", "password", "dbname", "sslmode", "sslrootcert"}
    }
    try:
        with psycopg.connect(**told, autocommit=True) as listening:
            for channel in (LIVE, ENTITIES):
                listening.execute(f"listen {channel}")
            while not stopping.is_set():
                was_quiet = True
                for notice in listening.notifies(
                    timeout=pause_s, stop_after=1
                ):  # or more, if they came together
                    was_quiet = False
                    yield Notice(notice.channel, notice.payload)
                if was_quiet:
                    yield None
    except psycopg.Error as broken:
        raise AWAY[0] from broken


read_change = msgspec.json.Decoder(Changed).decode


def open_series(city: City) -> dict[int, str]:
    """The series that everybody may read, with the kind of their results (one query)."""
    found = Datastream.objects.filter(city=city).visible_to(NOBODY)
    return dict(found.values_list("pk", "result_type"))


def read_news(payload: str, kinds: Mapping[int, Mapping[int, str]]) -> Told:
    """What a message says; `kinds` by city and series, others are passed over."""
    news = decode_news(payload)
    known = kinds.get(news.c, {})
    values = tuple(
        Fresh(
            one[0],
            moment_of(one[1]),
            _result(known[one[0]], one[2]),
            moment_of(one[4]) if len(one) > 4 and one[4] != NO_RESULT_US else None,
            len(one) > 5,
        )
        for one in news.v
        if one[0] in known
    )
    return Told(news.c, values, tuple(number for number in news.m if number in known))


def newest_of(city: City, series: Sequence[int]) -> list[Fresh]:
    """The latest of these series, of those that everybody may read (one query)."""
    found = latest_of(city=city, by=NOBODY, series=series)
    return [Fresh(one.series, one.at, one.result, one.result_at, True) for one in found.values() if one.at]


def _result(kind: str, value: Any) -> Any:
    return value if isinstance(value, str) else result_of(kind, value, None, None)
