# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface: whole, valid, and the same as what is answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from schemathesis.specs.openapi import definitions
from tests.gates.ogc.conftest import TREES, Ogc, link
from tests.houses.catalogue.town import OTHER, SLUG

from stoa.commons.cities.acting import acting_in
from stoa.gates.ogc import urls
from stoa.houses.catalogue.models import Dataset


def routes() -> set[str]:
    [inner] = [pattern for pattern in urls.urlpatterns if hasattr(pattern, "url_patterns")]
    return {"/" + str(pattern.pattern) for pattern in inner.url_patterns}


GAPS = {
    "name": "collectionId", "feature": "featureId", "matrix_set": "tileMatrixSetId", "matrix": "tileMatrix",
    "row": "tileRow", "column": "tileCol",
}  # fmt: skip


@pytest.mark.parametrize(("version", "media_type"), [("3.1", "version=3.1"), ("3.0", "version=3.0")])
def test_the_description_is_valid_and_found(ogc: Ogc, version: str, media_type: str) -> None:
    landing = ogc.get("/").json()
    links = [one for one in landing["links"] if one["rel"] == "service-desc" and media_type in one["type"]]
    answer = ogc.get(links[0]["href"])
    assert answer["Content-Type"] == links[0]["type"]
    body = answer.json()
    assert body["openapi"].startswith(version)
    validator = {"3.1": definitions.OPENAPI_31_VALIDATOR, "3.0": definitions.OPENAPI_30_VALIDATOR}[version]
    assert [str(error) for error in validator.iter_errors(body)] == []


def test_every_address_is_described_once(ogc: Ogc) -> None:
    body = ogc.get("/api").json()
    described = set(body["paths"])
    real = {re.sub(r"<\w+:(\w+)>", lambda found: f"{{{GAPS[found[1]]}}}", route) for route in routes()}
    assert described == real
    ids = [one["get"]["operationId"] for one in body["paths"].values()]
    assert len(ids) == len(set(ids))


def parameters(body: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    listed = body["paths"][path]["get"]["parameters"]
    found = [
        body["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in listed
    ]
    return {one["name"]: one for one in found}


def test_every_parameter_that_is_described_is_understood(ogc: Ogc) -> None:
    body = ogc.get("/api").json()
    examples = {
        "limit": "5", "bbox": "7,51,8,52", "bbox-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "datetime": "2025-01-01/..", "sortby": "-kind",
        "version": "1", "f": "json", "filter": "kind = 'Oak'", "filter-lang": "cql2-text", "columns": "kind",
        "filter-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "kind": "Oak", "openapi": "3.0",
        "q": "trees", "type": "dataset", "ids": "street-trees",
    }  # fmt: skip
    for path in body["paths"]:
        for name, one in parameters(body, path).items():
            if one["in"] != "query" or name in {"after", "properties"}:
                continue
            is_record = name in {"q", "type", "ids"}
            where = path.replace("{collectionId}", "catalogue.records" if is_record else TREES)
            for gap, value in (("featureId", "T-009"), ("tileMatrixSetId", "WebMercatorQuad"), ("tileMatrix", "0"),
                               ("tileRow", "0"), ("tileCol", "0")):  # fmt: skip
                where = where.replace(f"{{{gap}}}", value)
            value = one["schema"]["enum"][0] if name == "f" else examples[name]
            answer = ogc.get(where, **{name: value})
            assert answer.status_code == 200, (where, name, answer.content)
    assert parameters(body, "/collections/{collectionId}/items")["limit"]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 10000, "default": 10,
    }  # fmt: skip


def test_conformance_is_declared_beside_the_routes(ogc: Ogc) -> None:
    classes = ogc.get("/conformance").json()["conformsTo"]
    assert len(classes) == len(set(classes))
    for part in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-tiles-1/1.0/conf/mvt",
    ):
        assert f"http://www.opengis.net/spec/{part}" in classes
    assert link(ogc.get("/conformance").json(), "self")


def titles(ogc: Ogc, who: str = "outsider", **asked: str) -> dict[str, str]:
    return {one["id"]: one["title"] for one in ogc.get("/collections", who, **asked).json()["collections"]}


def test_the_list_of_collections_is_never_older_than_the_catalogue(ogc: Ogc) -> None:
    before = {who: titles(ogc, who) for who in ("outsider", "owner", "stranger")}
    assert TREES in before["outsider"]
    city = ogc.callers.town.city
    with acting_in(city):
        Dataset.objects.filter(slug=TREES).update(title={"en": "Other trees"})
    assert titles(ogc)[TREES] == "Other trees"
    with acting_in(city):
        Dataset.objects.filter(slug=TREES).update(access="internal")
    assert set(before["outsider"]) - set(titles(ogc)) == {TREES}
    assert titles(ogc, "owner") == before["owner"] | {TREES: "Other trees"}
    assert TREES not in titles(ogc, "stranger")
    assert ogc.get(f"/collections/{TREES}").status_code == 404
    assert ogc.get(f"/collections/{TREES}", "owner").status_code == 200


def test_the_list_of_collections_is_kept_apart_by_city_language_and_address(ogc: Ogc) -> None:
    english = titles(ogc)
    german = ogc.ask("get", "/collections", "outsider", SLUG, {}, **{"accept-language": "de"}).json()
    assert {one["id"] for one in german["collections"]} == set(english)
    assert {one["title"] for one in german["collections"]} != set(english.values())
    assert TREES not in {one["id"] for one in ogc.get("/collections", city=OTHER).json()["collections"]}
    assert len(ogc.get("/collections", limit="1").json()["collections"]) == 2
    assert titles(ogc) == english


def test_an_unchanged_list_is_not_sent_again(ogc: Ogc) -> None:
    first = ogc.get("/collections")
    again = ogc.ask("get", "/collections", "outsider", SLUG, {}, **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
