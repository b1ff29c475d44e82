# SPDX-License-Identifier: EUPL-1.2
"""Whose internal series somebody may watch who is signed in: the hot path knows keys, the portal knows sessions."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from stoa.houses.observations.door.streaming import Permission


def live_rights(request: HttpRequest) -> JsonResponse:
    """Departments whose internal series may be seen; null: of all."""
    departments = request.principal.departments_with(Permission.SEE_INTERNAL)  # type: ignore[attr-defined]
    answer = JsonResponse({"departments": None if departments is None else sorted(departments)})
    answer["Cache-Control"] = "no-store"
    return answer
