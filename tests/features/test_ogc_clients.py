# SPDX-License-Identifier: EUPL-1.2
"""Programs that people have: OWSLib, GDAL through pyogrio, and GDAL's own command line, on a real port.

What they read is the same as what the portal's own file says: counts, ids, attributes, places.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any
from urllib.request import urlopen

import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records
from pyproj import Transformer

TREES = "street-trees"
pytestmark = pytest.mark.django_db
OAPIF = "OAPIF" in pyogrio.list_drivers()


def source(url: str) -> dict[str, dict[str, Any]]:
    """The dataset as the portal's own download has it, by tree."""
    with urlopen(f"{url}/datasets/{TREES}/download/geojson") as answer:
        body = json.load(answer)
    return {f["properties"]["tree_number"]: f for f in body["features"]}


@pytest.fixture(scope="module")
def trees(town_url: str) -> dict[str, dict[str, Any]]:
    return source(town_url)


def test_owslib_reads_features(town_url: str, trees: dict[str, Any]) -> None:
    client = Features(f"{town_url}/ogc/")
    assert set(client.feature_collections()) == {TREES, "bicycle-counts"}
    assert client.api()["openapi"].startswith("3.0")
    assert any("features-1" in name for name in client.conformance()["conformsTo"])
    assert client.collection(TREES)["id"] == TREES
    assert "kind" in client.collection_queryables(TREES)["properties"]
    assert "kind" in client.collection_schema(TREES)["properties"]
    body = client.collection_items(TREES, limit=100)
    assert {f["id"]: f["geometry"] for f in body["features"]} == {
        name: f["geometry"] for name, f in trees.items()
    }
    assert (
        client.collection_item(TREES, "T-009")["properties"]["kind"] == trees["T-009"]["properties"]["kind"]
    )
    boxed = client.collection_items(TREES, bbox=[7.61, 51, 7.62, 53], limit=100)
    assert {f["id"] for f in boxed["features"]} == {
        name for name, f in trees.items() if 7.61 <= f["geometry"]["coordinates"][0] <= 7.62
    }
    oaks = client.collection_items(TREES, filter="kind = 'Oak'", sortby=("height_m", "desc"), limit=100)
    assert {f["id"] for f in oaks["features"]} == {
        n for n, f in trees.items() if f["properties"]["kind"] == "Oak"
    }


def test_owslib_reads_records(town_url: str) -> None:
    client = Records(f"{town_url}/ogc/")
    [catalogue] = client.records()
    assert {f["id"] for f in client.collection_items(catalogue)["features"]} == {
        TREES,
        "bicycle-counts",
        "entitled-trees",
    }
    assert client.collection_items(catalogue, q="bicycle")["numberMatched"] == 1
    assert client.collection_item(catalogue, TREES)["properties"]["title"] == "Street trees"


READ = """
import json, sys
import pyogrio, pyogrio.raw
place, layer, asked = json.loads(sys.argv[1])
asked |= {"bbox": tuple(asked["bbox"])} if "bbox" in asked else {}
names = [str(name) for name, _kind in pyogrio.list_layers(place)]
meta, _fids, places, columns = pyogrio.raw.read(place, layer=layer, **asked)
fields = [str(name) for name in meta["fields"]]
rows = [{name: str(column[n]) for name, column in zip(fields, columns)} | {"wkb": places[n].hex()} for n in range(len(places))]
print(json.dumps({"layers": names, "crs": meta["crs"], "rows": rows}))
"""


def gdal(url: str, **asked: Any) -> dict[str, Any]:
    """What pyogrio reads, in a process of its own: GDAL would keep Python from answering it here."""
    command = [sys.executable, "-c", READ, json.dumps([f"OAPIF:{url}/ogc", TREES, asked])]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


@pytest.mark.skipif(not OAPIF, reason="this GDAL has no OAPIF driver")
@pytest.mark.parametrize("page", [7, 1000])
def test_gdal_reads_every_page(town_url: str, trees: dict[str, Any], page: int) -> None:
    found = gdal(town_url, PAGE_SIZE=str(page))
    assert TREES in found["layers"]
    assert "CRS84" in found["crs"]
    assert sorted(row["tree_number"] for row in found["rows"]) == sorted(trees)
    for row in found["rows"]:
        expected = trees[row["tree_number"]]
        assert shapely.from_wkb(bytes.fromhex(row["wkb"])).equals(
            shapely.Point(expected["geometry"]["coordinates"])
        )
        assert row["kind"] == expected["properties"]["kind"]
        assert row["id"] == row["tree_number"]


@pytest.mark.skipif(not OAPIF, reason="this GDAL has no OAPIF driver")
def test_gdal_asks_for_a_box_a_condition_and_a_system(town_url: str, trees: dict[str, Any]) -> None:
    def numbers(**asked: Any) -> set[str]:
        return {row["tree_number"] for row in gdal(town_url, **asked)["rows"]}

    inside = {name for name, f in trees.items() if 7.61 <= f["geometry"]["coordinates"][0] <= 7.62}
    assert numbers(bbox=(7.61, 51.0, 7.62, 53.0)) == inside
    assert numbers(where="kind = 'Oak'") == {n for n, f in trees.items() if f["properties"]["kind"] == "Oak"}
    found = gdal(town_url, CRS="EPSG:25832")
    assert found["crs"] == "EPSG:25832"
    moving = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)
    for row in found["rows"]:
        there = shapely.Point(moving.transform(*trees[row["tree_number"]]["geometry"]["coordinates"]))
        assert shapely.from_wkb(bytes.fromhex(row["wkb"])).distance(there) < 1e-3


@pytest.mark.skipif(
    shutil.which("ogrinfo") is None and not os.environ.get("STOA_GDAL_REQUIRED"),
    reason="GDAL's commands are not here",
)
def test_the_command_line_of_gdal_reads_a_layer(town_url: str, trees: dict[str, Any]) -> None:
    told = subprocess.run(
        ["ogrinfo", "-ro", "-so", f"OAPIF:{town_url}/ogc", TREES],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert f"Feature Count: {len(trees)}" in told
    assert "tree_number: String" in told
    whole = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-where", "kind = 'Oak'", f"OAPIF:{town_url}/ogc", TREES],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    assert whole.count("OGRFeature(") == sum(f["properties"]["kind"] == "Oak" for f in trees.values())


def test_tiles_are_found_from_the_description_alone(town_url: str) -> None:
    with urlopen(f"{town_url}/ogc/collections/{TREES}/tiles/WebMercatorQuad") as answer:
        body = json.load(answer)
    [template] = [one["href"] for one in body["links"] if one["rel"] == "item"]
    limits = body["tileMatrixSetLimits"][12]
    address = template.format(tileMatrix=12, tileRow=limits["minTileRow"], tileCol=limits["minTileCol"])
    sizes = []
    with urlopen(address) as answer:
        sizes.append(len(answer.read()))
    assert sizes[0] > 0 or answer.status == 204
