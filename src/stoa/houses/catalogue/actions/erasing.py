# SPDX-License-Identifier: EUPL-1.2
"""Erasing what is not needed any more of the people who wrote to the city."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stoa.houses.catalogue.actions.voting import KEEP_UNCONFIRMED
from stoa.houses.catalogue.models import (
    AccessRequest,
    Comment,
    DataRequest,
    Follow,
    PortalFollow,
    RequestVote,
    Reuse,
)
from stoa.houses.catalogue.terms import AccessState

KEEP = timedelta(days=180)


@transaction.atomic
def erase_people(*, city_id: int) -> int:
    """Erase addresses and names whose time is over; returns how many rows were touched."""
    now = timezone.now()
    erased = 0
    for model in (Reuse, DataRequest, Comment):
        old = model.objects.filter(city_id=city_id, made_at__lt=now - KEEP).exclude(email="")
        erased += old.update(email="")
    for unconfirmed in (RequestVote, Follow, PortalFollow):
        old_ones = unconfirmed.objects.filter(
            city_id=city_id, confirmed_at=None, made_at__lt=now - KEEP_UNCONFIRMED
        )
        erased += old_ones.delete()[0]
    return erased + _erase_asking(city_id)


def _erase_asking(city_id: int) -> int:
    """People who asked for access, half a year after the refusal or the end; the decision stays without them."""
    then = timezone.now() - KEEP
    over = Q(state=AccessState.REFUSED, decided_at__lt=then) | Q(grant__until_on__lt=then.date())
    over |= Q(grant__revoked_at__lt=then) | Q(state=AccessState.WAITING, made_at__lt=then - KEEP)
    old = AccessRequest.objects.filter(over, city_id=city_id).exclude(email="", name="", organisation="")
    ids = list(old.values_list("pk", flat=True))
    return AccessRequest.objects.filter(pk__in=ids).update(email="", name="", organisation="")
