# SPDX-License-Identifier: EUPL-1.2
"""Is everything there? For `stoa up`, load balancers and Prometheus."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from stoa.commons.jobs.models import Heartbeat


def _checks() -> dict[str, bool]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            database = cursor.fetchone() == (1,)
    except DatabaseError:
        database = False
    lake = Path(settings.STOA_LAKE)
    return {"database": database, "lake": not lake.exists() or os.access(lake, os.W_OK)}


def ready(request: HttpRequest) -> HttpResponse:
    """200 when pages can be served, 503 with what is missing when not."""
    checks = _checks()
    return JsonResponse(
        {"ready": all(checks.values()), "checks": checks}, status=200 if all(checks.values()) else 503
    )


def may_send(request: HttpRequest) -> HttpResponse:
    """204 to whoever is signed in or shows a token, else 403: the front asks before it takes a large body."""
    return HttpResponse(status=204 if request.principal.is_known else 403)  # type: ignore[attr-defined]


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format."""
    lines = ["# TYPE stoa_up gauge"]
    lines += [f'stoa_up{{part="{part}"}} {int(fine)}' for part, fine in _checks().items()]
    with connection.cursor() as cursor:
        cursor.execute("select status::text, count(*) from procrastinate_jobs group by 1 order by 1")
        lines += [
            "# TYPE stoa_jobs gauge",
            *(f'stoa_jobs{{status="{status}"}} {n}' for status, n in cursor.fetchall()),
        ]
    beat = Heartbeat.objects.filter(name="jobs").first()
    if beat:
        lines += ["# TYPE stoa_jobs_beat_seconds gauge", f"stoa_jobs_beat_seconds {beat.at.timestamp():.0f}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")
