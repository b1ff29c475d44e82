# SPDX-License-Identifier: EUPL-1.2
"""A town with one weather station: Ada of the parks owns it; the rest of the cast is the catalogue's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.houses.catalogue.cast import Cast, make_cast

from stoa.commons.cities.acting import acting_in
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.models import Datastream, Location, ObservedProperty, Sensor, Thing

POINT = {"type": "Point", "coordinates": [7.62, 51.96]}


@dataclass(frozen=True, slots=True)
class Town:
    """The cast, and what stands in the park."""

    cast: Cast
    thing: Thing
    location: Location
    sensor: Sensor
    temperature: ObservedProperty
    series: Datastream


def make_town(**facts: Any) -> Town:
    """A station in the park with one series of air temperatures; `facts` go to the series."""
    cast = make_cast()
    with acting_in(cast.city):
        ada = cast.principal("ada")
        thing = setting_up.set_up_thing(
            city=cast.city, by=ada, department=cast.parks, name="Station", description="In the park"
        )
        location = setting_up.set_up_location(city=cast.city, by=ada, name="Park", location=POINT)
        setting_up.place_thing(thing=thing, locations=[location], by=ada)
        sensor = setting_up.set_up_sensor(city=cast.city, by=ada, name="Thermometer")
        temperature = setting_up.known_property(
            city=cast.city, by=ada, name="Air temperature", definition="https://example.org/air-temperature"
        )
        series = setting_up.set_up_datastream(
            thing=thing,
            sensor=sensor,
            observed_property=temperature,
            by=ada,
            **{"name": "Air temperature", "unit_symbol": "°C", "unit_code": "Cel", **facts},
        )
    return Town(cast, thing, location, sensor, temperature, series)
