# SPDX-License-Identifier: EUPL-1.2
"""Who follows what, by the secret part of an address."""

from __future__ import annotations

from uuid import UUID

from stoa.commons.cities.models import City
from stoa.houses.catalogue.models import Follow, PortalFollow


def follow_by_uid(*, city: City, uid: UUID) -> Follow | None:
    """One follower of a dataset (one query)."""
    return Follow.objects.filter(city=city, uid=uid).select_related("dataset").first()


def portal_follow_by_uid(*, city: City, uid: UUID) -> PortalFollow | None:
    """One follower of the whole portal (one query)."""
    return PortalFollow.objects.filter(city=city, uid=uid).first()
