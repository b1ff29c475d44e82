# SPDX-License-Identifier: EUPL-1.2
"""Spreadsheets, maps, JSON, Parquet and archives: what comes out is what was put in."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
import xlsxwriter
from pyogrio.raw import write as write_layer

from stoa.commons.reading.formats.raw import Cut, TextTable, TypedTable
from stoa.commons.reading.recipe import Recipe
from stoa.ground.problems import Refused


def values(table: TypedTable) -> list[dict[str, object]]:
    rows = pq.read_table(table.path).to_pylist()
    return [{heading: row[f"c{n}"] for n, heading in enumerate(table.headings)} for row in rows]


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def book() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as made:
        day, hour = (
            made.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            made.add_format({"num_format": "hh:mm"}),
        )
        notes = made.add_worksheet("Hinweise")
        notes.write("A1", "Nur ein Satz.")
        sheet = made.add_worksheet("Daten")
        sheet.merge_range("B1:C1", "Messung")
        sheet.write_row("A1", ["Ort"])
        sheet.write_row("A2", ["", "Zeit", "Wert", "Gültig", "Uhr"])
        for row, moment in enumerate([datetime(2015, 1, 1), datetime(2015, 1, 1, 13, 30)], start=2):
            sheet.write(row, 0, "Dom\nplatz")
            sheet.write_datetime(row, 1, moment, day)
            sheet.write_number(row, 2, 1000000.25)
            sheet.write_boolean(row, 3, row == 2)
            sheet.write_datetime(row, 4, time(7, 5), hour)
    return target.getvalue()


def test_the_sheet_that_looks_like_a_table_is_taken_and_all_are_offered(opened, book: bytes) -> None:
    found = opened(book, "x.xlsx")
    assert [(offer.name, offer.is_table) for offer in found.tables] == [("Hinweise", False), ("Daten", True)]
    assert found.table.name == "Daten"


def test_cells_of_a_sheet_become_canonical_text(opened, book: bytes) -> None:
    table = opened(book, "x.xlsx").table
    assert isinstance(table, TextTable)
    assert table.head[2] == ("Dom\nplatz", "2015-01-01T00:00:00", "1000000.25", "true", "07:05:00")
    assert table.head[3][1:] == ("2015-01-01T13:30:00", "1000000.25", "false", "07:05:00")


def test_a_merged_heading_stands_over_all_its_columns(opened, book: bytes) -> None:
    table = opened(book, "x.xlsx").table
    assert table.head[0][:3] == ("Ort", "Messung", "Messung")
    assert table.merged == ((1, 2, 1, 3),)


def test_the_data_rows_of_a_sheet_are_written_plainly(opened, book: bytes, tmp_path: Path) -> None:
    plain = opened(book, "x.xlsx").table.write_plain(Cut(4), tmp_path)
    assert plain.path.read_text() == '"Dom\nplatz",2015-01-01T13:30:00,1000000.25,false,07:05:00\n'


def test_a_sheet_that_does_not_exist_is_refused_with_the_names(opened, book: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        opened(book, "x.xlsx", choices={"table": "Tabelle9"})
    assert refusal.value.problem.code == "reading.table_unknown"
    assert "Daten" in str(refusal.value.problem)


def test_a_table_that_the_recipe_knows_by_another_name_is_found_when_there_is_one(
    opened, book: bytes
) -> None:
    table = opened(book, "x.xlsx", recipe=Recipe("xlsx", table="Daten 2014")).table
    assert table.name == "Daten"
    assert [w.code for w in table.warnings] == ["reading.table_renamed"]


def test_a_file_that_lies_about_its_type_is_read_as_what_it_is(opened, book: bytes) -> None:
    found = opened(book, "x.csv")
    assert found.table.format == "xlsx"
    assert [w.code for w in found.table.warnings] == ["reading.file_ending_differs"]


@pytest.fixture
def points() -> dict[str, object]:
    shapes = shapely.to_wkb(shapely.points([[3406016, 5760150], [3406100, 5760200]]))
    return {
        "geometry": np.array(shapes, dtype=object),
        "field_data": [np.array(["Überwasser", "Dom"], dtype=object), np.array([1, 2])],
        "fields": ["name", "nr"],
        "geometry_type": "Point",
        "crs": "EPSG:31467",
    }


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("x.gpkg", "GPKG"),
        ("x.fgb", "FlatGeobuf"),
        ("x.geojson", "GeoJSON"),
        ("x.gml", "GML"),
        ("x.shp", "ESRI Shapefile"),
    ],
)
def test_every_map_format_gives_the_same_rows(opened, tmp_path: Path, points, name: str, driver: str) -> None:
    write_layer(tmp_path / name, driver=driver, **points)
    table = opened(tmp_path / name, name).table
    assert isinstance(table, TypedTable)
    # FlatGeobuf orders its rows for its spatial index.
    assert sorted((int(row["nr"]), row["name"]) for row in values(table)) == [(1, "Überwasser"), (2, "Dom")]
    assert table.crs == "EPSG:31467"
    assert table.geometry_types == ("Point",)
    stored = shapely.from_wkb(pq.read_table(table.path).column("_wkb").to_pylist())
    assert sorted(shapely.get_coordinates(stored).round().tolist()) == [
        [3406016, 5760150],
        [3406100, 5760200],
    ]


def test_a_zipped_shapefile_is_read_with_its_parts(opened, tmp_path: Path, points) -> None:
    write_layer(tmp_path / "orte.shp", driver="ESRI Shapefile", **points)
    parts = {
        f"ordner/orte{s}": (tmp_path / f"orte{s}").read_bytes()
        for s in (".shp", ".shx", ".dbf", ".prj", ".cpg")
    }
    found = opened(zipped(parts), "orte.zip")
    assert [offer.name for offer in found.tables] == ["ordner/orte.shp"]
    assert found.table.crs == "EPSG:31467"
    bare = {name: raw for name, raw in parts.items() if name[-4:] in {".shp", ".dbf"}}
    table = opened(zipped(bare), "bare.zip").table
    assert (table.crs, table.rows) == ("", 2)
    assert values(table)[0]["name"] == "Überwasser"


def test_a_shapefile_without_its_table_is_refused(opened, tmp_path: Path, points) -> None:
    write_layer(tmp_path / "orte.shp", driver="ESRI Shapefile", **points)
    with pytest.raises(Refused) as refusal:
        opened(
            zipped({"orte.shp": (tmp_path / "orte.shp").read_bytes()}), "x.zip", choices={"table": "orte.shp"}
        )
    assert "dbf" in str(refusal.value.problem)


def test_layers_of_a_geopackage_are_offered(opened, tmp_path: Path, points) -> None:
    for layer in ("a", "b"):
        pyogrio.raw.write(tmp_path / "x.gpkg", layer=layer, driver="GPKG", append=layer == "b", **points)
    found = opened(tmp_path / "x.gpkg", "x.gpkg", choices={"table": "b"})
    assert [offer.name for offer in found.tables] == ["a", "b"]
    assert found.table.name == "b"


def test_kml_is_read_in_two_dimensions(opened) -> None:
    raw = (
        b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Orte</name>'
        b"<Placemark><name>Dom</name><Point><coordinates>7.6,51.9,60</coordinates></Point></Placemark>"
        b"</Folder></Document></kml>"
    )
    table = opened(raw, "x.kml").table
    shape = shapely.from_wkb(pq.read_table(table.path).column("_wkb").to_pylist()[0])
    assert (shape.x, shape.y, shape.has_z) == (7.6, 51.9, False)


def test_a_geometry_that_cannot_be_is_left_empty_with_a_warning(opened) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"n": 1},
            "geometry": {"type": "LineString", "coordinates": [[7.6, 51.9]]},
        },
        {
            "type": "Feature",
            "properties": {"n": 2},
            "geometry": {"type": "Point", "coordinates": [7.6, 51.9]},
        },
        {"type": "Feature", "properties": {"n": 3}, "geometry": None},
    ]
    table = opened(
        json.dumps({"type": "FeatureCollection", "features": features}).encode(), "x.geojson"
    ).table
    assert table.rows == 3
    assert pq.read_table(table.path).column("_wkb").null_count == 2


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], ""),
        ({"grants": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}, "grants"),
        ({"ttl": 60, "data": {"stations": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}}, "data.stations"),
        ([["a", "b"], [1, "x"], [2, "y"]], ""),
    ],
)
def test_the_list_of_records_is_found(opened, document: object, name: str) -> None:
    table = opened(json.dumps(document).encode(), "x.json").table
    assert (table.name, table.format) == (name, "json")
    assert values(table) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def test_objects_are_unfolded_and_lists_kept_as_json(opened) -> None:
    rows = [
        {"id": 1, "at": {"street": "Hafenweg", "geo": {"x": 1.5, "deep": {"er": 1}}}, "tags": ["a", "b"]},
        {"id": 2},
    ]
    table = opened(json.dumps(rows).encode(), "x.json").table
    assert table.headings == ("id", "at_street", "at_geo_x", "at_geo_deep", "tags")
    assert values(table)[0] == {
        "id": 1, "at_street": "Hafenweg", "at_geo_x": 1.5, "at_geo_deep": '{"er":1}', "tags": '["a","b"]',
    }  # fmt: skip


def test_the_fields_of_a_django_fixture_are_the_columns(opened) -> None:
    rows = [{"model": "m", "pk": n, "fields": {"name": f"T{n}"}} for n in (1, 2)]
    table = opened(json.dumps(rows).encode(), "x.json").table
    assert values(table) == [{"pk": 1, "name": "T1"}, {"pk": 2, "name": "T2"}]


def test_json_lines_may_hold_different_fields_and_types(opened) -> None:
    table = opened(b'{"a": 1}\n\n{"a": "x", "b": true}\n', "x.jsonl").table
    assert table.format == "jsonl"
    assert values(table) == [{"a": "1", "b": None}, {"a": "x", "b": True}]


def test_geojson_named_json_is_a_map(opened) -> None:
    feature = b'{"type": "Feature", "properties": {"n": 1}, "geometry": null}'
    raw = b'{"features": [%s], "type": "FeatureCollection"}' % feature
    assert opened(raw, "x.json").table.format == "geojson"


def test_features_line_by_line_are_a_map(opened) -> None:
    point = b'{"type": "Point", "coordinates": [7, 51]}'
    feature = b'{"type": "Feature", "properties": {"n": 1}, "geometry": %s}\n' % point
    table = opened(feature * 3, "x.jsonl").table
    assert (table.format, table.rows, table.geometry_types) == ("geojson", 3, ("Point",))


def test_geoparquet_keeps_geometry_and_coordinate_system(opened, tmp_path: Path) -> None:
    geo = {
        "version": "1.1.0",
        "primary_column": "g",
        "columns": {"g": {"encoding": "WKB", "crs": {"id": {"authority": "EPSG", "code": 25832}}}},
    }
    table = pa.table(
        {
            "g": shapely.to_wkb(shapely.points([[1, 2]])).tolist(),
            "d": [date(2024, 1, 1)],
            "s": [{"a": 1, "b": [1]}],
        }
    ).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, tmp_path / "x.parquet")
    read = opened(tmp_path / "x.parquet", "x.parquet").table
    assert (read.crs, read.geometry_types, read.headings) == ("EPSG:25832", ("Point",), ("d", "s_a", "s_b"))
    assert values(read) == [{"d": date(2024, 1, 1), "s_a": 1, "s_b": "[1]"}]


def test_many_equal_files_in_an_archive_are_one_table(opened, tmp_path: Path) -> None:
    days = {f"tage/2020-01-0{n}.csv": f"Zeit;Wert\r\n0{n}:00;{n}\r\n".encode("cp1252") for n in (2, 1)}
    found = opened(
        zipped({**days, "lies mich.txt": b"Guten Tag, das ist ein Satz.\nUnd noch einer.\n"}), "x.zip"
    )
    assert [(o.name, o.is_table) for o in found.tables] == [
        ("*", True), ("tage/2020-01-01.csv", True), ("tage/2020-01-02.csv", True), ("lies mich.txt", False),
    ]  # fmt: skip
    assert found.table.head == (
        ("Zeit", "Wert", "file"), ("01:00", "1", "tage/2020-01-01.csv"),
        ("02:00", "2", "tage/2020-01-02.csv"),
    )  # fmt: skip


def test_a_sheet_of_a_workbook_in_an_archive_has_a_name_of_its_own(opened, book: bytes) -> None:
    found = opened(zipped({"a/b.xlsx": book}), "x.zip", choices={"table": "a/b.xlsx#Daten"})
    assert found.table.name == "a/b.xlsx#Daten"
    assert found.table.head[0][0] == "Ort"


def test_a_gzip_file_is_read_through(opened) -> None:
    assert opened(gzip.compress(b"a;b\n1;2\n"), "x.csv.gz").table.head[1] == ("1", "2")


def test_the_file_is_named_by_its_hash_and_size(opened) -> None:
    facts = opened(b"a;b\n1;2\n", "x.csv").file
    assert (facts.bytes, facts.sha256) == (8, hashlib.sha256(b"a;b\n1;2\n").hexdigest())


def test_the_box_that_a_wfs_writes_around_each_feature_is_no_column(opened, tmp_path: Path) -> None:
    def feature(n: int) -> str:
        corner = f"51.9 7.{n}"
        return (
            f'<wfs:member><ms:tree gml:id="tree.{n}"><gml:boundedBy><gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326">'
            f"<gml:lowerCorner>{corner}</gml:lowerCorner><gml:upperCorner>{corner}</gml:upperCorner></gml:Envelope>"
            f'</gml:boundedBy><ms:place><gml:Point gml:id="p.{n}" srsName="urn:ogc:def:crs:EPSG::4326">'
            f"<gml:pos>{corner}</gml:pos></gml:Point></ms:place><ms:kind>Lime</ms:kind></ms:tree></wfs:member>"
        )

    (tmp_path / "trees.gml").write_text(
        '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:ms="http://town.example"'
        f' xmlns:gml="http://www.opengis.net/gml/3.2">{feature(1)}{feature(2)}</wfs:FeatureCollection>'
    )
    table = opened(tmp_path / "trees.gml", "trees.gml").table
    assert isinstance(table, TypedTable)
    assert [(row["kind"], set(row) & {"lowerCorner", "upperCorner"}) for row in values(table)] == [
        ("Lime", set()),
        ("Lime", set()),
    ]
    stored = shapely.from_wkb(pq.read_table(table.path).column("_wkb").to_pylist())
    assert [(point.x, point.y) for point in stored] == [(7.1, 51.9), (7.2, 51.9)]
