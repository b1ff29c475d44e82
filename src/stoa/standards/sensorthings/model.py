# SPDX-License-Identifier: EUPL-1.2
"""The entities of SensorThings: what they hold, how they hang together, and our neutral names for it.

A neutral name is the standard's in small letters with underscores: `FeatureOfInterest` is `feature_of_interest`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


def neutral(name: str) -> str:
    """The name without the wire's capitals.

    >>> neutral("phenomenonTime"), neutral("MultiDatastreams")
    ('phenomenon_time', 'multi_datastreams')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class Form(StrEnum):
    """What a property may hold."""

    TEXT = "text"
    JSON = "json"
    OBJECT = "object"
    GEOMETRY = "geometry"
    INSTANT = "instant"
    TIME = "time"
    """An instant, or an interval."""
    INTERVAL = "interval"
    UNIT = "unit"
    UNITS = "units"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity."""

    name: str
    form: Form = Form.TEXT
    is_needed: bool = False
    is_computed: bool = False
    """Made by the server; passed over where somebody sends it."""

    @property
    def neutral(self) -> str:
        return neutral(self.name)

    @property
    def has_parts(self) -> bool:
        """Whether a path may go on into it."""
        return self.form in {Form.JSON, Form.OBJECT, Form.GEOMETRY, Form.UNIT, Form.UNITS, Form.TEXTS}


@dataclass(frozen=True, slots=True)
class Relation:
    """A way from one entity to others."""

    name: str
    target: str
    """Name of the kind at the other end."""
    is_needed: bool = False

    @property
    def neutral(self) -> str:
        return neutral(self.name)

    @property
    def is_many(self) -> bool:
        return self.name != self.target


@dataclass(frozen=True)
class Kind:
    """One of the entity types."""

    name: str
    set_name: str
    listed: tuple[Property, ...]
    ways: tuple[Relation, ...]

    @property
    def neutral(self) -> str:
        return neutral(self.name)

    @cached_property
    def properties(self) -> dict[str, Property]:
        return {one.name: one for one in self.listed}

    @cached_property
    def relations(self) -> dict[str, Relation]:
        return {one.name: one for one in self.ways}


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, is_needed=True) for name in names)


_PROPERTIES = Property("properties", Form.OBJECT)
_COMPUTED = (
    Property("observedArea", Form.GEOMETRY, is_computed=True),
    Property("phenomenonTime", Form.INTERVAL, is_computed=True),
    Property("resultTime", Form.INTERVAL, is_computed=True),
)
_SERIES = (Relation("Datastreams", "Datastream"), Relation("MultiDatastreams", "MultiDatastream"))

_KINDS = (
    Kind(
        "Thing",
        "Things",
        (*_texts("name", "description"), _PROPERTIES),
        (
            Relation("Locations", "Location"),
            Relation("HistoricalLocations", "HistoricalLocation"),
            *_SERIES,
        ),
    ),
    Kind(
        "Location",
        "Locations",
        (
            *_texts("name", "description", "encodingType"),
            Property("location", Form.GEOMETRY, is_needed=True),
            _PROPERTIES,
        ),
        (Relation("Things", "Thing"), Relation("HistoricalLocations", "HistoricalLocation")),
    ),
    Kind(
        "HistoricalLocation",
        "HistoricalLocations",
        (Property("time", Form.INSTANT, is_needed=True),),
        (Relation("Thing", "Thing", is_needed=True), Relation("Locations", "Location", is_needed=True)),
    ),
    Kind(
        "Datastream",
        "Datastreams",
        (
            *_texts("name", "description", "observationType"),
            Property("unitOfMeasurement", Form.UNIT, is_needed=True),
            *_COMPUTED,
            _PROPERTIES,
        ),
        (
            Relation("Thing", "Thing", is_needed=True),
            Relation("Sensor", "Sensor", is_needed=True),
            Relation("ObservedProperty", "ObservedProperty", is_needed=True),
            Relation("Observations", "Observation"),
        ),
    ),
    Kind(
        "MultiDatastream",
        "MultiDatastreams",
        (
            *_texts("name", "description"),
            Property("observationType"),
            Property("multiObservationDataTypes", Form.TEXTS, is_needed=True),
            Property("unitOfMeasurements", Form.UNITS, is_needed=True),
            *_COMPUTED,
            _PROPERTIES,
        ),
        (
            Relation("Thing", "Thing", is_needed=True),
            Relation("Sensor", "Sensor", is_needed=True),
            Relation("ObservedProperties", "ObservedProperty", is_needed=True),
            Relation("Observations", "Observation"),
        ),
    ),
    Kind(
        "Sensor",
        "Sensors",
        (
            *_texts("name", "description", "encodingType"),
            Property("metadata", Form.JSON, is_needed=True),
            _PROPERTIES,
        ),
        _SERIES,
    ),
    Kind(
        "ObservedProperty",
        "ObservedProperties",
        (*_texts("name", "definition", "description"), _PROPERTIES),
        _SERIES,
    ),
    Kind(
        "Observation",
        "Observations",
        (
            Property("phenomenonTime", Form.TIME),
            Property("result", Form.JSON, is_needed=True),
            Property("resultTime", Form.INSTANT),
            Property("resultQuality", Form.JSON),
            Property("validTime", Form.INTERVAL),
            Property("parameters", Form.OBJECT),
        ),
        (
            Relation("Datastream", "Datastream"),
            Relation("MultiDatastream", "MultiDatastream"),
            Relation("FeatureOfInterest", "FeatureOfInterest"),
        ),
    ),
    Kind(
        "FeatureOfInterest",
        "FeaturesOfInterest",
        (
            *_texts("name", "description", "encodingType"),
            Property("feature", Form.GEOMETRY, is_needed=True),
            _PROPERTIES,
        ),
        (Relation("Observations", "Observation"),),
    ),
)

KINDS = {kind.name: kind for kind in _KINDS}
SETS = {kind.set_name: kind for kind in _KINDS}
NEUTRAL = {kind.neutral: kind for kind in _KINDS}
OBSERVATION = KINDS["Observation"]
IDS = frozenset({"id", "@iot.id"})
ITSELF = frozenset({"selfLink", "@iot.selfLink"})

_REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req"
MQTT_CREATE = f"{_REQUIREMENTS}/create-observations-via-mqtt/observations-creation"
MQTT_UPDATES = f"{_REQUIREMENTS}/receive-updates-via-mqtt/receive-updates"
CONFORMANCE = tuple(
    f"{_REQUIREMENTS}/{name}"
    for name in (
        *(f"datamodel/{neutral(kind.name).replace('_', '-')}/properties" for kind in _KINDS
          if kind.name != "MultiDatastream"),
        *(f"datamodel/{neutral(kind.name).replace('_', '-')}/relations" for kind in _KINDS
          if kind.name != "MultiDatastream"),
        "datamodel/entity-control-information/common-control-information",
        "resource-path/resource-path-to-entities",
        "request-data/status-codes", "request-data/query-status-code", "request-data/order", "request-data/expand",
        "request-data/select", "request-data/orderby", "request-data/skip", "request-data/top", "request-data/filter",
        "request-data/built-in-filter-operations", "request-data/built-in-query-functions", "request-data/count",
        "request-data/pagination",
        "create-update-delete/create-entity", "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert", "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity", "create-update-delete/update-entity-put",
        "create-update-delete/update-entity-jsonpatch", "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "batch-request/batch-request",
        "multi-datastream/properties", "multi-datastream/relations", "multi-datastream/constraints",
        "data-array/data-array",
    )
)  # fmt: skip
"""What `/v1.1` says that it fulfils, without MQTT, which depends on a broker."""
