# SPDX-License-Identifier: EUPL-1.2
"""Stories by name, for everybody and for who writes them."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Story
from stoa.houses.catalogue.terms import StoryState


def published_stories(*, city: City, most: int = 100) -> list[Story]:
    """What everybody can read, newest first (one query)."""
    hits = Story.objects.filter(city=city, state=StoryState.PUBLISHED).select_related("department")
    return list(hits.order_by("-published_at", "pk")[:most])


def story_for(*, city: City, principal: Principal, slug: str) -> Story:
    """The story, if this principal may read it (one query); else `NotFound`."""
    hits = Story.objects.filter(city=city, slug=slug).visible_to(principal)
    return _one(hits.select_related("department", "city").first(), slug)


def story_to_edit(*, city: City, principal: Principal, slug: str) -> Story:
    """The story, if this principal may change it (one query); else `NotFound`."""
    hits = Story.objects.filter(city=city, slug=slug).editable_by(principal)
    return _one(hits.select_related("department", "city").first(), slug)


def own_stories(*, city: City, principal: Principal) -> list[Story]:
    """What this principal writes, newest change first (one query)."""
    hits = Story.objects.filter(city=city).editable_by(principal).select_related("department")
    return list(hits.order_by("-updated_at", "pk")[:500])


def _one(found: Story | None, slug: str) -> Story:
    if found is None:
        raise NotFound("story", slug)
    return found
