# SPDX-License-Identifier: EUPL-1.2
"""Other catalogues and their runs, for whoever keeps them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from stoa.commons.cities.models import City
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.models import HarvestRun, HarvestSource
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.terms import State

MOST_RUNS = 50


def _kept_by(city: City, principal: Principal) -> Q:
    departments = principal.departments_with(Permission.KEEP_HARVEST)
    return Q(city=city) if departments is None else Q(city=city, department_id__in=sorted(departments))


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A catalogue with its newest run and how many of its datasets are shown."""

    source: HarvestSource
    run: HarvestRun | None
    shown: int


def sources_for(*, city: City, principal: Principal) -> list[SourceLine]:
    """The catalogues that this principal keeps, by name (two queries)."""
    shown = Count("harvested", filter=Q(harvested__dataset__state=State.PUBLISHED))
    sources = list(
        HarvestSource.objects.filter(_kept_by(city, principal))
        .select_related("department")
        .annotate(shown=shown)
        .order_by("title", "pk")
    )
    runs = HarvestRun.objects.filter(source__in=sources).order_by("source", "-pk").distinct("source")
    newest = {run.source_id: run for run in runs.defer("notes", "place")}
    return [SourceLine(source, newest.get(source.pk), source.shown) for source in sources]


def source_for(*, city: City, principal: Principal, slug: str) -> HarvestSource:
    """One catalogue, if this principal keeps it (one query); else `NotFound`."""
    found = (
        HarvestSource.objects.filter(_kept_by(city, principal), slug=slug)
        .select_related("department", "city")
        .first()
    )
    if found is None:
        raise NotFound("harvest_source", slug)
    return found


def runs_of(source: HarvestSource) -> list[HarvestRun]:
    """The newest runs of a catalogue, newest first, without their notes (one query)."""
    return list(HarvestRun.objects.filter(source=source).defer("notes", "place").order_by("-pk")[:MOST_RUNS])


def run_of(source: HarvestSource, pk: int) -> HarvestRun:
    """One run with its notes (one query); else `NotFound`."""
    found = HarvestRun.objects.filter(source=source, pk=pk).select_related("source__city").first()
    if found is None:
        raise NotFound("harvest_run", str(pk))
    return found


def departments_to_harvest_for(*, city: City, principal: Principal) -> list[Department]:
    """Departments that this principal may bring catalogues in for, in tree order (one query)."""
    held = principal.departments_with(Permission.KEEP_HARVEST)
    found = Department.objects.filter(city=city).order_by("path")
    return list(found if held is None else found.filter(pk__in=sorted(held)))
