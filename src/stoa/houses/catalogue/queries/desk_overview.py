# SPDX-License-Identifier: EUPL-1.2
"""What waits for somebody at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F, Q

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import Dataset, Delivery, RowReport
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import WARNING
from stoa.houses.catalogue.terms import DeliveryState, ReportState, State

TO_LOOK_AT = (DeliveryState.HELD, DeliveryState.READY, DeliveryState.REFUSED)
AT_WORK = (DeliveryState.WAITING, DeliveryState.READING, DeliveryState.PUBLISHING)
REFUSED_FOR = timedelta(days=30)
"""A file that could not be read stays on the desk that long; nobody needs it afterwards."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the desk's navigation."""

    datasets: int
    review: int
    reports: int


def counts_for(*, city: City, principal: Principal) -> Counts:
    """How much waits where (two queries)."""
    found = (
        Dataset.objects.filter(city=city)
        .editable_by(principal)
        .aggregate(n=Count("pk"), review=Count("pk", filter=Q(state=State.REVIEW)))
    )
    departments = principal.departments_with(Permission.ANSWER_REPORT)
    reports = RowReport.objects.filter(city=city, state=ReportState.OPEN)
    if departments is not None:
        reports = reports.filter(dataset__department_id__in=departments)
    return Counts(found["n"], found["review"], reports.count())


def files_waiting(*, city: City, principal: Principal, now: datetime, most: int = 20) -> list[Delivery]:
    """The newest file of each dataset, where somebody has to look or wait (one query)."""
    editable = Dataset.objects.filter(city=city).editable_by(principal)
    newest = (
        Delivery.objects.filter(dataset__in=editable)
        .order_by("dataset_id", "-came_at", "-pk")
        .distinct("dataset_id")
        .values("pk")
    )
    hits = Delivery.objects.filter(pk__in=newest, state__in=[*TO_LOOK_AT, *AT_WORK]).exclude(
        state=DeliveryState.REFUSED, came_at__lt=now - REFUSED_FOR
    )
    return list(hits.select_related("dataset__department").defer("reading").order_by("-came_at")[:most])


def updates_due(*, city: City, principal: Principal, now: datetime, most: int = 20) -> list[Dataset]:
    """Published datasets whose update is late or of whose period little is left, the latest first (one query)."""
    rest_of_period = (F("due_at") - F("checked_at")) * WARNING
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED, due_at__lte=now + rest_of_period)
    hits = hits.editable_by(principal)
    return list(hits.select_related("department").order_by("due_at", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Figures:
    """My department at a glance."""

    published: int
    drafts: int
    quality: float | None


def figures_for(*, city: City, principal: Principal) -> Figures:
    """How many datasets are where, and how good they are on average (one query)."""
    mine = Dataset.objects.filter(city=city).editable_by(principal)
    public = Q(state=State.PUBLISHED)
    found = mine.aggregate(
        published=Count("pk", filter=public),
        drafts=Count("pk", filter=Q(state__in=[State.DRAFT, State.REVIEW])),
        quality=Avg("quality", filter=public),
    )
    return Figures(**found)


def departments_to_add_to(*, city: City, principal: Principal) -> list[Department]:
    """Departments for which this principal may bring in data, in tree order (one query)."""
    allowed = principal.departments_with(Permission.ADD_DATASET)
    hits = Department.objects.filter(city=city).order_by("path")
    return list(hits if allowed is None else hits.filter(pk__in=allowed))


def deliveries_of(dataset: Dataset, *, most: int = 30) -> list[Delivery]:
    """The files that came for a dataset, newest first, without what was understood of them (one query)."""
    return list(
        Delivery.objects.filter(dataset=dataset)
        .defer("reading")
        .select_related("file")
        .order_by("-came_at", "-pk")[:most]
    )


def newest_open_delivery(dataset: Dataset) -> Delivery | None:
    """The file that would be published next, if one has been read and waits (one query)."""
    states = [DeliveryState.READY, DeliveryState.HELD]
    hits = Delivery.objects.filter(dataset=dataset, state__in=states).select_related(
        "dataset__department", "dataset__city", "dataset__current", "file"
    )
    return hits.order_by("-came_at", "-pk").first()
