# SPDX-License-Identifier: EUPL-1.2
"""The place where a thing stands as what its observations speak of (OGC 18-088, clause 10.2)."""

from __future__ import annotations

from stoa.houses.observations.models import FeatureOfInterest, Location


def keep_feature(location: Location) -> FeatureOfInterest:
    """The feature made of a place by itself; made now if there is none. Runs inside of the action that places a thing."""
    found = FeatureOfInterest.objects.filter(made_of_location=location).order_by("pk").first()
    return found or FeatureOfInterest.objects.create(
        city_id=location.city_id,
        name=location.name,
        description=location.description,
        encoding_type=location.encoding_type,
        feature=location.location,
        box=location.box,
        made_of_location=location,
    )
