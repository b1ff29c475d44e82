# SPDX-License-Identifier: EUPL-1.2
"""Chooses the city of a request and opens the one transaction that the request runs in."""

from __future__ import annotations

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import set_script_prefix
from django.utils import timezone

from stoa.commons.cities.acting import acting_in_asked

_PREFIX = re.compile(r"^/c/(?P<slug>[a-z0-9-]{1,40})(?=/|$)")
_WITHOUT_CITY = ("/-/", "/static/")

Handler = Callable[[HttpRequest], HttpResponse]


class CityMiddleware:
    """`/c/<city>/...` chooses by short name and is taken off the path; else the host name chooses.

    Links made by `reverse` get the same prefix back, so no page knows how its city was chosen. A response of 500
    and above rolls the transaction back.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.city = None  # type: ignore[attr-defined]
        if request.path_info.startswith(_WITHOUT_CITY):
            return self.get_response(request)
        found = _PREFIX.match(request.path_info)
        with acting_in_asked(slug=found["slug"] if found else "", host=request.get_host()) as city:
            if found:
                if city is None:
                    raise Http404
                request.path_info = request.path_info[found.end() :] or "/"
            set_script_prefix(f"{found[0]}/" if found else "/")
            request.city = city  # type: ignore[attr-defined]
            if city is None:
                return self._answer(request)
            with timezone.override(ZoneInfo(city.zone)):
                return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 500:
            transaction.set_rollback(True)
        return response
