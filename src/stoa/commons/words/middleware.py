# SPDX-License-Identifier: EUPL-1.2
"""The language of a request: `?lang=`, then the reader's choice (cookie), then the browser's, among the city's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

COOKIE = "stoa_language"


def offered(request: HttpRequest) -> list[str]:
    """Languages that the city wants and this install has; English if none."""
    city = getattr(request, "city", None)
    known = [code for code, _name in settings.LANGUAGES]
    wanted = [code for code in (city.languages if city else known) if code in known]
    return wanted or ["en"]


def chosen(request: HttpRequest) -> str:
    languages = offered(request)
    for asked in (request.GET.get("lang", ""), request.COOKIES.get(COOKIE, "")):
        if asked in languages:
            return asked
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        code = part.split(";")[0].strip().lower()
        for candidate in (code, code.split("-")[0]):
            if candidate in languages:
                return candidate
    return languages[0]


class LanguageMiddleware:
    """Activates the language for the request and remembers a choice made by `?lang=`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
            if request.GET.get("lang") == language:
                response.set_cookie(COOKIE, language, max_age=365 * 86400, samesite="Lax", httponly=True)
        return response
