# SPDX-License-Identifier: EUPL-1.2
"""What becomes of observations that were put aside: tried again once the reason is mended, or settled."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from stoa.commons.audit.actions import record
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.actions.json_messages import take_json
from stoa.houses.observations.actions.keeping import Observed, keep_observations
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Device, Quarantined
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.terms import Way

_DEVICE = re.compile(r"device ([0-9a-f-]{36})")


@transaction.atomic
def settle(*, kept: Quarantined, by: Principal) -> None:
    """Say that nothing more has to be done about it."""
    _need(kept, by)
    _settled(kept, by, "settled")


@transaction.atomic
def try_again(*, kept: Quarantined, by: Principal) -> None:
    """Take it as if it came now; what was right this time is settled. Raises Refused with what is still wrong."""
    _need(kept, by)
    if kept.size > len(bytes(kept.payload)):
        raise _cannot()
    message = _read(bytes(kept.payload))
    device = _DEVICE.fullmatch(kept.origin)
    if device:
        _to_device(kept, device[1], message)
    elif kept.datastream_id and isinstance(message, dict) and "result" in message:
        _to_series(kept, message, by)
    else:
        raise _cannot()
    _settled(kept, by, "tried again")


def _need(kept: Quarantined, by: Principal) -> None:
    department = kept.datastream.thing.department_id if kept.datastream else None
    need(by, Permission.WRITE_OBSERVATION, department)


def _to_series(kept: Quarantined, message: dict[str, Any], by: Principal) -> None:
    at = _moment(message.get("phenomenonTime") or message.get("at"))
    seen = Observed(kept.datastream_id or 0, at, message["result"], unit=str(message.get("unit") or ""))
    done = keep_observations(city=kept.city, observations=[seen], by=by, way=Way.PAGE, quarantines=False)
    if done.refused:
        raise Refused(done.refused[0].problem)


def _to_device(kept: Quarantined, uid: str, message: Any) -> None:
    device = Device.objects.filter(city=kept.city, uid=uid).select_related("thing", "city").first()
    if device is None:
        raise _cannot()
    taken = take_json(device=device, message=message, payload=bytes(kept.payload), way=Way.PAGE)
    if taken.problem is not None:
        raise Refused(taken.problem)


def _read(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise _cannot() from error


def _moment(text: Any) -> datetime:
    try:
        found = parse_datetime(str(text))
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise _cannot()
    return found


def _settled(kept: Quarantined, by: Principal, verb: str) -> None:
    kept.settled_at = timezone.now()
    kept.save(update_fields=["settled_at"])
    facts = {"code": kept.code, "times": kept.times}
    record(city_id=kept.city_id, by=by, verb=verb, thing="quarantined", thing_id=str(kept.pk), facts=facts)


def _cannot() -> Refused:
    return Refused(
        Problem(
            "observations.retry_impossible",
            say("This cannot be tried again from here."),
            say("It is not whole, or it does not say to which series and which moment it belongs."),
            say("Mend the sender and have it send once more; then settle this one."),
        )
    )
