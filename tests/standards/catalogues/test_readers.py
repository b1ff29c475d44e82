# SPDX-License-Identifier: EUPL-1.2
"""Readers of other catalogues on small documents of every kind, right ones and damaged ones."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.standards.catalogues.reading import READERS, first_address, read
from stoa.standards.catalogues.turtle_text import statements
from stoa.standards.catalogues.values import (
    CatalogueUnreadable,
    Next,
    RemoteDataset,
    Total,
    Unreadable,
)

HERE = "https://x.example/catalogue"
DCT = "http://purl.org/dc/terms/"


def found(
    kind: str, text: str | bytes | dict[str, Any], url: str = HERE
) -> tuple[list[RemoteDataset], list[str], list[str]]:
    """Datasets, what was left out and why, where to go on."""
    data = json.dumps(text) if isinstance(text, dict) else text
    items = list(read(kind, data.encode() if isinstance(data, str) else data, url))
    return (
        [item for item in items if isinstance(item, RemoteDataset)],
        [str(item.why) for item in items if isinstance(item, Unreadable)],
        [item.url for item in items if isinstance(item, Next)],
    )


def test_ckan_says_where_it_goes_on_and_how_many_there_are() -> None:
    answer = {
        "success": True,
        "result": {"count": 5, "results": [{"id": "a" * 20, "name": "a", "title": "A"}] * 2},
    }
    url = first_address("ckan", "https://x.example/data/dataset?q=1").replace("start=0", "start=2")
    assert url.startswith("https://x.example/data/api/3/action/package_search?")
    items = list(read("ckan", json.dumps(answer).encode(), url))
    assert Total(5) in items
    assert [item.url for item in items if isinstance(item, Next)] == [url.replace("start=2", "start=4")]


def test_private_and_deleted_packages_of_ckan_are_left_out() -> None:
    results = [{"id": "a", "name": "a", "private": True}, {"id": "b", "name": "b", "state": "deleted"}, {}, 7]
    datasets, why, _next = found("ckan", {"success": True, "result": {"results": results}})
    assert (datasets, len(why)) == ([], 4)


TURTLE = f"""@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <{DCT}> .
<https://x.example/d/1> a dcat:Dataset ; dct:title "Bäume"@de, "Trees"@en ; dct:description "All. Really."@en ;
  dcat:keyword "a" ; dcat:distribution <https://x.example/f/1> ; dct:publisher [ <http://xmlns.com/foaf/0.1/name> "Parks" ] .
<https://x.example/f/1> a dcat:Distribution ; dcat:downloadURL <https://x.example/1.csv> ; dcat:byteSize 12 .
<https://x.example/d/2> a dcat:Dataset ; dct:title "Broken" ; ; ; oh no .
<https://x.example/d/3> a dcat:Dataset ; dct:title "Three" .
"""


def test_a_mistake_in_turtle_costs_its_own_statement_only() -> None:
    datasets, why, _next = found("dcat", TURTLE)
    assert [one.title for one in datasets] == [{"de": "Bäume", "en": "Trees"}, {"": "Three"}]
    assert (datasets[0].publisher, datasets[0].files[0].bytes) == ("Parks", 12)
    assert any("Line 6" in one for one in why)


def test_statements_are_cut_where_turtle_ends_them() -> None:
    text = '<a> <b> """x . \n y""" . # c .\n<d> <e> <http://f.example/.g> ; <h> 1.5 .\nPREFIX i: <j>\n<k> <l> i:m .'
    assert [piece.strip() for _line, piece in statements(text)] == [
        '<a> <b> """x . \n y""" .',
        "# c .\n<d> <e> <http://f.example/.g> ; <h> 1.5 .",
        "PREFIX i: <j>",
        "<k> <l> i:m .",
    ]


RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
 xmlns:dct="{DCT}"><dcat:Dataset rdf:about="https://x.example/d/1"><dct:title>One</dct:title></dcat:Dataset>"""


