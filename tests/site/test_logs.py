# SPDX-License-Identifier: EUPL-1.2
"""What is written down when something breaks: enough to find the place, and nothing of the person who met it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.log import configure_logging

SECRET = "eve-the-secret"


def broken(_request: HttpRequest, key: str) -> HttpResponse:
    if key == "gone":
        raise Http404(key)
    if key == "odd":
        raise SuspiciousOperation(key)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE told (name text CONSTRAINT told_once UNIQUE) ON COMMIT DROP")
        cursor.execute("INSERT INTO told VALUES (%s), (%s)", [key, key])
    return HttpResponse()


urlpatterns = [path("letters/<str:key>", broken)]


@pytest.fixture
def written() -> Iterator[Any]:
    """The lines of the log since the last look, as Django sets it up when a process starts."""
    root, paper = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    (ours,) = root.handlers
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(paper)

    def look() -> list[dict[str, Any]]:
        lines = paper.getvalue().splitlines()
        paper.truncate(0)
        return [json.loads(line) for line in lines]

    yield look
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.site.test_logs", MIDDLEWARE=[])
def test_a_failed_request_is_told_by_route_error_and_place_and_not_by_what_was_sent(written: Any) -> None:
    answer = Client(raise_request_exception=False).get(f"/letters/{SECRET}?mail={SECRET}")
    assert answer.status_code == 500
    lines = written()
    (told,) = lines
    assert (told["event"], told["route"], told["status_code"]) == ("request_failed", "letters/<str:key>", 500)
    assert any("UniqueViolation 23505 told_once" in kind for kind in told["errors"])
    assert any("test_logs.py" in place and place.endswith(" broken") for place in told["places"])
    assert SECRET not in json.dumps(lines)


@override_settings(ROOT_URLCONF="tests.site.test_logs", MIDDLEWARE=[])
def test_strangers_cannot_fill_the_disk_with_what_they_do_wrong(written: Any) -> None:
    client = Client(raise_request_exception=False)
    for address in ("/letters/gone", "/nothing-of-the-kind"):
        assert client.get(address).status_code == 404
    assert client.get("/", headers={"host": "evil.example"}).status_code in {400, 404}
    assert written() == []


def test_a_failed_job_is_told_by_its_name_and_number_and_events_with_their_facts(written: Any) -> None:
    log = logging.getLogger("procrastinate.worker")
    job = {"id": 7, "task_name": "letters.send", "task_args": {"to": SECRET}}
    log.info("Starting %s", job, extra={"action": "start_job", "job": job})
    try:
        raise ValueError(SECRET) from KeyError(SECRET)
    except ValueError:
        log.exception("Job %s failed", job, extra={"action": "job_error", "job": job})
    logging.getLogger("stoa.anything").warning(
        "drop_folder_failed", extra={"recipe": 3, "why": HttpRequest()}
    )
    failed, fact = written()
    assert (failed["event"], failed["task"], failed["job"]) == ("job_job_error", "letters.send", 7)
    assert failed["errors"] == ["ValueError", "KeyError"]
    assert SECRET not in json.dumps(failed)
    assert (fact["event"], fact["recipe"], fact["level"]) == ("drop_folder_failed", 3, "warning")
    assert "why" not in fact, "what is not plain could hold anything"
