# SPDX-License-Identifier: EUPL-1.2
"""A lamp with a series, as programs of SensorThings send it in one piece, and the sets of the standard."""

from __future__ import annotations

POINT = {"type": "Point", "coordinates": [-114.05, 51.05]}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
LOCATION = {
    "name": "Bow",
    "description": "A river",
    "encodingType": "application/vnd.geo+json",
    "location": POINT,
}
SENSOR = {
    "name": "Probe",
    "description": "x",
    "encodingType": "application/pdf",
    "metadata": "http://example.org/TM.pdf",
}
PROPERTY = {
    "name": "Luminous Flux",
    "definition": "http://qudt.org/LuminousFlux",
    "description": "Power of light",
}
UNIT = {"name": "Lumen", "symbol": "lm", "definition": "http://qudt.org/Lumen"}
STREAM = {
    "name": "light", "description": "datastream 1", "unitOfMeasurement": UNIT, "observationType": MEASUREMENT,
    "ObservedProperty": PROPERTY, "Sensor": SENSOR,
    "Observations": [
        {"phenomenonTime": "2015-03-03T00:00:00Z", "result": 3}, {"phenomenonTime": "2015-03-04T00:00:00Z", "result": 4},
    ],
}  # fmt: skip
THING = {
    "name": "Lamp", "description": "thing 1", "properties": {"reference": "first", "n": {"deep": [1, 2]}},
    "Locations": [LOCATION], "Datastreams": [STREAM],
}  # fmt: skip
FEATURE = {"name": "Pond", "description": "x", "encodingType": "application/geo+json", "feature": POINT}
SETS = ["Things", "Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams", "Sensors", "ObservedProperties",
        "Observations", "FeaturesOfInterest"]  # fmt: skip
