# SPDX-License-Identifier: EUPL-1.2
"""Take what is pushed.

What was put aside is answered with 202 and the reason: a network server that gets errors stops sending.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from stoa.commons.cities.models import City
from stoa.commons.words.fields import in_words
from stoa.ground.problems import NotFound
from stoa.houses.observations.door import devices
from stoa.houses.observations.door.devices import Sent, Taken
from stoa.houses.observations.terms import Way
from stoa.standards.lorawan.envelopes import read_uplink
from stoa.standards.lorawan.uplink import BadUplink, Network, NotAnUplink, Uplink

MOST_BYTES = 1_048_576
MOST_MESSAGES = 1_000


@csrf_exempt
@require_POST
def uplinks(request: HttpRequest, network: str) -> HttpResponse:
    """Uplinks of The Things Stack, ChirpStack, LORIOT or ThingPark, by a key that may send observations."""
    city = _city(request)
    by = request.principal  # type: ignore[attr-defined]
    if not devices.may_send(by):
        return _refused()
    if network and network not in set(Network):
        raise Http404
    body = _body(request)
    if isinstance(body, HttpResponse):
        return body
    messages = body if isinstance(body, list) else [body]
    if len(messages) > MOST_MESSAGES:
        return _said("message_too_large", 413)
    read, wrong = _read(city, messages, Network(network) if network else None)
    taken = devices.take_uplinks(city=city, by=by, uplinks=read, way=Way.PUSH)
    return _answer([*taken, *wrong])


@csrf_exempt
@require_POST
def message(request: HttpRequest, uid: UUID) -> HttpResponse:
    """JSON of one device, by the device's own key."""
    city = _city(request)
    key = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    body = _body(request)
    if isinstance(body, HttpResponse):
        return body
    try:
        taken = devices.take_message(city=city, uid=str(uid), key=key, message=body, payload=request.body)
    except NotFound:
        return _refused()
    return _answer([taken])


def _city(request: HttpRequest) -> City:
    city: City | None = request.city  # type: ignore[attr-defined]
    if city is None:
        raise Http404
    return city


def _body(request: HttpRequest) -> Any:
    """The JSON that was sent, or the answer that says why there is none."""
    try:
        if len(request.body) > MOST_BYTES:
            return _said("message_too_large", 413)
        return json.loads(request.body.decode("utf-8"), parse_constant=_no_number)
    except RequestDataTooBig:
        return _said("message_too_large", 413)
    except (ValueError, RecursionError):
        return _said("message_unreadable", 400)


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _read(city: City, messages: list[Any], network: Network | None) -> tuple[list[Uplink], list[Taken]]:
    read: list[Uplink] = []
    wrong: list[Taken] = []
    for one in messages:
        try:
            read.append(read_uplink(one, network))
        except NotAnUplink:
            continue
        except BadUplink as why:
            sent = Sent(json.dumps(one).encode(errors="replace"), Way.PUSH, f"push/lorawan/{network or ''}")
            facts = {"why": str(why)[:200]}
            wrong.append(devices.turn_away(city=city, name="message_unreadable", facts=facts, sent=sent))
    return read, wrong


def _answer(taken: list[Taken]) -> JsonResponse:
    problems = [one.problem for one in taken if one.problem]
    told = {
        "written": sum(one.written for one in taken),
        "unchanged": sum(one.unchanged for one in taken),
        "refused": sum(one.refused for one in taken) + len(problems),
        "problems": [
            {"code": one.code, "what": in_words(one.what), "do": in_words(one.do)} for one in problems[:20]
        ],
    }
    return JsonResponse(told, status=202 if told["refused"] else 200)


def _said(code: str, status: int) -> JsonResponse:
    return JsonResponse({"code": f"observations.{code}"}, status=status)


def _refused() -> JsonResponse:
    answer = JsonResponse({"code": "observations.key_missing"}, status=401)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="observations"'
    return answer
