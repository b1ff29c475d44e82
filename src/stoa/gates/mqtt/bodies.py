# SPDX-License-Identifier: EUPL-1.2
"""Read what stands in a message. The usual observation goes a short way, everything else the standard's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from stoa.gates.mqtt.routes import Route
from stoa.ground.problems import Refused
from stoa.ground.words import Fact
from stoa.houses.observations.door import making
from stoa.houses.observations.door.keeping import Observed
from stoa.standards.sensorthings.bodies import Draft, Link, read_new
from stoa.standards.sensorthings.model import OBSERVATION

MOST_BYTES = 1_048_576
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """The message cannot be taken; `name` is one of the refusals'."""

    name: str
    facts: dict[str, Fact] = field(default_factory=dict)


def read_json(payload: bytes) -> Any:
    """The JSON of a message, within limits. Raises Unreadable."""
    if len(payload) > MOST_BYTES:
        raise Unreadable("message_too_large", {"size": len(payload), "most": MOST_BYTES})
    try:
        return _decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as wrong:
        raise Unreadable("message_unreadable", {"why": str(wrong)[:120] or "no JSON"}) from None


@dataclass(frozen=True, slots=True)
class WithFeature:
    """An observation that brings what it speaks of."""

    observed: Observed
    feature: making.Draft


def read_observation(route: Route, payload: bytes) -> Observed | WithFeature:
    """The observation in a message; without a time it is as of now. Raises Unreadable."""
    body = read_json(payload)
    if route.series is not None and type(body) is dict and body.keys() <= _SHORT and "result" in body:
        at = _moment(body.get("phenomenonTime"))
        told = body.get("resultTime")
        result_at = None if told is None else _moment(told)
        if at is not None and (told is None) is (result_at is None):
            return Observed(route.series, at, body["result"], result_at=result_at)
    return _in_full(route, body)


_SHORT = {"result", "phenomenonTime", "resultTime"}


def _moment(told: Any) -> datetime | None:
    """An instant with its zone; None for anything else, which the standard's reader then judges."""
    if not isinstance(told, str) or "/" in told:
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _in_full(route: Route, body: Any) -> Observed | WithFeature:
    implied = "datastream" if route.series is not None else "feature_of_interest" if route.feature else ""
    try:
        draft = read_new(body, OBSERVATION, implied)
    except Refused as refused:
        raise Unreadable("message_unreadable", {"why": str(refused.problem.what)[:200]}) from None
    series = route.series if route.series is not None else _linked(draft, "datastream", "multi_datastream")
    if series is None:
        raise Unreadable("message_unreadable", {"why": "it names no Datastream by its @iot.id"})
    told = draft.related.get("feature_of_interest", ()) if route.feature is None else ()
    feature = route.feature or next(
        (one.id for one in told if isinstance(one, Link) and isinstance(one.id, int)), None
    )
    observed = making.observed(
        draft=making.Draft(draft.kind, draft.values), series=series, features=[feature] if feature else ()
    )
    made = next((one for one in told if isinstance(one, Draft)), None)
    if made is None:
        return observed
    if made.related:
        raise Unreadable("link_by_http")
    return WithFeature(observed, making.Draft(made.kind, made.values))


def _linked(draft: Draft, *relations: str) -> int | None:
    for relation in relations:
        for one in draft.related.get(relation, ()):
            if not isinstance(one, Link):
                raise Unreadable("link_by_http")
            if isinstance(one.id, int):
                return one.id
    return None
