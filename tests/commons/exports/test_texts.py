# SPDX-License-Identifier: EUPL-1.2
"""Delimited text and JSON: read back by other readers and compared with the source."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
import shapely.geometry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.commons.exports.conftest import POINTS, ROWS, SHAPES, Put

from stoa.commons.lake.exports.door import About, Format, Headings, Wanted, export, stream
from stoa.commons.lake.values import Filter, Layout, Op, Query, VersionRef
from stoa.ground.geometry import Box
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind
from stoa.standards.csvsafe import harmless

ABOUT = About("trees", 'The "trees"', publisher="Parks", licence_spdx="CC0-1.0", version="3")
NAMES = ["nr", "art", "hoehe", "gesund", "am", "um", "zeit"]
INSTANTS = [
    "2026-07-01T22:30:00Z",
    "2026-01-01T00:00:00.250000Z",
    None,
    "1969-12-31T23:59:59Z",
    "2026-03-29T01:00:00Z",
    "2026-10-25T00:30:00Z",
]


def table(path: Path, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), delimiter=delimiter))


def as_json(row: tuple[Any, ...], instant: str | None) -> dict[str, Any]:
    number, text, height, healthy, day, _moment, clock = row
    day, clock = day and day.isoformat(), clock and clock.isoformat()
    return dict(zip(NAMES, (number, text, height, healthy, day, instant, clock), strict=True))


@pytest.mark.parametrize(("form", "delimiter"), [(Format.CSV, ","), (Format.TSV, "\t")])
def test_delimited_text_holds_every_value_in_the_order_of_the_source(
    layout: Layout, put: Put, form: Format, delimiter: str
) -> None:
    got = table(export(layout, put(points=POINTS), None, form, about=ABOUT).path, delimiter)
    assert got[0] == [*NAMES, "lon", "lat"]
    for line, row, instant, point in zip(got[1:], ROWS, INSTANTS, POINTS, strict=True):
        assert line[0] == ("" if row[0] is None else str(row[0]))
        assert line[1] == harmless(row[1] or "")
        assert (float(line[2]) if line[2] else None) == row[2]
        assert line[3] == {True: "true", False: "false", None: ""}[row[3]]
        assert line[4] == (row[4].isoformat() if row[4] else "")
        assert line[5] == (instant or "")
        assert line[6] == (row[6].isoformat() if row[6] else "")
        assert (tuple(map(float, line[7:])) if line[7] else None) == point


def test_instants_may_be_written_in_local_time_with_their_offset(layout: Layout, put: Put) -> None:
    ref = put()
    berlin = [
        line[5]
        for line in table(
            export(layout, ref, None, Format.CSV, about=ABOUT, wanted=Wanted(zone="Europe/Berlin")).path
        )
    ]
    assert berlin[1:3] == ["2026-07-02T00:30:00+02:00", "2026-01-01T01:00:00.250000+01:00"]
    assert berlin[6] == "2026-10-25T02:30:00+02:00"
    newfoundland = export(layout, ref, None, Format.CSV, about=ABOUT, wanted=Wanted(zone="America/St_Johns"))
    assert table(newfoundland.path)[2][5] == "2025-12-31T20:30:00.250000-03:30"


def test_an_unknown_zone_is_refused(layout: Layout, put: Put) -> None:
    for zone in ("Mars/Base", "../../etc/passwd", "'; DROP", ""):
        with pytest.raises(Refused) as caught:
            export(layout, put(), None, Format.CSV, about=ABOUT, wanted=Wanted(zone=zone))
        assert caught.value.problem.code == "export.zone_unknown"


def test_headings_may_be_the_owners_and_are_harmless_and_different(layout: Layout, put: Put) -> None:
    columns = (
        ColumnSpec("a", "=Art", Kind.TEXT),
        ColumnSpec("b", "Art", Kind.TEXT),
        ColumnSpec("c", "ART", Kind.TEXT),
    )
    ref = put((*columns, ColumnSpec("lon", "lon", Kind.TEXT)), [("x", "y", "z", "w")], [(7.0, 51.0)])
    got = table(export(layout, ref, None, Format.CSV, about=ABOUT, wanted=Wanted(Headings.LABEL)).path)
    assert got == [["'=Art", "Art", "ART_2", "lon", "lon_2", "lat"], ["x", "y", "z", "w", "7.0", "51.0"]]


def test_a_file_for_excel_begins_with_a_byte_order_mark(layout: Layout, put: Put) -> None:
    ref = put()
    plain = export(layout, ref, None, Format.CSV, about=ABOUT).path.read_bytes()
    marked = export(
        layout, ref, None, Format.CSV, about=ABOUT, wanted=Wanted(for_excel=True)
    ).path.read_bytes()
    assert marked == b"\xef\xbb\xbf" + plain


def test_shapes_are_written_as_well_known_text(layout: Layout, put: Put) -> None:
    got = table(export(layout, put(shapes=SHAPES), None, Format.CSV, about=ABOUT).path)
    for line, text in zip(got[1:], SHAPES, strict=True):
        assert (shapely.from_wkt(line[-1]) if line[-1] else None) == (
            shapely.from_wkt(text) if text else None
        )


def test_json_and_json_lines_hold_the_same_objects(layout: Layout, put: Put) -> None:
    ref = put()
    expected = [as_json(row, instant) for row, instant in zip(ROWS, INSTANTS, strict=True)]
    whole = json.loads(export(layout, ref, None, Format.JSON, about=ABOUT).path.read_bytes())
    lines = (
        export(layout, ref, None, Format.JSON_LINES, about=ABOUT)
        .path.read_text(encoding="utf-8")
        .splitlines()
    )
    assert whole == expected
    assert [json.loads(line) for line in lines] == expected


def test_an_endless_number_is_nothing_in_json(layout: Layout, put: Put) -> None:
    ref = put((ColumnSpec("n", "n", Kind.NUMBER),), [(float("nan"),), (float("inf"),), (1.5,)])
    path = export(layout, ref, None, Format.JSON, about=ABOUT).path
    assert json.loads(path.read_bytes(), parse_constant=pytest.fail) == [{"n": None}, {"n": None}, {"n": 1.5}]


def test_geojson_has_a_box_features_with_ids_and_says_what_it_is(layout: Layout, put: Put) -> None:
    got = json.loads(export(layout, put(points=POINTS), None, Format.GEOJSON, about=ABOUT).path.read_bytes())
    assert got["type"] == "FeatureCollection"
    assert got["bbox"] == [7.1234568, 51.5, 7.7, 52.0]
    assert (got["title"], got["license"], got["publisher"]) == ('The "trees"', "CC0-1.0", "Parks")
    assert [feature["id"] for feature in got["features"]] == [1, 2, 3, 4, 5, 6]
    for feature, row, instant, point in zip(got["features"], ROWS, INSTANTS, POINTS, strict=True):
        assert feature["type"] == "Feature"
        assert feature["properties"] == as_json(row, instant)
        assert (feature["geometry"] is None) is (point is None)
        if point:
            assert feature["geometry"]["coordinates"] == pytest.approx(point, abs=1e-7)
    assert got["features"][3]["geometry"]["coordinates"] == [7.1234567, 51.5]


def test_geojson_holds_shapes_of_every_kind(layout: Layout, put: Put) -> None:
    got = json.loads(export(layout, put(shapes=SHAPES), None, Format.GEOJSON, about=ABOUT).path.read_bytes())
    for feature, text in zip(got["features"], SHAPES, strict=True):
        found = shapely.geometry.shape(feature["geometry"]) if feature["geometry"] else None
        expected = shapely.from_wkt(text) if text else None
        assert (found is None) is (expected is None)
        assert expected is None or found.equals_exact(expected, 1e-7)


def test_a_table_without_places_has_no_geojson(layout: Layout, put: Put) -> None:
    with pytest.raises(Refused) as caught:
        export(layout, put(), None, Format.GEOJSON, about=ABOUT)
    assert caught.value.problem.code == "export.no_place"


def test_a_filtered_view_holds_its_rows_and_columns_only(layout: Layout, put: Put) -> None:
    ref = put(points=POINTS)
    query = Query((Filter("gesund", Op.IS, ("true",)),), sort="-am", columns=("am", "nr"))
    assert table(export(layout, ref, query, Format.CSV, about=ABOUT).path) == [
        ["am", "nr"],
        ["2024-02-29", ""],
        ["1999-12-31", "1"],
        ["1900-03-01", "6"],
    ]
    near = Query(box=Box(7.6, 51.9, 7.62, 51.96))
    got = json.loads(export(layout, ref, near, Format.GEOJSON, about=ABOUT).path.read_bytes())
    assert [feature["id"] for feature in got["features"]] == [2, 6]
    assert got["bbox"] == [7.6, 51.9, 7.61, 51.95]


def test_an_empty_view_is_an_empty_file_of_its_kind(layout: Layout, put: Put) -> None:
    ref, nothing = put(points=POINTS), Query((Filter("nr", Op.IS, ("999",)),))
    assert table(export(layout, ref, nothing, Format.CSV, about=ABOUT).path) == [[*NAMES, "lon", "lat"]]
    assert json.loads(export(layout, ref, nothing, Format.JSON, about=ABOUT).path.read_bytes()) == []
    got = json.loads(export(layout, ref, nothing, Format.GEOJSON, about=ABOUT).path.read_bytes())
    assert (got["features"], "bbox" in got) == ([], False)


@pytest.mark.parametrize("form", [Format.CSV, Format.TSV, Format.JSON, Format.JSON_LINES, Format.GEOJSON])
def test_a_stream_gives_the_bytes_of_the_file(layout: Layout, put: Put, form: Format) -> None:
    ref = put(points=POINTS)
    for wanted in (Wanted(), Wanted(for_excel=True)):
        file = export(layout, ref, None, form, about=ABOUT, wanted=wanted)
        assert b"".join(stream(layout, ref, None, form, about=ABOUT, wanted=wanted)) == file.path.read_bytes()


def test_a_stream_that_nobody_reads_to_its_end_leaves_nothing_behind(layout: Layout, put: Put) -> None:
    ref = put((ColumnSpec("t", "t", Kind.TEXT),), [("x" * 1000,)] * 3000)
    pieces = stream(layout, ref, None, Format.CSV, about=ABOUT)
    assert next(pieces).startswith(b"t\nxxx")
    pieces.close()
    assert not list(layout.cache.glob(".stream-*"))
    assert len(b"".join(stream(layout, ref, None, Format.CSV, about=ABOUT))) == 2 + 3000 * 1001


def test_a_workbook_is_not_streamed(layout: Layout, put: Put) -> None:
    with pytest.raises(Refused) as caught:
        stream(layout, put(), None, Format.XLSX, about=ABOUT)
    assert caught.value.problem.code == "export.not_streamed"


texts = st.lists(
    st.one_of(st.text(max_size=30), st.text(alphabet="=+-@\t\r\n\",;'\\ \x00\u2028é1x", max_size=8)),
    min_size=1,
    max_size=20,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
def test_any_text_comes_back_as_it_was_or_made_harmless(put: Put, layout: Layout, values: list[str]) -> None:
    ref: VersionRef = put(
        (ColumnSpec("t", "t", Kind.TEXT), ColumnSpec("n", "n", Kind.INTEGER)), [(v, 1) for v in values]
    )
    with tempfile.TemporaryDirectory() as cache:
        elsewhere = replace(layout, cache=Path(cache))
        for form, delimiter in ((Format.CSV, ","), (Format.TSV, "\t")):
            got = table(export(elsewhere, ref, None, form, about=ABOUT).path, delimiter)
            assert [line[0] for line in got[1:]] == [harmless(value) for value in values]
        lines = (
            export(elsewhere, ref, None, Format.JSON_LINES, about=ABOUT).path.read_bytes().split(b"\n")[:-1]
        )
        assert [json.loads(line)["t"] for line in lines] == values
