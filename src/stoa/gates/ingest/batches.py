# SPDX-License-Identifier: EUPL-1.2
"""POST /ingest/v1/observations: many observations of any series at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from stoa.gates.ingest.answers import Answer, problem
from stoa.gates.ingest.taking import Sender, Taken, reasons, take
from stoa.houses.observations.door.streaming import Outcome, Turned, now_us
from stoa.standards.observation_batches import TooMany, Unreadable, read_batch

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request

REASONS_MOST = 100
_encode = msgspec.json.Encoder().encode


async def answer(ingest: Ingest, request: Request, sender: Sender, body: bytes) -> Answer:
    """Judge, write, and say what became of it; 422 when nothing of it could be taken."""
    kind = request.headers.get(b"content-type", b"application/json").decode("latin-1")
    try:
        sent = read_batch(body, kind)
    except TooMany:
        return problem(413)
    except Unreadable as trouble:
        return await _unreadable(ingest, sender, body, str(trouble))
    known = await ingest.series_for({one.datastream for one in sent})
    taken = take(sent, known, sender, now_us())
    outcome = await ingest.keep(taken, "ingest/v1/observations")
    return Answer(200 if taken.rows or not taken.wrong else 422, _encode(_told(taken, outcome)))


def _told(taken: Taken, outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {
        "written": outcome.written,
        "corrected": outcome.corrected,
        "unchanged": outcome.unchanged,
        "refused": len(taken.wrong),
    }
    if taken.wrong:
        told["reasons"] = reasons(taken, REASONS_MOST)
    return told


async def _unreadable(ingest: Ingest, sender: Sender, body: bytes, where: str) -> Answer:
    """Nothing of it was taken; it is kept for whoever mends the sender."""
    code = "observations.observation_unreadable"
    turned = Turned(sender.city, None, code, {"where": where}, body[: 64 * 1024], len(body))
    await ingest.keep(Taken(turned=[turned]), "ingest/v1/observations")
    told = {"type": "about:blank", "status": 400, "code": code, "detail": where}
    return Answer(400, _encode(told), b"application/problem+json")
