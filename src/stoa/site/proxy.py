# SPDX-License-Identifier: EUPL-1.2
"""Who calls: behind the front's Unix socket every caller would look the same."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

NOBODY = "192.0.2.0"
"""Stands for a caller without an address (RFC 5737, never assigned)."""


class CallerMiddleware:
    """Takes the caller's address from the front, which sends exactly one and drops what callers claim themselves.

    Only where there is no address of a connection: on a TCP port nobody has vouched for the header.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.META.get("REMOTE_ADDR"):
            request.META["REMOTE_ADDR"] = (
                request.headers.get("X-Forwarded-For", "").split(",")[0].strip() or NOBODY
            )
        if request.path_info.startswith("/-/"):
            # About the machine, not about a city: load balancers and `stoa up` ask by any name, never by STOA_HOSTS.
            request.META["HTTP_X_FORWARDED_HOST"] = settings.ALLOWED_HOSTS[0].replace("*", "localhost")
        return self.get_response(request)