def test_rdf_xml_that_ends_early_gives_what_stands_before() -> None:
    datasets, why, _next = found("dcat", RDF)
    assert [one.title for one in datasets] == [{"": "One"}]
    assert "broken" in why[0]


@pytest.mark.parametrize("kind", ["dcat", "wfs"])
@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "b">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://x.example/">',
    ],
)
@pytest.mark.parametrize("letters", ["utf-8", "utf-16"])
def test_xml_with_entities_of_its_own_is_not_read(kind: str, entity: str, letters: str) -> None:
    text = f'<?xml version="1.0"?><!DOCTYPE r [{entity}]>' + RDF.replace("One", "&a;") + "</rdf:RDF>"
    with pytest.raises(CatalogueUnreadable):
        found(kind, text.encode(letters))


def test_json_ld_calls_nobody_for_its_context(monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_given: object, **_more: object) -> None:
        raise AssertionError("somebody was called")

    monkeypatch.setattr(socket, "create_connection", called)
    monkeypatch.setattr("urllib.request.urlopen", called)
    entry = {"@id": "https://x.example/1", "@type": "http://www.w3.org/ns/dcat#Dataset", f"{DCT}title": "T"}
    foreign: list[Any] = [
        "https://evil.example/c.jsonld",
        {"@import": "https://evil.example/d.jsonld", "a": "b:c"},
    ]
    datasets, _why, _next = found(
        "dcat", {"@context": foreign, "@graph": [entry, {"@context": "https://evil.example/e"}]}
    )
    assert [one.title for one in datasets] == [{"": "T"}]


def test_json_that_ends_early_gives_what_stands_before() -> None:
    entries = [{"identifier": f"id-{n}", "title": f"T {n}"} for n in range(5)]
    text = json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": entries})
    datasets, why, _next = found("dcat", text[:-20])
    assert [one.id for one in datasets] == ["id-0", "id-1", "id-2", "id-3"]
    assert any("ends early" in one or "no JSON" in one for one in why)


def test_one_broken_entry_of_a_data_json_costs_itself_only() -> None:
    text = (
        '{"dataset": [{"identifier": "a1", "title": "A"}, {"identifier": "b2", oops [ ] },'
        ' {"identifier": "c3", "title": "C"}]}'
    )
    datasets, why, _next = found("data_json", text)
    assert len(why) == 1
    assert [one.id for one in datasets] == ["a1", "c3"]


