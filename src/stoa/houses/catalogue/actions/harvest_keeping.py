# SPDX-License-Identifier: EUPL-1.2
"""Keeping what a page of another catalogue brought: new, changed, the same, known from elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone

from stoa.commons.people.models import Department
from stoa.ground.ids import slug as slug_of
from stoa.ground.words import Saying, pick, say
from stoa.houses.catalogue.actions.harvest_twins import twins_of
from stoa.houses.catalogue.actions.indexing import index_datasets
from stoa.houses.catalogue.actions.mirroring import follow_files
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestRun, HarvestSource, RemoteFile
from stoa.houses.catalogue.rules.harvest_mapping import NOT_STATED, Described, HarvestMapping, described
from stoa.houses.catalogue.rules.harvest_notes import add_notes
from stoa.houses.catalogue.terms import State
from stoa.standards.catalogues.values import RemoteDataset

RULES = 1
"""Raise it when the mapping rules change: everything is then taken over again."""
_SAID = ("title", "description", "theme", "licence", "contact", "frequency", "spatial")
_WRITTEN = (
    *_SAID, "keywords", "department", "period_from", "period_to", "source_note", "updated_at", "state", "format", "box",
)  # fmt: skip


_ROW = (
    "dataset", "duplicate_of", "remote_uri", "landing_page", "publisher", "remote_modified", "content_hash",
    "seen_in", "seen_at",
)  # fmt: skip


@dataclass(slots=True)
class _Kept:
    """One remote dataset on its way into the tables."""

    remote: RemoteDataset
    said: Described
    hash: str
    row: Harvested
    dataset: Dataset


def keep_page(
    *, source: HarvestSource, run: HarvestRun, datasets: Sequence[RemoteDataset], quiet: bool = False
) -> int:
    """Keep one batch in this transaction and count it in the run; returns how many the run had not seen before.

    A fixed number of queries, however many datasets there are. With `quiet` (a page read again after a kill)
    what was seen already is no repetition.
    """
    now = timezone.now()
    known = {row.remote_id: row for row in _known(source, [remote.id for remote in datasets])}
    fresh: dict[str, RemoteDataset] = {}
    twice: list[tuple[str, Saying]] = []
    for remote in datasets:
        row = known.get(remote.id)
        if remote.id in fresh or (row is not None and row.seen_in == run.pk):
            twice.append((remote.id, say("It is named twice; the first one was taken.")))
        else:
            fresh[remote.id] = remote
    if not quiet:
        run.refused += len(twice)
        run.notes = add_notes(run.notes, twice)
    run.found += len(fresh)
    _Batch(source, run, now, known).keep(fresh.values())
    return len(fresh)


def _known(source: HarvestSource, ids: Iterable[str]) -> list[Harvested]:
    rows = Harvested.objects.filter(source=source, remote_id__in=list(ids))
    return list(
        rows.select_related("dataset__department", "dataset__city", "dataset__current", "duplicate_of")
    )


class _Batch:
    """A batch and what it needs to know of the city."""

    def __init__(
        self, source: HarvestSource, run: HarvestRun, now: datetime, known: dict[str, Harvested]
    ) -> None:
        self.source, self.run, self.now, self.known = source, run, now, known
        self.mapping = HarvestMapping.of(source.mapping)
        self.stamp = json.dumps([RULES, source.mapping, source.department_id], sort_keys=True)
        self.languages = list(source.city.languages) or ["en"]
        self.departments = {d.slug: d for d in Department.objects.filter(city=source.city)}

    def keep(self, remotes: Iterable[RemoteDataset]) -> None:
        same: list[int] = []
        new: list[tuple[RemoteDataset, str]] = []
        changed: list[_Kept] = []
        for remote in remotes:
            row, hash_ = self.known.get(remote.id), hash_of(remote, self.stamp)
            if row is None or (row.dataset is None and not _stands(row.duplicate_of)):
                new.append((remote, hash_))
            elif row.content_hash == hash_ or row.dataset is None:
                same.append(row.pk)
                self._count_known(row)
            else:
                changed.append(_Kept(remote, self._said(remote), hash_, row, row.dataset))
        Harvested.objects.filter(pk__in=same).update(seen_in=self.run.pk, seen_at=self.now)
        self._change(changed)
        self._add(new)

    def _count_known(self, row: Harvested) -> None:
        if row.dataset is None:
            self.run.duplicates += 1
        else:
            self.run.same += 1

    def _said(self, remote: RemoteDataset) -> Described:
        said = described(remote, self.mapping, self.languages, self.now)
        notes = [(remote.id, note) for note in remote.notes]
        if said.licence == NOT_STATED and remote.licences:
            notes.append(
                (
                    remote.id,
                    say(
                        "Its licence “%(name)s” is not known here; it is shown as not stated.",
                        name=remote.licences[0][:200],
                    ),
                )
            )
        self.run.notes = add_notes(self.run.notes, notes)
        return said

    def _add(self, new: list[tuple[RemoteDataset, str]]) -> None:
        """New datasets, unless they are here already from elsewhere or are our own."""
        twins = twins_of(self.source, [remote for remote, _hash in new])
        kept: list[_Kept] = []
        duplicates: list[Harvested] = []
        slugs = self._slugs([remote for remote, _hash in new if remote.id not in twins])
        for remote, hash_ in new:
            row = self.known.get(remote.id) or Harvested(
                city_id=self.source.city_id, source=self.source, remote_id=remote.id
            )
            if remote.id in twins:
                row.dataset, row.duplicate_of = None, twins[remote.id]
                _tell(row, remote, "", self.run.pk, self.now)
                row.content_hash = hash_
                duplicates.append(row)
                continue
            dataset = Dataset(
                city=self.source.city, slug=slugs[remote.id], is_remote=True, published_at=self.now
            )
            row.duplicate_of = None
            kept.append(_Kept(remote, self._said(remote), hash_, row, dataset))
        for one in kept:
            self._say(one)
            one.dataset.state = State.PUBLISHED
        Dataset.objects.bulk_create([one.dataset for one in kept])
        self.run.new, self.run.duplicates = self.run.new + len(kept), self.run.duplicates + len(duplicates)
        self._finish(kept, duplicates)

    def _change(self, changed: list[_Kept]) -> None:
        for one in changed:
            was_gone = one.row.content_hash == ""
            self._say(one)
            if was_gone and one.dataset.state == State.RETIRED:
                one.dataset.state = State.PUBLISHED
        Dataset.objects.bulk_update([one.dataset for one in changed], list(_WRITTEN), batch_size=100)
        RemoteFile.objects.filter(dataset__in=[one.dataset.pk for one in changed]).delete()
        self.run.changed += len(changed)
        self._finish(changed, [])

    def _say(self, one: _Kept) -> None:
        """Put the words of that catalogue on our dataset; what a mirrored version knows better stays."""
        dataset, said = one.dataset, one.said
        for name in _SAID:
            setattr(dataset, name, getattr(said, name))
        dataset.keywords = list(said.keywords)
        dataset.department = self.departments.get(said.department, self.source.department)
        dataset.period_from, dataset.period_to = said.period
        dataset.source_note = (said.publisher or self.source.title)[:500]
        if dataset.current_id is None:
            dataset.updated_at, dataset.format = said.updated_at, said.format
            dataset.box = list(said.box) if said.box else None

    def _finish(self, kept: list[_Kept], duplicates: list[Harvested]) -> None:
        """Origins, files elsewhere and words for the search of what was written."""
        for one in kept:
            one.row.dataset = one.dataset
            _tell(one.row, one.remote, one.said.publisher, self.run.pk, self.now)
            one.row.content_hash = one.hash
        rows = [*(one.row for one in kept), *duplicates]
        old = [row for row in rows if row.pk is not None]
        Harvested.objects.bulk_create([row for row in rows if row.pk is None])
        if old:
            Harvested.objects.bulk_update(old, list(_ROW), batch_size=100)
        RemoteFile.objects.bulk_create((file for one in kept for file in _files(one)), batch_size=1000)
        index_datasets([one.dataset for one in kept])
        if self.source.mirrors:
            follow_files(source=self.source, datasets=[one.dataset.pk for one in kept])

    def _slugs(self, remotes: Sequence[RemoteDataset]) -> dict[str, str]:
        """Free short names, stable for a dataset whose title is taken."""
        wished = {r.id: slug_of(pick(r.title, ["", *self.languages])) or "dataset" for r in remotes}
        taken = set(
            Dataset.objects.filter(city=self.source.city, slug__in=set(wished.values())).values_list(
                "slug", flat=True
            )
        )
        found = {}
        for id_, slug in wished.items():
            mark = hashlib.sha256(f"{self.source.pk} {id_}".encode()).hexdigest()[:8]
            found[id_] = slug if slug not in taken else f"{slug[:71].rstrip('-')}-{mark}"
            taken.add(slug)
        return found


def hash_of(remote: RemoteDataset, stamp: str) -> str:
    """All that was said of a dataset and how it is mapped, in one mark."""
    said = json.dumps(asdict(remote), sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(f"{stamp}\n{said}".encode()).hexdigest()


def _stands(dataset: Dataset | None) -> bool:
    return dataset is not None and dataset.state == State.PUBLISHED


def _tell(row: Harvested, remote: RemoteDataset, publisher: str, run: int, now: datetime) -> None:
    row.remote_uri = remote.uri if len(remote.uri) <= 600 else ""
    row.landing_page = remote.landing_page if len(remote.landing_page) <= 600 else ""
    row.publisher, row.remote_modified = publisher, remote.modified
    row.seen_in, row.seen_at = run, now


def _files(one: _Kept) -> Iterable[RemoteFile]:
    for place, file in enumerate(one.said.files):
        yield RemoteFile(
            city_id=one.dataset.city_id,
            dataset=one.dataset,
            place=place,
            title=file.title,
            description=file.description,
            url=file.url,
            is_download=file.is_download,
            format=file.format,
            media_type=file.media_type,
            licence=file.licence,
            bytes=file.bytes,
        )
