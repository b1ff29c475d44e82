# SPDX-License-Identifier: EUPL-1.2
"""A harvested dataset as the catalogue keeps it, for tests of whatever shows or exports one."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.houses.catalogue.cast import Cast

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue.actions.indexing import index_dataset
from stoa.houses.catalogue.models import Dataset, Harvested, HarvestSource, RemoteFile
from stoa.houses.catalogue.terms import HarvestKind, State

WHEN = datetime(2026, 5, 4, 10, tzinfo=UTC)


def harvested(cast: Cast, *, slug: str = "bins", title: str = "Bins of the district") -> Dataset:
    """One published dataset with two files elsewhere and no version of its own."""
    with acting_in(cast.city):
        source, _new = HarvestSource.objects.get_or_create(
            city=cast.city,
            slug="district",
            defaults={
                "title": "District portal",
                "kind": HarvestKind.CKAN,
                "url": "https://district.example",
                "department": cast.parks,
            },
        )
        dataset = Dataset.objects.create(
            city=cast.city,
            department=cast.parks,
            slug=slug,
            title={"en": title},
            description={"en": "Every bin."},
            licence="OGL_3_0",
            is_remote=True,
            format="csv",
            state=State.PUBLISHED,
            published_at=WHEN,
            updated_at=WHEN,
        )
        Harvested.objects.create(
            city=cast.city,
            source=source,
            dataset=dataset,
            remote_id=f"id-{slug}",
            remote_uri=f"https://district.example/id/{slug}",
            publisher="Works department",
            remote_modified=WHEN,
            content_hash="0" * 64,
            seen_in=1,
            seen_at=WHEN,
        )
        for place, kind in enumerate(("CSV", "WFS")):
            RemoteFile.objects.create(
                city=cast.city,
                dataset=dataset,
                place=place,
                title=f"Bins as {kind}",
                url=f"https://district.example/{slug}.{kind.lower()}",
                format=kind,
                bytes=2048,
                licence="OGL_3_0",
            )
        index_dataset(dataset)
    return dataset
