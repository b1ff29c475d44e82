# SPDX-License-Identifier: EUPL-1.2
"""What a national portal finds: the whole catalogue, its pages, single datasets; and what it never finds."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS
from tests.houses.catalogue.town import SLUG, Town
from tests.standards.dcat.shapes import needs_shapes, violations

from stoa.gates.dcat import views

pytestmark = pytest.mark.django_db
ROOT = f"http://testserver/c/{SLUG}"
AP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
SYNTAX = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
HAS_VERSION = URIRef("http://www.w3.org/ns/dcat#hasVersion")
TREES = URIRef(f"{ROOT}/datasets/street-trees")
ENTITLED = URIRef(f"{ROOT}/datasets/entitled-trees")


def content(response: Any) -> bytes:
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def graph(town: Town, path: str, who: str = "outsider") -> Graph:
    suffix = path.partition("?")[0].rpartition(".")[2]
    return Graph().parse(data=content(town.get(path, who)), format=SYNTAX[suffix])


@pytest.mark.real
@needs_shapes
@pytest.mark.parametrize(
    "path",
    ["/catalog.ttl", "/catalog.jsonld?page=1", "/datasets/street-trees.rdf", "/datasets/entitled-trees.ttl"],
)
def test_the_shapes_of_dcat_ap_find_nothing_wrong(town: Town, path: str) -> None:
    assert not violations(graph(town, path))


def test_the_three_syntaxes_say_the_same(town: Town) -> None:
    turtle, xml, jsonld = (graph(town, f"/catalog.{suffix}") for suffix in SYNTAX)
    assert isomorphic(turtle, xml)
    assert isomorphic(turtle, jsonld)


def test_everybody_finds_what_is_public_and_nothing_else(town: Town) -> None:
    public = {"street-trees", "bicycle-counts", "entitled-trees"}
    seen = {who: _datasets(graph(town, "/catalog.ttl", who)) for who in ("outsider", "stranger", "colleague")}
    assert seen == {"outsider": public, "stranger": public, "colleague": public}
    assert _datasets(graph(town, "/catalog.ttl", "owner")) == {*public, "internal-trees"}


def _datasets(found: Graph) -> set[str]:
    return {str(name).rpartition("/")[2] for name in found.subjects(RDF.type, DCAT.Dataset)}


@pytest.mark.parametrize("slug", ["internal-trees", "draft-trees", "no-such-trees"])
@pytest.mark.parametrize("suffix", SYNTAX)
def test_what_is_hidden_looks_like_what_does_not_exist(town: Town, slug: str, suffix: str) -> None:
    for who in ("outsider", "stranger", "colleague"):
        assert town.get(f"/datasets/{slug}.{suffix}", who).status_code == 404


def test_an_open_dataset_can_be_downloaded_in_every_format_from_where_it_says(town: Town) -> None:
    found = graph(town, "/datasets/street-trees.ttl")
    current = [
        one for one in found.objects(TREES, DCAT.distribution) if (one, DCAT.downloadURL, None) in found
    ]
    codes = {str(found.value(one, DCAT.downloadURL)).rpartition("/")[2] for one in current}
    assert codes == {"csv", "xlsx", "geojson", "gpkg", "json", "jsonl", "parquet"}
    for place in found.objects(None, DCAT.downloadURL):
        response = town.client("outsider").get(str(place).removeprefix("http://testserver"))
        assert response.status_code == 200, place


def test_closed_rows_have_an_access_level_and_no_download(town: Town) -> None:
    found = graph(town, "/datasets/entitled-trees.ttl", "owner")
    assert found.value(ENTITLED, DCTERMS.accessRights) == URIRef(f"{RIGHTS}RESTRICTED")
    assert (None, DCAT.downloadURL, None) not in found
    (only,) = found.objects(ENTITLED, DCAT.distribution)
    assert found.value(only, DCAT.accessURL) == ENTITLED
    assert "T-001" not in content(town.get("/datasets/entitled-trees.ttl", "owner")).decode()


def test_a_high_value_dataset_names_law_and_category_wherever_they_are_asked_for(town: Town) -> None:
    found = graph(town, "/datasets/street-trees.ttl")
    law, category = (
        URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj"),
        URIRef("http://data.europa.eu/bna/c_ac64a52d"),
    )
    kinds = (DCAT.Dataset, DCAT.Distribution, DCAT.DataService)
    assert all(
        (one, AP.applicableLegislation, law) in found
        for kind in kinds
        for one in found.subjects(RDF.type, kind)
    )
    for kind in (DCAT.Dataset, DCAT.DataService):
        assert all((one, AP.hvdCategory, category) in found for one in found.subjects(RDF.type, kind))
    counts = graph(town, "/datasets/bicycle-counts.ttl")
    assert (None, AP.applicableLegislation, None) not in counts


def test_a_dataset_says_everything_that_its_owner_said(town: Town) -> None:
    found = graph(town, "/datasets/street-trees.ttl")
    assert found.value(TREES, DCTERMS.title) == Literal("Street trees", lang="en")
    assert found.value(TREES, DCTERMS.conformsTo) == URIRef("https://standards.example/trees")
    assert URIRef("https://geo.lake.example/trees") in set(found.objects(TREES, DCAT.landingPage))
    assert {str(one)[-3:] for one in found.objects(TREES, DCTERMS.language)} == {"DEU", "ENG"}
    assert found.value(TREES, DCTERMS.publisher) == URIRef(f"{ROOT}/departments/parks")
    email = URIRef("http://www.w3.org/2006/vcard/ns#hasEmail")
    assert found.value(found.value(TREES, DCAT.contactPoint), email) == URIRef("mailto:parks@lake.example")


def test_versions_are_told_with_the_dataset_and_do_not_clutter_the_catalogue(town: Town) -> None:
    alone, together = graph(town, "/datasets/street-trees.ttl"), graph(town, "/catalog.ttl")
    version = URIRef("http://www.w3.org/ns/dcat#version")
    versions = {str(alone.value(one, version)) for one in alone.objects(TREES, HAS_VERSION)}
    assert (versions, str(alone.value(TREES, version))) == ({"1", "2"}, "2")
    assert str(together.value(TREES, version)) == "2"
    assert (None, HAS_VERSION, None) not in together


def test_every_interface_is_a_data_service_that_names_what_it_serves(town: Town) -> None:
    found = graph(town, "/catalog.ttl")
    served = {str(one).rpartition("-")[2] for one in found.subjects(DCAT.servesDataset, TREES)}
    assert "ckan" in served
    for service in found.subjects(RDF.type, DCAT.DataService):
        assert (service, DCAT.endpointURL, None) in found
        assert (URIRef(f"{ROOT}/catalog"), DCAT.service, service) in found


def test_pages_lead_to_each_other_and_together_hold_every_dataset_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 2)
    place, found, pages = f"{ROOT}/catalog.ttl?page=1", [], 0
    while place:
        page = graph(town, place.removeprefix(ROOT))
        (view,) = page.subjects(RDF.type, HYDRA.PartialCollectionView)
        assert str(view) == place
        assert int(page.value(URIRef(f"{ROOT}/catalog"), HYDRA.totalItems)) == 3
        found += sorted(_datasets(page))
        place, pages = str(page.value(view, HYDRA.next) or ""), pages + 1
    assert (len(found), len(set(found)), pages) == (3, 3, 2)


@pytest.mark.parametrize(
    ("asked", "status"), [("0", 422), ("-1", 422), ("x", 422), ("9" * 30, 422), ("2", 404)]
)
def test_a_page_that_is_none_is_refused_in_words_or_not_there(town: Town, asked: str, status: int) -> None:
    assert town.get(f"/catalog.ttl?page={asked}").status_code == status


@pytest.mark.parametrize("path", ["/catalog", "/datasets/street-trees"])
@pytest.mark.parametrize(("accept", "suffix"), [(media, suffix) for media, suffix in views.SUFFIXES.items()])
def test_a_program_gets_the_form_it_asks_for(town: Town, path: str, accept: str, suffix: str) -> None:
    response = town.client("outsider").get(f"/c/{SLUG}{path}", headers={"accept": accept}, follow=True)
    found = Graph().parse(data=content(response), format=SYNTAX[suffix])
    assert response["Content-Type"].startswith(accept)
    assert TREES in set(found.subjects(RDF.type, DCAT.Dataset))


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
def test_people_get_pages(town: Town, accept: str) -> None:
    answer = town.client("outsider").get(f"/c/{SLUG}/datasets/street-trees", headers={"accept": accept})
    assert answer["Content-Type"].startswith("text/html")
    assert town.client("outsider").get(f"/c/{SLUG}/catalog", headers={"accept": accept}).status_code == 302


@pytest.mark.parametrize("path", ["/catalog.ttl", "/catalog.rdf?page=1", "/datasets/street-trees.jsonld"])
def test_what_did_not_change_is_not_sent_twice_and_what_did_is(town: Town, path: str) -> None:
    from tests.houses.catalogue.town import OPERATOR

    from stoa.commons.cities.acting import acting_in
    from stoa.houses.catalogue import door

    first = town.get(path)
    content(first)
    again = town.client("outsider").get(f"/c/{SLUG}{path}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with acting_in(town.city):
        door.describe(city=town.city, by=OPERATOR, slug="street-trees", keywords=["trees", path])
    assert (
        town.client("outsider").get(f"/c/{SLUG}{path}", headers={"if-none-match": first["ETag"]}).status_code
        == 200
    )


def test_a_catalogue_costs_the_same_queries_however_large_it_is(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(24):
        content(town.get("/catalog.ttl"))


def test_the_checksum_of_the_stored_file_is_that_of_its_download(town: Town) -> None:
    found, spdx = graph(town, "/datasets/street-trees.rdf"), Namespace("http://spdx.org/rdf/terms#")
    (file,) = found.subjects(spdx.checksum)
    place = str(found.value(file, DCAT.downloadURL)).removeprefix("http://testserver")
    digest = hashlib.sha256(content(town.client("outsider").get(place))).hexdigest()
    assert str(found.value(found.value(file, spdx.checksum), spdx.checksumValue)).lower() == digest
