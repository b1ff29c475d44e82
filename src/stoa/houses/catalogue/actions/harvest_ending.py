# SPDX-License-Identifier: EUPL-1.2
"""The end of a run: what is gone, the report, and when to come again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.jobs.events import emit
from stoa.commons.notices.actions import tell
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import STEWARD
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.ground.words import Saying, say
from stoa.houses.catalogue.events import CatalogueHarvested
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestRun, HarvestSource, Source
from stoa.houses.catalogue.rules.harvest_mapping import vanished_too_many
from stoa.houses.catalogue.terms import RunState, State

KEPT_RUNS = 50


@transaction.atomic
def end_run(*, source: HarvestSource, run: HarvestRun, problem: Problem | None) -> RunState:
    """Close a run; only a whole one may say that something is gone."""
    state = RunState.DONE
    if problem is not None:
        state = RunState.BROKEN
    elif run.place.get("unchanged"):
        _count_unchanged(source, run)
    else:
        missing = missing_of(source, run)
        known = Harvested.objects.filter(source=source).exclude(content_hash="").count()
        if vanished_too_many(known, len(missing)):
            state, run.gone = RunState.HELD, len(missing)
        else:
            run.gone = take_away(source, missing)
    run.state, run.ended_at = state, timezone.now()
    run.problem = problem.to_json() if problem else None
    seen = dict(run.place.get("seen") or {}) if state is RunState.DONE else {}
    unchanged = bool(run.place.get("unchanged"))
    run.place = {}
    run.save()
    source.failures = 0 if state is RunState.DONE else source.failures + 1
    source.seen = source.seen if unchanged else seen
    if state is RunState.BROKEN:
        pause = min(source.every_minutes, 15 * 2 ** min(source.failures, 8))
        source.next_look_at = run.ended_at + timedelta(minutes=pause)
    source.save(update_fields=["failures", "seen", "next_look_at"])
    _report(source, run)
    return state


def _count_unchanged(source: HarvestSource, run: HarvestRun) -> None:
    """The server says that nothing changed since the last run: everything is still there."""
    known = Harvested.objects.filter(source=source).exclude(content_hash="")
    run.found = known.count()
    run.same = known.filter(dataset__isnull=False).count()
    run.duplicates = run.found - run.same


def missing_of(source: HarvestSource, run: HarvestRun) -> list[Harvested]:
    """What the catalogue had before and this run did not see (one query)."""
    rows = Harvested.objects.filter(source=source).exclude(seen_in=run.pk).exclude(content_hash="")
    return list(rows.only("pk", "dataset_id"))


def take_away(source: HarvestSource, missing: list[Harvested]) -> int:
    """Retire the datasets that are gone; duplicates are forgotten."""
    numbers = [row.dataset_id for row in missing if row.dataset_id]
    Dataset.objects.filter(pk__in=numbers, state=State.PUBLISHED).update(
        state=State.RETIRED, due_at=None, late_at=None
    )
    Source.objects.filter(dataset__in=numbers).delete()
    # Whoever has the same dataset steps in at the next run, so that run must read everything.
    HarvestSource.objects.filter(harvested__duplicate_of__in=numbers).update(seen={})
    Harvested.objects.filter(pk__in=[row.pk for row in missing if row.dataset_id]).update(content_hash="")
    Harvested.objects.filter(pk__in=[row.pk for row in missing if not row.dataset_id]).delete()
    return len(missing)


def _report(source: HarvestSource, run: HarvestRun) -> None:
    """One audit line and one event a run, not one a dataset; stewards hear of what needs them."""
    by = Principal(source.city_id, None, "harvest", channel="job")
    facts = {
        name: getattr(run, name) for name in ("found", "new", "changed", "gone", "refused", "duplicates")
    }
    record(
        city_id=source.city_id,
        by=by,
        verb="harvest.ran",
        thing="harvest_source",
        thing_id=source.slug,
        facts=facts | {"state": str(run.state)},
    )
    emit(source.city_id, CatalogueHarvested(source.slug, run.new, run.changed, run.gone))
    old = (
        HarvestRun.objects.filter(source=source)
        .order_by("-started_at")
        .values_list("pk", flat=True)[KEPT_RUNS:]
    )
    HarvestRun.objects.filter(pk__in=list(old)).delete()
    needs_somebody = run.state == RunState.HELD or (run.state == RunState.BROKEN and source.failures == 3)
    if needs_somebody:
        tell(
            city_id=source.city_id,
            people=people_with_role(source.city, STEWARD),
            topic="harvest.needs_you",
            saying=_saying(source, run),
            link=f"/desk/harvest/{source.slug}/{run.pk}",
        )


def _saying(source: HarvestSource, run: HarvestRun) -> Saying:
    if run.state == RunState.HELD:
        return say(
            "More than half of the datasets of “%(title)s” have vanished there; nothing was taken away here.",
            title=source.title,
        )
    why = Problem.from_json(run.problem).what if run.problem else Saying("")
    return say("“%(title)s” cannot be harvested: %(why)s", title=source.title, why=why)
