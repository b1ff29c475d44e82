# SPDX-License-Identifier: EUPL-1.2
"""Where harvested datasets came from, and their files elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import prefetch_related_objects

from stoa.houses.catalogue.models import Dataset


def with_origins(datasets: Sequence[Dataset], *, files: bool = True) -> Sequence[Dataset]:
    """The same datasets with origin and files elsewhere at hand (no query if none is remote, else three)."""
    remote = [dataset for dataset in datasets if dataset.is_remote]
    if remote:
        prefetch_related_objects(remote, "harvested__source", *(["remote_files"] if files else []))
    return datasets
