# SPDX-License-Identifier: EUPL-1.2
"""The catalogues of the real cities that ship with the product, by their descriptions alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from rdflib import RDF, Graph
from rdflib.namespace import DCAT
from tests.standards.dcat.shapes import needs_shapes, violations

import stoa.site.loading as loading
from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.cityfolder.parsing import parse_city
from stoa.commons.cityfolder.values import CityFolder
from stoa.houses.catalogue import door
from stoa.houses.catalogue.models import Dataset, Version
from stoa.site.asking import operator

MANIFESTS = sorted((Path(loading.__file__).parent / "manifests").glob("*/city.toml"))
NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)


def described(folder: CityFolder) -> City:
    """The city with every dataset described as its manifest says, and a version of each that has no file."""
    city = loading._set_up(folder)
    with acting_in(city):
        for n, told in enumerate(folder.datasets):
            door.draft(
                city=city,
                by=operator(),
                department=told.department,
                title=told.title,
                slug=told.slug,
                **loading._said(told),
            )
            dataset = Dataset.objects.get(city=city, slug=told.slug)
            has_map = n % 2 == 0
            dataset.current = Version.objects.create(
                city=city, dataset=dataset, number=1, made_at=NOON, path=f"none/{n}", columns=[], rows=n, bytes=n,
                content_hash="none", recipe={}, geometry_types=["Point"] if has_map else [],
            )  # fmt: skip
            dataset.state, dataset.has_map = "published", has_map
            dataset.published_at = dataset.updated_at = NOON
            dataset.save()
    return city


@pytest.mark.real
@pytest.mark.django_db
@needs_shapes
@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_the_whole_catalogue_of_a_city_is_valid_dcat_ap(manifest: Path) -> None:
    folder = parse_city(manifest.read_text(encoding="utf-8"))
    city = described(folder)
    answer = Client().get(f"/c/{city.slug}/catalog.ttl")
    graph = Graph().parse(data=b"".join(answer.streaming_content), format="turtle")
    public = [one for one in folder.datasets if one.access != "internal"]
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(public) > 0
    assert not violations(graph)
