# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import json
import os
import signal
import stat
import struct
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely

from stoa.commons.lake import door
from stoa.commons.lake.values import Layout
from stoa.ground.geometry import Box
from stoa.ground.problems import NotFound, Refused
from stoa.ground.tables import ColumnSpec, Kind

NAME = ColumnSpec("name", "Name", Kind.TEXT)
SIZE = ColumnSpec("size", "Größe", Kind.NUMBER, "m²")
WHEN = ColumnSpec("seen_at", "Gesehen", Kind.DATETIME)
DAY = ColumnSpec("day", "Tag", Kind.DATE)
PLACES = [("a", 7.6, 51.96), ("b", 7.7, 51.9), ("c", None, None), ("d", 7.5, 52.0)]


def geo_of(layout: Layout, path: str) -> dict:
    metadata = pq.read_metadata(layout.lake / path / "data.parquet").metadata
    return json.loads(metadata[b"geo"])


def test_importing_the_door_does_not_load_duckdb_or_arrow():
    heavy = ("duckdb", "pyarrow", "django")
    code = f"import sys; import stoa.commons.lake.door; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


def test_points_become_geoparquet_with_both_coordinate_systems(layout, put):
    written = put([NAME], PLACES, place="lonlat")
    geo = geo_of(layout, written.ref.path)
    assert geo["version"] == "1.1.0"
    assert geo["primary_column"] == "geometry"
    first, second = geo["columns"]["geometry"], geo["columns"]["geometry_3857"]
    assert pyproj.CRS.from_json_dict(first["crs"]) == pyproj.CRS("OGC:CRS84")
    assert pyproj.CRS.from_json_dict(second["crs"]).to_epsg() == 3857
    assert first["geometry_types"] == ["Point"]
    assert first["bbox"] == [7.5, 51.9, 7.7, 52.0]
    assert written.bbox == Box(7.5, 51.9, 7.7, 52.0)
    assert written.ref.geometry_types == ("Point",)


def test_the_second_geometry_is_the_first_one_in_the_plane_of_the_web_map(layout, put):
    written = put([NAME], PLACES, place="lonlat")
    table = pq.read_table(layout.lake / written.ref.path / "data.parquet").to_pylist()
    to_plane = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True)
    for row in table:
        if row["geometry"] is None:
            assert row["geometry_3857"] is None
            continue
        point, plane = shapely.from_wkb(row["geometry"]), shapely.from_wkb(row["geometry_3857"])
        x, y = to_plane.transform(point.x, point.y)
        assert (plane.x, plane.y) == pytest.approx((x, y), abs=1e-3)


def test_the_coordinate_system_is_told_to_other_programs_as_it_is(layout, put, tmp_path):
    written = put([NAME], PLACES, place="lonlat")
    geo = geo_of(layout, written.ref.path)["columns"]["geometry_3857"]
    table = pq.read_table(layout.lake / written.ref.path / "data.parquet", columns=["name", "geometry_3857"])
    places = table.filter(table["geometry_3857"].is_valid())
    crs = pyproj.CRS.from_json_dict(geo["crs"]).to_wkt()
    pyogrio.write_arrow(
        places, tmp_path / "out.gpkg", geometry_name="geometry_3857", crs=crs, geometry_type="Point"
    )
    assert pyogrio.read_info(tmp_path / "out.gpkg")["crs"] == "EPSG:3857"


def test_a_polygon_in_wkb_is_kept_and_its_kind_is_told(layout, put):
    wkb = shapely.to_wkb(shapely.box(7.6, 51.9, 7.61, 51.91))
    many = shapely.to_wkb(shapely.MultiPolygon([shapely.box(7.6, 51.9, 7.61, 51.91)]))
    high = shapely.to_wkb(shapely.Point(7.6, 51.95, 60.0), output_dimension=3)
    written = put([NAME], [("a", wkb), ("b", many), ("c", high), ("d", None)], place="wkb")
    assert written.ref.geometry_types == ("MultiPolygon", "Point", "Polygon")
    assert geo_of(layout, written.ref.path)["columns"]["geometry"]["geometry_types"] == [
        "MultiPolygon",
        "Point Z",
        "Polygon",
    ]
    rows = {
        row["name"]: row for row in pq.read_table(layout.lake / written.ref.path / "data.parquet").to_pylist()
    }
    assert shapely.from_wkb(rows["a"]["geometry"]).equals(shapely.from_wkb(wkb))
    assert rows["d"]["geometry"] is None


