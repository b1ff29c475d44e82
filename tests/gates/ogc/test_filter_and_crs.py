# SPDX-License-Identifier: EUPL-1.2
"""Part 2 and Part 3: coordinates in the axis order of their system, and conditions in CQL2."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pyproj import Transformer
from tests.gates.ogc.conftest import COUNTS, TREES, Ogc

ITEMS = f"/collections/{TREES}/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


def ids(found: list[dict[str, Any]]) -> set[str]:
    return {feature["id"] for feature in found}


@pytest.mark.parametrize(
    ("code", "is_north_first"), [(4326, True), (3857, False), (25832, False), (31467, True), (4258, True)]
)
def test_coordinates_come_in_the_order_of_their_system(ogc: Ogc, code: int, is_north_first: bool) -> None:
    crs = EPSG.format(code)
    assert crs in ogc.get(f"/collections/{TREES}").json()["crs"]
    answer = ogc.get(ITEMS, crs=crs, limit=100)
    assert answer["Content-Crs"] == f"<{crs}>"
    moving = Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True)
    plain = {f["id"]: f["geometry"]["coordinates"] for f in ogc.features(limit=100)}
    for feature in answer.json()["features"]:
        x, y = moving.transform(*plain[feature["id"]])
        expected = [y, x] if is_north_first else [x, y]
        assert feature["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-6)
    one = ogc.get(f"{ITEMS}/T-009", crs=crs)
    assert one["Content-Crs"] == f"<{crs}>"
    assert one.json()["geometry"]["coordinates"] != plain["T-009"]


def test_without_a_wish_coordinates_are_longitude_and_latitude(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}").json()
    assert body["crs"][0] == body["storageCrs"] == CRS84
    assert ogc.get(ITEMS)["Content-Crs"] == f"<{CRS84}>"
    assert ogc.get(ITEMS, crs=CRS84)["Content-Crs"] == f"<{CRS84}>"
    assert ogc.get(f"/collections/{COUNTS}").json()["crs"] == [CRS84]
    for asked in ({"crs": EPSG.format(2193)}, {"bbox-crs": EPSG.format(27700)}, {"crs": "x"}):
        assert ogc.get(ITEMS, **asked).status_code == 400


@pytest.mark.parametrize(("code", "is_north_first"), [(4326, True), (25832, False), (31467, True)])
def test_a_box_of_another_system_finds_what_lies_in_it(ogc: Ogc, code: int, is_north_first: bool) -> None:
    moving = Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True)
    (west, south), (east, north) = moving.transform(7.6095, 51.90), moving.transform(7.6205, 51.95)
    expected = set()
    for feature in ogc.features(limit=100):
        x, y = moving.transform(*feature["geometry"]["coordinates"])
        expected |= {feature["id"]} if west <= x <= east and south <= y <= north else set()
    assert 0 < len(expected) < 60
    edges = (south, west, north, east) if is_north_first else (west, south, east, north)
    found = ogc.features(bbox=",".join(map(str, edges)), **{"bbox-crs": EPSG.format(code)}, limit=100)
    assert ids(found) == expected


def test_the_same_condition_as_text_and_as_json(ogc: Ogc) -> None:
    text = "kind = 'Oak' AND height_m BETWEEN 2 AND 8 AND NOT tree_number LIKE 'T-01%'"
    body = {"op": "and", "args": [
        {"op": "=", "args": [{"property": "kind"}, "Oak"]},
        {"op": "between", "args": [{"property": "height_m"}, 2, 8]},
        {"op": "not", "args": [{"op": "like", "args": [{"property": "tree_number"}, "T-01%"]}]},
    ]}  # fmt: skip
    everything = ogc.features(limit=100)
    expected = {
        f["id"] for f in everything
        if f["properties"]["kind"] == "Oak" and f["properties"]["height_m"] is not None
        and 2 <= f["properties"]["height_m"] <= 8 and not f["id"].startswith("T-01")
    }  # fmt: skip
    assert expected
    assert ids(ogc.all_features(filter=text, limit=3)) == expected
    assert ids(ogc.all_features(filter=json.dumps(body), **{"filter-lang": "cql2-json"}, limit=3)) == expected


def test_a_condition_is_added_to_all_other_questions(ogc: Ogc) -> None:
    found = ogc.features(
        filter="height_m > 2", kind="Oak", bbox="7.61,51,7.63,53", datetime="2025-01-01/2025-06-30", limit=100
    )
    assert found
    for feature in found:
        told = feature["properties"]
        assert told["kind"] == "Oak"
        assert told["height_m"] > 2
        assert told["planted_on"] <= "2025-06-30"


def test_places_in_a_condition_may_be_of_another_system(ogc: Ogc) -> None:
    plain = ids(
        ogc.features(
            filter="S_WITHIN(geometry, POLYGON((7.61 51, 7.62 51, 7.62 53, 7.61 53, 7.61 51)))", limit=100
        )
    )
    turned = "S_WITHIN(geometry, POLYGON((51 7.61, 51 7.62, 53 7.62, 53 7.61, 51 7.61)))"
    assert plain
    assert ids(ogc.features(filter=turned, **{"filter-crs": EPSG.format(4326)}, limit=100)) == plain
    assert ids(ogc.features(filter=turned, limit=100)) == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"filter": "nothing = 1"}, {"filter": "kind ="}, {"filter": "(" * 5_000}, {"filter": "kind = 5"},
        {"filter": "1; DROP TABLE data"},
        {"filter": "kind = 'x' OR 1=1--"}, {"filter": "x" * 200_000}, {"filter": "kind = 'Oak'", "filter-lang": "sql"},
        {"filter": "{}", "filter-lang": "cql2-json"}, {"filter": "[" * 9_000, "filter-lang": "cql2-json"},
        {"filter": "kind = 'Oak'", "filter-crs": "EPSG:4326"}, {"filter": "S_INTERSECTS(geometry, POINT EMPTY)"},
        {"filter": "read_csv('/etc/passwd')"}, {"filter": '"kind"" = ""kind" = 1'}, {"sortby": "kind,nothing"},
        {"sortby": "kind,-kind"}, {"sortby": ","},
        {"filter": "height_m + kind = 1"}, {"filter": "A_CONTAINS(kind, ('Oak'))"}, {"filter": "height_m + 1"},
    ],
)  # fmt: skip
def test_conditions_that_make_no_sense_are_refused_in_words(ogc: Ogc, asked: dict[str, str]) -> None:
    answer = ogc.get(ITEMS, **asked)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"]


def test_a_condition_is_no_way_round_the_rights(ogc: Ogc) -> None:
    assert ogc.get("/collections/internal-trees/items", filter="TRUE").status_code == 404
    assert ogc.get("/collections/internal-trees/items", "owner", filter="TRUE").json()["numberMatched"] == 60
    assert (
        ogc.get(f"/collections/{COUNTS}/items", filter="S_INTERSECTS(geometry, POINT(1 1))").status_code
        == 400
    )


def test_features_are_ordered_by_a_column(ogc: Ogc) -> None:
    for sign, is_down in (("", False), ("+", False), ("-", True)):
        told = [f["properties"]["height_m"] for f in ogc.all_features(sortby=f"{sign}height_m", limit=7)]
        filled = [height for height in told if height is not None]
        assert filled == sorted(filled, reverse=is_down)
        assert told[len(filled) :] == [None] * (len(told) - len(filled))


def test_features_are_ordered_by_several_columns(ogc: Ogc) -> None:
    told = [f["properties"] for f in ogc.all_features(sortby="kind,-height_m", limit=7)]
    filled = [(one["kind"], -one["height_m"]) for one in told if one["height_m"] is not None]
    assert len(told) == 60
    assert filled == sorted(filled)
    assert len({kind for kind, _height in filled}) > 1


def test_conditions_may_reckon_and_compare_sets(ogc: Ogc) -> None:
    every = [f["properties"] | {"id": f["id"]} for f in ogc.all_features(limit=50)]
    tall = {one["id"] for one in every if one["height_m"] is not None and one["height_m"] * 2 + 1 > 20}
    assert ids(ogc.features(filter="height_m * 2 + 1 > 20", limit=100)) == tall
    assert tall
    said = {"op": "a_containedBy", "args": [[{"property": "kind"}], ["Oak", "Elm"]]}
    oaks = {one["id"] for one in every if one["kind"] in {"Oak", "Elm"}}
    asked = {"filter": json.dumps(said), "filter-lang": "cql2-json"}
    assert ids(ogc.features(**asked, limit=100)) == oaks
    assert ids(ogc.features(filter="A_CONTAINEDBY((kind), ('Oak', 'Elm'))", limit=100)) == oaks
    assert oaks
