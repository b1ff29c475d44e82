# SPDX-License-Identifier: EUPL-1.2
"""Part 1: what a client finds, how it pages, and what it is told when it asks wrongly."""

from __future__ import annotations

import json
import re

import pytest
from tests.gates.ogc.conftest import BASE, COUNTS, TREES, Ogc, link
from tests.houses.catalogue.town import OTHER


def test_everything_is_found_from_the_landing_page(ogc: Ogc) -> None:
    body = ogc.get("/").json()
    assert link(body, "self") == f"{BASE}/"
    assert ogc.get(link(body, "conformance")).json()["conformsTo"]
    listed = ogc.get(link(body, "data")).json()["collections"]
    assert {one["id"] for one in listed} == {"catalogue.records", TREES, COUNTS}
    for one in listed:
        assert ogc.get(link(one, "self")).json() == one
        for found in one["links"]:
            if found["href"].startswith(BASE):
                assert ogc.get(found["href"]).status_code == 200, found
    assert ogc.get(link(body, "service-doc")).status_code == 200


def test_a_collection_says_where_and_when_it_is(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}").json()
    assert body["itemType"] == "feature"
    [box] = body["extent"]["spatial"]["bbox"]
    assert box == pytest.approx([7.601, 51.9005, 7.7001, 51.9501])
    [(begins, ends)] = body["extent"]["temporal"]["interval"]
    assert begins.startswith("2025-01-")
    assert ends == "2026-02-01T00:00:00Z"
    assert body["license"] == "CC-BY-4.0"
    assert "spatial" not in ogc.get(f"/collections/{COUNTS}").json()["extent"]


def test_the_same_features_come_in_pages_of_any_size(ogc: Ogc) -> None:
    whole = ogc.all_features(limit=100)
    assert len(whole) == 60
    assert len({feature["id"] for feature in whole}) == 60
    assert ogc.all_features(limit=7) == whole
    assert ogc.all_features(limit=7, sortby="-height_m") != whole
    assert sorted(ogc.all_features(limit=7, sortby="-height_m"), key=lambda f: f["id"]) == sorted(
        whole, key=lambda f: f["id"]
    )


