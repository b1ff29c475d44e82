# SPDX-License-Identifier: EUPL-1.2
"""Writing the audit trail; called by every action, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stoa.commons.audit.models import AuditLine
from stoa.commons.roles.values import Principal


def record(
    *,
    city_id: int,
    by: Principal,
    verb: str,
    thing: str,
    thing_id: str,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Add one line: who did what to which thing."""
    AuditLine.objects.create(
        city_id=city_id,
        by_id=by.person_id,
        by_name=by.name[:200],
        channel=by.channel,
        verb=verb,
        thing=thing,
        thing_id=thing_id,
        facts=dict(facts or {}),
    )
