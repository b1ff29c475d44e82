# SPDX-License-Identifier: EUPL-1.2
"""SensorThings: one observation, or a table of them, when it is simple; else somebody else answers.

`POST /sta/v1.1/Observations`, `/sta/v1.1/Datastreams(7)/Observations`, `/sta/v1.1/CreateObservations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from stoa.gates.ingest.answers import Answer
from stoa.gates.ingest.taking import Sender, Taken, as_json, reason, take
from stoa.houses.observations.door.streaming import id_of, moment_of, now_us
from stoa.standards.observation_batches import ROWS_MOST, Sent
from stoa.standards.sensorthings.problems import error_json
from stoa.standards.sensorthings.quick import (
    QuickObservation,
    QuickTable,
    read_quick,
    read_quick_tables,
)

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request


async def answer(ingest: Ingest, request: Request, sender: Sender, body: bytes) -> Answer | None:
    """201 after the commit; None when a closer look is needed."""
    if request.found["tables"]:
        tables = read_quick_tables(body)
        return None if tables is None else await _tables(ingest, request, sender, tables)
    observation = read_quick(body)
    named = request.found["series"]
    if observation is None or (observation.datastream is UNSET) == (named is None):
        return None
    return await _one(ingest, request, sender, observation)


async def _one(ingest: Ingest, request: Request, sender: Sender, one: QuickObservation) -> Answer | None:
    pk = int(request.found["series"]) if one.datastream is UNSET else one.datastream.id
    now = now_us()
    at = one.at or moment_of(now).isoformat()
    known = await ingest.series_for((pk,))
    if pk not in known:
        return None  # the portal knows whether it is a series of several properties, or none at all
    sent = Sent(pk, at, one.result, one.result_at, parameters=one.parameters)
    taken = take((sent,), known, sender, now)
    if 0 in taken.wrong and taken.wrong[0].code.startswith("observations.series_"):
        return None  # who may know what is for the portal to say
    await ingest.keep(taken, "sta/v1.1/Observations")
    if 0 in taken.wrong:
        told = reason(taken.wrong[0])
        return Answer(400, as_json(error_json(400, f"{told['what']} {told['do']}", stoa=told["code"])))
    place = f"{request.base}/sta/v1.1/Observations('{taken.id_at(0)}')".encode()
    return Answer(201, headers=((b"location", place),))


async def _tables(
    ingest: Ingest, request: Request, sender: Sender, tables: list[QuickTable]
) -> Answer | None:
    if sum(len(table.rows) for table in tables) > ROWS_MOST:
        return None
    now = now_us()
    sent = [one for table in tables for one in _sent(table, moment_of(now).isoformat())]
    known = await ingest.series_for({table.datastream.id for table in tables})
    taken = take(sent, known, sender, now)
    await ingest.keep(taken, "sta/v1.1/CreateObservations")
    return Answer(201, as_json(list(_links(taken, len(sent), f"{request.base}/sta/v1.1/Observations"))))


def _sent(table: QuickTable, now: str) -> Iterator[Sent]:
    places = {name: place for place, name in enumerate(table.components)}
    at, result = places.get("phenomenonTime"), places["result"]
    told, parameters = places.get("resultTime"), places.get("parameters")
    for row in table.rows:
        yield Sent(
            table.datastream.id,
            now if at is None else row[at] or now,
            row[result],
            None if told is None else row[told],
            parameters=None if parameters is None else row[parameters],
        )


def _links(taken: Taken, many: int, root: str) -> Iterator[str]:
    rows = iter(taken.rows)
    for index in range(many):
        yield "error" if index in taken.wrong else f"{root}('{id_of(*next(rows)[:3])}')"