def test_ten_features_come_unless_asked_otherwise(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/items").json()
    assert (body["numberReturned"], body["numberMatched"], len(body["features"])) == (10, 60, 10)
    assert body["timeStamp"].endswith("Z")
    assert ogc.get(f"/collections/{TREES}/items", limit=10**9).json()["numberReturned"] == 60


def test_a_feature_is_the_row_with_its_place_and_its_key_as_id(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/items/T-009").json()
    assert body["id"] == "T-009"
    assert body["geometry"] == {"type": "Point", "coordinates": [7.609, 51.9045]}
    assert body["properties"]["tree_number"] == "T-009"
    assert body["properties"]["planted_on"] == "2025-10-10"
    assert body["properties"]["height_m"] == 3.25
    assert ogc.get(link(body, "collection")).json()["id"] == TREES
    assert ogc.get(f"/collections/{TREES}/items/T-007").status_code == 404


def test_an_id_stays_the_same_from_version_to_version(ogc: Ogc) -> None:
    """Tree 9 grew in the second version, tree 7 was felled."""
    earlier = ogc.get(f"/collections/{TREES}/items/T-009", version=1).json()
    assert earlier["properties"]["height_m"] == 2.25
    assert ogc.get(f"/collections/{TREES}/items/T-007", version=1).status_code == 200


def test_rows_without_a_single_key_have_their_number_as_id_and_no_place(ogc: Ogc) -> None:
    found = ogc.all_features(COUNTS, limit=20)
    assert [feature["id"] for feature in found] == [str(n) for n in range(1, 57)]
    assert all(feature["geometry"] is None for feature in found)
    assert ogc.get(f"/collections/{COUNTS}/items/56").json()["properties"]["bicycles"] == 280


def test_a_box_finds_the_places_in_it(ogc: Ogc) -> None:
    box = (7.61, 51.9, 7.62, 52.0)
    inside = {
        f["id"] for f in ogc.all_features(limit=100) if box[0] <= f["geometry"]["coordinates"][0] <= box[2]
    }
    assert inside
    assert {f["id"] for f in ogc.all_features(bbox=",".join(map(str, box)))} == inside
    assert {f["id"] for f in ogc.all_features(bbox="7.61,51.9,-10,7.62,52.0,10")} == inside
    assert len(ogc.all_features(bbox="179,-80,7.62,80", limit=100)) == len(
        ogc.all_features(bbox="-180,-80,7.62,80", limit=100)
    )
    assert len(ogc.all_features(COUNTS, bbox="0,0,1,1", limit=100)) == 56  # what has no place is everywhere


def test_a_time_finds_the_days_in_it(ogc: Ogc) -> None:
    def days(asked: str) -> list[str]:
        return sorted({f["properties"]["day"] for f in ogc.all_features(COUNTS, datetime=asked, limit=100)})

    assert days("2026-03-05") == ["2026-03-05"]
    assert days("2026-03-05T23:30:00Z") == ["2026-03-06"]  # it is past midnight in the city
    assert days("2026-03-26/..") == ["2026-03-26", "2026-03-27", "2026-03-28"]
    assert days("../2026-03-02") == ["2026-03-01", "2026-03-02"]
    assert days("2027-01-01/2027-02-01") == []


def test_a_column_is_a_filter(ogc: Ogc) -> None:
    oaks = ogc.all_features(kind="Oak", limit=100)
    assert oaks
    assert {f["properties"]["kind"] for f in oaks} == {"Oak"}
    assert ogc.all_features(tree_number="T-009")[0]["id"] == "T-009"
    assert ogc.features(kind="No such kind") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"nonsense": "1"}, {"limit": "0"}, {"limit": "-1"}, {"limit": "ten"}, {"limit": ""[:0] or "1.5"},
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "1,9,2,3"}, {"bbox": "nan,1,2,3"}, {"bbox": "1,2,3,4,5"},
        {"datetime": "yesterday"}, {"datetime": "2026-02-30"}, {"datetime": "../.."}, {"datetime": "2026-03-02/2026-03-01"},
        {"datetime": "2026"}, {"crs": "EPSG:4326"}, {"bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/99999"},
        {"sortby": "nothing"}, {"after": "x"}, {"version": "x"}, {"height_m": "tall"}, {"f": "xml"},
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_in_words(ogc: Ogc, asked: dict[str, str]) -> None:
    answer = ogc.get(f"/collections/{TREES}/items", **asked)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert body["title"]
    assert body["detail"]


def test_unknown_parameters_are_refused_everywhere(ogc: Ogc) -> None:
    for path in (
        "/",
        "/conformance",
        "/api",
        "/collections",
        f"/collections/{TREES}",
        f"/collections/{TREES}/items/T-009",
    ):
        assert ogc.get(path, nonsense="1").status_code == 400, path


def test_formats_are_chosen_by_header_or_parameter(ogc: Ogc) -> None:
    def kind(**headers: str) -> str:
        answer = ogc.ask("get", f"/collections/{TREES}/items", "outsider", "stoa-on-lake", {}, **headers)
        return str(
            answer.status_code if answer.status_code != 200 else answer["Content-Type"].partition(";")[0]
        )

    assert kind() == "application/geo+json"
    assert kind(accept="*/*") == "application/geo+json"
    assert kind(accept="application/json") == "application/geo+json"
    assert kind(accept="text/html,application/xhtml+xml,*/*;q=0.8") == "text/html"
    assert kind(accept="image/png") == "406"
    answer = ogc.get(f"/collections/{TREES}/items", f="html")
    assert b"T-001" in answer.content
    assert re.search("<h1[^>]*>Features of “[^”]+”</h1>", answer.content.decode())
    assert b"Lime" in answer.content
    assert ogc.get(f"/collections/{TREES}/items/T-009", f="html").status_code == 200
    assert ogc.get(f"/collections/{TREES}/items", f="html", limit="x").status_code == 400


