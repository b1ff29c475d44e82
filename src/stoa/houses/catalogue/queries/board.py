# SPDX-License-Identifier: EUPL-1.2
"""The steward's board: what is late, broken, drifting, undescribed or unused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset, Delivery, Source, UsageDay
from stoa.houses.catalogue.models.dataset import DatasetQuerySet
from stoa.houses.catalogue.terms import DeliveryState, State

MOST = 20
UNUSED_AFTER = timedelta(days=90)
POORLY_DESCRIBED = 60
"""Points for documentation below which a dataset counts as undescribed."""


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many datasets have each trouble."""

    published: int
    late: int
    broken: int
    drifting: int
    undescribed: int
    unused: int


def _mine(city: City, principal: Principal, now: datetime) -> DatasetQuerySet:
    """What this principal looks after, with each trouble as a yes or no."""
    held = Delivery.objects.filter(dataset=OuterRef("pk"), state=DeliveryState.HELD)
    used = UsageDay.objects.filter(dataset=OuterRef("pk"), day__gte=(now - UNUSED_AFTER).date())
    failing = Source.objects.filter(dataset=OuterRef("pk")).filter(
        Q(failures__gt=0) | Q(problem__isnull=False)
    )
    mine = Dataset.objects.filter(city=city, state=State.PUBLISHED).editable_by(principal)
    return mine.annotate(is_broken=Exists(failing), is_drifting=Exists(held), is_used=Exists(used))


def _late(now: datetime) -> Q:
    return Q(late_at__lte=now)


_UNDESCRIBED = Q(description={}) | Q(current__quality__documentation__lt=POORLY_DESCRIBED)


def _unused(now: datetime) -> Q:
    return Q(is_used=False, published_at__lt=now - UNUSED_AFTER)


def board_counts(*, city: City, principal: Principal, now: datetime) -> BoardCounts:
    """All the figures of the board (one query)."""
    found = _mine(city, principal, now).aggregate(
        published=Count("pk"),
        late=Count("pk", filter=_late(now)),
        broken=Count("pk", filter=Q(is_broken=True)),
        drifting=Count("pk", filter=Q(is_drifting=True)),
        undescribed=Count("pk", filter=_UNDESCRIBED),
        unused=Count("pk", filter=_unused(now)),
    )
    return BoardCounts(**found)


def late(*, city: City, principal: Principal, now: datetime) -> list[Dataset]:
    """A promised update has not come; the longest first (one query)."""
    hits = _mine(city, principal, now).filter(_late(now)).select_related("department")
    return list(hits.order_by("late_at", "pk")[:MOST])


def broken(*, city: City, principal: Principal, now: datetime) -> list[Dataset]:
    """The source could not be read when it was last looked at; the most often failed first (one query)."""
    hits = _mine(city, principal, now).filter(Q(is_broken=True)).select_related("department", "source")
    return list(hits.order_by("-source__failures", "pk")[:MOST])


def drifting(*, city: City, principal: Principal, now: datetime) -> list[Delivery]:
    """Files that differ from what was agreed, the newest of each dataset (one query)."""
    mine = Dataset.objects.filter(city=city, state=State.PUBLISHED).editable_by(principal)
    hits = Delivery.objects.filter(dataset__in=mine, state=DeliveryState.HELD).defer("reading")
    newest = hits.select_related("dataset__department").order_by("dataset_id", "-came_at", "-pk")
    return list(newest.distinct("dataset_id")[:MOST])


def undescribed(*, city: City, principal: Principal, now: datetime) -> list[Dataset]:
    """Without a description, or with few points for it; the worst first (one query)."""
    hits = _mine(city, principal, now).filter(_UNDESCRIBED).select_related("department", "current__quality")
    return list(hits.order_by("current__quality__documentation", "pk")[:MOST])


def unused(*, city: City, principal: Principal, now: datetime) -> list[Dataset]:
    """Published for long, and nobody looked at it for three months; the oldest first (one query)."""
    hits = _mine(city, principal, now).filter(_unused(now)).select_related("department")
    return list(hits.order_by("published_at", "pk")[:MOST])
