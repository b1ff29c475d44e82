# SPDX-License-Identifier: EUPL-1.2
"""What is new in the whole portal between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max

from stoa.commons.cities.models import City
from stoa.commons.roles.values import NOBODY
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.queries.listing import published

MOST = 40
"""Datasets of either list that a message names; of the rest it tells the number."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new for everybody, newest first."""

    added: Sequence[Dataset] = ()
    added_total: int = 0
    changed: Sequence[Dataset] = ()
    changed_total: int = 0

    def __bool__(self) -> bool:
        return bool(self.added_total or self.changed_total)


def news_between(*, city: City, since: datetime, until: datetime, most: int = MOST) -> News:
    """Datasets that everybody may know of and that were published first, or anew, in that time (five queries)."""
    shown = published(city, NOBODY).select_related("department", "current")
    added = shown.filter(published_at__gt=since, published_at__lte=until)
    versions = Version.objects.filter(
        dataset__in=published(city, NOBODY).filter(published_at__lte=since),
        number__gte=F("dataset__readable_from"),
        made_at__gt=since,
        made_at__lte=until,
    )
    changed = versions.order_by().values("dataset").annotate(at=Max("made_at"))
    newest = [line["dataset"] for line in changed.order_by("-at", "-dataset")[:most]]
    by_pk = shown.in_bulk(newest)
    return News(
        list(added.order_by("-published_at", "-pk")[:most]),
        added.count(),
        [by_pk[pk] for pk in newest if pk in by_pk],
        changed.count(),
    )
