# SPDX-License-Identifier: EUPL-1.2
"""What every operation does alike: formats, unknown parameters, errors, caching, access from other sites."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_words, problem_in_words
from stoa.ground.memory import Memory
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import say
from stoa.standards.ogcfeatures.documents import problem
from stoa.standards.ogcfeatures.links import HTML, JSON, PROBLEM, Link, negotiated
from stoa.standards.ogcfeatures.parameters import need_known, refused

DOCUMENT = {"json": JSON, "html": HTML}
_STATUS = {"lake.busy": 503, "ogc.format_unknown": 406}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an operation sees it."""

    request: HttpRequest
    city: City
    by: Principal
    format: str
    """Its short name, as in `f=`."""
    offers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        return self.offers[self.format]

    @property
    def is_html(self) -> bool:
        return self.media_type == HTML

    def get(self, name: str) -> str:
        return str(self.request.GET.get(name, ""))

    def address(self, page: str, *args: object, **pairs: str) -> str:
        """The whole address of an operation of ours by its name."""
        asked = urlencode(pairs)
        path = reverse(f"ogc-{page}", args=args)
        return self.request.build_absolute_uri(f"{path}?{asked}" if asked else path)

    def here(self, **changed: str) -> str:
        """This address with some parameters changed; an empty one is taken out."""
        pairs = {name: value for name, value in self.request.GET.items() if name not in changed}
        asked = urlencode({**pairs, **{name: value for name, value in changed.items() if value}}, safe=":/,")
        path = self.request.build_absolute_uri(self.request.path)
        return f"{path}?{asked}" if asked else path

    def same_in_all_formats(self) -> tuple[Link, ...]:
        """This document, and the others that say the same (17-069r4, core/fc-links)."""
        others = [name for name in self.offers if name != self.format]
        own = Link(self.here(), "self", self.media_type)
        return (own, *(Link(self.here(f=name), "alternate", self.offers[name]) for name in others))


Operation = Callable[..., HttpResponseBase]


def operation(
    *, offers: Mapping[str, str] = DOCUMENT, parameters: Collection[str] | None = ()
) -> Callable[[Operation], Operation]:
    """An operation for GET and HEAD; with `parameters=None` it looks itself which ones it knows."""

    def made(view: Operation) -> Operation:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _open_to_all(request, HttpResponse(status=204))
            if request.method not in {"GET", "HEAD"}:
                answer = _problem(405, "Only GET, HEAD and OPTIONS are answered here.")
                answer["Allow"] = "GET, HEAD, OPTIONS"
                return _open_to_all(request, answer)
            return _open_to_all(request, _tried(request, view, (offers, parameters), args, kwargs))

        answered.csrf_exempt = True  # type: ignore[attr-defined]  # nothing is written here: POST shall hear 405
        return answered

    return made


def _tried(
    request: HttpRequest,
    view: Operation,
    known: tuple[Mapping[str, str], Collection[str] | None],
    args: Any,
    kwargs: Any,
) -> HttpResponseBase:
    offers, parameters = known
    wants_html = False
    try:
        asked = _asked(request, offers)
        wants_html = asked.is_html
        if parameters is not None:
            need_known(request.GET, {"f", *parameters})
        return view(asked, *args, **kwargs)
    except Refused as refusal:
        status = _STATUS.get(refusal.problem.code, 400)
        if wants_html:
            return render(request, "web/errors/refused.html", {"problems": refusal.problems}, status=status)
        return _refusal(refusal, status)
    except (NotFound, Http404):
        if wants_html:
            raise
        return _problem(404, "There is no such thing, or you may not know of it.")


