# SPDX-License-Identifier: EUPL-1.2
"""TileJSON 3.0 both ways."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.ground.geometry import Box, LonLat
from stoa.standards.tilejson import WORLD, TileSet, VectorLayer, from_json, to_json

URL = "https://city.example/tiles/{z}/{x}/{y}.mvt"
zooms = st.one_of(st.none(), st.integers(0, 30))
layers = st.builds(VectorLayer, st.text(), st.dictionaries(st.text(), st.text()), st.text(), zooms, zooms)
degrees = st.floats(-90, 90)
tilesets = st.builds(
    TileSet,
    st.just((URL,)),
    st.lists(layers, unique_by=lambda layer: layer.id, max_size=3).map(tuple),
    st.text(),
    st.text(),
    st.text(),
    st.builds(Box, degrees, degrees, degrees, degrees),
    st.one_of(st.none(), st.tuples(st.builds(LonLat, degrees, degrees), st.integers(0, 30))),
    st.integers(0, 15),
    st.integers(15, 30),
    st.text(),
)


@given(tilesets)
def test_a_set_of_tiles_is_read_back_as_it_was(tileset: TileSet) -> None:
    assert from_json(json.loads(json.dumps(to_json(tileset)))) == tileset


def test_missing_members_have_the_defaults_of_the_specification() -> None:
    found = from_json({"tilejson": "3.0.0", "tiles": [URL], "vector_layers": [{"id": "trees", "fields": {}}]})
    assert (found.bounds, found.minzoom, found.maxzoom, found.centre) == (WORLD, 0, 30, None)


def test_the_required_members_are_always_there() -> None:
    body = to_json(TileSet((URL,), (VectorLayer("trees", {"art": "Species"}),)))
    assert body["tilejson"] == "3.0.0"
    assert body["tiles"] == [URL]
    assert body["vector_layers"] == [{"id": "trees", "fields": {"art": "Species"}}]


@pytest.mark.parametrize(
    ("tiles", "ids", "minzoom", "maxzoom"),
    [
        ((), ("a",), 0, 1),
        (("https://x.example/{z}/{x}",), ("a",), 0, 1),
        ((URL,), ("a", "a"), 0, 1),
        ((URL,), ("a",), 5, 4),
        ((URL,), (), 0, 31),
    ],
)
def test_a_set_that_no_map_could_use_is_not_made(
    tiles: tuple[str, ...], ids: tuple[str, ...], minzoom: int, maxzoom: int
) -> None:
    with pytest.raises(ValueError):
        TileSet(tiles, tuple(VectorLayer(name) for name in ids), minzoom=minzoom, maxzoom=maxzoom)


def test_another_version_is_not_read() -> None:
    with pytest.raises(ValueError):
        from_json({"tilejson": "2.2.0", "tiles": [URL], "vector_layers": []})
