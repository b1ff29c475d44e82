# SPDX-License-Identifier: EUPL-1.2
"""Which rows lie in a box, to the last digit."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from stoa.commons.lake import door
from stoa.commons.lake.values import Filter, Op, Query
from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec, Kind

NAME = ColumnSpec("name", "Name", Kind.TEXT)


@pytest.mark.parametrize(
    ("box", "names"),
    [
        (Box(7, 51, 8, 52), {"inside", "edge"}),
        (Box(170, -20, -170, 20), {"east", "west"}),
        (Box(-180, -90, 180, 90), {"inside", "edge", "outside", "east", "west"}),
        (Box(7.5000001, 51.5, 7.6, 51.6), set()),
    ],
)
def test_a_box_keeps_what_lies_in_it(layout, put, box, names):
    rows = [
        ("inside", 7.5, 51.5),
        ("edge", 8.0, 52.0),
        ("outside", 8.0001, 52.0),
        ("none", None, None),
        ("east", 179.0, 1.0),
        ("west", -179.0, 1.0),
    ]
    ref = put([NAME], rows, place="lonlat").ref
    found = door.page(layout, ref, Query(box=box), 100)
    assert {row[1] for row in found.rows} == names


def test_rows_without_a_place_belong_to_every_box_if_asked(layout, put):
    ref = put([NAME], [("in", 7.5, 52.0), ("no place", None, None), ("out", 9.0, 52.0)], place="lonlat").ref

    def names(**said):
        return {row[1] for row in door.page(layout, ref, Query(box=Box(7, 51, 8, 53), **said)).rows}

    assert names() == {"in"}
    assert names(keeps_placeless=True) == {"in", "no place"}


@pytest.mark.parametrize("shape", ["Point", "Line"])
def test_a_box_finds_what_touches_it_to_the_last_digit(layout, put, shape):
    """Rows are first compared in whole millionths of a degree: the truth must not be rounded with them."""
    import shapely

    pick = random.Random(8)
    edges = [7.0, 7.0 + 4e-7, 7.0 - 4e-7, 7.0000004, 7.5, 8.0, 8.0 + 1e-9, 8.0 - 1e-9, 6.9, 8.1]
    places = []
    for _ in range(200):
        x, y = pick.choice(edges), pick.choice([51.0, 51.5, 51.0 - 1e-9, 52.0 + 1e-9, 52.0, 50.5])
        places.append(
            shapely.Point(x, y)
            if shape == "Point"
            else shapely.LineString([(x, y), (x + 0.3, y + pick.random() - 0.5)])
        )
    ref = put([NAME], [(str(n), shapely.to_wkb(place)) for n, place in enumerate(places)], place="wkb").ref
    for box in (Box(7, 51, 8, 52), Box(7.0000004, 51, 7.5, 51.5), Box(8, 52, 8, 52), Box(7.5, 50, 7.0, 60)):
        parts = [shapely.box(*box)]
        if box.west > box.east:
            parts = [
                shapely.box(box.west, box.south, 180, box.north),
                shapely.box(-180, box.south, box.east, box.north),
            ]
        expected = [
            n for n, place in enumerate(places, start=1) if any(place.intersects(part) for part in parts)
        ]
        assert [row[0] for row in door.page(layout, ref, Query(box=box), 200).rows] == expected
        assert door.count(layout, ref, Query(box=box)) == len(expected)


def test_points_at_the_edge_of_a_box_are_counted_and_paged_as_one_counts_by_hand(layout, put):
    """Steps of a third of a millionth of a degree: the kept boxes of rows cannot tell them apart."""
    pick, tiny = random.Random(5), 1e-6 / 3
    points = [(7 + pick.randint(0, 20) * tiny, 51 + pick.randint(0, 20) * tiny) for _ in range(150)]
    rows = [[n, x, y] for n, (x, y) in enumerate(points)] + [[len(points), None, None]]
    ref = put([ColumnSpec("n", "n", Kind.INTEGER)], rows, place="lonlat").ref
    for trial in range(20):
        (west, east), (south, north) = (sorted(pick.choices(range(21), k=2)) for _ in "xy")
        box = Box(7 + west * tiny, 51 + south * tiny, 7 + east * tiny, 51 + north * tiny)
        inside = [
            n for n, (x, y) in enumerate(points) if box.west <= x <= box.east and box.south <= y <= box.north
        ]
        query = Query(box=box, keeps_placeless=trial % 2 == 0)
        expected = [*inside, len(points)] if query.keeps_placeless else inside
        seen, after = [], ""
        while True:
            found = door.features(layout, ref, query, 7, after=after)
            assert found.total == len(expected)
            seen += [json.loads(row.properties)["n"] for row in found.rows]
            after = found.next_after
            if not after:
                break
        assert seen == expected
        assert [row[1] for row in door.page(layout, ref, query, 200).rows] == expected
        later = replace(query, filters=(Filter("n", Op.AT_LEAST, ("70",)),))
        assert door.page(layout, ref, later, 200).total == len([n for n in expected if n >= 70])
