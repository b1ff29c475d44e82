# SPDX-License-Identifier: EUPL-1.2
"""Says who is asking: `request.principal`, from the session or from an API token."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from stoa.commons.cities.models import City
from stoa.commons.people.guessing import Guesses
from stoa.commons.people.keys import digest_of
from stoa.commons.people.queries import principal_by_token, principal_of
from stoa.commons.people.rules import KEY_MARK
from stoa.commons.roles.values import NOBODY, Principal


def _key(request: Any) -> str:
    """The key that a program shows: as a bearer token (RFC 6750), as the password of Basic (RFC 7617), as clients of
    SensorThings know it, or alone as clients of CKAN send theirs."""
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith("Bearer "):
        return str(authorization.removeprefix("Bearer ").strip())
    if authorization.startswith("Basic "):
        return _password(authorization.removeprefix("Basic ").strip())
    alone = authorization.strip() or request.headers.get("X-CKAN-API-Key", "").strip()
    return alone if alone.startswith(KEY_MARK) else ""


def _password(text: str) -> str:
    """The password of Basic, if it is a key; people sign in on a page."""
    try:
        _name, _colon, password = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return ""
    return password if password.startswith(KEY_MARK) else ""


def principal_for(request: Any) -> Principal:
    """Who asks, in the city that the request is for."""
    key = _key(request)
    if key:
        return _by_key(key, request.city, request.META.get("REMOTE_ADDR", ""))
    person = request.user if request.user.is_authenticated else None
    return principal_of(person, request.city)


_guesses = Guesses()


def _by_key(key: str, city: City | None, address: str) -> Principal:
    digest = digest_of(key)
    if not _guesses.may_ask(digest, address):
        return NOBODY
    found = principal_by_token(key, city)
    _guesses.note(digest, address, is_good=found is not NOBODY)
    return found


class PrincipalMiddleware:
    """Sets `request.principal`, worked out at its first use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.principal = SimpleLazyObject(lambda: principal_for(request))  # type: ignore[attr-defined]
        return self.get_response(request)
