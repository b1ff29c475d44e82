# SPDX-License-Identifier: EUPL-1.2
"""Who calls: the city and the principal of a request, and whether it may write."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.errors import HttpError

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound


def asked_by(request: HttpRequest) -> tuple[City, Principal]:
    """The city of the address, and whoever asks."""
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise NotFound("city")
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return city, principal


def writer(request: HttpRequest) -> Principal:
    """Only a key may write: a cookie alone could be ridden by another site."""
    _city, principal = asked_by(request)
    if principal.channel != "api":
        raise HttpError(
            401, "Writing needs a key: Authorization: Bearer <key>. Make one with: stoa token create"
        )
    return principal
