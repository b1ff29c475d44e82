# SPDX-License-Identifier: EUPL-1.2
"""What the quality page counts is what another portal would find in the exported description."""

from __future__ import annotations

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS
from tests.houses.catalogue.town import OPERATOR, SLUG, Town

from stoa.commons.cities.acting import acting_in
from stoa.houses.catalogue import door
from stoa.houses.catalogue.queries.datasets import dataset_for
from stoa.houses.catalogue.queries.metadata import metadata_facts
from stoa.houses.catalogue.rules.metadata_quality import DistributionFacts, MetadataFacts, assess

pytestmark = pytest.mark.django_db
EMAIL = Namespace("http://www.w3.org/2006/vcard/ns#").hasEmail
LISTS = "http://publications.europa.eu/resource/authority/"


def seen(graph: Graph, dataset: URIRef) -> MetadataFacts:
    """The facts as a stranger reads them off the graph; our own addresses are known to answer."""
    has = {
        name: (dataset, name, None) in graph
        for name in (DCAT.keyword, DCAT.theme, DCTERMS.spatial, DCTERMS.temporal)
    }
    contact = graph.value(dataset, DCAT.contactPoint)
    return MetadataFacts(
        *has.values(),
        has_access_level=str(graph.value(dataset, DCTERMS.accessRights)).startswith(f"{LISTS}access-right"),
        has_contact=(contact, EMAIL, None) in graph,
        has_publisher=(dataset, DCTERMS.publisher, None) in graph,
        has_issued=(dataset, DCTERMS.issued, None) in graph,
        has_modified=(dataset, DCTERMS.modified, None) in graph,
        distributions=tuple(_distribution(graph, one) for one in graph.objects(dataset, DCAT.distribution)),
    )


def _distribution(graph: Graph, one: Literal | URIRef) -> DistributionFacts:
    def has(name: URIRef) -> bool:
        return (one, name, None) in graph

    form, licence = (
        str(graph.value(one, DCTERMS["format"]) or ""),
        str(graph.value(one, DCTERMS.license) or ""),
    )
    return DistributionFacts(
        access_works=has(DCAT.accessURL),
        has_download=has(DCAT.downloadURL),
        download_works=has(DCAT.downloadURL),
        has_format=bool(form),
        has_media_type=has(DCAT.mediaType),
        is_from_vocabulary=form.startswith(f"{LISTS}file-type/"),
        is_open_format=bool(form) and not form.endswith("XLSX"),
        is_machine_readable=bool(form),
        has_licence=bool(licence),
        has_known_licence=licence.startswith(f"{LISTS}licence/"),
        has_rights=has(DCTERMS.rights),
        has_size=has(DCAT.byteSize),
    )


@pytest.mark.parametrize("slug", ["street-trees", "bicycle-counts", "entitled-trees"])
def test_the_page_counts_what_the_export_says(town: Town, slug: str) -> None:
    document = town.get(f"/datasets/{slug}.ttl", "owner").content
    dataset = URIRef(f"http://testserver/c/{SLUG}/datasets/{slug}")
    by_export = assess(seen(Graph().parse(data=document, format="turtle"), dataset))
    with acting_in(town.city):
        ours = assess(metadata_facts(dataset_for(city=town.city, principal=OPERATOR, slug=slug)))
    assert ours == by_export


def test_the_quality_page_says_the_points_and_what_to_do_next(town: Town) -> None:
    page = town.get("/datasets/bicycle-counts/quality").content.decode()
    assert "of 405 points" in page
    assert "Give it keywords that people would search for. (30 points more)" in page
    with acting_in(town.city):
        door.describe(city=town.city, by=OPERATOR, slug="bicycle-counts", keywords=["bicycles"])
    assert "Give it keywords" not in town.get("/datasets/bicycle-counts/quality").content.decode()


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"fields": [{"name": "Day"}, {"name": "Station"}, {"name": "Bicycles"}]}, "keeps to it"),
        ({"fields": [{"name": "Day"}, {"name": "Weather"}], "fieldsMatch": "subset"}, "“Weather” is missing"),
    ],
)
def test_the_quality_page_says_whether_the_declared_schema_is_kept(
    town: Town, schema: dict[str, object], words: str
) -> None:
    with acting_in(town.city):
        door.describe(city=town.city, by=OPERATOR, slug="bicycle-counts", declared_schema=schema)
    page = town.get("/datasets/bicycle-counts/quality").content.decode()
    assert "The declared schema" in page
    assert words in page
