# SPDX-License-Identifier: EUPL-1.2
"""Features of interest that observations bring themselves."""

from __future__ import annotations

from django.db import transaction

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.actions.drafts import Draft, facts_of
from stoa.houses.observations.models import Datastream, FeatureOfInterest
from stoa.houses.observations.queries.usable_features import usable_features

EQUAL_MOST = 20


@transaction.atomic
def told_feature(*, city: City, by: Principal, series: int, draft: Draft) -> int | None:
    """The feature inside of an observation: an equal one if it may be used there, so that the same message twice is one.

    None where `by` may not write into the series.
    """
    if not Datastream.objects.filter(city=city, pk=series).writable_by(by).exists():
        return None
    facts = facts_of(draft)
    equal = FeatureOfInterest.objects.filter(city=city, made_of_location=None, **facts).order_by("pk")
    known = list(equal.values_list("pk", flat=True)[:EQUAL_MOST])
    usable = usable_features(city=city, by=by, pairs=[(series, pk) for pk in known])
    for pk in known:
        if (series, pk) in usable:
            return pk
    return setting_up.set_up_feature(city=city, by=by, **facts).pk
