# SPDX-License-Identifier: EUPL-1.2
"""Tiles: row before column, limits that hold, a TileJSON and a style that map programs accept."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.gates.ogc.conftest import COUNTS, TREES, Ogc, link

from stoa.ground.geometry import LonLat, Tile
from stoa.standards import mapstyle, ogctiles, tilejson

FRONT = Path(__file__).parents[3] / "src" / "stoa" / "web" / "frontend"
VALIDATE = """
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
const found = validateStyleMin(JSON.parse(process.argv[1]));
console.log(JSON.stringify(found.map(e => e.message)));
"""


def test_tiles_are_found_by_links_alone(ogc: Ogc) -> None:
    collection = ogc.get(f"/collections/{TREES}").json()
    listed = ogc.get(link(collection, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")).json()
    [entry] = listed["tilesets"]
    assert entry["dataType"] == "vector"
    body = ogc.get(link(entry, "self")).json()
    assert ogc.get(link(body, ogctiles.TILING_SCHEME)).json()["id"] == "WebMercatorQuad"
    [template] = [one for one in body["links"] if one.get("templated")]
    assert template["type"] == "application/vnd.mapbox-vector-tile"
    for limits in body["tileMatrixSetLimits"]:
        gaps = {
            "{tileMatrix}": limits["tileMatrix"],
            "{tileRow}": limits["minTileRow"],
            "{tileCol}": limits["minTileCol"],
        }
        address = template["href"]
        for gap, value in gaps.items():
            address = address.replace(gap, str(value))
        assert ogc.get(address).status_code in {200, 204}


def test_the_row_stands_before_the_column(ogc: Ogc) -> None:
    place = Tile.at(LonLat(7.609, 51.9045), 12)
    base = f"/collections/{TREES}/tiles/WebMercatorQuad/12"
    answer = ogc.get(f"{base}/{place.y}/{place.x}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert b"T-009" in answer.content  # columns are in it
    assert b"T-009" not in ogc.get(f"{base}/{place.y}/{place.x}", columns="kind").content
    assert ogc.get(f"{base}/{place.x}/{place.y}").status_code == 204


def test_tiles_that_cannot_be_are_not_found(ogc: Ogc) -> None:
    base = f"/collections/{TREES}/tiles"
    for path in ("WebMercatorQuad/2/4/0", "WebMercatorQuad/2/0/4", "WebMercatorQuad/99/0/0", "WebMercatorQuad/x/0/0",
                 "WorldCRS84Quad/0/0/0", "WebMercatorQuad/0/-1/0", "WorldCRS84Quad"):  # fmt: skip
        assert ogc.get(f"{base}/{path}").status_code == 404, path
    assert ogc.get(f"/collections/{COUNTS}/tiles").status_code == 404
    assert ogc.get(f"/collections/{COUNTS}/tiles/WebMercatorQuad/0/0/0").status_code == 404
    assert ogc.get(f"{base}/WebMercatorQuad/0/0/0", columns="no").status_code == 400
    assert ogc.get("/tileMatrixSets/Other").status_code == 404


def test_who_may_not_read_the_rows_gets_no_tiles(ogc: Ogc) -> None:
    for who, expected in (("owner", 200), ("colleague", 404), ("outsider", 404), ("stranger", 404)):
        for path in (
            "tiles",
            "tiles/WebMercatorQuad",
            "tiles/WebMercatorQuad/0/0/0",
            "styles",
            "styles/default",
        ):
            assert ogc.get(f"/collections/internal-trees/{path}", who).status_code == expected, (who, path)


def test_tilejson_leads_to_tiles_of_one_version(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/tiles/WebMercatorQuad", f="tilejson").json()
    found = tilejson.from_json(body)
    place = Tile.at(LonLat(7.609, 51.9045), 10)
    address = found.tiles[0].replace("{z}", "10").replace("{y}", str(place.y)).replace("{x}", str(place.x))
    answer = ogc.get(address)
    assert answer.status_code == 200
    assert "max-age=31536000" in answer["Cache-Control"]
    assert "kind" in found.layers[0].fields


def test_the_matrix_set_is_the_well_known_one() -> None:
    matrices = ogctiles.tile_matrix_set()["tileMatrices"]
    assert matrices[0]["cellSize"] == pytest.approx(156543.033928041)
    assert matrices[18]["scaleDenominator"] == pytest.approx(2132.7295838497840)
    assert matrices[5]["matrixWidth"] == 32


def problems(style: dict[str, object]) -> list[str]:
    node = shutil.which("node")
    if node is None or not (FRONT / "node_modules" / "@maplibre" / "maplibre-gl-style-spec").exists():
        pytest.skip("the front end's packages are not installed here")
    asked = [node, "--input-type=module", "-e", VALIDATE, json.dumps(style)]
    told = subprocess.run(asked, cwd=FRONT, capture_output=True, text=True, check=True, timeout=60)
    found: list[str] = json.loads(told.stdout)
    return found


def test_the_style_is_one_that_maplibre_accepts(ogc: Ogc) -> None:
    body = ogc.get(f"/collections/{TREES}/styles/default").json()
    assert [layer["type"] for layer in body["layers"]] == ["background", "circle"]
    assert ogc.get(body["sources"]["data"]["url"]).json()["tilejson"] == "3.0.0"
    every = mapstyle.style("x", "https://x.example/t", "data", shapes=("GeometryCollection",), colour="#123456",
                           centre=(7.0, 51.0), zoom=9.5)  # fmt: skip
    assert len(every["layers"]) == 4
    assert problems(body) == []
    assert problems(every) == []
    assert problems(body | {"version": 7}) != []
