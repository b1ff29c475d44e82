# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

import itertools
import random
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely

from stoa.commons.lake import door
from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.geometry import Box, LonLat, Tile
from stoa.ground.problems import Refused
from stoa.ground.tables import ColumnSpec, Kind

NAME = ColumnSpec("name", "Name", Kind.TEXT)
DAY = ColumnSpec("day", "Tag", Kind.DATE)
SEEN = ColumnSpec("seen_at", "Gesehen", Kind.DATETIME)
SIZE = ColumnSpec("size", "Größe", Kind.NUMBER)


def fields(raw: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of one protobuf message: number and value."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(raw):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            size = varint()
            yield tag >> 3, raw[at : at + size]
            at += size
        else:
            width = 8 if tag & 7 == 1 else 4
            yield tag >> 3, raw[at : at + width]
            at += width


def numbers(raw: bytes) -> list[int]:
    found, value, shift = [], 0, 0
    for byte in raw:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


def value_of(raw: bytes) -> Any:
    number, value = next(fields(raw))
    if number == 1:
        return value.decode()
    if number in {2, 3}:
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    return (value >> 1) ^ -(value & 1) if number == 6 else bool(value) if number == 7 else value


def points_of(commands: list[int]) -> list[tuple[int, int]]:
    """All corners of a geometry in units of the tile's grid (MVT 2.1, 4.3)."""
    found, x, y, at = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        for _ in range(count if command != 7 else 0):
            dx, dy = ((n >> 1) ^ -(n & 1) for n in commands[at : at + 2])
            x, y, at = x + dx, y + dy, at + 2
            found.append((x, y))
    return found


def features(tile: bytes) -> dict[int, dict[str, Any]]:
    """Row number to properties, `corners` added."""
    if not tile:
        return {}
    ((number, raw),) = fields(tile)
    assert number == 3
    layer: dict[int, list[Any]] = {}
    for number, value in fields(raw):
        layer.setdefault(number, []).append(value)
    assert layer[1] == [b"data"]
    assert layer[5] == [4096]
    keys, values = [key.decode() for key in layer.get(3, [])], [value_of(value) for value in layer.get(4, [])]
    found = {}
    for feature in layer.get(2, []):
        parts = dict(fields(feature))
        tags = numbers(parts.get(2, b""))
        properties = {keys[k]: values[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}
        assert parts[1] == properties["_row"]
        found[parts[1]] = properties | {"corners": points_of(numbers(parts[4]))}
    return found


def wkb(shape: Any) -> bytes:
    return bytes(shapely.to_wkb(shape))


def test_a_point_stands_in_its_tile_where_it_should(layout, put):
    ref = put([NAME], [("a", 7.6261, 51.9607), ("far", 8.9, 51.0)], place="lonlat").ref
    tile = Tile.at(LonLat(7.6261, 51.9607), 14)
    found = features(door.tile(layout, ref, tile, columns=("name",)))
    west, south, east, north = tile.bounds_3857
    x, y = 7.6261 * 20037508.342789244 / 180, 6793857.0
    assert set(found) == {1}
    assert found[1]["name"] == "a"
    ((px, py),) = found[1]["corners"]
    assert px == pytest.approx((x - west) / (east - west) * 4096, abs=1)
    import pyproj

    _, y = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True).transform(7.6261, 51.9607)
    assert py == pytest.approx((north - y) / (north - south) * 4096, abs=1)


@pytest.mark.parametrize("zoom", [14, 15, 16])
def test_from_zoom_14_on_no_feature_is_lost(layout, put, zoom):
    pick = random.Random(zoom)
    rows = [(str(n), 7.62 + pick.random() * 0.004, 51.96 + pick.random() * 0.002) for n in range(400)]
    rows += [("same", 7.621, 51.961)] * 30
    ref = put([NAME], rows, place="lonlat").ref
    seen: set[int] = set()
    corner, other = Tile.at(LonLat(7.62, 51.962), zoom), Tile.at(LonLat(7.624, 51.96), zoom)
    for x in range(corner.x, other.x + 1):
        for y in range(corner.y, other.y + 1):
            seen |= set(features(door.tile(layout, ref, Tile(zoom, x, y))))
    assert seen == set(range(1, 431))


def test_below_zoom_14_of_the_points_in_a_pixel_one_is_drawn_and_it_stays(layout, put):
    rows = [(str(n), 7.62 + (n % 20) * 0.0004, 51.96 + (n // 20) * 0.0004) for n in range(400)]
    ref = put([NAME], rows, place="lonlat").ref
    drawn = [
        set(features(door.tile(layout, ref, Tile.at(LonLat(7.622, 51.962), zoom)))) for zoom in range(14)
    ]
    assert all(drawn), "a town is never an empty map"
    assert len(drawn[0]) == 1
    assert 1 < len(drawn[11]) < 400
    for far, near in itertools.pairwise(drawn):  # all in one tile as far as that
        assert far <= near


def test_two_points_a_pixel_apart_are_both_drawn(layout, put):
    pixel = 360 / 2**12 / 256
    ref = put([NAME], [("a", 7.62, 51.96), ("b", 7.62 + 1.01 * pixel, 51.96)], place="lonlat").ref
    assert set(features(door.tile(layout, ref, Tile.at(LonLat(7.62, 51.96), 12)))) == {1, 2}


def test_a_large_shape_is_cut_at_the_border_and_a_small_one_is_whole(layout, put):
    tile = Tile.at(LonLat(7.62, 51.96), 15)
    country = shapely.box(6.0, 50.0, 9.0, 53.0)
    house = shapely.box(7.6200, 51.9600, 7.6202, 51.9601)
    ref = put([NAME], [("country", wkb(country)), ("house", wkb(house))], place="wkb").ref
    found = features(door.tile(layout, ref, tile))
    corners = sorted(found[1]["corners"])
    for corner, expected in zip(corners, [(-64, -64), (-64, 4160), (4160, -64), (4160, 4160)], strict=True):
        assert corner == pytest.approx(expected, abs=1)
    assert len(found[2]["corners"]) == 4


def test_lines_and_collections_and_broken_polygons_do_not_break_the_tile(layout, put):
    line = shapely.LineString([(7.0, 51.96), (8.0, 51.961)])
    bow_tie = shapely.Polygon([(7.6, 51.9), (7.7, 52.0), (7.7, 51.9), (7.6, 52.0)])
    both = shapely.GeometryCollection([shapely.Point(7.62, 51.96), line])
    empty = shapely.Polygon()
    rows = [
        ("line", wkb(line)),
        ("tie", wkb(bow_tie)),
        ("both", wkb(both)),
        ("empty", wkb(empty)),
        ("none", None),
    ]
    ref = put([NAME], rows, place="wkb").ref
    for zoom in (3, 10, 14, 16):
        found = features(door.tile(layout, ref, Tile.at(LonLat(7.62, 51.96), zoom)))
        assert {1} <= set(found) <= {1, 2, 3}


def test_properties_are_texts_numbers_and_iso_dates(layout, put):
    seen = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    ref = put([NAME, DAY, SEEN, SIZE], [("ä", date(2026, 2, 1), seen, 2.5, 7.6, 51.9)], place="lonlat").ref
    tile = Tile.at(LonLat(7.6, 51.9), 14)
    found = features(door.tile(layout, ref, tile, columns=("name", "day", "seen_at", "size")))[1]
    found.pop("corners")
    assert found == {
        "_row": 1,
        "name": "ä",
        "day": "2026-02-01",
        "seen_at": "2026-03-01T12:30:00Z",
        "size": 2.5,
    }


def test_a_query_chooses_what_is_drawn_and_leaves_no_file(layout, put):
    ref = put([NAME], [("a", 7.6, 51.9), ("b", 7.6, 51.9)], place="lonlat").ref
    tile = Tile.at(LonLat(7.6, 51.9), 14)
    query = Query((Filter("name", Op.IS, ("b",)),))
    assert set(features(door.tile(layout, ref, tile, query))) == {2}
    assert not door.tile_path(layout, ref, tile).exists()
    near = Query(box=Box(7.59, 51.89, 7.61, 51.91))
    assert set(features(door.tile(layout, ref, tile, near))) == {1, 2}


def test_a_tile_is_kept_as_a_file_and_an_empty_one_too(layout, put):
    ref = put([NAME], [("a", 7.6, 51.9)], place="lonlat").ref
    for tile in (Tile.at(LonLat(7.6, 51.9), 14), Tile(14, 0, 0)):
        made = door.tile(layout, ref, tile)
        assert door.tile_path(layout, ref, tile).read_bytes() == made
        assert door.tile(layout, ref, tile) == made
    assert made == b""
    assert door.tile_path(layout, ref, tile, ("name",)) != door.tile_path(layout, ref, tile)


def test_a_version_without_places_has_only_empty_tiles(layout, put):
    assert door.tile(layout, put([NAME], [("a",)]).ref, Tile(0, 0, 0)) == b""


@pytest.mark.parametrize("columns", [("nothing",), ("../../x",)])
def test_an_unknown_column_never_becomes_part_of_a_path(layout, put, columns):
    ref = put([NAME], [("a", 7.6, 51.9)], place="lonlat").ref
    with pytest.raises(Refused) as refused:
        door.tile_path(layout, ref, Tile(0, 0, 0), columns)
    assert refused.value.problem.code == "lake.column_unknown"


def test_a_map_is_told_where_the_tiles_are_and_what_they_hold(put):
    written = put([NAME, SIZE], [("a", 1.0, 7.6, 51.9), ("b", 2.0, 7.7, 89.0)], place="lonlat")
    told = door.tile_set(written.ref, written.bbox, ("name", "size"))
    assert told.bounds == Box(7.6, 51.9, 7.7, 85.0511287798066)
    assert (told.minzoom, told.maxzoom, told.layer) == (0, 16, "data")
    assert told.fields == {"_row": "Number", "name": "String", "size": "Number"}