def _asked(request: HttpRequest, offers: Mapping[str, str]) -> Asked:
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise NotFound("city")
    principal: Principal = request.principal  # type: ignore[attr-defined]
    wanted = request.GET.get("f", "")
    if wanted:
        if wanted not in offers:
            raise refused("f", wanted, say("Use one of: %(known)s.", known=", ".join(offers)))
        return Asked(request, city, principal, wanted, offers)
    best = negotiated(request.headers.get("Accept", ""), list(offers.values()))
    if not best:
        what = say("None of the formats that you accept is offered here.")
        do = say("Use one of: %(known)s.", known=", ".join(offers.values()))
        raise Refused(Problem("ogc.format_unknown", what, say("The Accept header excludes them."), do))
    name = next(name for name, media_type in offers.items() if media_type == best)
    return Asked(request, city, principal, name, offers)


def _problem(status: int, title: str, detail: str = "", **more: Any) -> HttpResponse:
    body = json.dumps(problem(status, title, detail, **more), ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=PROBLEM)


def _refusal(refusal: Refused, status: int) -> HttpResponse:
    first = refusal.problem
    detail = " ".join(filter(None, (in_words(first.why), in_words(first.do))))
    listed = [problem_in_words(one) for one in refusal.problems]
    answer = _problem(status, in_words(first.what), detail, problems=listed)
    if status == 503:
        answer["Retry-After"] = "2"
    return answer


def _open_to_all(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Pages of other sites may read it: only with a key of their own, never with our visitor's cookies."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "Content-Crs, ETag, Link"
    if request.method == "OPTIONS":
        answer["Allow"] = answer["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer["Access-Control-Allow-Headers"] = "Authorization, Accept, Accept-Language, If-None-Match"
        answer["Access-Control-Max-Age"] = "86400"
    patch_vary_headers(answer, ["Accept", "Accept-Language"])
    return answer


def document(asked: Asked, body: Mapping[str, Any], media_type: str = "") -> HttpResponse:
    """A JSON document with an ETag of its content."""
    return _sent(asked, *_written(body), media_type)


def kept_document(asked: Asked, state: str, make: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """The same for a document that depends on the address, the language and on what `state` stands for, on nothing else.

    Kept as text until then; an empty state keeps nothing.
    """
    question = (asked.city.pk, state, asked.format, get_language(), asked.request.build_absolute_uri())
    found = _documents.get(question) if state else None
    if found is None:
        found = _written(make())
        if state:
            _documents.keep(question, found)
    return _sent(asked, *found)


def _written(body: Mapping[str, Any]) -> tuple[str, str]:
    """The text of a document and its ETag."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text, etag(text)


def _sent(asked: Asked, text: str, tag: str, media_type: str = "") -> HttpResponse:
    if is_fresh(asked, tag):
        return not_modified(asked, tag)
    answer = HttpResponse(text, content_type=media_type or asked.media_type)
    return cached(asked, answer, tag)


_documents: Memory[Hashable, tuple[str, str]] = Memory(4_000_000, lambda document: len(document[0]))
"""Documents by question; weighed in letters."""


def etag(*facts: object) -> str:
    """Weak: the same facts give the same answer but for the time stamp."""
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:24]}"'


def etag_of(asked: Asked, *facts: object) -> str:
    """The ETag of an answer by what it depends on; address, format and language always do."""
    request = asked.request
    return etag(request.build_absolute_uri(), asked.format, get_language(), *facts)


def is_fresh(asked: Asked, tag: str) -> bool:
    """Whether the caller has this answer already (RFC 9110, 13.1.2)."""
    given = asked.request.headers.get("If-None-Match", "")
    tags = [part.strip().removeprefix("W/") for part in given.split(",")]
    return given.strip() == "*" or tag.removeprefix("W/") in tags


def not_modified(asked: Asked, tag: str, *, is_public: bool = True) -> HttpResponse:
    return cached(asked, HttpResponse(status=304), tag, is_public=is_public)


def cached(
    asked: Asked, answer: HttpResponse, tag: str = "", *, is_public: bool = True, seconds: int = 60
) -> HttpResponse:
    """Let others keep an answer for a while, but never one that depends on who asked."""
    if tag:
        answer["ETag"] = tag
    shared = is_public and not asked.by.is_known
    answer["Cache-Control"] = f"public, max-age={seconds}" if shared else "private, no-cache"
    return answer
