# SPDX-License-Identifier: EUPL-1.2
"""Reading the audit trail."""

from __future__ import annotations

from stoa.commons.audit.models import AuditLine


def history_of(*, city_id: int, thing: str, thing_id: str, most: int = 200) -> list[AuditLine]:
    """What was done to one thing, newest first (one query, by index `audit_by_thing`)."""
    return list(
        AuditLine.objects.filter(city_id=city_id, thing=thing, thing_id=thing_id).order_by("-at", "-pk")[
            :most
        ]
    )
