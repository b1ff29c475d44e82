# SPDX-License-Identifier: EUPL-1.2
"""One observation of SensorThings in one small request, begun without any question or wait.

Only what is known already counts here: the city, the key, the series, a body that nothing is wrong with. Everything
else takes the usual way, which says the same about the same observation.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec import UNSET

from stoa.gates.ingest.answers import Answer, problem
from stoa.gates.ingest.taking import take
from stoa.houses.observations.door.streaming import Batch, Busy, Outcome, id_of, moment_of, now_us
from stoa.standards.observation_batches import Sent
from stoa.standards.sensorthings.quick import read_quick

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Caller, Ingest

PATHS = re.compile(
    rb"(?:/c/(?P<city>[a-z0-9-]{1,40}))?/sta/v1\.1/"
    rb"(?:Observations|Datastreams\((?P<series>[1-9][0-9]{0,17})\)/Observations)"
)
LINE = re.compile(rb"POST " + PATHS.pattern + rb" HTTP/1\.1")
BODY_MOST = 4096
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class Begun:
    """An observation on its way to the disk."""

    outcome: asyncio.Future[Outcome]
    place: bytes
    """The address that it will have."""

    def answer(self) -> Answer:
        """When `outcome` is done."""
        if self.outcome.cancelled() or self.outcome.exception() is not None:
            return problem(503)
        return Answer(201, headers=((b"location", self.place),))


def begin(
    ingest: Ingest, found: re.Match[bytes], caller: Caller, authorization: bytes, body: bytes
) -> Begun | Answer | None:
    """Hand the observation to who writes; an answer when too much is waiting, None for the usual way."""
    slug = (found["city"] or b"").decode()
    is_fresh, place = ingest.known.place(slug, caller.host)
    if not is_fresh or place is None or not ingest.is_ready or not _HOST.fullmatch(caller.host):
        return None
    sender = ingest.senders.fresh(place.pk, authorization)
    observation = read_quick(body)
    if (
        sender is None
        or observation is None
        or (observation.datastream is UNSET) == (found["series"] is None)
    ):
        return None
    pk = int(found["series"]) if observation.datastream is UNSET else observation.datastream.id
    now = now_us()
    at = observation.at or moment_of(now).isoformat()
    sent = Sent(pk, at, observation.result, observation.result_at, parameters=observation.parameters)
    taken = take((sent,), ingest.known.series, sender, now)
    if not taken.rows:
        return None
    try:
        outcome = ingest.writer.put(Batch(taken.rows, origin="sta/v1.1/Observations"))
    except Busy:
        return problem(429)
    prefix = f"/c/{slug}" if slug else ""
    return Begun(
        outcome, f"{caller.root}{prefix}/sta/v1.1/Observations('{id_of(*taken.rows[0][:3])}')".encode()
    )