def test_what_lies_beyond_the_web_map_keeps_its_place_but_is_on_no_tile(layout, put):
    pole = struct.pack("<BIdd", 1, 1, 0.0, 90.0)
    written = put([NAME], [("pole", pole), ("town", struct.pack("<BIdd", 1, 1, 7.6, 51.9))], place="wkb")
    rows = {
        row["name"]: row for row in pq.read_table(layout.lake / written.ref.path / "data.parquet").to_pylist()
    }
    assert rows["pole"]["geometry"] is not None
    assert rows["pole"]["geometry_3857"] is None
    assert rows["town"]["geometry_3857"] is not None


def test_a_table_with_places_nowhere_has_no_geometry(layout, put):
    written = put([NAME], [("a", None, None), ("b", float("nan"), 3.0)], place="lonlat")
    assert not written.ref.has_geometry
    assert written.bbox is None
    assert "geometry" not in pq.read_schema(layout.lake / written.ref.path / "data.parquet").names


def test_rows_without_places_stay_in_the_order_of_the_source(layout, put):
    written = put([SIZE], [(float(n * 7919 % 1000),) for n in range(1000)])
    table = pq.read_table(layout.lake / written.ref.path / "data.parquet")
    assert table["_row"].to_pylist() == list(range(1, 1001))


def test_least_and_greatest_values_are_told_for_numbers_and_times(put):
    when = datetime(2026, 3, 1, 12, tzinfo=UTC)
    written = put(
        [NAME, SIZE, WHEN, DAY],
        [
            ("x", 2.5, when, date(2026, 1, 1)),
            ("y", None, when + timedelta(hours=1), None),
            ("z", -1.0, None, None),
        ],
    )
    assert written.least_most == {
        "size": (-1.0, 2.5),
        "seen_at": ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"),
        "day": ("2026-01-01", "2026-01-01"),
    }


def test_the_dictionary_beside_the_data_says_the_same_as_the_answer(layout, put):
    written = put([NAME, SIZE], [("x", 1.0)], key=("name",))
    assert door.read_dictionary(layout, written.ref.path) == written


def test_the_files_of_a_version_are_read_only(layout, put):
    folder = layout.lake / put([NAME], [("x",)]).ref.path
    assert {file.name for file in folder.iterdir()} == {"data.parquet", "dictionary.json"}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o444 for file in folder.iterdir())


def test_an_existing_version_is_never_written_over(layout, put, stage_rows):
    written = put([NAME], [("x",)])
    before = (layout.lake / written.ref.path / "data.parquet").read_bytes()
    with pytest.raises(Refused) as refused:
        door.write_version(layout, stage_rows([NAME], [("y",)]), path=written.ref.path, columns=(NAME,))
    assert refused.value.problem.code == "lake.version_exists"
    assert (layout.lake / written.ref.path / "data.parquet").read_bytes() == before


@pytest.mark.parametrize(
    "path", ["../x", "/etc", "a//b", "a/../b", "", ".incoming/x", "a/.b", "a\\b", "a/b/"]
)
def test_a_path_that_could_lead_out_of_the_lake_is_refused(layout, path):
    with pytest.raises(Refused) as refused:
        door.read_dictionary(layout, path)
    assert refused.value.problem.code == "lake.path_unsafe"


def test_an_unknown_version_is_not_found(layout):
    with pytest.raises(NotFound):
        door.read_dictionary(layout, "city/none/v000001")


@pytest.mark.parametrize("name", ["Größe", "a b", '"; drop', "_row", "geometry", "1a", ""])
def test_a_column_name_that_is_no_plain_name_is_never_stored(put, name):
    with pytest.raises(ValueError, match="cannot be stored"):
        put([ColumnSpec(name, "x", Kind.TEXT)], [("x",)])


def test_the_same_rows_in_another_order_are_the_same_content(layout, put):
    rows = [("a", 1.0), ("b", None), ("b", None), (None, -0.0)]
    one, other = put([NAME, SIZE], rows), put([NAME, SIZE], [(None, 0.0), *rows[:3][::-1]])
    assert one.ref.content_hash == other.ref.content_hash
    assert door.same_content(layout, one.ref, other.ref)


