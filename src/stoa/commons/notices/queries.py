# SPDX-License-Identifier: EUPL-1.2
"""Reading messages."""

from __future__ import annotations

from stoa.commons.notices.models import Notice


def notices_for(*, city_id: int, person_id: int | None, most: int = 50) -> list[Notice]:
    """A person's messages in a city, newest first (one query)."""
    if person_id is None:
        return []
    return list(Notice.objects.filter(city_id=city_id, person_id=person_id).order_by("-made_at")[:most])
