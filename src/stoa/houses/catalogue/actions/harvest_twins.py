# SPDX-License-Identifier: EUPL-1.2
"""Which remote datasets are here already, by another way: other catalogues name the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q

from stoa.ground.ids import plain
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestSource
from stoa.houses.catalogue.terms import State
from stoa.standards.catalogues.values import RemoteDataset

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?=/?(?:#\w*)?$)", re.IGNORECASE)


def twins_of(source: HarvestSource, remotes: Sequence[RemoteDataset]) -> dict[str, Dataset]:
    """The dataset that is here already, by remote id: found by identifier or web name, or it is our own (two queries).

    A page for people counts only together with the title: many catalogues name one page for everything.
    """
    if not remotes:
        return {}
    found: dict[str, Dataset] = {}
    by_mark = {mark: remote for remote in remotes for mark in _marks(remote)}
    by_page = {remote.landing_page: remote for remote in remotes if remote.landing_page}
    rows = Harvested.objects.filter(
        Q(remote_id__in=by_mark) | Q(remote_uri__in=by_mark) | Q(landing_page__in=by_page),
        city_id=source.city_id,
        dataset__state=State.PUBLISHED,
    ).exclude(source=source)
    for row in rows.select_related("dataset").order_by("pk"):
        twin = by_mark.get(row.remote_id) or by_mark.get(row.remote_uri)
        page = by_page.get(row.landing_page)
        if (
            twin is None
            and page is not None
            and row.dataset
            and _titles(page.title) & _titles(row.dataset.title)
        ):
            twin = page
        if twin is not None and row.dataset:
            found.setdefault(twin.id, row.dataset)
    return _own(source, remotes) | found


def _own(source: HarvestSource, remotes: Sequence[RemoteDataset]) -> dict[str, Dataset]:
    """Our own datasets that come back to us by way of another catalogue."""
    ids = {uid: remote.id for remote in remotes for uid in _uuids(remote)}
    ours = Dataset.objects.filter(city_id=source.city_id, is_remote=False, uid__in=list(ids))
    return {ids[dataset.uid]: dataset for dataset in ours}


def _titles(label: object) -> set[str]:
    return {plain(str(text)) for text in label.values()} if isinstance(label, dict) else set()


def _marks(remote: RemoteDataset) -> Iterator[str]:
    """Names by which the same dataset is known elsewhere; short identifiers are not unique in the world."""
    yield from (str(uid) for uid in _uuids(remote))
    if len(remote.id) >= 16:
        yield remote.id
    if remote.uri:
        yield remote.uri


def _uuids(remote: RemoteDataset) -> set[UUID]:
    """Ids that stay the same wherever a dataset is named: CKAN's and ours stand at the end of its address."""
    places = (remote.id, remote.uri, remote.landing_page)
    return {UUID(text) for place in places for text in _UUID.findall(place)}