def test_who_may_not_read_the_rows_finds_no_collection(ogc: Ogc) -> None:
    names = {"entitled-trees": {"owner", "colleague", "steward"}, "internal-trees": {"owner", "steward"}}
    for name, allowed in names.items():
        for who in ("owner", "colleague", "steward", "outsider", "stranger", "revoked"):
            expected = 200 if who in allowed else 404
            answers = [
                ogc.get(f"/collections/{name}{part}", who).status_code
                for part in ("", "/items", "/items/T-009", "/queryables")
            ]
            if who == "revoked":
                assert set(answers) <= {401, 404}, (who, name)
            else:
                assert set(answers) == {expected}, (who, name)
            if who != "revoked":
                listed = {one["id"] for one in ogc.get("/collections", who).json()["collections"]}
                assert (name in listed) == (who in allowed)
    assert ogc.get("/collections/draft-trees", "owner").status_code == 404
    assert ogc.get(f"/collections/{TREES}", city=OTHER).status_code == 404


def test_answers_may_be_kept_until_the_data_changes(ogc: Ogc) -> None:
    answer = ogc.get(f"/collections/{TREES}/items")
    assert answer["Cache-Control"] == "public, max-age=60"
    again = ogc.ask(
        "get",
        f"/collections/{TREES}/items",
        "outsider",
        "stoa-on-lake",
        {},
        **{"if-none-match": answer["ETag"]},
    )
    assert again.status_code == 304
    other = ogc.get(f"/collections/{TREES}/items", limit=11)
    assert other["ETag"] != answer["ETag"]
    assert ogc.get(f"/collections/{TREES}/items", version=1)["ETag"] != answer["ETag"]
    assert ogc.get("/collections/internal-trees/items", "owner")["Cache-Control"].startswith("private")
    landing = ogc.get("/")
    assert (
        ogc.ask("get", "/", "outsider", "stoa-on-lake", {}, **{"if-none-match": landing["ETag"]}).status_code
        == 304
    )


def test_pages_of_other_sites_may_ask(ogc: Ogc) -> None:
    answer = ogc.ask("options", f"/collections/{TREES}/items", "outsider", "stoa-on-lake", {})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert ogc.get(f"/collections/{TREES}/items")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    head = ogc.ask("head", f"/collections/{TREES}/items", "outsider", "stoa-on-lake", {})
    assert (head.status_code, head.content) == (200, b"")
    assert ogc.ask("post", f"/collections/{TREES}/items", "outsider", "stoa-on-lake", {}).status_code == 405


def test_paging_stays_in_the_version_in_which_it_began(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/items", limit=5).json()
    assert "version=2" in link(body, "next")


def test_collections_come_in_pages(ogc: Ogc) -> None:
    first = ogc.get("/collections", limit=1).json()
    second = ogc.get(link(first, "next")).json()
    names = [one["id"] for one in [*first["collections"], *second["collections"]]]
    assert sorted(names) == sorted(["catalogue.records", TREES, COUNTS])
    assert not link(second, "next")


def test_queryables_say_which_column_is_id_place_and_time(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/queryables").json()
    roles = {one["x-ogc-role"]: name for name, one in body["properties"].items() if "x-ogc-role" in one}
    assert roles == {"id": "tree_number", "primary-geometry": "geometry", "primary-instant": "planted_on"}
    assert body["properties"]["geometry"]["$ref"] == "https://geojson.org/schema/Point.json"
    assert "geometry" not in ogc.get(f"/collections/{TREES}/sortables").json()["properties"]
    assert json.loads(ogc.get(f"/collections/{TREES}/schema").content)["properties"] == body["properties"]