@pytest.mark.parametrize(
    "rows",
    [[("a", 1.0), ("b", None)], [("a", 1.0), ("b", None), ("b", 2.0)], [("a", 1.0), ("a", 1.0), ("b", None)]],
)
def test_other_rows_are_other_content(layout, put, rows):
    one, other = put([NAME, SIZE], [("a", 1.0), ("b", None), ("b", None)]), put([NAME, SIZE], rows)
    assert not door.same_content(layout, one.ref, other.ref)


def test_a_moved_point_is_other_content(layout, put):
    one, other = (
        put([NAME], PLACES, place="lonlat"),
        put([NAME], [("a", 7.6, 51.961), *PLACES[1:]], place="lonlat"),
    )
    assert not door.same_content(layout, one.ref, other.ref)


def test_content_hashed_by_an_older_release_is_hashed_again(layout, put):
    from dataclasses import replace

    one, other = put([NAME], PLACES, place="lonlat"), put([NAME], PLACES[::-1], place="lonlat")
    old = replace(one.ref, content_hash="rowsum1:duckdb-1.0.0:0123")
    assert door.same_content(layout, old, other.ref)
    third = put([NAME], [*PLACES[:3], ("e", 7.5, 52.0)], place="lonlat")
    assert not door.same_content(layout, old, third.ref)


def test_the_sweep_removes_only_old_leftovers_and_unknown_versions(layout, put):
    known, unknown, young = put([NAME], [("x",)]).ref, put([NAME], [("y",)]).ref, put([NAME], [("z",)]).ref
    leftover = layout.lake / ".incoming" / "dead"
    leftover.mkdir(parents=True)
    (leftover / "data.parquet").write_bytes(b"half")
    old = time.time() - 10_000
    for folder in (layout.lake / unknown.path, layout.lake / known.path, leftover):
        for path in (*folder.iterdir(), folder):
            os.utime(path, (old, old))
    swept = door.sweep(layout, [known.path], datetime.now(UTC) - timedelta(hours=1))
    assert set(swept.removed) == {unknown.path, ".incoming/dead"}
    assert (layout.lake / known.path / "data.parquet").exists()
    assert (layout.lake / young.path / "data.parquet").exists()
    assert not (layout.lake / unknown.path).exists()


@pytest.mark.processes
def test_a_writer_killed_at_any_moment_leaves_no_half_version(layout, stage_rows):
    staged = stage_rows([SIZE], [(float(n),) for n in range(60_000)])
    code = (
        "import sys; from pathlib import Path; from stoa.commons.lake import door;"
        "from stoa.commons.lake.values import Layout;"
        "from stoa.commons.lake.values import StagedTable;"
        "from stoa.ground.tables import ColumnSpec, Kind;"
        f"layout = Layout(Path({str(layout.lake)!r}), Path({str(layout.cache)!r}));"
        "[print(door.write_version(layout, "
        f"StagedTable(Path({str(staged.path)!r}), 60000), path=f'city/set/w{{n}}', "
        "columns=(ColumnSpec('size', 'Größe', Kind.NUMBER, 'm²'),)).ref.path, flush=True) "
        "for n in range(int(sys.argv[1]), 10**6)]"
    )
    for turn in range(4):
        child = subprocess.Popen([sys.executable, "-c", code, str(turn * 1000)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()  # the first is written: now it may be killed in the middle of any other
        time.sleep(0.037 * turn)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    folders = list((layout.lake / "city/set").glob("w*"))
    for folder in folders:
        assert door.read_dictionary(layout, folder.relative_to(layout.lake).as_posix()).ref.rows == 60_000
        assert pq.read_metadata(folder / "data.parquet").num_rows == 60_000
    assert folders, "the writer was killed before it had written anything"


def test_a_removed_version_is_gone_with_all_that_was_derived_from_it(layout, put):
    ref = put([NAME], [("x",)]).ref
    door.warm(layout, ref)
    door.remove_version(layout, ref)
    assert not (layout.lake / ref.path).exists()
    assert not (layout.cache / ref.path).exists()
    assert not list(Path(layout.lake / ".incoming").iterdir())
