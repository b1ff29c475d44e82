# SPDX-License-Identifier: EUPL-1.2
"""Workbooks, GeoPackage and GeoParquet, read back by calamine, GDAL and pyarrow."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pyogrio
import pyogrio.raw
import pytest
import python_calamine
import shapely
from tests.commons.exports.conftest import COLUMNS, POINTS, ROWS, SHAPES, Put

from stoa.commons.lake.exports.door import About, Format, Headings, Limits, Wanted, export
from stoa.commons.lake.values import Filter, Layout, Op, Query
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind

ABOUT = About(
    "trees",
    "Trees",
    "All trees",
    "Parks",
    "Public domain",
    "CC0-1.0",
    "https://cc.example",
    "https://town.example/trees",
    "3",
    "2026-11-01",
)
SOME = Query((Filter("gesund", Op.IS, ("true",)),))


def sheets(path: Any) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_a_workbook_holds_typed_cells(layout: Layout, put: Put) -> None:
    got = sheets(export(layout, put(points=POINTS), None, Format.XLSX, about=ABOUT).path)["Data"]
    assert got[0] == [*(column.name for column in COLUMNS), "lon", "lat"]
    first, second, third = got[1:4]
    assert first[:7] == [
        1,
        'Linde, "groß"',
        12.5,
        True,
        date(1999, 12, 31),
        datetime(2026, 7, 1, 22, 30),
        time(6, 30),
    ]
    assert first[7:] == [7.625, 51.96]
    assert second[1:5] == ["=1+1", -0.1, False, "1850-01-01"]
    assert third[:3] == [str(-(2**62)), "-5", 1e-7]
    assert got[4][:3] == ["", "", ""]
    assert got[5][1] == "two\nlines\ttab"


def test_a_workbook_never_holds_a_formula(layout: Layout, put: Put) -> None:
    ref = put(
        (ColumnSpec("t", "=t", Kind.TEXT),),
        [("=1+1",), ("{=1}",), ("http://x.example",), ("_x0041_\x01",), ("",)],
    )
    path = export(layout, ref, None, Format.XLSX, about=ABOUT, wanted=Wanted(Headings.LABEL)).path
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert not any(b"<f>" in part or b"hyperlink" in part for name, part in parts.items() if "sheet" in name)
    assert [row[0] for row in sheets(path)["Data"][:4]] == ["=t", "=1+1", "{=1}", "http://x.example"]


def test_a_workbook_explains_its_columns_and_itself(layout: Layout, put: Put) -> None:
    words = {"Dictionary": "Verzeichnis", "Local time, %(zone)s": "Ortszeit, %(zone)s"}
    got = sheets(
        export(
            layout,
            put(),
            None,
            Format.XLSX,
            about=ABOUT,
            wanted=Wanted(Headings.LABEL, "Europe/Berlin"),
            translate=lambda t: words.get(t, t),
        ).path
    )
    assert list(got) == ["Data", "Verzeichnis", "About"]
    assert ["Höhe [m]", "hoehe", "Höhe [m]", "number", "m", ""] in got["Verzeichnis"]
    assert got["Verzeichnis"][6][5] == "Ortszeit, Europe/Berlin"
    assert got["Data"][1][5] == datetime(2026, 7, 1, 22, 30, tzinfo=ZoneInfo("UTC")).astimezone(
        ZoneInfo("Europe/Berlin")
    ).replace(tzinfo=None)
    told = {row[0]: row[1] for row in got["About"]}
    assert told["Licence"] == "Public domain https://cc.example"
    assert (told["Title"], told["Version"], told["Source"]) == (
        "Trees",
        3,
        "https://town.example/trees",
    ) or told["Version"] == "3"


def test_a_text_too_long_for_a_cell_is_cut_and_the_workbook_says_so(layout: Layout, put: Put) -> None:
    ref = put((ColumnSpec("t", "t", Kind.TEXT),), [("x" * 40_000,), ("y" * 32_767,)])
    got = sheets(export(layout, ref, None, Format.XLSX, about=ABOUT).path)
    assert got["Data"][1][0] == "x" * 32_766 + "…"
    assert got["Data"][2][0] == "y" * 32_767
    assert str(got["About"][-1][1]).startswith("1 texts are too long")


@pytest.mark.parametrize(
    ("form", "limits", "code"),
    [
        (Format.XLSX, Limits(sheet_rows=5), "export.too_many_rows"),
        (Format.XLSX, Limits(sheet_cells=41), "export.too_many_cells"),
        (Format.CSV, Limits(rows=5), "export.too_many_rows"),
        (Format.CSV, Limits(bytes=100), "export.too_large"),
        (Format.GEOPACKAGE, Limits(bytes=100), "export.too_large"),
    ],
)
def test_a_download_over_a_limit_is_refused_and_leaves_nothing(
    layout: Layout, put: Put, form: Format, limits: Limits, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        export(layout, put(), None, form, about=ABOUT, limits=limits)
    assert caught.value.problem.code == code
    assert caught.value.problem.do.text
    assert not list(layout.cache.glob("**/exports/*"))
    assert not list((layout.cache / ".building").glob("*"))


def test_a_geopackage_holds_rows_places_and_the_dictionary(layout: Layout, put: Put) -> None:
    path = export(layout, put(points=POINTS), None, Format.GEOPACKAGE, about=ABOUT).path
    meta, table = pyogrio.raw.read_arrow(path, layer="trees", datetime_as_string=True)
    assert meta["crs"] == "EPSG:4326"
    assert meta["geometry_type"] == "Point"
    place = meta["geometry_name"] or "wkb_geometry"
    for row, source, point in zip(table.to_pylist(), ROWS, POINTS, strict=True):
        assert (row["nr"], row["art"], row["hoehe"], row["gesund"], row["am"]) == source[:5]
        assert row["zeit"] == (source[6].isoformat() if source[6] else None)
        wkb = row[place]
        assert (shapely.from_wkb(wkb).coords[0] if wkb else None) == point
    with sqlite3.connect(path) as file:
        identifier, description = file.execute(
            "SELECT identifier, description FROM gpkg_contents WHERE table_name = 'trees'"
        ).fetchone()
        instants = [row[0] for row in file.execute("SELECT um FROM trees ORDER BY nr LIMIT 2 OFFSET 2")]
        kinds = dict(file.execute('SELECT "column", kind FROM dictionary').fetchall())
    assert identifier == "Trees"
    assert "https://cc.example" in description
    assert instants[0] == "2026-07-01T22:30:00Z"
    assert kinds == {column.name: str(column.kind) for column in COLUMNS}


def test_a_geopackage_holds_mixed_shapes_and_tables_without_places(layout: Layout, put: Put) -> None:
    _, table = pyogrio.raw.read_arrow(
        export(layout, put(shapes=SHAPES), None, Format.GEOPACKAGE, about=ABOUT).path, layer="trees"
    )
    found = [
        shapely.from_wkb(wkb) if wkb else None for wkb in table.column(table.num_columns - 1).to_pylist()
    ]
    assert found == [shapely.from_wkt(text) if text else None for text in SHAPES]
    plain = export(layout, put(), SOME, Format.GEOPACKAGE, about=ABOUT).path
    assert pyogrio.read_info(plain, layer="trees")["features"] == 3
    assert pyogrio.read_info(plain, layer="trees")["geometry_type"] is None


def test_a_geopackage_keeps_a_column_that_is_called_fid(layout: Layout, put: Put) -> None:
    ref = put((ColumnSpec("fid", "fid", Kind.TEXT),), [("a",), ("b",)], [(7.0, 51.0), (8.0, 52.0)])
    _, table = pyogrio.raw.read_arrow(
        export(layout, ref, None, Format.GEOPACKAGE, about=ABOUT).path, layer="trees"
    )
    assert table.column("fid").to_pylist() == ["a", "b"]


def test_the_whole_version_as_parquet_is_the_stored_file(layout: Layout, put: Put) -> None:
    ref = put(points=POINTS)
    file = export(layout, ref, None, Format.PARQUET, about=ABOUT)
    assert file.path == layout.lake / ref.path / "data.parquet"
    assert file.filename == "trees-v3.parquet"


@pytest.mark.parametrize("key", ["points", "shapes"])
def test_a_view_as_parquet_says_where_its_geometry_is(layout: Layout, put: Put, key: str) -> None:
    ref = put(**{key: POINTS if key == "points" else SHAPES})
    path = export(layout, ref, SOME, Format.PARQUET, about=ABOUT, wanted=Wanted(Headings.LABEL)).path
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"], list(geo["columns"])) == (
        "1.1.0",
        "geometry",
        ["geometry"],
    )
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "OGC", "code": "CRS84"}
    assert table.column_names == [*(column.label for column in COLUMNS), "geometry"]
    healthy = [i for i, row in enumerate(ROWS) if row[3]]
    raw = table.column("geometry").cast("binary").to_pylist()
    expected = [
        POINTS[i] and shapely.Point(POINTS[i])
        if key == "points"
        else SHAPES[i] and shapely.from_wkt(SHAPES[i])
        for i in healthy
    ]
    assert [shapely.from_wkb(wkb) if wkb else None for wkb in raw] == expected
    assert [tuple(row.values())[:7] for row in table.to_pylist()] == [ROWS[i] for i in healthy]
    package = json.loads(table.schema.metadata[b"datapackage"])
    assert package["licenses"][0]["name"] == "CC0-1.0"
    assert [field["columnName"] for field in package["resources"][0]["schema"]["fields"][:2]] == ["nr", "art"]


def test_a_view_without_places_as_parquet_has_no_geo_metadata(layout: Layout, put: Put) -> None:
    table = pq.read_table(export(layout, put(), SOME, Format.PARQUET, about=ABOUT).path)
    assert b"geo" not in table.schema.metadata
    assert table.num_rows == 3
