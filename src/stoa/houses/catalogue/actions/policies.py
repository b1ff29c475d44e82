# SPDX-License-Identifier: EUPL-1.2
"""Setting what a city promises and assumes about its open data."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.actions.limits import need_in_city
from stoa.houses.catalogue.models import OpenDataPolicy
from stoa.houses.catalogue.roles import Permission


@transaction.atomic
def set_policy(*, city: City, by: Principal, **said: Any) -> OpenDataPolicy:
    """Keep the promised time, the terms and the assumptions; the old values stay in the trail."""
    need_in_city(by, Permission.CHANGE_POLICY)
    policy, _new = OpenDataPolicy.objects.get_or_create(city=city)
    changed = {
        name: [getattr(policy, name), value] for name, value in said.items() if getattr(policy, name) != value
    }
    for name, (_old, value) in changed.items():
        setattr(policy, name, value)
    policy.save()
    record(city_id=city.pk, by=by, verb="policy.changed", thing="policy", thing_id=city.slug, facts=changed)
    return policy
