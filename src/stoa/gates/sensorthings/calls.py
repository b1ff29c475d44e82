# SPDX-License-Identifier: EUPL-1.2
"""A request and its answer without HTTP around them, so that requests of a batch are answered like all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_words, problem_in_words
from stoa.ground.problems import Problem, Refused
from stoa.houses.observations.door.asking import CODE, TOO_COSTLY
from stoa.standards.sensorthings.problems import STATUS, error_json


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str
    path: str
    """Relative to the service's root, percent signs decoded."""
    query: str
    body: bytes
    media_type: str
    root: str
    """The address of the service, without a slash at its end."""
    city: City
    by: Principal


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: JSON, a text, or nothing."""

    status: int
    body: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND = Reply(404, error_json(404, "Nothing found."))
_STATUS = {
    **STATUS,
    CODE: 400,
    TOO_COSTLY: 503,
    "observations.right_missing": 403,
    "observations.removal_not_allowed": 403,
    "observations.series_not_writable": 403,
    "observations.thing_unregistered": 403,
    "observations.type_in_use": 409,
}
"""Statuses of refusals; all others are 400."""


def refusal(refused: Refused, by: Principal) -> Reply:
    """What was refused, in words; 401 where a key would help."""
    first = refused.problem
    status = _STATUS.get(first.code, 400)
    if status == 403 and not by.is_known:
        return sign_in(first)
    headers = {"Retry-After": "5"} if status == 503 else {}
    message = " ".join(filter(None, (in_words(first.what), in_words(first.why), in_words(first.do))))
    problems = [problem_in_words(one) for one in refused.problems]
    return Reply(status, error_json(status, message, problems=problems), headers=headers)


def sign_in(problem: Problem) -> Reply:
    """Somebody without a key, or with one that is not known, wants what needs one."""
    body = error_json(401, in_words(problem.what), problems=[problem_in_words(problem)])
    return Reply(
        401, body, headers={"WWW-Authenticate": 'Bearer realm="sensorthings", Basic realm="sensorthings"'}
    )
