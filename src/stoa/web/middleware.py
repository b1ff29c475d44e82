# SPDX-License-Identifier: EUPL-1.2
"""Turns refusals into pages or JSON that say what happened, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from stoa.commons.words.fields import problem_in_words
from stoa.ground.problems import NotFound, Refused


class ProblemMiddleware:
    """`Refused` becomes 422 and `NotFound` 404, as HTML for people and RFC 9457 JSON for programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            raise Http404 from exception
        if not isinstance(exception, Refused):
            return None
        if request.path_info.startswith("/api/"):
            problems = [problem_in_words(problem) for problem in exception.problems]
            body = {"type": "about:blank", "status": 422, "title": problems[0]["what"], "problems": problems}
            return JsonResponse(body, status=422, content_type="application/problem+json")
        return render(request, "web/errors/refused.html", {"problems": exception.problems}, status=422)
