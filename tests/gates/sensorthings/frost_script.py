# SPDX-License-Identifier: EUPL-1.2
"""What the client of FROST does with a service, run by the interpreter of the strangers' clients; prints JSON.

python frost_script.py ADDRESS KEY
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import frost_sta_client as fsc
from frost_sta_client.model.ext.data_array_document import DataArrayDocument
from frost_sta_client.model.ext.data_array_value import DataArrayValue
from frost_sta_client.model.ext.unitofmeasurement import UnitOfMeasurement
from geojson import Point

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def made_thing(service: fsc.SensorThingsService) -> fsc.Thing:
    """A thing with a place and two series, by one deep insert."""
    unit = UnitOfMeasurement(name="degree Celsius", symbol="°C", definition="http://qudt.org/DEG_C")
    series = [
        fsc.Datastream(
            name=name, description="x", observation_type=MEASUREMENT, unit_of_measurement=unit,
            sensor=fsc.Sensor(name=f"{name} probe", description="x", encoding_type="text/plain", metadata="none"),
            observed_property=fsc.ObservedProperty(name=name, definition="http://example.org/t", description="x"),
        )
        for name in ("air", "water")
    ]  # fmt: skip
    place = fsc.Location(
        name="Pier", description="x", encoding_type="application/geo+json", location=Point((7.6, 51.9))
    )
    thing = fsc.Thing(
        name="Buoy", description="floats", properties={"floor": 0}, locations=[place], datastreams=series
    )
    service.create(thing)
    return thing


def data_array(series: fsc.Datastream, count: int) -> DataArrayDocument:
    table = DataArrayValue()
    table.datastream = series
    table.components = {DataArrayValue.Property.PHENOMENON_TIME, DataArrayValue.Property.RESULT}
    for number in range(count):
        at = (NOON + timedelta(hours=number)).isoformat()
        table.add_observation(fsc.Observation(phenomenon_time=at, result=100 + number))
    document = DataArrayDocument()
    document.add_data_array_value(table)
    return document


def tried(deed: Any) -> int:
    """The status of a request that fails."""
    import requests

    try:
        deed()
    except requests.exceptions.HTTPError as error:
        return int(error.response.status_code)
    return 200


def run(address: str, key: str) -> dict[str, Any]:
    told: dict[str, Any] = {}
    service = fsc.SensorThingsService(address, auth_handler=fsc.AuthHandler("stoa", key))
    anybody = fsc.SensorThingsService(address)
    thing = made_thing(service)
    found = anybody.things().find(thing.id)
    told["thing"] = [found.name, found.properties, found.description]
    listed = found.get_datastreams().query().orderby("name", "asc").list()
    told["series"] = [one.name for one in listed]
    air = listed.get(0)
    told["unit"] = air.unit_of_measurement.symbol
    for number in range(5):
        at = (NOON + timedelta(minutes=number)).isoformat()
        observation = fsc.Observation(phenomenon_time=at, result=20.5 + number, datastream=air)
        service.create(observation)
    told["last_id"] = observation.id
    told["last"] = anybody.observations().find(observation.id).result
    query = air.get_observations().query()
    told["filtered"] = [
        o.result for o in query.filter("result gt 22 and phenomenonTime lt 2026-05-31T12:04:00Z").list()
    ]
    query = air.get_observations().query()
    page = query.top(2).count().orderby("phenomenonTime", "DESC").list()
    told["count"], told["first_page"] = page.count, len(page.entities)
    told["all_pages"] = [one.result for one in page]
    created = service.observations().create(data_array(air, 3))
    told["array_links"] = len(created)
    told["array_results"] = sorted(
        o.result for o in air.get_observations().query().filter("result ge 100").list()
    )
    expand = "Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc),Sensor),Locations"
    whole = anybody.things().query().filter("name eq 'Buoy'").expand(expand).list().get(0)
    told["expanded"] = {s.name: [o.result for o in s.observations.entities] for s in whole.datastreams}
    told["sensors"] = sorted(one.sensor.name for one in whole.datastreams)
    told["place"] = whole.locations.get(0).location
    service.patch(found, [{"op": "replace", "path": "/description", "value": "sinks"}])
    found.service, found.name = service, "Boat"
    told["patched"] = anybody.things().find(thing.id).description
    plain = fsc.Thing(id=thing.id, name="Boat", description="rows")
    service.update(plain)
    told["updated"] = [anybody.things().find(thing.id).name, anybody.things().find(thing.id).description]
    told["nobody"] = tried(lambda: anybody.delete(found))
    service.delete(found)
    told["deleted"] = tried(lambda: anybody.things().find(thing.id))
    told["series_gone"] = tried(lambda: anybody.datastreams().find(air.id))
    told["wrong"] = tried(lambda: anybody.things().query().filter("nme eq 1").list())
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(*sys.argv[1:3])))
