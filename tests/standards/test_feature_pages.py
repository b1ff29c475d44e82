# SPDX-License-Identifier: EUPL-1.2
"""Pages of layers in the shapes in which MapServer, pygeoapi, GeoServer, Koop and ArcGIS send them."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.standards.catalogues.values import CatalogueUnreadable
from stoa.standards.feature_pages import (
    Service,
    leads_to_data,
    name_of_layer,
    page_address,
    read_page,
    service_of,
)

ARCGIS = "https://x.example/arcgis/rest/services/Parks/Trees/FeatureServer/3/query?where=1%3D1&f=geojson"
WFS = "https://x.example/ows?map=a&service=WFS&version=2.0.0&request=GetFeature&typeNames=ms%3Atrees"
OGC = "https://x.example/collections/trees/items?f=json"
LIME = {"type": "Feature", "properties": {"kind": "Lime"}, "geometry": None}


@pytest.mark.parametrize(
    ("url", "service", "name"),
    [
        (ARCGIS, Service.ARCGIS, "Trees_3.geojson"),
        (f"{WFS}&outputFormat=application%2Fjson%3B+subtype%3Dgeojson", Service.WFS, "ms_trees.geojson"),
        (WFS, Service.GML, "ms_trees.gml"),
        (OGC, Service.OGC, "trees.geojson"),
    ],
)
def test_a_service_is_known_by_its_address(url: str, service: Service, name: str) -> None:
    assert (service_of(url), name_of_layer(url), leads_to_data(url)) == (service, name, True)


@pytest.mark.parametrize(
    "url",
    [
        ARCGIS.replace("geojson", "html"),
        ARCGIS.replace("/query", ""),
        f"{WFS}&outputFormat=SHAPE-ZIP",
        f"{WFS}&resultType=hits",
        WFS.replace("2.0.0", "1.1.0"),
        WFS.replace("GetFeature", "GetCapabilities"),
        OGC.replace("json", "html"),
        f"{OGC}/7".replace("?f=json", ""),
    ],
)
def test_other_addresses_are_no_layers(url: str) -> None:
    assert service_of(url) is None
    assert not leads_to_data(url)


def test_pages_are_asked_for_in_the_words_of_each_service() -> None:
    assert page_address(ARCGIS + "&resultOffset=9", size=10, start=20).endswith(
        "f=geojson&resultRecordCount=10&resultOffset=20"
    )
    assert page_address(WFS + "&COUNT=3", size=10, start=20) == f"{WFS}&count=10&startIndex=20"
    assert page_address(WFS + "&count=3", size=0, start=0) == WFS
    assert page_address(OGC + "&offset=5&limit=1", size=10, start=0) == f"{OGC}&limit=10"


def test_what_a_page_tells_beside_its_features() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    answer = {"type": "FeatureCollection", "crs": crs, "features": [LIME, LIME], "numberMatched": 5,
              "timeStamp": "2026-11-21T18:05:45Z",
              "links": [{"rel": "next", "type": "text/html", "href": "?f=html&offset=2"},
                        {"rel": "next", "type": "application/geo+json", "href": "items?offset=2"}]}  # fmt: skip
    page = read_page(Service.OGC, json.dumps(answer).encode(), OGC)
    assert page is not None
    assert (page.count, page.matched, page.is_cut) == (2, 5, False)
    assert page.following == "https://x.example/collections/trees/items?offset=2"
    whole = json.loads(page.head + b",".join(page.features) + page.tail)
    assert whole == {"type": "FeatureCollection", "crs": crs, "features": [LIME, LIME]}


@pytest.mark.parametrize(
    "told", [{"exceededTransferLimit": True}, {"properties": {"exceededTransferLimit": True}}]
)
def test_arcgis_says_in_either_place_that_there_is_more(told: dict[str, object]) -> None:
    page = read_page(Service.ARCGIS, json.dumps({"features": [LIME], **told}).encode(), ARCGIS)
    assert page is not None
    assert page.is_cut


def test_an_error_in_a_good_answer_is_an_error() -> None:
    told = {"error": {"code": 400, "message": "Pagination is not supported."}}
    with pytest.raises(CatalogueUnreadable, match="Pagination is not supported"):
        read_page(Service.ARCGIS, json.dumps(told).encode(), ARCGIS)


def gml(*members: int, told: str) -> bytes:
    inside = "".join(f'<wfs:member><ms:t gml:id="t.{n}"><a>{n}</a></ms:t></wfs:member>' for n in members)
    return (
        '<?xml version="1.0"?>\n<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0"\n'
        ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:ms="x>y" '
        + told
        + f">{inside}</wfs:FeatureCollection>"
    ).encode()


def test_pages_of_gml_make_one_document() -> None:
    first = read_page(
        Service.GML, gml(1, 2, told='numberMatched="unknown"\n numberReturned="2" next="a>b"'), WFS
    )
    second = read_page(Service.GML, gml(3, told='numberMatched="3" numberReturned="1"'), WFS)
    assert first is not None
    assert second is not None
    assert (first.count, first.matched, second.count, second.matched) == (2, None, 1, 3)
    whole = first.head + b"".join(first.features + second.features) + first.tail
    assert b"".join(whole.split()) == b"".join(gml(1, 2, 3, told="").split())


def test_a_page_of_gml_without_members_is_the_end() -> None:
    page = read_page(Service.GML, gml(told='numberMatched="0" numberReturned="0"'), WFS)
    assert page is not None
    assert (page.count, page.features) == (0, ())
    assert read_page(Service.GML, b"<ows:ExceptionReport/>", WFS) is None


@given(
    st.text(max_size=80).filter(lambda text: not set(text) & set("[]")),
    st.binary(max_size=200),
    st.sampled_from(Service),
)
def test_nothing_unexpected_breaks_the_reader(url: str, data: bytes, service: Service) -> None:
    service_of(f"https://x.example/{url}")
    with suppress(CatalogueUnreadable):
        read_page(service, data, "https://x.example/")
