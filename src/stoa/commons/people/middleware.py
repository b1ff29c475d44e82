# SPDX-License-Identifier: EUPL-1.2
"""Says who is asking: `request.principal`, from the session or from an API token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from stoa.commons.people.queries import principal_by_token, principal_of
from stoa.commons.roles.values import Principal


def _principal(request: Any) -> Principal:
    authorization = request.headers.get("Authorization", "")
    key = authorization.removeprefix("Bearer ").strip() if authorization.startswith("Bearer ") else ""
    if key:
        return principal_by_token(key, request.city)
    person = request.user if request.user.is_authenticated else None
    return principal_of(person, request.city)


class PrincipalMiddleware:
    """Sets `request.principal`, worked out at its first use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.principal = SimpleLazyObject(lambda: _principal(request))  # type: ignore[attr-defined]
        return self.get_response(request)
