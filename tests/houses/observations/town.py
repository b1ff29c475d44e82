# SPDX-License-Identifier: EUPL-1.2
"""A town with one weather station: Ada of the parks owns it; the rest of the cast is the catalogue's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.houses.catalogue.cast import Cast, make_cast

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.files.models import StoredFile
from stoa.commons.people.models import Department
from stoa.houses.observations.actions import setting_up
from stoa.houses.observations.models import (
    Datastream,
    FileDrop,
    Location,
    ObservedProperty,
    Sensor,
    SeriesGroup,
    Thing,
)
from stoa.houses.observations.rules.drops import Plan, Target
from stoa.houses.observations.terms import DropState, GroupKind

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


def make_marked(
    city: City, level: str, dataset: str, department: Department, file: StoredFile
) -> dict[str, list[str]]:
    """A group whose dataset has a level of access, and a file of values that tells of it; their numbers for addresses."""
    group = SeriesGroup.objects.create(
        city=city, department=department, kind=GroupKind.CHOSEN, licence="CC0", dataset=dataset,
        title={"en": f"Namemark-{level}"}, description={"en": f"Rowmark-{level}"},
    )  # fmt: skip
    plan = Plan(time=("time",), targets={f"Rowmark-{level}": Target("", "Station", "Air temperature")})
    report = {
        "rows": 1, "values": 1, "empty": 0, "unnamed": 0, "twice": 0, "refused": 0, "reasons": [],
        "by_series": {f"Rowmark-{level}": 1}, "since": "", "until": "", "sample": [],
    }  # fmt: skip
    drop = FileDrop.objects.create(
        city=city, department=department, file=file, name=f"Namemark-{level}.csv", state=DropState.CHECKED,
        mapping=plan.to_json(), report=report,
    )  # fmt: skip
    return {"group": [str(group.uid)], "drop": [str(drop.pk)]}
