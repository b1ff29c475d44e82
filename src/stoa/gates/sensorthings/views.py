# SPDX-License-Identifier: EUPL-1.2
"""The one view of SensorThings: HTTP in, HTTP out, errors as the standard's other servers write them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.roles.values import Principal
from stoa.gates.sensorthings import batches, reading, writing
from stoa.gates.sensorthings.calls import NOT_FOUND, Call, Reply, refusal, sign_in
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.door import asking
from stoa.houses.observations.door.making import undone_if_refused
from stoa.standards.sensorthings.problems import error_json

_ALLOWED = "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"


@csrf_exempt  # whoever writes shows a key; cookies are no key here
def service(request: HttpRequest, resource: str = "") -> HttpResponse:
    """Any request to `/sta/v1.1` and below."""
    if request.method == "OPTIONS":
        return _open_to_all(HttpResponse(status=204, headers={"Allow": _ALLOWED}))
    city, by = getattr(request, "city", None), request.principal  # type: ignore[attr-defined]
    if city is None:
        return _http(NOT_FOUND, by)
    if _shows_key(request) and not by.is_known:
        return _http(sign_in(_UNKNOWN_KEY), by)
    root = request.build_absolute_uri(reverse("sta-root"))
    try:
        body = request.body
    except RequestDataTooBig:
        return _http(Reply(413, error_json(413, "The body is too large; send it in several requests.")), by)
    method = "GET" if request.method == "HEAD" else str(request.method)
    query = request.META.get("QUERY_STRING", "")
    call = Call(method, resource, query, body, request.headers.get("Content-Type", ""), root, city, by)
    with asking.one_budget():
        if method == "POST" and resource.strip("/") == "$batch":
            return _batch(call)
        return _http(answer(call), by)


_UNKNOWN_KEY = Problem(
    "observations.key_unknown",
    say("This key is unknown here, or it was revoked."),
    say("Reading on as nobody would hide what the key was meant to show."),
    say("Ask the city for a new one."),
)


def _shows_key(request: HttpRequest) -> bool:
    return request.headers.get("Authorization", "").startswith(("Bearer ", "Basic "))


def answer(call: Call) -> Reply:
    """The answer to one request; whatever it did is undone if it is refused."""
    deed = _DEEDS.get(call.method)
    if deed is None:
        return Reply(405, error_json(405, f"Only {_ALLOWED} are answered here."), headers={"Allow": _ALLOWED})
    try:
        with undone_if_refused():
            return deed(call)
    except Refused as refused:
        return refusal(refused, call.by)
    except NotFound:
        return NOT_FOUND


_DEEDS: Mapping[str, Callable[[Call], Reply]] = {
    "GET": reading.read,
    "POST": writing.create,
    "PATCH": writing.update,
    "PUT": writing.update,
    "DELETE": writing.delete,
}


def _batch(call: Call) -> HttpResponse:
    try:
        media_type, body = batches.answer_batch(call, answer)
    except Refused as refused:
        return _http(refusal(refused, call.by), call.by)
    content = body if isinstance(body, bytes) else _dumped(body)
    return _open_to_all(HttpResponse(content, content_type=media_type))


def _dumped(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _http(reply: Reply, by: Principal) -> HttpResponse:
    if reply.text is not None:
        made = HttpResponse(reply.text, status=reply.status, content_type="text/plain; charset=utf-8")
        made["X-Content-Type-Options"] = "nosniff"
    elif reply.body is not None:
        made = HttpResponse(_dumped(reply.body), status=reply.status, content_type="application/json")
    else:
        made = HttpResponse(status=reply.status, content_type="application/json")
    for name, value in reply.headers.items():
        made[name] = value
    made["Cache-Control"] = "no-cache" if not by.is_known else "private, no-cache"
    return _open_to_all(made)


def _open_to_all(made: HttpResponse) -> HttpResponse:
    """Pages of other sites may read and, with a key of their own, write."""
    made["Access-Control-Allow-Origin"] = "*"
    made["Access-Control-Allow-Methods"] = _ALLOWED
    made["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Accept"
    made["Access-Control-Expose-Headers"] = "Location"
    return made
