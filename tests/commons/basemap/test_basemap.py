# SPDX-License-Identifier: EUPL-1.2
"""From an extract to tiles; the tiles are read by GDAL, which knows nothing of how they were cut."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from tests.commons.basemap import town

from stoa.commons.basemap import door
from stoa.commons.basemap.classes import AREAS, LINES, Rule
from stoa.commons.basemap.values import About, Place
from stoa.commons.basemap.wholeness import is_whole
from stoa.ground.geometry import LonLat, Tile
from stoa.ground.problems import Refused


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "basemap", tmp_path / "cache")


def drawn(place: Place, found: About, zoom: int, at: LonLat = town.MIDDLE) -> dict[str, list[dict[str, Any]]]:
    """Layer name to its features in a tile, each with `shape` in EPSG:3857."""
    asked = Tile.at(at, zoom)
    made = door.tile(place, found, asked)
    if not made:
        return {}
    file = place.cache / "looked-at.mvt"
    file.write_bytes(made)
    options = {"X": asked.x, "Y": asked.y, "Z": asked.z}
    layers = {}
    for name, _kind in pyogrio.list_layers(file):
        about, _ids, shapes, columns = pyogrio.raw.read(file, layer=name, **options)
        rows = zip(*columns, strict=True)
        layers[name] = [
            dict(zip(about["fields"], row, strict=True)) | {"shape": shapely.from_wkb(shape)}
            for row, shape in zip(rows, shapes, strict=True)
        ]
    return layers


def code_of(place: Place, file: Path) -> str:
    with pytest.raises(Refused) as refusal:
        door.build(place, file)
    assert all(
        part.text
        for part in (refusal.value.problem.what, refusal.value.problem.why, refusal.value.problem.do)
    )
    assert str(file.parent) not in str(refusal.value.problem)
    return refusal.value.problem.code


def test_a_town_is_drawn_with_its_street_its_park_and_its_river(place: Place, tmp_path: Path) -> None:
    extract = town.extract(tmp_path, town.PLACE, town.STREET, town.PARK, town.RIVER, town.HOUSE)
    found = door.build(place, extract)
    assert dict(found.shapes) == {"building": 1, "green": 1, "place": 1, "river": 1, "road": 1}
    layers = drawn(place, found, 14)
    assert {name: [one["kind"] for one in layer] for name, layer in layers.items()} == {
        "green": ["park"], "river": ["river"], "building": ["building"], "road": ["street"],
        "place": ["suburb"], "street_name": ["street"],
    }  # fmt: skip
    assert layers["place"][0]["name"] == "Nordstadt"
    assert layers["street_name"][0]["name"] == "Lange Straße"


@pytest.mark.parametrize(
    ("zoom", "layers"),
    [
        (7, set()),
        (8, {"river"}),
        (11, {"river", "green", "place"}),
        (12, {"river", "green", "place", "road"}),
        (13, {"river", "green", "place", "road", "street_name"}),
        (14, {"river", "green", "place", "road", "street_name", "building"}),
    ],
)
def test_each_thing_appears_from_its_own_zoom_on(
    place: Place, tmp_path: Path, zoom: int, layers: set[str]
) -> None:
    extract = town.extract(tmp_path, town.PLACE, town.STREET, town.PARK, town.RIVER, town.HOUSE)
    assert set(drawn(place, door.build(place, extract), zoom)) == layers


def test_a_park_lies_where_it_lies(place: Place, tmp_path: Path) -> None:
    found = door.build(place, town.extract(tmp_path, town.PARK))
    (park,) = drawn(place, found, 14)["green"]
    west, south, east, north = Tile.at(town.MIDDLE, 14).bounds_3857
    whole = [(lon, lat) for lat, lon in (town.NODES[n] for n in (4, 5, 6, 7))]
    expected = shapely.Polygon([town.on_the_web_map(*corner) for corner in whole])
    seen = expected & shapely.box(west, south, east, north)
    unseen = (park["shape"] & shapely.box(west, south, east, north)).symmetric_difference(seen)
    assert unseen.area < 0.02 * seen.area


def test_a_street_in_two_pieces_has_its_name_written_once(place: Place, tmp_path: Path) -> None:
    found = door.build(place, town.extract(tmp_path, town.STREET, town.STREET_GOES_ON))
    layers = drawn(place, found, 14)
    assert len(layers["road"]) == 2
    (named,) = layers["street_name"]
    assert named["shape"].geom_type == "LineString"


def test_a_railway_in_a_tunnel_is_not_drawn(place: Place, tmp_path: Path) -> None:
    above, below = (
        town.way(n, (1, 3), railway="rail", **tags) for n, tags in ((1, {}), (2, {"tunnel": "yes"}))
    )
    found = door.build(place, town.extract(tmp_path, above, below))
    assert dict(found.shapes) == {"rail": 1}


def test_the_sea_lies_to_the_right_of_the_coast(place: Place, tmp_path: Path) -> None:
    found = door.build(place, town.extract(tmp_path, town.STREET, town.COAST))
    seas = [one["shape"] for one in drawn(place, found, 10)["water"]]
    west, east = (shapely.Point(town.on_the_web_map(lon, 50.01)) for lon in (10.02, 10.028))
    assert any(sea.contains(west) for sea in seas)
    assert not any(sea.contains(east) for sea in seas)


def test_a_broken_outline_is_left_out_and_counted(place: Place, tmp_path: Path) -> None:
    flat = town.way(1, (1, 2, 1), building="yes")
    found = door.build(place, town.extract(tmp_path, town.STREET, flat))
    assert dict(found.shapes) == {"road": 1}


def test_where_nothing_lies_a_tile_is_empty(place: Place, tmp_path: Path) -> None:
    found = door.build(place, town.extract(tmp_path, town.STREET))
    assert door.tile(place, found, Tile.at(LonLat(-60.0, -20.0), 12)) == b""


def test_a_tile_is_kept_as_a_file(place: Place, tmp_path: Path) -> None:
    found = door.build(place, town.extract(tmp_path, town.STREET))
    asked = Tile.at(town.MIDDLE, 14)
    made = door.tile(place, found, asked)
    assert door.tile_path(place, found, asked).read_bytes() == made != b""


def test_a_new_extract_takes_the_place_of_the_old_one(place: Place, tmp_path: Path) -> None:
    first = door.build(place, town.extract(tmp_path, town.STREET))
    assert set(drawn(place, first, 14)) == {"road", "street_name"}
    second = door.build(place, town.extract(tmp_path, town.PARK))
    assert second.mark != first.mark
    assert door.about(place) == second
    assert set(drawn(place, second, 14)) == {"green"}
    assert [file.name for file in place.folder.glob("*.duckdb")] == [f"{second.mark}.duckdb"]


def test_an_extract_is_newer_until_it_was_built(place: Place, tmp_path: Path) -> None:
    extract = town.extract(tmp_path, town.STREET)
    assert door.is_newer(place, extract)
    door.build(place, extract)
    assert not door.is_newer(place, extract)
    assert door.is_newer(place, town.extract(tmp_path, town.PARK, name="other.osm"))


def test_a_base_map_can_be_removed(place: Place, tmp_path: Path) -> None:
    door.build(place, town.extract(tmp_path, town.STREET))
    assert door.remove(place)
    assert door.about(place) is None
    assert not door.remove(place)


def test_a_file_that_is_no_extract_is_refused_in_words(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "town.osm.pbf"
    assert code_of(place, file) == "basemap.file_missing"
    for content in (b"", b"id;name\n1;x\n", b"PK\x03\x04", b'<?xml version="1.0"?><gml/>', b"<osmium/>"):
        file.write_bytes(content)
        assert code_of(place, file) == "basemap.not_an_extract"


def test_a_file_that_would_open_other_files_is_refused(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "town.osm"
    file.write_text(
        '<osm version="0.6"><OGRVRTDataSource><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTDataSource></osm>'
    )
    assert code_of(place, file) == "basemap.not_an_extract"
    file.write_text('<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaa">]><osm version="0.6">&a;</osm>')
    assert code_of(place, file) == "basemap.has_entities"


def test_a_damaged_extract_leaves_the_base_map_before_as_it_was(place: Place, tmp_path: Path) -> None:
    before = door.build(place, town.extract(tmp_path, town.STREET))
    cut = tmp_path / "cut.osm"
    cut.write_text(town.extract(tmp_path, town.STREET, town.PARK).read_text()[:-40] + "<<<")
    assert code_of(place, cut) == "basemap.broken"
    framed = tmp_path / "cut.osm.pbf"
    framed.write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7f" + b"\xff" * 4000)
    assert code_of(place, framed) == "basemap.broken"
    assert door.about(place) == before
    assert sorted(file.name for file in place.folder.iterdir()) == sorted(
        [f"{before.mark}.duckdb", "about.json"]
    )


def test_a_packed_extract_is_whole_only_to_its_last_byte(tmp_path: Path) -> None:
    packed = zlib.compress(b"x" * 300)
    blob = b"\x10\xac\x02\x1a" + bytes([len(packed)]) + packed
    header = b"\x0a\x09OSMHeader\x18" + bytes([len(blob)])
    whole = len(header).to_bytes(4, "big") + header + blob
    file = tmp_path / "a.osm.pbf"
    file.write_bytes(whole * 2)
    assert is_whole(file, is_pbf=True)
    for content in (*(whole + whole[:cut] for cut in range(1, len(whole))), whole[:-2] + b"\x00\x00"):
        file.write_bytes(content)
        assert not is_whole(file, is_pbf=True)


def test_an_extract_with_nothing_to_draw_is_refused(place: Place, tmp_path: Path) -> None:
    assert code_of(place, town.extract(tmp_path, town.way(1, (1, 2), power="line"))) == "basemap.empty"


@pytest.mark.parametrize("rule", [*LINES, *AREAS], ids=lambda rule: f"{rule.tag}-{rule.kind}-{rule.zoom}")
def test_every_rule_draws_what_it_names(place: Place, tmp_path: Path, rule: Rule) -> None:
    nodes = (1, 3) if rule in LINES else (4, 5, 6, 7, 4)
    things = [
        town.way(number, nodes, **{rule.tag: value})
        for number, value in enumerate(rule.values or ("yes",), 1)
    ]
    found = door.build(place, town.extract(tmp_path, *things))
    assert dict(found.shapes) == {rule.layer: len(things)}
