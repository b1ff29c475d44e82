# SPDX-License-Identifier: EUPL-1.2
"""The link in a message by which whoever got it takes the alert over: short enough for a text message.

It names the message and is signed for this one purpose (128 bits of HMAC-SHA-256). It is good while the alert is open,
for a week at most; that of a person ends when they leave the city.
"""

from __future__ import annotations

import base64
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from stoa.commons.cities.models import City
from stoa.commons.people.models import Membership
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import AlertMessage

GOOD_FOR = timedelta(days=7)
_SALT = "stoa.observations.take_alert"


def sign(message: AlertMessage) -> str:
    """What stands in the address."""
    return f"{message.pk:x}-{_signature(message.city_id, message.pk)}"


def _signature(city_id: int, number: int) -> str:
    digest = salted_hmac(_SALT, f"{city_id}:{number}", algorithm="sha256").digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def message_of(*, city: City, signed: str) -> AlertMessage:
    """The message that a link came with (one query). Raises NotFound for a wrong and for an old one alike."""
    number, _dash, signature = signed.partition("-")
    try:
        key = int(number, 16)
    except ValueError:
        raise NotFound("alert link") from None
    if key > 2**62 or not constant_time_compare(signature, _signature(city.pk, key)):
        raise NotFound("alert link")
    still_here = Q(person=None) | Exists(
        Membership.objects.filter(city=city, person=OuterRef("person"), person__is_active=True)
    )
    found = (
        AlertMessage.objects.filter(still_here, city=city, pk=key, route__isnull=False)
        .filter(alert__noticed_at__gt=timezone.now() - GOOD_FOR)
        .select_related(
            "alert__rule__department", "alert__datastream__thing", "alert__city", "person", "route"
        )
        .first()
    )
    if found is None:
        raise NotFound("alert link")
    return found
