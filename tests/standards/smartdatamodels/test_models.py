# SPDX-License-Identifier: EUPL-1.2
"""The declared models: published examples fit, nonsense does not, and the published schemas agree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stoa.standards.ngsild import contexts, parsing
from stoa.standards.ngsild.parsing import Style
from stoa.standards.smartdatamodels.checking import faults
from stoa.standards.smartdatamodels.models import COMMON, LINKS, MODELS

SHARED = Path(__file__).parents[4] / "shared"
EXAMPLES = SHARED / "data" / "10_standards_samples" / "ngsi-ld"
SCHEMAS = SHARED / "schemas" / "smart-data-models"
FILES = [path for path in sorted(EXAMPLES.glob("*_example.jsonld")) if path.name.partition("_")[0] in MODELS]


def judged(document: dict[str, Any]) -> list[str]:
    return faults(parsing.entity(document, contexts.core(), Style(is_simplified=True)))


@pytest.mark.real
@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the shared examples are not beside this checkout")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_published_examples_fit(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("@context")
    assert judged(document) == []


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("OffStreetParking", "availableSpotNumber", -1),
        ("OffStreetParking", "availableSpotNumber", "12"),
        ("OffStreetParking", "availableSpotNumber", 1.5),
        ("OffStreetParking", "availableSpotNumber", True),
        ("OffStreetParking", "occupancy", 68),
        ("OffStreetParking", "layout", "multiLevel"),
        ("OffStreetParking", "layout", ["tower"]),
        ("AirQualityObserved", "no2", -4),
        ("AirQualityObserved", "dateObserved", "yesterday"),
        ("AirQualityObserved", "relativeHumidity", 54),
        ("WeatherObserved", "temperature", "mild"),
        ("WeatherObserved", "address", "Town Hall"),
        ("BikeHireDockingStation", "availableBikeNumber", -1),
        ("TrafficFlowObserved", "congested", "yes"),
        ("Streetlight", "powerState", "dim"),
        ("WasteContainer", "fillingLevel", 80),
        ("ParkingSpot", "status", "maybe"),
        ("NoiseLevelObserved", "LAeq", "loud"),
        ("OnStreetParking", "totalSpotNumber", 0),
    ],
)
def test_a_value_that_cannot_be_is_told(kind: str, name: str, value: Any) -> None:
    (fault,) = judged({"id": "urn:x:1", "type": kind, name: value})
    assert name in fault
    assert kind in fault


def test_types_of_others_and_attributes_that_are_not_declared_are_free() -> None:
    assert judged({"id": "urn:x:1", "type": "Room", "temperature": "mild"}) == []
    assert judged({"id": "urn:x:1", "type": "OffStreetParking", "colour": ["grey"]}) == []
    other = contexts.build([{"Streetlight": "https://other.example/Streetlight"}], lambda address: {})
    entity = parsing.entity({"id": "urn:x:1", "type": "Streetlight", "powerState": "dim"}, other)
    assert faults(entity) == []


@pytest.mark.real
@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the shared schemas are not beside this checkout")
@pytest.mark.parametrize("name", ["OffStreetParking", "ParkingSpot", "AirQualityObserved"])
def test_our_declarations_agree_with_the_published_schema(name: str) -> None:
    """Values that the schema's own type forbids are faults here, and every limit of a number is the same."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    declared = COMMON | dict(MODELS[name])
    checked = 0
    for part in schema["allOf"]:
        for attribute, says in part.get("properties", {}).items():
            facet = declared.get(attribute)
            if facet is None or "type" not in says or facet is LINKS:
                continue
            checked += 1
            wrong = {"array": "text", "string": 5, "object": "text"}.get(says["type"], "text")
            assert facet.fault(wrong), attribute
            if says["type"] in {"number", "integer"} and "minimum" in says and attribute != "windDirection":
                assert not facet.fault(max(1, says["minimum"])), attribute
                assert facet.fault(says["minimum"] - 1), attribute
            if "enum" in says.get("items", {}) and attribute in {"layout", "status", "reservationType"}:
                assert not facet.fault(says["items"]["enum"]), attribute
    assert checked > 1
