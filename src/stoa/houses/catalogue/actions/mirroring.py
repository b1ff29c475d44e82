# SPDX-License-Identifier: EUPL-1.2
"""Bringing in the data itself of what was harvested: the best file of each dataset becomes its source."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from stoa.houses.catalogue.actions.harvest_folder import pattern_of
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestSource, RemoteFile, Source
from stoa.houses.catalogue.rules.harvest_mapping import best_file
from stoa.houses.catalogue.terms import HarvestKind, State

CHUNK = 1000


def follow_files(*, source: HarvestSource, datasets: Sequence[int] | None = None) -> int:
    """Let datasets of a catalogue (all, or these) follow their best file through the usual reading and checks.

    Files with personal data, or that cannot be read, wait at the desk like any other delivery. Returns how many
    follow a file. A thousand datasets at a time.
    """
    mine = Dataset.objects.filter(harvested__source=source, state=State.PUBLISHED)
    numbers = list(mine.values_list("pk", flat=True)) if datasets is None else list(datasets)
    chunks = (numbers[first : first + CHUNK] for first in range(0, len(numbers), CHUNK))
    return sum(_follow(source, chunk) for chunk in chunks)


def _follow(source: HarvestSource, numbers: Sequence[int]) -> int:
    files: dict[int, list[RemoteFile]] = {}
    for file in RemoteFile.objects.filter(dataset__in=numbers).order_by("dataset", "place"):
        files.setdefault(file.dataset_id, []).append(file)
    chosen = {number: best for number, some in files.items() if (best := best_file(some))}
    in_folder = _in_folder(source, numbers)
    known = {one.dataset_id: one for one in Source.objects.filter(dataset__in=[*chosen, *in_folder])}
    new, moved = [], []
    for number, file in chosen.items():
        old = known.get(number)
        if old is None:
            new.append(_source(source, number, file.url))
        elif old.place != file.url:
            old.place, old.seen, old.next_look_at = file.url, {}, timezone.now()
            moved.append(old)
    new += [
        _source(source, number, source.url, pattern)
        for number, pattern in in_folder.items()
        if number not in known
    ]
    Source.objects.bulk_create(new)
    Source.objects.bulk_update(moved, ["place", "seen", "next_look_at"], batch_size=100)
    return len(chosen) + len(in_folder)


def _in_folder(source: HarvestSource, numbers: Sequence[int]) -> dict[int, str]:
    """Datasets that are files of the source's own folder, and the pattern of each file's name."""
    if source.kind != HarvestKind.FOLDER:
        return {}
    rows = Harvested.objects.filter(source=source, dataset__in=numbers).values_list("dataset_id", "remote_id")
    patterns = {number: pattern_of(source, remote_id) for number, remote_id in rows if number is not None}
    return {number: pattern for number, pattern in patterns.items() if pattern}


def _source(source: HarvestSource, dataset: int, url: str, pattern: str = "") -> Source:
    return Source(
        city_id=source.city_id,
        dataset_id=dataset,
        kind="folder" if pattern else "url",
        place=url,
        pattern=pattern or "*",
        every_minutes=source.every_minutes,
        publishes_itself=True,
        next_look_at=timezone.now(),
    )


def forget_files(*, source: HarvestSource) -> None:
    """Do not fetch files of a catalogue any more; versions that were brought in stay."""
    Source.objects.filter(dataset__harvested__source=source).delete()
