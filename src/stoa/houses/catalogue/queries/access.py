# SPDX-License-Identifier: EUPL-1.2
"""Access on request: what is open to whom, and what waits for a decision."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import AccessGrant, AccessRequest
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.rights import opened_name
from stoa.houses.catalogue.terms import AccessState


def today_in(city: City) -> date:
    """The day in the city's zone."""
    return timezone.now().astimezone(ZoneInfo(city.zone)).date()


def opened_to(city: City, person_id: int | None, digest: str) -> frozenset[str]:
    """Datasets that are open today to a person or to the holder of a key, named as rights name them (one query)."""
    valid = AccessGrant.objects.filter(city=city, revoked_at=None, until_on__gte=today_in(city))
    held = valid.filter(person_id=person_id) if person_id is not None else valid.filter(digest=digest)
    return frozenset(opened_name(pk) for pk in held.values_list("dataset_id", flat=True))


def _to_decide(city: City, principal: Principal) -> QuerySet[AccessRequest]:
    departments = principal.departments_with(Permission.GRANT_ACCESS)
    hits = AccessRequest.objects.filter(city=city)
    return hits if departments is None else hits.filter(dataset__department_id__in=departments)


def access_requests(
    *, city: City, principal: Principal, only_open: bool, most: int = 200
) -> list[AccessRequest]:
    """Requests for datasets that this principal decides about, the oldest open ones first (one query)."""
    hits = _to_decide(city, principal).select_related("dataset__department", "grant")
    if only_open:
        return list(hits.filter(state=AccessState.WAITING).order_by("made_at")[:most])
    return list(hits.order_by(F("decided_at").desc(nulls_first=True), "-made_at")[:most])


def access_request_to_decide(*, city: City, principal: Principal, request_id: int) -> AccessRequest:
    """A request that this principal decides about (one query); else `NotFound`."""
    hits = _to_decide(city, principal).select_related("dataset__department", "dataset__city", "grant", "city")
    found = hits.filter(pk=request_id).first()
    if found is None:
        raise NotFound("access request", str(request_id))
    return found


def access_request_by_uid(*, city: City, uid: UUID) -> AccessRequest | None:
    """A request by the secret part of its address (one query)."""
    return AccessRequest.objects.filter(city=city, uid=uid).select_related("dataset", "grant", "city").first()


def grant_by_uid(*, city: City, uid: UUID) -> AccessGrant | None:
    """An access by the secret part of the address that was mailed (one query)."""
    return (
        AccessGrant.objects.filter(city=city, uid=uid).select_related("dataset__department", "city").first()
    )


def is_valid(grant: AccessGrant) -> bool:
    """Whether it opens rows today."""
    return grant.revoked_at is None and grant.until_on >= today_in(grant.city)
