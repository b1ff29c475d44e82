# SPDX-License-Identifier: EUPL-1.2
"""GET /live/latest: the latest value of every series in a box, as GeoJSON (RFC 7946)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import psycopg

from stoa.gates.ingest.answers import Answer, live_problem
from stoa.gates.ingest.reading import ManyReaders
from stoa.gates.ingest.watching import read_box
from stoa.ground.geometry import Box

if TYPE_CHECKING:
    from stoa.gates.ingest.application import Ingest, Request

MOST = 10_000
FRESH_S = 1.0
KEPT_MOST = 32
_kept: dict[tuple[Any, ...], tuple[float, bytes]] = {}
"""Answers for those without rights of their own: a map that a thousand look at is asked once a second."""


async def live_latest(
    ingest: Ingest,
    request: Request,
    rights: Callable[[], Awaitable[frozenset[int] | None]],
    _receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """One collection of points; `properties` hold series, thing, name, unit, time and result."""
    for message in (await _answer(ingest, request, await rights())).messages():
        await send(message)


async def _answer(ingest: Ingest, request: Request, departments: frozenset[int] | None) -> Answer:
    asked = parse_qs(request.query.decode("latin-1"), max_num_fields=20)
    try:
        box = read_box(asked["bbox"][0]) if "bbox" in asked else Box(-180, -90, 180, 90)
        observed = int(asked["property"][0][:18]) if "property" in asked else None
        most = max(0, min(MOST, int(asked.get("limit", [str(MOST)])[0][:6])))
    except ValueError:
        return live_problem(400)
    key = (request.place.pk, departments, box, observed, most)
    until, body = _kept.get(key, (0.0, b""))
    if until < time.monotonic():
        try:
            is_known = departments != frozenset()
            body = await ingest.readers.ask(ingest.known.ask_latest, *key, is_known=is_known)
        except (psycopg.Error, ManyReaders):
            return live_problem(503)
        if len(_kept) >= KEPT_MOST:
            _kept.clear()
        _kept[key] = (time.monotonic() + FRESH_S, body)
    allow = (b"access-control-allow-origin", b"*")
    return Answer(200, body, b"application/geo+json", (allow,))
