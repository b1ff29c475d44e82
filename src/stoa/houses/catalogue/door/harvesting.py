# SPDX-License-Identifier: EUPL-1.2
"""Other catalogues that flow in, for whoever runs the install."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem
from stoa.ground.words import Saying
from stoa.houses.catalogue.actions import harvesting
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import HarvestRun, HarvestSource
from stoa.houses.catalogue.roles import Permission

_COUNTS = ("found", "new", "changed", "same", "gone", "refused", "duplicates")
MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class RunCard:
    """What one run did."""

    state: str
    started_at: datetime
    counts: Mapping[str, int]
    notes: tuple[tuple[str, str], ...]
    """What was left out or could not be read: its name there, and why."""
    problem: Problem | None

    @classmethod
    def of(cls, run: HarvestRun) -> RunCard:
        notes = tuple((str(one["id"]), str(Saying.from_json(one["why"]))) for one in run.notes[:MOST_NOTES])
        counts = {name: int(getattr(run, name)) for name in _COUNTS}
        return cls(run.state, run.started_at, counts, notes, run.refusal)


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One other catalogue."""

    slug: str
    title: str
    kind: str
    url: str
    last: RunCard | None


def sources(*, city: City) -> list[SourceCard]:
    """All other catalogues with their last run (one query, one more for each)."""
    with acting_in(city):
        listed = HarvestSource.objects.filter(city=city).order_by("slug")
        return [SourceCard(one.slug, one.title, one.kind, one.url, _last(one)) for one in listed]


def _last(source: HarvestSource) -> RunCard | None:
    run = HarvestRun.objects.filter(source=source).order_by("-pk").first()
    return RunCard.of(run) if run else None


def _source(city: City, slug: str) -> HarvestSource:
    found = HarvestSource.objects.filter(city=city, slug=slug).first()
    if found is None:
        raise NotFound("catalogue", slug)
    return found


def run_now(*, city: City, by: Principal, slug: str) -> None:
    """Run through a catalogue while the caller waits, outside of any transaction; the report says how it went."""
    with acting_in(city):
        source = _source(city, slug)
        need(by, Permission.KEEP_HARVEST, source.department_id)
    harvesting.harvest(city_id=city.pk, source_id=source.pk)


def report(*, city: City, slug: str) -> RunCard | None:
    """What the last run of a catalogue did; None if there was none."""
    with acting_in(city):
        return _last(_source(city, slug))
