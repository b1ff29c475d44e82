# SPDX-License-Identifier: EUPL-1.2
"""The town that does not exist holds together: streets meet, houses stand dry, districts fill the city."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from stoa.site.simulation.buildings import Building, place_buildings
from stoa.site.simulation.place import degrees, lonlat, utm
from stoa.site.simulation.rhythm import easter, is_holiday, make_weather, working_share
from stoa.site.simulation.town import Town, grow


@pytest.fixture(scope="module")
def town() -> Town:
    return grow(7)


@pytest.fixture(scope="module")
def buildings(town: Town) -> list[Building]:
    return place_buildings(7, town)


def test_every_street_can_be_reached_from_the_market(town: Town) -> None:
    lines = [road.line for road in town.streets]
    reached, rest = shapely.Point(0, 0).buffer(1.0), lines
    while True:
        met = [line for line in rest if line.intersects(reached)]
        if not met:
            break
        rest = [line for line in rest if line not in met]
        reached = shapely.union_all(met)
    assert rest == []


def test_minor_streets_do_not_run_through_the_river(town: Town) -> None:
    minor = [road.line for road in town.streets if road.rank == 3]
    wet = sum(line.intersection(town.ground.water).length for line in minor)
    assert wet < 0.001 * sum(line.length for line in minor)


def test_some_main_roads_cross_the_river(town: Town) -> None:
    assert sum(road.line.intersects(town.ground.river) for road in town.streets if road.rank == 1) >= 2


def test_street_names_are_given_once(town: Town) -> None:
    names = [road.name for road in town.streets]
    assert len(names) == len(set(names))


def test_houses_stand_dry_and_beside_the_streets(town: Town, buildings: list[Building]) -> None:
    shapes = np.array([b.shape for b in buildings])
    assert len(shapes) > 5000
    assert not shapely.intersects(shapes, town.ground.water).any()
    middle = shapely.centroid(shapes)
    streets = shapely.union_all([road.line for road in town.streets])
    shapely.prepare(streets)
    assert not shapely.dwithin(streets, middle, 2.0).any()


def test_houses_do_not_stand_in_each_other(buildings: list[Building]) -> None:
    shapes = [b.shape.buffer(-0.5) for b in buildings]
    first, second = shapely.STRtree(shapes).query(shapes, "intersects")
    assert (first == second).all()


def test_districts_fill_the_city_without_overlap(town: Town) -> None:
    whole = town.ground.boundary.area
    parts = [district.shape for district in town.districts]
    assert sum(part.area for part in parts) == pytest.approx(whole, rel=0.01)
    assert shapely.union_all(parts).area == pytest.approx(whole, rel=0.01)


def test_coordinates_agree_between_the_grids() -> None:
    lon, lat = lonlat(0.0, 0.0)
    assert (lon, lat) == pytest.approx((10.343, 51.379), abs=0.01)
    point = shapely.Point(100.0, 200.0)
    assert utm(point).coords[0] == (593_600.0, 5_692_700.0)
    assert degrees(point).coords[0] == pytest.approx(lonlat(100.0, 200.0), abs=2e-6)


EASTERS = {
    2016: (3, 27),
    2019: (4, 21),
    2024: (3, 31),
    2025: (4, 20),
    2026: (4, 5),
    2027: (3, 28),
    2038: (4, 25),
}


@pytest.mark.parametrize("year", EASTERS)
def test_easter_falls_where_the_calendar_has_it(year: int) -> None:
    assert easter(year) == date(year, *EASTERS[year])


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_no_day_is_busier_than_a_working_day_in_term(day: date) -> None:
    assert 0 < working_share(day) <= 1
    if is_holiday(day):
        assert working_share(day) < 0.5


def test_the_weather_has_seasons_and_follows_the_clock() -> None:
    weather = make_weather(7, date(2024, 1, 1), date(2025, 12, 31))
    month = np.array([hour.month for hour in weather.hours])
    assert weather.temperature_c[month == 7].mean() - weather.temperature_c[month == 1].mean() > 12
    yearly = weather.rain_mm.sum() / 2
    assert 350 < yearly < 1400
    assert len(weather.hours) == 731 * 24, "spring takes an hour and autumn gives it back"
    assert len(set(weather.hours)) == len(weather.hours) - 2, "the hours that the clock shows twice"
