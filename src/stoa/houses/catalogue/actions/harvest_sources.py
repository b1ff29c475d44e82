# SPDX-License-Identifier: EUPL-1.2
"""Keeping the list of other catalogues: adding, changing, trying out, running now, accepting, letting go."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.commons.people.models import Department
from stoa.commons.roles.values import Principal
from stoa.ground.ids import slug as slug_of
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.catalogue.actions.folders import refuse_foreign_folder
from stoa.houses.catalogue.actions.harvest_ending import missing_of, take_away
from stoa.houses.catalogue.actions.harvesting import first_pages
from stoa.houses.catalogue.actions.mirroring import follow_files, forget_files
from stoa.houses.catalogue.actions.rights import need
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestRun, HarvestSource
from stoa.houses.catalogue.roles import Permission
from stoa.houses.catalogue.rules.harvest_mapping import Described, HarvestMapping, described
from stoa.houses.catalogue.terms import HarvestKind, RunState, State
from stoa.standards.catalogues.values import CatalogueUnreadable, Unreadable
from stoa.standards.vocabularies import LICENCES, THEMES

FIELDS = frozenset({
    "title", "kind", "url", "department", "mapping", "mirrors", "token_name", "every_minutes", "is_active",
})  # fmt: skip
LEAST_MINUTES = 15
MOST_MAPPING = 200_000


@transaction.atomic
def add_source(
    *, city: City, by: Principal, title: str, kind: str, url: str, department: Department, **said: Any
) -> HarvestSource:
    """Add another catalogue; its first run is due at once. Raises `Refused`."""
    need(by, Permission.KEEP_HARVEST, department.pk)
    slug = _free_slug(city, slug_of(title)[:60] or "catalogue")
    source = HarvestSource(city=city, slug=slug, next_look_at=timezone.now())
    _say(source, {"title": title, "kind": kind, "url": url, "department": department, **said})
    source.save()
    _record(source, by, "harvest.source_added")
    return source


@transaction.atomic
def change_source(*, source: HarvestSource, by: Principal, **said: Any) -> HarvestSource:
    """Change what is said about a catalogue; the next run takes everything over again."""
    need(by, Permission.KEEP_HARVEST, source.department_id)
    mirrored = source.mirrors
    _say(source, said)
    need(by, Permission.KEEP_HARVEST, source.department_id)
    source.seen = {}
    source.save()
    if source.mirrors and not mirrored:
        follow_files(source=source)
    elif mirrored and not source.mirrors:
        forget_files(source=source)
    _record(source, by, "harvest.source_changed", {"changed": sorted(said)})
    return source


@transaction.atomic
def run_now(*, source: HarvestSource, by: Principal) -> bool:
    """Ask for a run at once; False if one is waiting already."""
    from stoa.houses.catalogue.jobs import harvest_source

    need(by, Permission.KEEP_HARVEST, source.department_id)
    _record(source, by, "harvest.run_asked")
    return ask_once(harvest_source, f"harvest-{source.pk}", city_id=source.city_id, source_id=source.pk)


@transaction.atomic
def accept_vanished(*, run: HarvestRun, by: Principal) -> int:
    """Somebody has looked: what vanished from the catalogue in a held run really is gone."""
    source = run.source
    need(by, Permission.KEEP_HARVEST, source.department_id)
    newest = HarvestRun.objects.filter(source=source).order_by("-pk").first()
    if run.state != RunState.HELD or newest is None or newest.pk != run.pk:
        raise Refused(
            Problem(
                "harvest.run_not_held",
                say("This run does not wait for anybody."),
                say("Only the newest run, and only if it was held, can be accepted."),
                say("Look at the newest run of this catalogue."),
            )
        )
    gone = take_away(source, missing_of(source, run))
    run.state, run.gone = RunState.DONE, gone
    run.save(update_fields=["state", "gone"])
    _record(source, by, "harvest.vanished_accepted", {"gone": gone})
    return gone


@transaction.atomic
def drop_source(*, source: HarvestSource, by: Principal) -> int:
    """Let a catalogue go with everything that came from it; what was mirrored is retired and stays readable.

    Returns how many datasets left the offer.
    """
    need(by, Permission.KEEP_HARVEST, source.department_id)
    ours = Dataset.objects.filter(harvested__source=source)
    forget_files(source=source)
    kept = ours.filter(current__isnull=False)
    retired = kept.filter(state=State.PUBLISHED).update(state=State.RETIRED, due_at=None, late_at=None)
    gone = ours.filter(current__isnull=True)
    count = gone.count()
    Harvested.objects.filter(source=source, dataset__isnull=True).delete()
    gone.delete()
    _record(source, by, "harvest.source_dropped", {"datasets": count, "retired": retired})
    source.delete()
    return count + retired


@dataclass(frozen=True, slots=True)
class Trial:
    """What a first run would bring."""

    datasets: tuple[tuple[str, Described], ...]
    """The first ones: remote id and what it would become."""
    unreadable: tuple[Unreadable, ...]
    total: int | None
    """How many there are in all, if the catalogue says."""


def try_out(
    *, city: City, by: Principal, kind: str, url: str, department: Department, most: int = 10, **said: Any
) -> Trial:
    """Read the beginning of a catalogue without keeping anything. Raises `Refused`."""
    need(by, Permission.KEEP_HARVEST, department.pk)
    source = HarvestSource(city=city, slug="trial")
    _say(source, {"title": "trial", "kind": kind, "url": url, "department": department, **said})
    place = Path(tempfile.mkdtemp(prefix="stoa-trial-", dir=_work()))
    try:
        found, notes, total = first_pages(source=source, most=most, place=place)
    except CatalogueUnreadable as unreadable:
        raise Refused(
            Problem(
                "harvest.catalogue_unreadable",
                say("This catalogue cannot be read: %(why)s", why=unreadable.why),
                say("Nothing would come from it."),
                say("Check the address, and whether it is a catalogue of this kind."),
                "url",
            )
        ) from unreadable
    finally:
        shutil.rmtree(place, ignore_errors=True)
    mapping, now = HarvestMapping.of(source.mapping), timezone.now()
    languages = list(city.languages) or ["en"]
    return Trial(
        tuple((one.id, described(one, mapping, languages, now)) for one in found), tuple(notes), total
    )


def _work() -> Path:
    folder = Path(settings.STOA_WORK)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _free_slug(city: City, base: str) -> str:
    taken = set(HarvestSource.objects.filter(city=city, slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug
        for slug in (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
        if slug not in taken
    )


def _say(source: HarvestSource, said: Mapping[str, Any]) -> None:
    unknown = set(said) - FIELDS
    if unknown:
        raise TypeError(f"not said of a catalogue: {sorted(unknown)}")
    for name, value in said.items():
        setattr(source, name, value)
    source.title = source.title.strip()[:200] or source.url[:200]
    source.every_minutes = max(LEAST_MINUTES, source.every_minutes)
    source.url = source.url.strip()
    problems = [*_address_problems(source), *_mapping_problems(source)]
    if problems:
        raise Refused(*problems)


def _address_problems(source: HarvestSource) -> list[Problem]:
    parts = urlsplit(source.url) if len(source.url) <= 2000 else urlsplit("")
    found = []
    if source.kind not in set(HarvestKind):
        found.append(
            Problem(
                "harvest.kind_unknown",
                say("This kind of catalogue is not known."),
                say("Every kind is read in its own way."),
                say("Choose one of the list."),
                "kind",
            )
        )
    if source.kind == HarvestKind.FOLDER:
        try:
            refuse_foreign_folder(source.url[:2000], "url")
        except Refused as refusal:
            found.extend(refusal.problems)
    elif parts.scheme not in {"http", "https"} or not parts.hostname or parts.password or parts.username:
        found.append(
            Problem(
                "harvest.address_wrong",
                say("This is no web address of a catalogue."),
                say(
                    "It has to begin with https:// or http:// and must not hold a password: addresses are shown."
                ),
                say("Copy the address from the browser; a key goes into a key file."),
                "url",
            )
        )
    return found


def _mapping_problems(source: HarvestSource) -> list[Problem]:
    """Values of the mapping have to be ours: departments, licences, themes."""
    mapping = HarvestMapping.of(source.mapping)
    departments = set(Department.objects.filter(city=source.city).values_list("slug", flat=True))
    wrong = [
        *(slug for slug in mapping.departments.values() if slug not in departments),
        *(code for code in mapping.licences.values() if code not in LICENCES),
        *(code for code in mapping.themes.values() if code not in THEMES),
    ]
    if len(json.dumps(source.mapping)) > MOST_MAPPING:
        wrong.append("…")
    if not wrong:
        return []
    return [
        Problem(
            "harvest.mapping_wrong",
            say(
                "The mapping names what is not known here: %(names)s.",
                names=", ".join(sorted(set(wrong)))[:300],
            ),
            say(
                "Words of the other catalogue can only be mapped to departments, licences and themes of ours."
            ),
            say("Use the short names of departments and the codes of licences and themes."),
            "mapping",
        )
    ]


def _record(source: HarvestSource, by: Principal, verb: str, facts: dict[str, Any] | None = None) -> None:
    record(
        city_id=source.city_id, by=by, verb=verb, thing="harvest_source", thing_id=source.slug, facts=facts
    )
