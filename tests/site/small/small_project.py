# SPDX-License-Identifier: EUPL-1.2
"""The smallest Django project that `stoa up` can run: settings, addresses and WSGI in one module."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

SECRET_KEY = "of the tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "small_project"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "procrastinate.contrib.django"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_url = urlsplit(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path[1:],
        "USER": _url.username,
        "PASSWORD": unquote(_url.password or ""),
        "HOST": parse_qs(_url.query)["host"][0],
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}


def ready(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ready": True})


def echo(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse({
        "method": request.method,
        "path": request.get_full_path(),
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "bytes": len(request.read()),
    })  # fmt: skip
    answer["X-Stoa-Secret"] = "inside only"
    answer["Connection"] = "X-Only-Here"
    answer["X-Only-Here"] = "1"
    answer["X-For-All"] = "2"
    return answer


def may_send(request: HttpRequest) -> HttpResponse:
    assert not request.headers.get("Content-Length")
    return HttpResponse(status=403 if request.headers.get("X-Stranger") else 204)


def file(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv")
    answer["X-Stoa-File"] = request.GET["path"]
    answer["Content-Disposition"] = "attachment; filename=trees.csv"
    return answer


def events(request: HttpRequest) -> HttpResponse:
    def told() -> Iterator[bytes]:
        for number in range(200):
            yield f"data: {number}\n\n".encode()
            time.sleep(0.1)

    return StreamingHttpResponse(told(), content_type="text/event-stream")


def endless(request: HttpRequest) -> HttpResponse:
    """Counts in a file how far it came, so that a test sees when it is stopped."""
    count = Path(request.GET["count"])

    def told() -> Iterator[bytes]:
        number = 0
        while True:
            number += 1
            count.write_text(str(number))
            yield b"x" * 1000
            time.sleep(0.02)

    return StreamingHttpResponse(told())


def large(request: HttpRequest) -> HttpResponse:
    return StreamingHttpResponse(b"y" * 65536 for _ in range(256))


def note(request: HttpRequest) -> HttpResponse:
    """Write a row and say which number it got."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_group (name) VALUES (%s) RETURNING id", [request.GET["name"]])
        return JsonResponse({"id": cursor.fetchone()[0]})


urlpatterns = [
    path("-/may-send", may_send),
    path("c/town/-/may-send", may_send),
    path("", lambda request: HttpResponse("hello")),
    path("-/ready", ready),
    path("echo", echo),
    path("desk/echo", echo),
    path("file", file),
    path("events", events),
    path("endless", endless),
    path("large", large),
    path("note", note),
]
sys.modules.setdefault("small_project", sys.modules[__name__])
_wsgi: list[object] = []


def application(environ: dict[str, object], start_response: object) -> object:
    if not _wsgi:
        _wsgi.append(get_wsgi_application())
    return _wsgi[0](environ, start_response)  # type: ignore[operator]
