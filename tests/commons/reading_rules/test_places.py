# SPDX-License-Identifier: EUPL-1.2
"""Which columns say where a row is."""

import pytest

from stoa.commons.reading.recipe import GeometrySource
from stoa.commons.reading.rules.crs import PROJECTED
from stoa.commons.reading.rules.places import Span, find_text_place, find_xy
from stoa.commons.reading.rules.samples import sample_of
from stoa.commons.reading.staging_place import projected_box
from stoa.ground.geometry import Box

MUENSTER = Box(7.47, 51.84, 7.78, 52.06)


def xy(
    x: str,
    xs: tuple[float, float],
    y: str,
    ys: tuple[float, float],
    *,
    area: Box | None = MUENSTER,
    zone: str = "Europe/Berlin",
):
    spans = (Span("a", x, *xs, 1.0), Span("b", y, *ys, 1.0))
    return find_xy(spans, area, zone, projected_box)


def test_degrees_are_found_by_heading_and_value():
    found = xy("Längengrad", (7.5, 7.7), "Breitengrad", (51.9, 52.0))
    assert (found.plan.x, found.plan.y, found.plan.crs, found.plan.swapped) == ("a", "b", "OGC:CRS84", False)


def test_exchanged_headings_are_noticed():
    found = xy("Longitude", (51.9, 52.0), "Latitude", (7.5, 7.7))
    assert found.plan.swapped
    assert found.warnings[0].code == "reading.coordinates_swapped"
    assert xy("Longitude", (51.9, 52.0), "Latitude", (7.5, 7.7), area=None).plan.swapped


def test_degrees_of_another_town_are_read_with_a_warning():
    assert xy("lon", (13.3, 13.5), "lat", (52.4, 52.6)).warnings[0].code == "reading.place_outside_area"


@pytest.mark.parametrize(
    ("xs", "ys", "code"),
    [
        ((3403000, 3410000), (5755000, 5763000), "EPSG:31467"),
        ((2603000, 2612000), (5755000, 5763000), "EPSG:31466"),
        ((402000, 409000), (5755000, 5763000), "EPSG:25832"),
        ((32402000, 32409000), (5755000, 5763000), "EPSG:4647"),
    ],
)
def test_german_systems_are_told_apart_by_their_numbers(xs, ys, code):
    assert xy("X", xs, "Y", ys).plan.crs == code


def test_gauss_krueger_with_north_as_x_is_turned_round():
    found = xy("x", (5755000, 5763000), "y", (3403000, 3410000))
    assert (found.plan.x, found.plan.y, found.plan.crs) == ("b", "a", "EPSG:31467")


@pytest.mark.parametrize(
    ("zone", "xs", "ys", "code"),
    [
        ("Europe/London", (409000, 410000), (419000, 426000), "EPSG:27700"),
        ("Europe/Zurich", (2600000, 2610000), (1199000, 1205000), "EPSG:2056"),
        ("Europe/Zurich", (600000, 610000), (199000, 205000), "EPSG:21781"),
        ("Europe/Amsterdam", (120000, 125000), (485000, 490000), "EPSG:28992"),
        ("Europe/Helsinki", (25496000, 25500000), (6670000, 6675000), "EPSG:3879"),
        ("Europe/Paris", (650000, 655000), (6860000, 6865000), "EPSG:2154"),
    ],
)
def test_without_an_area_the_time_zone_helps(zone, xs, ys, code):
    assert xy("easting", xs, "northing", ys, area=None, zone=zone).plan.crs == code


def test_numbers_without_a_fitting_heading_are_no_place():
    assert xy("Menge", (7.5, 7.7), "Preis", (51.9, 52.0)) is None


def test_length_and_width_in_metres_are_no_place():
    assert xy("Länge", (1200.0, 5000.0), "Breite", (3.0, 900.0)) is None


def test_every_system_in_the_table_exists_and_holds_its_own_middle():
    from pyproj import CRS

    for crs in PROJECTED:
        CRS.from_user_input(crs.code)
        west, south, east, north = (km * 1000 for km in crs.extent_km)
        assert crs.holds((west + east) / 2, (south + north) / 2)


def test_well_known_text_and_pairs_are_found():
    wkt = find_text_place([("g", sample_of("geom", ["POINT (7.6 51.9)", "SRID=4326;POINT(7.5 51.9)"]))], None)
    assert wkt.plan.source is GeometrySource.WKT
    pair = find_text_place([("p", sample_of("coords", ["51.96, 7.62", "51.95, 7.63"]))], MUENSTER)
    assert (pair.plan.source, pair.plan.swapped) == (GeometrySource.PAIR, True)
    assert not find_text_place([("p", sample_of("coords", ["7.62 51.96"]))], MUENSTER).plan.swapped
