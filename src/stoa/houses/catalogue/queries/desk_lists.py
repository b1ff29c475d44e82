# SPDX-License-Identifier: EUPL-1.2
"""Lists of the desk: my datasets, the review queue with what was found, quality by department."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, QuerySet

from stoa.commons.audit.models import AuditLine
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Dataset, Delivery, RowReport
from stoa.houses.catalogue.queries.datasets import desk_datasets, waiting_for_review
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import DeliveryState, ReportState, State


def my_datasets(*, city: City, principal: Principal, state: str = "", department: str = "") -> list[Dataset]:
    """What this principal looks after, filtered (one query)."""
    hits = desk_datasets(city=city, principal=principal)
    if state:
        hits = hits.filter(state=state)
    if department:
        hits = hits.filter(department__slug=department)
    return list(hits)


def my_states_and_departments(
    *, city: City, principal: Principal
) -> list[tuple[str, str, dict[str, str], int]]:
    """State, short name and name of the department, and how many datasets (one query): what filters offer."""
    counted = (
        Dataset.objects.filter(city=city)
        .editable_by(principal)
        .values_list("state", "department__slug", "department__name")
    )
    return list(counted.annotate(n=Count("pk")).order_by("department__path"))


@dataclass(frozen=True, slots=True)
class InReview:
    """One dataset of the queue, with the file that would be published."""

    dataset: Dataset
    delivery: Delivery | None
    sent_at: datetime | None
    """When it came into the queue."""


def review_queue(*, city: City, principal: Principal) -> list[InReview]:
    """The queue, what has waited longest first (three queries)."""
    waiting = waiting_for_review(city=city, principal=principal)
    files = _newest_files(waiting)
    sent = AuditLine.objects.filter(
        city_id=city.pk,
        thing="dataset",
        thing_id__in=[d.slug for d in waiting],
        verb="dataset.sent_to_review",
    )
    since = dict(sent.values_list("thing_id").annotate(at=Max("at")))
    queue = [InReview(dataset, files.get(dataset.pk), since.get(dataset.slug)) for dataset in waiting]
    return sorted(queue, key=lambda one: one.sent_at or one.dataset.created_at)


def _newest_files(datasets: Iterable[Dataset]) -> dict[int, Delivery]:
    states = [DeliveryState.READY, DeliveryState.HELD]
    hits = Delivery.objects.filter(dataset__in=list(datasets), state__in=states).select_related(
        "dataset__department"
    )
    return {
        one.dataset_id: one for one in hits.order_by("dataset_id", "-came_at", "-pk").distinct("dataset_id")
    }


def reports_page(
    *, city: City, principal: Principal, only_open: bool, first: int, size: int
) -> tuple[list[RowReport], int]:
    """One page of reports of wrong rows, oldest open first or newest first, and how many there are (two queries)."""
    hits = _reports(city, principal)
    hits = (
        hits.filter(state=ReportState.OPEN).order_by("made_at", "pk")
        if only_open
        else hits.order_by("-made_at", "-pk")
    )
    return list(hits.select_related("dataset__department")[first : first + size]), hits.count()


def report_to_answer(*, city: City, principal: Principal, report_id: int) -> RowReport:
    """A report of a dataset that this principal answers for (one query); else `NotFound`."""
    hits = _reports(city, principal).filter(pk=report_id)
    found = hits.select_related("dataset__department", "dataset__current", "dataset__city").first()
    if found is None:
        raise NotFound("report", str(report_id))
    return found


def _reports(city: City, principal: Principal) -> QuerySet[RowReport]:
    departments = principal.departments_with(Permission.ANSWER_REPORT)
    hits = RowReport.objects.filter(city=city)
    return hits if departments is None else hits.filter(dataset__department_id__in=departments)


def worst_datasets(*, city: City, principal: Principal, most: int = 10) -> list[Dataset]:
    """Published datasets of this principal with the fewest points (one query)."""
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED, quality__isnull=False).editable_by(
        principal
    )
    return list(hits.select_related("department").order_by("quality", "pk")[:most])


def late_datasets(*, city: City, principal: Principal, now: datetime, most: int = 50) -> list[Dataset]:
    """Published datasets of this principal whose promised update has not come (one query)."""
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED, late_at__lte=now).editable_by(principal)
    return list(hits.select_related("department").order_by("due_at", "pk")[:most])
