# SPDX-License-Identifier: EUPL-1.2
"""From a request to an action and back to CKAN's envelope."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_words
from stoa.gates.ckan.calls import ACTIONS, Action, Call, need_key
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.standards.ckan import envelope
from stoa.standards.ckan.problems import ActionFailed, BadRequest, Denied, Invalid, Missing, SearchFailed

_BUSY = {"lake.busy", "lake.query_too_slow", "lake.query_too_large"}
_FORBIDDEN = {"catalogue.right_missing"}


@csrf_exempt
def action(request: HttpRequest, name: str) -> HttpResponse:
    """Answer one action; never anything but JSON."""
    callback = request.GET.get("callback", "") if request.method == "GET" else ""
    try:
        status, body = _answered(request, name, is_anonymous=bool(callback))
        text = envelope.written(body)
        if callback:
            return HttpResponse(envelope.script(callback, text), content_type=envelope.SCRIPT_TYPE)
    except BadRequest as bad:
        return _json(bad.message, 400)
    except RequestDataTooBig:
        return _json("Bad request - The body is too large: send a file instead", 413)
    except MultiPartParserError:
        return _json("Bad request - The form cannot be read", 400)
    return HttpResponse(text, status=status, content_type=envelope.MEDIA_TYPE)


def _json(body: Any, status: int) -> HttpResponse:
    return HttpResponse(envelope.written(body), status=status, content_type=envelope.MEDIA_TYPE)


def help_address(request: HttpRequest, name: str) -> str:
    return request.build_absolute_uri(f"{reverse('ckan-action', args=['help_show'])}?name={name}")


def _answered(request: HttpRequest, name: str, *, is_anonymous: bool) -> tuple[int, dict[str, Any]]:
    wanted = ACTIONS.get(name)
    if wanted is None:
        raise BadRequest(f"Action name not known: {name[:80]}")
    if request.method not in {"GET", "HEAD", "POST"} or (request.method != "POST" and not wanted.is_reading):
        raise BadRequest(f"Action {name} can only be called with POST")
    help_text = help_address(request, name)
    try:
        return 200, envelope.success(help_text, answer(_call(request, is_anonymous=is_anonymous), wanted))
    except ActionFailed as failed:
        return failed.status, envelope.failure(help_text, failed)


def answer(call: Call, wanted: Action) -> Any:
    """What an action says; refusals of the houses become CKAN's errors, and a failed writing leaves nothing."""
    guard: AbstractContextManager[None] = nullcontext() if wanted.is_reading else acting_in(call.city)
    try:
        if not wanted.is_reading:
            need_key(call)
        with guard:
            return wanted.answer(call)
    except NotFound as missing:
        raise Missing(missing.name) from missing
    except Refused as refusal:
        raise failure_of(refusal) from refusal


def failure_of(refusal: Refused) -> ActionFailed:
    """A refusal as the error that a client of CKAN knows."""
    if refusal.problem.code in _FORBIDDEN:
        return Denied(in_words(refusal.problem.what))
    if refusal.problem.code in _BUSY:
        return SearchFailed(told(refusal.problem))
    fields: dict[str, list[str]] = {}
    for problem in refusal.problems:
        fields.setdefault(problem.field or "message", []).append(told(problem))
    return Invalid(fields)


def told(problem: Problem) -> str:
    """All its sentences in the reader's language."""
    return " ".join(words for part in (problem.what, problem.why, problem.do) if (words := in_words(part)))


def city_of(request: HttpRequest) -> City:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city


def _call(request: HttpRequest, *, is_anonymous: bool) -> Call:
    city = city_of(request)
    # An answer that a script tag of another site can read is what everybody may see.
    by = Principal(city_id=city.pk) if is_anonymous else request.principal  # type: ignore[attr-defined]
    if request.method != "POST":
        own = {"callback", "lang"}
        pairs = {name: values for name, values in request.GET.lists() if name not in own}
        return Call(request, city, by, envelope.from_address(pairs))
    if request.content_type == "multipart/form-data":
        return Call(request, city, by, envelope.from_address(dict(request.POST.lists())), _files(request))
    return Call(request, city, by, _body(request))


def _files(request: HttpRequest) -> dict[str, UploadedFile[Any]]:
    return {name: file for name in request.FILES if isinstance(file := request.FILES[name], UploadedFile)}


def _body(request: HttpRequest) -> dict[str, Any]:
    """JSON, also where a client says that it is a form, as curl does."""
    if request.content_type != "application/x-www-form-urlencoded":
        return envelope.parameters(request.body)
    raw = request.body.strip()
    if raw[:1] == b"{" or raw[:3].lower() == b"%7b":
        return envelope.parameters(raw if raw[:1] == b"{" else unquote_to_bytes(raw))
    return envelope.from_address(dict(request.POST.lists()))


def version(request: HttpRequest) -> HttpResponse:
    """`/api/3`: which version this is."""
    city_of(request)
    return _json({"version": 3}, 200)


def dataset_page(request: HttpRequest, name: str) -> HttpResponse:
    """CKAN's address of a dataset's page leads to ours."""
    return redirect("dataset", slug=name)
