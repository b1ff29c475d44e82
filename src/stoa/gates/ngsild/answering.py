# SPDX-License-Identifier: EUPL-1.2
"""What every operation does alike: tenant, contexts, media types, rights, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.cities.queries import city_for
from stoa.commons.people.middleware import principal_for
from stoa.commons.roles.values import Principal
from stoa.commons.words.fields import in_words
from stoa.gates.ngsild import linking
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.houses.observations.door import asking
from stoa.standards.ngsild import wire
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import (
    MEDIA_TYPE,
    ErrorType,
    Failed,
    details,
    malformed,
    missing,
    taken,
    unfit,
)

_TAKEN = frozenset({"observations.uri_taken", "observations.subscription_taken"})
_TOO_COMPLEX = frozenset({"observations.entities_too_many", asking.TOO_COSTLY})
_TOO_MANY = frozenset({"observations.figures_too_many"})
_RIGHTS = frozenset(
    {
        "observations.right_missing",
        "observations.series_not_writable",
        "observations.removal_not_allowed",
        "observations.thing_unregistered",
    }
)
_UNSUPPORTED = frozenset({"observations.context_not_fetched"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an operation sees it."""

    request: HttpRequest
    city: City
    by: Principal

    @property
    def values(self) -> dict[str, list[str]]:
        """The parameters of the address with all their values."""
        return {name: [str(one) for one in said] for name, said in self.request.GET.lists()}

    def accepted(self, *offered: str) -> str:
        """The media type to answer with."""
        return wire.accepted(self.request.headers.get("Accept", ""), offered or (wire.JSON, wire.JSON_LD))

    @property
    def link(self) -> str:
        """The context that the header Link names."""
        return wire.context_link(self.request.headers.get("Link", ""))

    def context(self) -> Context:
        """The context of a request that has no body."""
        return linking.built(self, self.link or None)

    def built(self, value: Any) -> Context:
        """A context by what names it."""
        return linking.built(self, value)

    @property
    def site(self) -> str:
        """The address of this interface, with a slash at the end."""
        return linking.site_of(self.request)

    def body(self, *allowed: str) -> tuple[Any, str]:
        """The JSON of the body, and its media type."""
        kind = wire.needs_body_type(self.request.content_type or "", allowed or (wire.JSON, wire.JSON_LD))
        return wire.read_json(self.request.body), kind

    def document(self, *allowed: str) -> tuple[dict[str, Any], Context]:
        """The one object of the body without its context, and the context."""
        body, kind = self.body(*allowed)
        if not isinstance(body, dict):
            raise unfit("The body is a JSON object")
        return body, self.built(wire.body_context(kind, body, self.link))


Handler = Callable[..., HttpResponse]
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def resource(*, is_query: bool = False, **handlers: Handler) -> Callable[..., HttpResponse]:
    """A view out of one handler for each method; `is_query`: POST only asks and needs no key."""

    @csrf_exempt
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        response = _answered(request, handlers, names, is_query=is_query)
        tenant = request.headers.get(wire.TENANT_HEADER)
        if tenant:
            response[wire.TENANT_HEADER] = tenant
        response["Access-Control-Allow-Origin"] = "*"
        patch_vary_headers(response, ["Accept", "Authorization", "Link", wire.TENANT_HEADER])
        return response

    view.methods = frozenset(handlers)  # type: ignore[attr-defined]
    return view


def _answered(
    request: HttpRequest, handlers: Mapping[str, Handler], names: dict[str, str], *, is_query: bool
) -> HttpResponse:
    method = "GET" if request.method == "HEAD" else str(request.method)
    try:
        if method not in handlers:
            response = problem(
                Failed(ErrorType.OPERATION_NOT_SUPPORTED, f"{method[:20]} means nothing here", status=405)
            )
            response["Allow"] = ", ".join(sorted(handlers))
            return response
        asked, guard = _asked(request)
        with guard, asking.one_budget():
            if method not in _READING and not is_query:
                _need_key(asked)
            return handlers[method](asked, **{name: part.rstrip("/") for name, part in names.items()})
    except Failed as failed:
        return problem(failed)
    except RequestDataTooBig:
        return problem(Failed(ErrorType.INVALID_REQUEST, "The body is larger than 4 MiB", status=413))
    except NotFound as found:
        return problem(missing(f"There is no {found.thing} “{found.name[:200]}”"))
    except Refused as refused:
        return problem(failure_of(refused))


def _asked(request: HttpRequest) -> tuple[Asked, AbstractContextManager[None]]:
    """The request in its tenant; tenants are cities, by their short names (clause 6.3.14)."""
    city: City | None = getattr(request, "city", None)
    tenant = request.headers.get(wire.TENANT_HEADER, "")
    if tenant and (city is None or tenant != city.slug):
        found = city_for(slug=tenant)
        if found is None:
            raise Failed(ErrorType.NO_SUCH_TENANT, f"There is no tenant “{tenant[:100]}”")
        request.city = found  # type: ignore[attr-defined]
        with acting_in(found):
            by = principal_for(request)
        return Asked(request, found, by), acting_in(found)
    if city is None:
        raise Http404
    return Asked(request, city, request.principal), nullcontext()  # type: ignore[attr-defined]


def _need_key(asked: Asked) -> None:
    """Writing needs a key in the header: a cookie could be ridden by another site."""
    if asked.by.channel != "api":
        detail = "Writing needs an API token in the header Authorization"
        raise Failed(ErrorType.INVALID_REQUEST, detail, status=401)


def failure_of(refused: Refused) -> Failed:
    """A refusal of the house as the error that the standard has for it."""
    code, detail = refused.problem.code, told(refused.problem)
    if code in _TAKEN:
        return taken(detail)
    if code in _TOO_COMPLEX | _TOO_MANY:
        kind = ErrorType.TOO_COMPLEX_QUERY if code in _TOO_COMPLEX else ErrorType.TOO_MANY_RESULTS
        return Failed(kind, detail)
    if code in _RIGHTS:
        return Failed(ErrorType.INVALID_REQUEST, detail, status=403)
    if code in _UNSUPPORTED:
        return malformed(detail)
    return unfit(detail)


def told(one: Problem) -> str:
    """All its sentences in the reader's language."""
    return " ".join(words for part in (one.what, one.why, one.do) if (words := in_words(part)))


def problem(failed: Failed) -> HttpResponse:
    """An error's answer."""
    response = HttpResponse(wire.written(details(failed)), status=failed.status, content_type=MEDIA_TYPE)
    if failed.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def nothing() -> HttpResponse:
    """Done, and nothing to say."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def made(address: str) -> HttpResponse:
    """Something new, and where it is."""
    response = HttpResponse(status=201)
    del response["Content-Type"]
    response["Location"] = address
    return response


def json_answer(body: Any, status: int = 200) -> HttpResponse:
    """A document that needs no context."""
    return HttpResponse(wire.written(body), status=status, content_type=wire.JSON)


def linked(body: Any, context: Context, kind: str) -> HttpResponse:
    """A document, or a list of documents, with the context where its media type wants it."""
    if kind == wire.JSON_LD:
        body = _embedded(body, context)
    response = HttpResponse(wire.written(body), content_type=kind)
    if kind == wire.JSON:
        response["Link"] = wire.link_to(linking.address_of(context))
    return response


def _embedded(body: Any, context: Context) -> Any:
    if isinstance(body, list):
        return [_embedded(one, context) for one in body]
    return body | {"@context": context.source}


def add_link(response: HttpResponse, link: str) -> None:
    """One more Link beside those that are there."""
    response["Link"] = f"{response['Link']}, {link}" if response.has_header("Link") else link
