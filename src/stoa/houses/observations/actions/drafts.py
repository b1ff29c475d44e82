# SPDX-License-Identifier: EUPL-1.2
"""Entities of any kind as somebody wishes them, and what of it goes into which column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import (
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    Location,
    ObservedProperty,
    Sensor,
    Thing,
)
from stoa.houses.observations.terms import OBSERVATION_TYPES, ResultType

Id = int | str

MODELS: Mapping[str, Any] = {
    "thing": Thing,
    "location": Location,
    "historical_location": HistoricalLocation,
    "datastream": Datastream,
    "multi_datastream": Datastream,
    "sensor": Sensor,
    "observed_property": ObservedProperty,
    "feature_of_interest": FeatureOfInterest,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An entity that is to be made or changed, in neutral names."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    related: Mapping[str, tuple[Draft | Id, ...]] = field(default_factory=dict)
    """By relation: entities to be made with it, or ids of some that are there."""


def facts_of(draft: Draft) -> dict[str, Any]:
    """The columns of a draft; what is nothing becomes the column's own nothing."""
    facts = {name: value for name, value in draft.values.items() if name not in _COMPOUND}
    unit = draft.values.get("unit_of_measurement")
    if "unit_of_measurement" in draft.values:
        facts |= {f"unit_{part}": (unit or {}).get(part) or "" for part in ("name", "symbol", "definition")}
    if "multi_observation_data_types" in draft.values or "unit_of_measurements" in draft.values:
        facts["multi"] = _multi(draft.values)
    if draft.kind == "multi_datastream":
        facts |= {"observation_type": OBSERVATION_TYPES[ResultType.JSON], "result_type": ResultType.JSON}
    elif "observation_type" in facts:
        facts["result_type"] = result_type_of(str(facts["observation_type"]))
    model = MODELS[draft.kind]
    facts = {name: _nothing(model, name) if value is None else value for name, value in facts.items()}
    for name, value in facts.items():
        _refuse_long(model, name, value)
    return facts


_COMPOUND = frozenset({"unit_of_measurement", "unit_of_measurements", "multi_observation_data_types"})


def result_type_of(observation_type: str) -> ResultType:
    """What results of an observation type are; OM_Observation and unknown types may be anything."""
    kinds = {code: kind for kind, code in OBSERVATION_TYPES.items() if kind is not ResultType.TEXT}
    return kinds.get(observation_type, ResultType.JSON)


def _multi(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    units, types = values.get("unit_of_measurements"), values.get("multi_observation_data_types")
    if not units or not types or len(units) != len(types):
        raise refused(
            "observations.parts_uneven",
            "unit_of_measurements",
        )
    return [{"unit": unit, "observation_type": kind} for unit, kind in zip(units, types, strict=True)]


def _nothing(model: type[models.Model], name: str) -> Any:
    column = model._meta.get_field(name)  # noqa: SLF001 - Django's public door, despite its name
    if not isinstance(column, models.Field):
        return None
    return None if column.null else column.get_default()


def _refuse_long(model: type[models.Model], name: str, value: Any) -> None:
    column = model._meta.get_field(name)  # noqa: SLF001 - as above
    most = getattr(column, "max_length", None)
    if isinstance(value, str) and most is not None and len(value) > most:
        raise Refused(
            Problem(
                "observations.text_too_long",
                say("“%(name)s” is too long.", name=name),
                say("A list or a map could not show it."),
                say("Use at most %(most)s letters; put the rest into the description.", most=most),
                field=name,
            )
        )


def refused(code: str, name: str) -> Refused:
    """A draft that hangs together badly."""
    return Refused(Problem(code, _WHAT[code], _WHY[code], _DO[code], field=name))


_WHAT = {
    "observations.parts_uneven": say(
        "Units, types and observed properties of the series are not equally many."
    ),
    "observations.link_unknown": say("There is no such entity to link to, or you may not know of it."),
    "observations.link_missing": say("Something that the entity belongs to was not told."),
    "observations.place_missing": say(
        "Nobody told what the observation speaks of, and the thing stands nowhere yet."
    ),
    "observations.type_in_use": say("The kind of result cannot change while there are observations."),
}
_WHY = {
    "observations.parts_uneven": say("Each part of a result has one unit, one type and one property."),
    "observations.link_unknown": say("An entity cannot belong to something that is not there."),
    "observations.link_missing": say("An entity that belongs to nothing would never be found."),
    "observations.place_missing": say("Every observation has a feature of interest."),
    "observations.type_in_use": say("What was observed would no longer fit its series."),
}
_DO = {
    "observations.parts_uneven": say("Tell as many of each, in the same order."),
    "observations.link_unknown": say("Look up the id, or send the whole entity instead of it."),
    "observations.link_missing": say("Add a link to it."),
    "observations.place_missing": say("Send a feature of interest, or give the thing a location first."),
    "observations.type_in_use": say("Set up a new series."),
}
