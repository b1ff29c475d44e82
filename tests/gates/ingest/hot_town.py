# SPDX-License-Identifier: EUPL-1.2
"""A town that the hot path serves: the real front, in this process, on the real database; no portal behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection
from tests.gates.ingest.running import run as run_apart
from tests.houses.observations.town import Town

from stoa.commons.cities.acting import acting_in
from stoa.commons.people.models import ApiToken, Membership, Person
from stoa.gates.ingest.application import Ingest
from stoa.houses.observations.models import DirtyBucket, Observation, Quarantined, SeriesState, Thing
from stoa.site import front as front_module
from stoa.site.front import Front, FrontSettings

NOW = datetime.now(UTC).replace(microsecond=0)
T = TypeVar("T")


def outside(act: Callable[[], T]) -> T:
    """Do it on a connection of its own: the test's own transaction is seen by nobody else."""

    def work() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


@dataclass(frozen=True, slots=True)
class Standing:
    """A town that other connections see too, and the addresses of the database for two roles."""

    town: Town
    urls: dict[str, str]
    key: str
    foreign: str
    """A key of the roads, which may read what is open but may not write here."""
    secret: int
    """An internal series of the parks."""

    @property
    def series(self) -> int:
        return self.town.series.pk


def urls_by_role() -> dict[str, str]:
    import os

    from stoa.site import postgres_roles as roles
    from stoa.site.home import Home
    from stoa.site.postgres import Cluster
    from stoa.site.postgres_place import find_place

    server = Home(Path(os.environ["STOA_TESTS_BASE"]) / "server")
    cluster = Cluster(server, find_place(server))
    name = connection.settings_dict["NAME"]
    return {role: cluster.url(role, name) for role in (roles.INGEST, roles.OWNER)}


def take_down(town: Town) -> None:
    for city in (town.cast.city, town.cast.other_city):
        with acting_in(city):
            for model in (Observation, DirtyBucket, Quarantined, SeriesState):
                model.objects.all().delete()  # type: ignore[attr-defined]
            Thing.objects.all().delete()
            people = [*Membership.objects.values_list("person_id", flat=True)]
            Membership.objects.all().delete()
            ApiToken.objects.filter(city=city).delete()
            city.department_set.all().delete()
            Person.objects.filter(pk__in=people).delete()
        with acting_in(city):
            city.delete()


Call = Callable[..., Awaitable[tuple[int, dict[bytes, bytes], bytes]]]


def through(
    standing: Standing, role: str, act: Callable[[Call, Ingest], Awaitable[Any]], tmp_path: Path
) -> Any:
    """Run `act` with a front of its own."""
    front = Front(FrontSettings((tmp_path / "none.sock",), tmp_path, (), ingest_url=standing.urls[role]))
    assert front.hot is not None
    ingest = front.hot.ingest

    async def call(
        method: str,
        path: str,
        body: Any = b"",
        key: str = standing.key,
        watching: list[dict[str, Any]] | None = None,
        **headers: str,
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        told += [(b"host", b"data.test"), (b"content-length", str(len(data)).encode())]
        if key:
            told.append((b"authorization", f"Bearer {key}".encode()))
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": told, "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        sent: list[dict[str, Any]] = watching if watching is not None else []

        async def receive() -> Any:
            if sent or watching is not None:
                await leaving.wait()
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await front(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:])

    leaving = asyncio.Event()

    async def run() -> Any:
        front._ways = [front_module.Way(uds) for uds in front.settings.uds]
        await ingest.start()
        try:
            async with asyncio.timeout(20):
                while not ingest.is_ready:
                    await asyncio.sleep(0.01)
                return await act(call, ingest)
        finally:
            leaving.set()
            await ingest.stop()
            for way in front._ways:
                await way.close()

    return run_apart(run())


def stored(standing: Standing) -> list[tuple[float | None, int]]:
    with acting_in(standing.town.cast.city):
        return list(
            Observation.objects.filter(datastream_id=standing.series)
            .order_by("at")
            .values_list("number", "revision")
        )


def sweep(standing: Standing) -> None:
    with acting_in(standing.town.cast.city):
        Observation.objects.all().delete()
        Quarantined.objects.all().delete()
        SeriesState.objects.update(
            count=0, at=None, result_at=None, number=None, first_at=None, last_until=None
        )


def sent(standing: Standing, minutes: int, result: Any, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"datastream": standing.series, "at": at, "result": result} | more
