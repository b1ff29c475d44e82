# SPDX-License-Identifier: EUPL-1.2
"""What is done every day without being asked: warnings before a promise is broken, the retention rule, sweeping."""

from __future__ import annotations

import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from stoa.commons.audit.actions import record
from stoa.commons.files.uploads import sweep_uploads
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import VersionRef
from stoa.commons.notices.actions import tell
from stoa.commons.people.queries import people_with_role
from stoa.commons.roles.book import OFFICER, STEWARD
from stoa.commons.roles.values import Principal
from stoa.ground.words import pick, say
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.rules.freshness import warn_at
from stoa.houses.catalogue.rules.retention import Kept, to_drop
from stoa.houses.catalogue.terms import State

CLOCK = Principal(name="clock", channel="job")


@transaction.atomic
def warn_before_late(*, city_id: int) -> int:
    """Tell owners which updates are due, once for each promise; returns how many were told of."""
    now, told = timezone.now(), 0
    soon = Dataset.objects.filter(
        city_id=city_id, state=State.PUBLISHED, due_at__isnull=False, due_at__lt=now + timedelta(days=120)
    )
    for dataset in soon.select_related("city", "department"):
        warn = warn_at(dataset.frequency, dataset.checked_at)
        if warn is None or now < warn or dataset.warned_due_at == dataset.due_at:
            continue
        people = people_with_role(dataset.city, OFFICER, dataset.department_id) or people_with_role(
            dataset.city, STEWARD
        )
        title = pick(dataset.title, list(dataset.city.languages))
        day = dataset.due_at.date().isoformat() if dataset.due_at else ""
        saying = say("“%(title)s” is to be updated by %(day)s.", title=title, day=day)
        tell(
            city_id=city_id,
            people=people,
            topic="dataset.due",
            saying=saying,
            link=f"/desk/datasets/{dataset.slug}",
        )
        dataset.warned_due_at = dataset.due_at
        dataset.save(update_fields=["warned_due_at"])
        told += 1
    return told


@transaction.atomic
def drop_old_versions(*, city_id: int) -> int:
    """Remove the files of versions that the retention rule lets go; their lines in the history stay."""
    dropped = 0
    for dataset in Dataset.objects.filter(city_id=city_id, current__isnull=False):
        versions = list(Version.objects.filter(dataset=dataset, dropped_at=None))
        kept = [Kept(v.number, v.made_at, v.pk == dataset.current_id) for v in versions]
        numbers = set(to_drop(kept, newest=dataset.keep_versions))
        going = [v for v in versions if v.number in numbers]
        if not going:
            continue
        Version.objects.filter(pk__in=[v.pk for v in going]).update(dropped_at=timezone.now())
        record(
            city_id=city_id,
            by=CLOCK,
            verb="versions.dropped",
            thing="dataset",
            thing_id=dataset.slug,
            facts={"versions": sorted(numbers)},
        )
        staying = {v.path for v in versions if v.number not in numbers}
        # A roll-back shares the files of an older version.
        transaction.on_commit(partial(_remove_files, [v.ref for v in going if v.path not in staying]))
        dropped += len(going)
    return dropped


def _remove_files(refs: list[VersionRef]) -> None:
    for ref in refs:
        lake.remove_version(layout(), ref)


def sweep(*, known_paths: set[str]) -> None:
    """Remove what a kill left behind: half-written versions and work folders that nobody has touched for a day."""
    lake.sweep(layout(), known_paths, older_than=timezone.now() - timedelta(days=1))
    sweep_uploads()
    work = Path(settings.STOA_WORK)
    day_ago = timezone.now().timestamp() - 30 * 86400
    for folder in work.glob("delivery-*") if work.exists() else ():
        if folder.stat().st_mtime < day_ago:
            shutil.rmtree(folder, ignore_errors=True)
