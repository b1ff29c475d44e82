# SPDX-License-Identifier: EUPL-1.2
"""The table of standards in the README: what is ticked is what the code does, in the version that is named."""

from __future__ import annotations

import importlib
import re
import sqlite3
from pathlib import Path

import api_pages
import duckdb
import pyarrow as pa
import pyogrio
import pytest
import shapely
from django.test import RequestFactory

from stoa.gates.own_api.api import _problems
from stoa.ground.geometry import Box
from stoa.site import front_caller, front_headers
from stoa.site.houses import HOUSES
from stoa.standards import geoparquet, tilejson
from stoa.standards.vocabularies import FREQUENCIES, LICENCES, THEMES

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| ([^|]+) \| ([✓✗]) \| ([^|]+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
)
TICKED = {name for name, mark, _why in ROWS if mark == "✓"}
CROSSED = {name for name, mark, _why in ROWS if mark == "✗"}


def ticked(beginning: str) -> str:
    """The ticked entry that begins so."""
    found = [name for name in TICKED if name.startswith(beginning)]
    assert len(found) == 1, beginning
    return found[0]


def test_every_cross_has_a_reason() -> None:
    assert CROSSED
    assert all(len(why) > 5 for _name, mark, why in ROWS if mark == "✗")


@pytest.mark.parametrize("house", HOUSES)
def test_every_standard_of_a_manifest_is_ticked(house: str) -> None:
    for standard in importlib.import_module(f"stoa.houses.{house}.manifest").MANIFEST.standards:
        assert any(standard.startswith(name) for name in TICKED), standard


def test_the_version_of_geoparquet_is_the_one_that_is_written() -> None:
    assert geoparquet.VERSION.startswith(ticked("GeoParquet").split()[-1])


def test_the_version_of_tilejson_is_the_one_that_is_written() -> None:
    layer = tilejson.VectorLayer("data", {})
    document = tilejson.to_json(
        tilejson.TileSet(tiles=("https://x/{z}/{x}/{y}",), layers=(layer,), name="x", bounds=Box(0, 0, 1, 1))
    )
    assert document["tilejson"].startswith(ticked("TileJSON").split()[-1])


def test_the_version_of_openapi_is_the_one_that_is_written() -> None:
    assert api_pages.document()["openapi"].startswith(ticked("OpenAPI").split()[-1])


def test_refusals_of_the_api_are_problem_details() -> None:
    assert ticked("Problem details")
    answer = _problems(RequestFactory().get("/"), 422, "No.", [])
    assert answer["Content-Type"] == "application/problem+json"


def test_the_version_of_geopackage_is_the_one_that_is_written(tmp_path: Path) -> None:
    file = tmp_path / "x.gpkg"
    table = pa.table({"a": [1], "geom": [shapely.to_wkb(shapely.Point(1, 2))]})
    pyogrio.write_arrow(
        table, file, driver="GPKG", layer="x", geometry_name="geom", geometry_type="Point", crs="EPSG:4326"
    )
    with sqlite3.connect(file) as database:
        [(version,)] = database.execute("PRAGMA user_version")
    assert ticked("GeoPackage").split()[-1] == f"{version // 10000}.{version // 100 % 100}"


def test_the_cross_of_csv_is_still_deserved(tmp_path: Path) -> None:
    """Our CSV is what DuckDB writes; when its lines end with CRLF, the cross becomes a tick."""
    file = tmp_path / "x.csv"
    duckdb.sql("SELECT 1 AS a").write_csv(str(file))
    assert (b"\r\n" in file.read_bytes()) == any(name.startswith("CSV") for name in TICKED)


def test_the_front_tells_the_portal_that_it_sends_files_by_range() -> None:
    """Without it the portal sends whole files itself: no ranges, no 304."""
    assert ticked("ETag, range requests")
    asked = re.findall(
        r"headers\.get\(\"(X-Stoa-[A-Za-z-]+)\"\)",
        "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("sending.py")),
    )
    given = {
        name
        for name, _value in front_headers.for_django(
            [], front_caller.Caller("127.0.0.1", "http", "localhost")
        )
    }
    assert asked
    assert {name.lower() for name in asked} <= given


def test_terms_are_those_of_the_authorities() -> None:
    assert ticked("EU authority lists")
    assert ticked("SPDX")
    assert all(
        term.uri.startswith("http://publications.europa.eu/")
        for terms in (THEMES, LICENCES, FREQUENCIES)
        for term in terms.values()
    )
    assert all(licence.spdx for licence in LICENCES.values() if licence.is_open)