def test_a_collection_of_ogc_features_is_a_dataset() -> None:
    collection = {
        "id": "trees", "title": "Trees", "extent": {"spatial": {"bbox": [[7.4, 51.8, 7.8, 52.1]]}},
        "links": [
            {"rel": "items", "type": "application/geo+json", "href": "collections/trees/items"},
            {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
        ],
    }  # fmt: skip
    page = {"collections": [collection, {}], "links": [{"rel": "next", "href": "?offset=1"}]}
    datasets, why, following = found("ogc_features", page, "https://x.example/ogc/collections")
    assert (datasets[0].title, datasets[0].box) == ({"": "Trees"}, (7.4, 51.8, 7.8, 52.1))
    assert [file.url for file in datasets[0].files] == ["https://x.example/ogc/collections/trees/items"]
    assert (len(why), following) == (1, ["https://x.example/ogc/collections?offset=1"])


def test_a_landing_page_of_an_ogc_api_leads_to_its_collections() -> None:
    page = {
        "links": [
            {"rel": "self", "href": "/"},
            {"rel": "data", "type": "application/json", "href": "/collections"},
        ]
    }
    assert found("ogc_features", page, "https://x.example/") == ([], [], ["https://x.example/collections"])


def test_records_of_a_catalogue_are_datasets() -> None:
    record = {
        "id": "r1", "type": "Feature", "geometry": None, "time": {"interval": ["2020-01-01", ".."]},
        "properties": {"title": "R", "language": {"code": "de"}, "contacts": [{"organization": "Parks"}],
                       "themes": [{"concepts": [{"id": "environment"}]}], "license": "CC-BY-4.0"},
        "links": [{"rel": "enclosure", "href": "https://x.example/r.gpkg", "type": "application/geopackage+sqlite3"}],
    }  # fmt: skip
    page = {"type": "FeatureCollection", "features": [record], "numberMatched": 1, "links": []}
    (one,), why, _next = found("ogc_records", page)
    assert (one.title, one.publisher, one.licences, one.themes) == (
        {"de": "R"},
        "Parks",
        ("CC-BY-4.0",),
        ("environment",),
    )
    assert (one.files[0].is_download, why) == (True, [])


def test_a_record_is_known_by_the_name_that_it_has_in_every_catalogue() -> None:
    name = "urn:uuid:9248404f-c949-4d48-a411-651d2525be25"
    links = [{"rel": "self", "href": "https://x.example/items/r1"}]
    record = {
        "id": "r1",
        "properties": {"title": "R", "externalIds": [{"value": "77"}, {"value": name}]},
        "links": links,
    }
    (one,), _why, _next = found("ogc_records", {"features": [record]})
    assert one.uri == name
    record["properties"] = {"title": "R"}
    (one,), _why, _next = found("ogc_records", {"features": [record]})
    assert one.uri == "https://x.example/items/r1"


def test_records_are_asked_for_in_large_pages_and_end_with_an_empty_one() -> None:
    items = {"rel": "items", "type": "application/geo+json", "href": "/collections/all/items?f=json"}
    listing = {"collections": [{"id": "all", "itemType": "record", "links": [items]}], "links": []}
    asked = "https://x.example/collections/all/items?f=json&limit=500"
    assert found("ogc_records", listing, "https://x.example/collections")[2] == [asked]
    assert found(
        "ogc_records", {"itemType": "record", "links": [items]}, "https://x.example/collections/all"
    )[2] == [asked]
    end = {
        "type": "FeatureCollection",
        "features": [],
        "links": [{"rel": "next", "href": f"{asked}&offset=900"}],
    }
    assert found("ogc_records", end, asked) == ([], [], [])
    assert found("ogc_features", {"collections": [], "links": []}) == ([], [], [])


def test_one_layer_of_arcgis_is_a_catalogue_of_one() -> None:
    url = "https://x.example/rest/services/Trees/FeatureServer/0"
    assert first_address("arcgis", f"{url}/query?where=1%3D1&f=html") == f"{url}?f=json"
    layer = {"id": 0, "name": "Trees", "type": "Feature Layer", "capabilities": "Query", "description": "All",
             "extent": {"xmin": 7.4, "ymin": 51.8, "xmax": 7.8, "ymax": 52.1, "spatialReference": {"wkid": 4326}}}  # fmt: skip
    (one,), why, following = found("arcgis", layer, f"{url}?f=json")
    assert (one.id, one.title, one.box, why, following) == (
        url,
        {"": "Trees"},
        (7.4, 51.8, 7.8, 52.1),
        [],
        [],
    )
    assert one.files[0].is_download
    (closed,), _why, _next = found("arcgis", layer | {"capabilities": "Map"}, f"{url}?f=json")
    assert not closed.files[0].is_download


WFS = """<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"
 xmlns:ows="http://www.opengis.net/ows/1.1"
 xmlns:xlink="http://www.w3.org/1999/xlink"><ows:ServiceIdentification><ows:Fees>dl-de/by-2-0</ows:Fees></ows:ServiceIdentification>
<ows:ServiceProvider><ows:ProviderName>Survey</ows:ProviderName></ows:ServiceProvider>
<ows:OperationsMetadata>
 <ows:Operation name="GetFeature">
 <ows:DCP><ows:HTTP><ows:Get xlink:href="https://x.example/ows?map=1"/></ows:HTTP></ows:DCP>
<ows:Parameter name="outputFormat">
 <ows:AllowedValues><ows:Value>text/xml</ows:Value><ows:Value>application/json</ows:Value></ows:AllowedValues></ows:Parameter>
 </ows:Operation></ows:OperationsMetadata>
<wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>a:trees</wfs:Name>
 <wfs:Title>Trees</wfs:Title><ows:Keywords><ows:Keyword>Lime</ows:Keyword></ows:Keywords>
<ows:WGS84BoundingBox><ows:LowerCorner>7.4 51.8</ows:LowerCorner>
 <ows:UpperCorner>7.8 52.1</ows:UpperCorner></ows:WGS84BoundingBox></wfs:FeatureType>
<wfs:FeatureType><wfs:Title>Nameless</wfs:Title></wfs:FeatureType></wfs:FeatureTypeList></wfs:WFS_Capabilities>"""


def test_a_feature_type_of_wfs_is_a_dataset_with_ready_addresses() -> None:
    (one,), why, _next = found("wfs", WFS)
    assert (one.publisher, one.licences, one.keywords, len(why)) == (
        "Survey",
        ("dl-de/by-2-0",),
        ("Lime",),
        1,
    )
    assert one.box == (7.4, 51.8, 7.8, 52.1)
    assert one.files[0].url == (
        "https://x.example/ows?map=1&service=WFS&version=2.0.0&request=GetFeature&typeNames=a%3Atrees"
        "&outputFormat=application%2Fjson"
    )


def test_arcgis_leads_from_folders_to_services_to_layers() -> None:
    root = "https://x.example/arcgis/rest/services"
    listing = {"folders": ["Open", "System"], "services": [
        {"name": "Trees", "type": "MapServer"}, {"name": "Trees", "type": "FeatureServer"},
        {"name": "T", "type": "GPServer"}]}  # fmt: skip
    assert found("arcgis", listing, f"{root}?f=json")[2] == [
        f"{root}/Open?f=json",
        f"{root}/Trees/FeatureServer?f=json",
    ]
    service = {"serviceDescription": "<b>All</b>", "copyrightText": "CC BY 4.0", "layers": [
        {"id": 0, "name": "Lime"}, {"id": 1, "name": "Group", "subLayerIds": [2]}, {"id": "x", "name": "Odd"}]}  # fmt: skip
    datasets, why, _next = found("arcgis", service, f"{root}/Trees/FeatureServer?f=json")
    assert [(one.id, one.description) for one in datasets] == [(f"{root}/Trees/FeatureServer/0", {"": "All"})]
    assert "f=geojson" in datasets[0].files[0].url
    assert len(why) == 1


def test_a_list_of_addresses_is_a_catalogue_too() -> None:
    datasets, why, _next = found(
        "files", "# mine\nhttps://x.example/bike_counts.csv\nhttps://x.example/b.json Benches\nnot one\n"
    )
    assert [one.title[""] for one in datasets] == ["bike counts", "Benches"]
    assert why == ["Line 4 is no web address."]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["id", "identifier", "title", "name", "result", "results", "resources", "dataset", "distribution", "links", "href", "rel",
         "collections", "features", "properties", "layers", "services", "folders", "extras", "key", "value", "@id", "@type",
         "@context", "@graph", "url", "spatial", "temporal", "extent", "bbox", "publisher", "keyword", "license", "tags"]),
         inner, max_size=6),
    max_leaves=40,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(READERS)), junk=JUNK)
def test_no_reader_fails_on_json_that_nobody_expected(kind: str, junk: object) -> None:
    try:
        for _item in read(kind, json.dumps(junk).encode(), HERE):
            pass
    except CatalogueUnreadable:
        pass


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(READERS)), junk=st.binary(max_size=300))
def test_no_reader_fails_on_bytes_that_nobody_expected(kind: str, junk: bytes) -> None:
    for data in (junk, b"<" + junk, b"{" + junk, b"@prefix a: <b> .\n" + junk):
        try:
            for _item in read(kind, data, HERE):
                pass
        except CatalogueUnreadable:
            pass
