# SPDX-License-Identifier: EUPL-1.2
"""Refusals of SensorThings, and the HTTP status that each of them has."""

from __future__ import annotations

from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say

UNREADABLE, UNSUPPORTED = "sensorthings.option_unreadable", "sensorthings.option_unsupported"
BODY, TOO_LARGE = "sensorthings.body_unreadable", "sensorthings.request_too_large"
STATUS = {UNREADABLE: 400, UNSUPPORTED: 501, BODY: 400, TOO_LARGE: 413}
_WHY = say("Only what OGC SensorThings 1.1 defines can be understood here.")


def unreadable(option: str, what: Saying, do: Saying | None = None) -> Refused:
    """A query option that breaks the grammar (400)."""
    do = do or say("Compare it with the examples in the documentation.")
    return Refused(Problem(UNREADABLE, what, _WHY, do, option))


def unsupported(option: str, what: Saying) -> Refused:
    """A query option or function that this server does not know (501)."""
    return Refused(Problem(UNSUPPORTED, what, _WHY, say("Leave it out."), option))


def too_deep(option: str, most: int) -> Refused:
    what = say("“%(option)s” is too large or nested too deeply.", option=option)
    return unreadable(option, what, say("At most %(most)s parts are read.", most=most))


def body_refused(what: Saying, field: str = "", do: Saying | None = None) -> Refused:
    """A body that cannot be taken (400)."""
    do = do or say("Compare it with the examples in the documentation.")
    return Refused(Problem(BODY, what, _WHY, do, field))


def error_json(status: int, message: str, **more: Any) -> dict[str, Any]:
    """The body of an error, as other servers of the standard write it; the standard itself is silent."""
    return {"code": status, "type": "error", "message": message, **more}
