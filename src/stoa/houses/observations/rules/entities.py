# SPDX-License-Identifier: EUPL-1.2
"""A thing with its series as one entity, and an entity taken apart into what is a series and what is not. Pure.

A Property that says when it was observed is a series; of it the thing's document keeps everything but value and
instant. A Property without a value in the document is therefore one whose value is the latest of a series.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stoa.standards.ngsild.core import DEFAULT_VOCABULARY
from stoa.standards.ngsild.kinds import (
    Attributes,
    Entity,
    Instance,
    Kind,
    instant_of,
    moment_text,
    value_of,
)

LOCATION = "https://uri.etsi.org/ngsi-ld/location"
THING = f"{DEFAULT_VOCABULARY}Thing"
_NAMES = ("https://uri.etsi.org/ngsi-ld/name", f"{DEFAULT_VOCABULARY}name", "https://schema.org/name")
_DESCRIPTIONS = ("http://purl.org/dc/terms/description", f"{DEFAULT_VOCABULARY}description")
OWN_NAME, OWN_DESCRIPTION = _NAMES[1], _DESCRIPTIONS[0]
"""What a thing that was set up elsewhere says of itself."""
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of one series, as an attribute."""

    attribute: str
    dataset: str
    at: datetime
    result: Any
    received_at: datetime
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the tables hold of a thing."""

    uri: str
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    document: Attributes
    created_at: datetime
    modified_at: datetime
    name: str = ""
    description: str = ""
    place: Mapping[str, Any] | None = None
    series: tuple[Latest, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One value of a series, taken out of an entity."""

    attribute: str
    dataset: str
    at: datetime
    result: Any
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Parted:
    """An entity's attributes: what the document keeps, and what goes to series."""

    document: Attributes
    said: tuple[Said, ...] = field(default_factory=tuple)


def plain_number(value: Any) -> Any:
    """A number as somebody would write it: 5 and not 5.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def is_series(instance: Instance) -> bool:
    """Whether an instance is an observation."""
    return instance["type"] == Kind.PROPERTY and "observedAt" in instance and value_of(instance) is not None


def assembled(kept: Kept) -> Entity:
    """The entity; values of series stand where the document has left their place."""
    latest = {(one.attribute, one.dataset): one for one in kept.series}
    attributes: Attributes = {}
    for name, many in kept.document.items():
        found = [_filled(one, latest.get((name, one.get("datasetId", "")))) for one in many]
        if there := [one for one in found if value_of(one) is not None or one["type"] == Kind.JSON]:
            attributes[name] = there
    for (name, dataset), one in latest.items():
        if not any(other.get("datasetId", "") == dataset for other in kept.document.get(name, [])):
            attributes.setdefault(name, []).append(_filled(_bare(one), one))
    attributes |= {name: many for name, many in _of_the_thing(kept).items() if name not in attributes}
    return Entity(
        kept.uri,
        kept.types or (THING,),
        attributes,
        kept.scopes,
        moment_text(kept.created_at),
        moment_text(max([kept.modified_at, *(one.received_at for one in kept.series)])),
    )


def _bare(one: Latest) -> Instance:
    found: Instance = {"type": Kind.PROPERTY.value}
    if one.unit:
        found["unitCode"] = one.unit
    if one.dataset:
        found["datasetId"] = one.dataset
    return found | {"createdAt": moment_text(one.received_at)}


def _filled(instance: Instance, latest: Latest | None) -> Instance:
    if latest is None or value_of(instance) is not None:
        return instance
    found: Instance = {
        "type": instance["type"],
        "value": plain_number(latest.result),
        "observedAt": moment_text(latest.at),
    }
    return found | instance | {"modifiedAt": moment_text(latest.received_at)}


def _of_the_thing(kept: Kept) -> Attributes:
    """What a thing that was set up elsewhere says of itself, as attributes."""
    since = {"createdAt": moment_text(kept.created_at), "modifiedAt": moment_text(kept.modified_at)}
    found: Attributes = {}
    if kept.place:
        found[LOCATION] = [{"type": Kind.GEO.value, "value": dict(kept.place)} | since]
    if not kept.types and kept.name:
        found[OWN_NAME] = [{"type": Kind.PROPERTY.value, "value": kept.name} | since]
    if not kept.types and kept.description:
        found[OWN_DESCRIPTION] = [{"type": Kind.PROPERTY.value, "value": kept.description} | since]
    return found


def parted(attributes: Attributes, before: Attributes | None = None) -> Parted:
    """What of the attributes the document keeps; what is observed and differs from before goes to series."""
    document: Attributes = {}
    said: list[Said] = []
    for name, many in attributes.items():
        document[name] = [_without_value(one) if is_series(one) else one for one in many]
        said += [
            _said(name, one)
            for one in many
            if is_series(one) and not _is_there(one, (before or {}).get(name, []))
        ]
    return Parted(document, tuple(said))


def _said(name: str, one: Instance) -> Said:
    return Said(
        name, one.get("datasetId", ""), instant_of(one["observedAt"]), one["value"], one.get("unitCode", "")
    )


def _without_value(one: Instance) -> Instance:
    return {name: part for name, part in one.items() if name not in {"value", "observedAt"}}


def _is_there(one: Instance, before: Iterable[Instance]) -> bool:
    return any(
        other.get("datasetId", "") == one.get("datasetId", "")
        and other.get("observedAt") == one["observedAt"]
        and other.get("value") == one["value"]
        and type(other.get("value")) is type(one["value"])
        for other in before
    )


def observations_of(name: str, many: Iterable[Instance]) -> list[Said]:
    """All instances of a history that are observations."""
    return [_said(name, one) for one in many if is_series(one)]


def name_of(entity: Entity) -> str:
    """What people call it: its name, else the end of its id."""
    found = _text(entity, _NAMES) or next(
        (_text(entity, (name,)) for name in entity.attributes if name.endswith(("/name", "#name"))), ""
    )
    return (found or entity.id.rpartition(":")[2] or entity.id)[:255]


def description_of(entity: Entity) -> str:
    return _text(entity, _DESCRIPTIONS)


def _text(entity: Entity, names: Iterable[str]) -> str:
    for name in names:
        for one in entity.attributes.get(name, []):
            value = value_of(one)
            if isinstance(value, dict) and one["type"] == Kind.LANGUAGE:
                value = next(iter(value.values()), "")
            if isinstance(value, str) and value:
                return value
    return ""


def place_of(entity: Entity) -> dict[str, Any] | None:
    """Where it is: its `location` without a dataset."""
    for one in entity.attributes.get(LOCATION, []):
        if one["type"] == Kind.GEO and "datasetId" not in one:
            return dict(one["value"])
    return None


def placed_at(entity: Entity) -> datetime | None:
    """Since when it is there, if that is said."""
    for one in entity.attributes.get(LOCATION, []):
        if "datasetId" not in one and "observedAt" in one:
            return instant_of(one["observedAt"])
    return None
