# SPDX-License-Identifier: EUPL-1.2
"""Builds the simulated city into a folder that is loaded like any other city's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from stoa.site.simulation import furniture, happenings, land, live, money, sensors, series, services
from stoa.site.simulation.describing import describe
from stoa.site.simulation.place import lonlat
from stoa.site.simulation.rhythm import make_weather
from stoa.site.simulation.town import Town, grow
from stoa.site.simulation.world import Maker, World

MAKERS: tuple[Maker, ...] = (
    land.districts,
    land.streets,
    land.buildings,
    land.green,
    land.water,
    land.heat_network,
    furniture.trees,
    furniture.playgrounds,
    furniture.containers,
    furniture.chargers,
    series.bikes,
    series.car_parks,
    series.occupancy,
    series.air,
    series.climate,
    series.river_level,
    happenings.reports,
    happenings.accidents,
    happenings.bus_lines,
    happenings.bus_stops,
    services.population,
    services.schools,
    services.clubs,
    services.waiting_times,
    services.permits,
    services.events,
    money.budget,
    money.waste,
    money.energy,
    money.bathing_water,
)


def build(folder: Path, *, seed: int = 7, today: date) -> Path:
    """Write the whole city as of a day into a folder, and return the folder: `city.toml`, its files and its registers.

    The same seed and day give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    town = grow(seed)
    weather = make_weather(seed, today - timedelta(days=730), today - timedelta(days=1))
    world = World(seed, today, folder, town, weather)
    entries = [make(world) for make in MAKERS]
    sensors.sensors(world)
    (folder / "city.toml").write_text(describe(entries, _area(town), live.entries(world)), encoding="utf-8")
    return folder


def _area(town: Town) -> tuple[float, float, float, float]:
    west, south, east, north = town.ground.boundary.bounds
    low, high = lonlat(west, south), lonlat(east, north)
    return (low[0] - 0.003, low[1] - 0.003, high[0] + 0.003, high[1] + 0.003)
