# SPDX-License-Identifier: EUPL-1.2
"""Datasets by name, by department, by what has to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Max, Q, QuerySet, Sum

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import Dataset, Delivery, QualityReport, RowReport, Version
from stoa.houses.catalogue.queries import kept
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.rights import oldest_version
from stoa.houses.catalogue.terms import Part, ReportState, State


def dataset_for(*, city: City, principal: Principal, slug: str) -> Dataset:
    """The dataset, if this principal may read its description (one query, two when it has changed); else `NotFound`.

    What only one page reads stays in the database: the report of the delivery and the sentences on quality are
    larger than all the rest.
    """
    if kept.is_public(principal):
        return kept_for(city=city, slug=slug).dataset(city)
    hits = Dataset.objects.filter(city=city, slug=slug).visible_to(principal)
    found = hits.select_related("department", "current").defer("search", "search_text").first()
    if found is None:
        raise NotFound("dataset", slug)
    found.city = city
    return found


def kept_for(*, city: City, slug: str) -> kept.Kept:
    """The same for a principal without rights, with what was made of it before."""
    found = kept.public_dataset(city, slug)
    if found is None:
        raise NotFound("dataset", slug)
    return found


def dataset_to_edit(*, city: City, principal: Principal, slug: str) -> Dataset:
    """The dataset, if this principal may change it (one query); else `NotFound`."""
    hits = Dataset.objects.filter(city=city, slug=slug).editable_by(principal)
    found = hits.select_related("department", "current__delivery", "city").first()
    if found is None:
        raise NotFound("dataset", slug)
    return found


def delivery_for(*, city: City, principal: Principal, delivery_id: int) -> Delivery:
    """A file on its way, if this principal may change its dataset (one query); else `NotFound`."""
    editable = Dataset.objects.filter(city=city).editable_by(principal)
    hits = Delivery.objects.filter(pk=delivery_id, dataset__in=editable)
    found = hits.select_related("dataset__department", "dataset__city", "dataset__current", "file").first()
    if found is None:
        raise NotFound("delivery", str(delivery_id))
    return found


def versions_of(dataset: Dataset, principal: Principal) -> list[Version]:
    """All versions that this principal may read, newest first (one query)."""
    return list(_readable(dataset, principal).select_related("quality").order_by("-number"))


def version_of(
    dataset: Dataset, principal: Principal, *, number: int | None = None, as_it_was_on: datetime | None = None
) -> Version:
    """A version by number, or the one that was shown at a time, or the current one; `NotFound` if its files are gone."""
    versions = _readable(dataset, principal).filter(dropped_at=None)
    if number is not None:
        found = versions.filter(number=number).first()
    elif as_it_was_on is not None:
        found = versions.filter(made_at__lte=as_it_was_on).order_by("-number").first()
    else:
        found = dataset.current
    if found is None:
        raise NotFound("version", str(number or as_it_was_on or ""))
    return found


def _readable(dataset: Dataset, principal: Principal) -> QuerySet[Version]:
    oldest = oldest_version(
        principal, department_id=dataset.department_id, readable_from=dataset.readable_from
    )
    return Version.objects.filter(dataset=dataset, number__gte=oldest)


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department with what it offers to this reader."""

    department: Department
    datasets: int
    rows: int
    quality: int | None
    updated_at: datetime | None
    late: int


def departments_with_counts(*, city: City, principal: Principal, now: datetime) -> list[DepartmentLine]:
    """Departments in tree order with counts of published datasets that may be read (two queries)."""
    visible = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    counted = visible.values("department_id").annotate(
        n=Count("pk"),
        all_rows=Sum("rows"),
        q=Avg("quality"),
        newest=Max("updated_at"),
        n_late=Count("pk", filter=Q(late_at__lte=now)),
    )
    by_id: dict[int, Any] = {line["department_id"]: line for line in counted}
    lines = []
    for department in Department.objects.filter(city=city).order_by("path"):
        line: dict[str, Any] = by_id.get(department.pk, {})
        quality = line.get("q")
        lines.append(
            DepartmentLine(
                department,
                line.get("n", 0),
                line.get("all_rows") or 0,
                None if quality is None else round(quality),
                line.get("newest"),
                line.get("n_late", 0),
            )
        )
    return lines


def department_by_slug(*, city: City, slug: str) -> Department:
    found = Department.objects.filter(city=city, slug=slug).select_related("parent").first()
    if found is None:
        raise NotFound("department", slug)
    return found


MOST_OF_DEPARTMENT = 200
"""Entries on the page of a department; whoever harvests may have many thousands."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a department and those below it offer to this reader."""

    datasets: list[Dataset]
    """The first ones in alphabetical order."""
    count: int
    quality: float | None
    late: int


def offer_of_department(*, department: Department, principal: Principal, now: datetime) -> Offer:
    """Published datasets of a department and those below it (two queries, two more if some were harvested)."""
    hits = Dataset.objects.filter(
        city_id=department.city_id, department__path__startswith=department.path, state=State.PUBLISHED
    ).visible_to(principal)
    told = hits.aggregate(n=Count("pk"), q=Avg("quality"), n_late=Count("pk", filter=Q(late_at__lte=now)))
    found = hits.select_related("department", "current").order_by("sort_key", "pk")[:MOST_OF_DEPARTMENT]
    return Offer(list(with_origins(list(found), files=False)), told["n"], told["q"], told["n_late"])


def newest(*, city: City, principal: Principal, most: int = 6) -> list[Dataset]:
    """What changed last (one query, by index dataset_newest)."""
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    found = hits.select_related("department", "current").order_by("-updated_at", "pk")[:most]
    return list(with_origins(list(found), files=False))


def desk_datasets(*, city: City, principal: Principal) -> QuerySet[Dataset]:
    """What this principal looks after, with counts of waiting files and open reports (one query)."""
    hits = Dataset.objects.filter(city=city).editable_by(principal).select_related("department", "current")
    return hits.annotate(
        open_reports=Count("row_reports", filter=Q(row_reports__state=ReportState.OPEN), distinct=True),
        open_files=Count(
            "deliveries",
            filter=Q(deliveries__state__in=["waiting", "reading", "ready", "held", "publishing"]),
            distinct=True,
        ),
    ).order_by("state", "sort_key", "pk")


def waiting_for_review(*, city: City, principal: Principal) -> list[Dataset]:
    """The review queue of somebody who may publish (one query)."""
    departments = principal.departments_with(Permission.PUBLISH_DATASET)
    hits = Dataset.objects.filter(city=city, state=State.REVIEW).select_related("department")
    if departments is not None:
        hits = hits.filter(department_id__in=departments)
    return list(hits.order_by("created_at"))


def reports_for(*, city: City, principal: Principal, only_open: bool = True) -> list[RowReport]:
    """Reports of wrong rows in datasets that this principal answers for (one query)."""
    departments = principal.departments_with(Permission.ANSWER_REPORT)
    hits = RowReport.objects.filter(city=city).select_related("dataset__department")
    if departments is not None:
        hits = hits.filter(dataset__department_id__in=departments)
    return list((hits.filter(state=ReportState.OPEN) if only_open else hits).order_by("made_at")[:500])


def quality_by_department(*, city: City, principal: Principal) -> list[Any]:
    """Mean parts of the quality of current versions by department (one query)."""
    visible = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    reports = QualityReport.objects.filter(version__in=visible.values("current"))
    parts = {str(part): Avg(str(part)) for part in Part}
    lines = reports.values("version__dataset__department__slug", "version__dataset__department__name")
    return list(lines.annotate(n=Count("pk"), mean=Avg("score"), **parts).order_by("-mean"))
