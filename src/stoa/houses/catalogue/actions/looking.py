# SPDX-License-Identifier: EUPL-1.2
"""Looking at sources: a web address or a folder, by itself, for something new."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.cities.acting import acting_in
from stoa.commons.fetching import door as fetching
from stoa.commons.files.actions import OwnFile
from stoa.commons.notices.actions import tell
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import pick, say
from stoa.houses.catalogue.actions.delivering import LIMITS, take_file
from stoa.houses.catalogue.actions.fetching_layers import fetch_layer
from stoa.houses.catalogue.actions.harvest_keys import trusted_hosts
from stoa.houses.catalogue.models import Source
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.freshness import due_at, late_at
from stoa.houses.catalogue.terms import Origin

log = logging.getLogger(__name__)
PATIENCE = 3
"""Failed looks in a row before somebody is told."""


def look_at_source(*, city_id: int, source_id: int) -> bool:
    """Fetch what is new, outside any transaction, and hand it in as a delivery; says whether there was something."""
    with acting_in(city_id):
        source = Source.objects.select_related("dataset__harvested__source").get(pk=source_id)
    place = Path(settings.STOA_WORK) / f"look-{source.pk}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    try:
        found, seen = _fetch(source, place)
    except Refused as refusal:
        _keep_failure(source, refusal)
        return False
    else:
        with acting_in(city_id):
            return _keep_found(source, found, seen)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class News:
    """A file that was not there at the last look."""

    path: Path
    name: str


def _fetch(source: Source, place: Path) -> tuple[News | None, dict[str, Any]]:
    """What is new, if anything, and what to remember of this look."""
    if source.kind == "url":
        trusted = _trusted(source)
        previous = fetching.Seen(**source.seen) if source.seen else None
        got = fetch_layer(
            source.place, previous=previous, allowed_private_hosts=trusted, to=place
        ) or fetching.fetch(source.place, previous=previous, allowed_private_hosts=trusted, to=place)
        news = None if isinstance(got, fetching.NotModified) else News(got.path, got.name)
        return news, asdict(got.seen)
    look = fetching.look_into(Path(source.place), source.pattern or "*", source.seen or None)
    if not look.changed:
        return None, dict(look.marks)
    newest = max(look.changed, key=lambda found: found.mtime_ns)
    taken = fetching.take(newest, place, most_bytes=LIMITS.file_bytes)
    return News(taken.path, taken.name), dict(look.marks)


def _trusted(source: Source) -> Collection[str]:
    """Inner hosts that may be called: all that the operator allows, but for a stranger's address only its own."""
    harvested = getattr(source.dataset, "harvested", None) if source.dataset.is_remote else None
    return trusted_hosts(harvested.source.url) if harvested else settings.ENVIRONMENT.allowed_private_hosts


@transaction.atomic
def _keep_found(source: Source, found: News | None, seen: dict[str, Any]) -> bool:
    source = (
        Source.objects.select_for_update(of=("self",))
        .select_related("dataset__city", "dataset__department")
        .get(pk=source.pk)
    )
    dataset = source.dataset
    source.looked_at, source.problem, source.failures = timezone.now(), None, 0
    source.next_look_at = source.looked_at + timedelta(minutes=source.every_minutes)
    source.seen = seen
    if found is None:
        dataset.checked_at = source.looked_at
        dataset.due_at, dataset.late_at = (
            due_at(dataset.frequency, dataset.checked_at),
            late_at(dataset.frequency, dataset.checked_at),
        )
        dataset.save(update_fields=["checked_at", "due_at", "late_at"])
    else:
        origin = Origin.URL if source.kind == "url" else Origin.FOLDER
        by = watcher(dataset.city_id, dataset.department_id)
        take_file(
            dataset=dataset,
            chunks=OwnFile(found.path),
            name=found.name,
            by=by,
            origin=origin,
            publishes_itself=source.publishes_itself,
        )
    source.save()
    return found is not None


def _keep_failure(source: Source, refusal: Refused) -> None:
    """Try again later, each time later; tell the owner at the third failure in a row."""
    with acting_in(source.city_id):
        rows = Source.objects.select_related(
            "dataset__city", "dataset__department", "dataset__harvested__source"
        )
        source = rows.get(pk=source.pk)
        source.failures += 1
        source.looked_at, source.problem = timezone.now(), refusal.problem.to_json()
        pause = min(source.every_minutes, 5 * 2 ** min(source.failures, 8))
        source.next_look_at = source.looked_at + timedelta(minutes=pause)
        source.save()
        if source.failures == PATIENCE:
            _tell(source, refusal.problem)


def _tell(source: Source, problem: Problem) -> None:
    """Say it to whoever can do something: of files of one other catalogue once, not once a file."""
    dataset = source.dataset
    harvested = getattr(dataset, "harvested", None) if dataset.is_remote else None
    languages = list(dataset.city.languages)
    if harvested is None:
        saying = say(
            "The source of “%(title)s” cannot be read: %(why)s",
            title=pick(dataset.title, languages),
            why=problem.what,
        )
        link = f"/desk/datasets/{dataset.slug}"
    else:
        others = Source.objects.filter(dataset__harvested__source=harvested.source, failures__gte=PATIENCE)
        if others.exclude(pk=source.pk).exists():
            return
        saying = say(
            "Files of “%(title)s” cannot be brought in: %(why)s",
            title=harvested.source.title,
            why=problem.what,
        )
        link = "/desk/board#broken"
    people = people_with_role(dataset.city, OFFICER, dataset.department_id)
    tell(city_id=source.city_id, people=people, topic="source.failing", saying=saying, link=link)


def watcher(city_id: int, department_id: int) -> Principal:
    """The source acts for the department that set it: it may bring in and update, never publish a first time."""
    rights = frozenset({str(Permission.EDIT_DATASET), str(Permission.SEE_DRAFTS)})
    return Principal(
        city_id, None, "source", (Grant("source", rights, frozenset({department_id})),), channel="job"
    )
