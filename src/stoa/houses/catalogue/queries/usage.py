# SPDX-License-Identifier: EUPL-1.2
"""How much datasets are used: sums of the days, never anything about who."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.houses.catalogue.models import DataRequest, Dataset, OpenDataPolicy, Reuse, UsageDay
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.value import Assumptions
from stoa.houses.catalogue.terms import CheckState, RequestState, State, UsageKind


@dataclass(frozen=True, slots=True)
class DaySum:
    """Uses of one day and kind."""

    day: date
    kind: UsageKind
    program: bool
    uses: int
    rows: int


def may_see_value(policy: OpenDataPolicy, principal: Principal, department_id: int | None = None) -> bool:
    """Whether figures of use are shown to this reader: to all if the city wishes, else to those who keep data."""
    return policy.is_value_public or principal.may(Permission.EDIT_DATASET, department_id)


def uses_by_day(*, city: City, since: date, dataset: Dataset | None = None) -> list[DaySum]:
    """Sums by day, kind and whether programs asked, of one dataset or of all, oldest first (one query)."""
    hits: QuerySet[UsageDay] = UsageDay.objects.filter(city=city, day__gte=since)
    hits = hits.filter(dataset=dataset) if dataset else hits
    summed = (
        hits.values_list("day", "kind", "program").annotate(Sum("uses"), Sum("rows")).order_by("day", "kind")
    )
    return [DaySum(day, UsageKind(kind), program, uses, rows) for day, kind, program, uses, rows in summed]


@dataclass(frozen=True, slots=True)
class Used:
    """One dataset with its uses in a period."""

    dataset: Dataset
    people: int
    programs: int
    rows: int


def most_used(*, city: City, principal: Principal, since: date, most: int = 20) -> list[Used]:
    """The datasets that are used most, tiles left out: a map asks for dozens at a glance (one query)."""
    counted = Q(usage__day__gte=since) & ~Q(usage__kind=UsageKind.TILE)
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal).filter(counted)
    summed = hits.annotate(
        people=Sum("usage__uses", filter=counted & Q(usage__program=False), default=0),
        programs=Sum("usage__uses", filter=counted & Q(usage__program=True), default=0),
        handed_out=Sum("usage__rows", filter=counted, default=0),
        all_uses=Sum("usage__uses", filter=counted),
    )
    sums: list[Any] = list(summed.order_by("-all_uses", "pk")[:most])
    return [Used(one, one.people, one.programs, one.handed_out) for one in sums]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many published datasets there are, by how their files come."""

    by_hand: int
    by_itself: int

    @property
    def all(self) -> int:
        return self.by_hand + self.by_itself


def kept_datasets(*, city: City) -> Kept:
    """Published datasets with and without a source of their own (one query)."""
    found = Dataset.objects.filter(city=city, state=State.PUBLISHED).aggregate(
        n=Count("pk"), by_itself=Count("pk", filter=Q(source__isnull=False))
    )
    return Kept(found["n"] - found["by_itself"], found["by_itself"])


def taken_part(*, city: City, since: date, dataset: Dataset | None = None) -> tuple[int, int, int]:
    """Re-uses that are shown, requests for data made, and those answered, since a day (two queries)."""
    reuses = Reuse.objects.filter(city=city, state=CheckState.SHOWN)
    requests = DataRequest.objects.filter(city=city, made_at__date__gte=since).exclude(
        state=RequestState.NOT_SHOWN
    )
    if dataset:
        reuses, requests = reuses.filter(datasets=dataset), requests.filter(dataset=dataset)
    answered = Q(state__in=[RequestState.GRANTED, RequestState.PARTLY, RequestState.REFUSED])
    found = requests.aggregate(n=Count("pk"), answered=Count("pk", filter=answered))
    return reuses.count(), found["n"], found["answered"]


def assumptions_of(policy: OpenDataPolicy) -> Assumptions:
    """The city's assumptions as the formula takes them."""
    return Assumptions(
        policy.uses_for_request,
        policy.request_minutes,
        policy.hour_cost_cents,
        policy.keeping_minutes,
        policy.platform_cents,
    )


def downloads_by_people(days: Iterable[DaySum]) -> int:
    """What the formula of value counts."""
    return sum(one.uses for one in days if one.kind is UsageKind.DOWNLOAD and not one.program)
