# SPDX-License-Identifier: EUPL-1.2
"""From the way an entity is kept to the three ways it is written, and to GeoJSON (clauses 4.5.2 to 4.5.16)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.kinds import (
    KIND_OF,
    KINDS,
    SYSTEM,
    VALUE_OF,
    Attributes,
    Entity,
    Instance,
    Kind,
    is_geometry,
    kind_of,
    value_of,
)


class Form(StrEnum):
    """A way to write entities, by its name in `options` and `format`."""

    NORMALIZED = "normalized"
    CONCISE = "concise"
    SIMPLIFIED = "simplified"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of an entity is to be shown, and how; names are IRIs, or `id`, `type`, `scope`, `createdAt` ..."""

    form: Form = Form.NORMALIZED
    has_system: bool = False
    attributes: frozenset[str] = frozenset()
    """Only these attributes; empty for all."""
    pick: frozenset[str] = frozenset()
    """Only these members, id and type too only if they are named; empty for all."""
    omit: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()
    """Only instances with these; `@none` is the one without."""
    language: str = ""
    """Preferred languages as in Accept-Language; texts in many languages become one."""
    geometry: str = ""
    """The GeoProperty that is a feature's place; empty for `location`."""


EVERYTHING = Wanted()
LINKED = frozenset({"entity", "entityList"})
"""Members of a relationship that was joined inline (clause 4.5.23)."""
_MEMBER_ORDER = ("type", "value", "object", "languageMap", "vocab", "json", "valueList", "objectList")
_LANGUAGE = re.compile(
    r"^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$"
)


def entity(found: Entity, context: Context, wanted: Wanted = EVERYTHING) -> dict[str, Any]:
    """The document of an entity, without an @context."""
    types = [context.compact(name) for name in found.types]
    document: dict[str, Any] = {"id": found.id, "type": types[0] if len(types) == 1 else types}
    if found.scopes:
        document["scope"] = found.scopes[0] if len(found.scopes) == 1 else list(found.scopes)
    system = zip(SYSTEM, (found.created_at, found.modified_at, found.deleted_at), strict=True)
    document |= {name: text for name, text in system if text and wanted.has_system}
    document = {name: part for name, part in document.items() if _is_shown(name, wanted)}
    for iri, instances in shown(found.attributes, wanted).items():
        document[context.compact(iri)] = attribute(instances, context, wanted)
    return document


def shown(attributes: Attributes, wanted: Wanted) -> Attributes:
    """The attributes and instances that are asked for."""
    found = {}
    for iri, instances in attributes.items():
        if (wanted.attributes and iri not in wanted.attributes) or not _is_shown(iri, wanted):
            continue
        kept = [
            one
            for one in instances
            if not wanted.datasets or one.get("datasetId", "@none") in wanted.datasets
        ]
        if kept:
            found[iri] = kept
    return found


def _is_shown(name: str, wanted: Wanted) -> bool:
    return name not in wanted.omit and (not wanted.pick or name in wanted.pick)


def attribute(instances: list[Instance], context: Context, wanted: Wanted) -> Any:
    """One attribute with all its instances."""
    if wanted.form is Form.SIMPLIFIED:
        if len(instances) == 1 and "datasetId" not in instances[0]:
            return simplified(instances[0], context, wanted)
        by_set = {one.get("datasetId", "@none"): simplified(one, context, wanted) for one in instances}
        # A single instance of a dataset is the attribute's only value, so it is shown as one.
        return next(iter(by_set.values())) if len(by_set) == 1 else {"dataset": by_set}
    write = normalized if wanted.form is Form.NORMALIZED else concise
    found = [write(one, context, wanted) for one in instances]
    return found[0] if len(found) == 1 else found


def simplified(instance: Instance, context: Context, wanted: Wanted = EVERYTHING) -> Any:
    """The bare value."""
    instance = in_language(instance, wanted.language)
    if LINKED & instance.keys():
        return _linked(instance.get("entity") or instance.get("entityList"), context, wanted)
    kind, value = kind_of(instance), value_of(instance)
    if kind in {Kind.LANGUAGE, Kind.JSON}:
        return {VALUE_OF[kind]: value}
    if kind is Kind.VOCAB:
        return {"vocab": _words(value, context)}
    if kind in {Kind.LIST, Kind.LIST_RELATIONSHIP}:
        return {VALUE_OF[kind]: value}
    return _plain(value)


def _plain(value: Any) -> Any:
    """A JSON-LD typed value is its bare text in the simplified form."""
    if isinstance(value, dict) and "@value" in value and value.keys() <= {"@value", "@type"}:
        return value["@value"]
    return value


def _words(value: Any, context: Context) -> Any:
    if isinstance(value, list):
        return [context.compact(word) for word in value]
    return context.compact(value) if isinstance(value, str) else value


def normalized(instance: Instance, context: Context, wanted: Wanted = EVERYTHING) -> Instance:
    """An attribute with its type and everything that is said of it."""
    instance = in_language(instance, wanted.language)
    kind = kind_of(instance)
    found: Instance = {"type": kind.value}
    for name, part in instance.items():
        if ":" in name:
            found[context.compact(name)] = attribute(part, context, wanted)
        elif name in LINKED:
            found[name] = _linked(part, context, wanted)
        elif name in SYSTEM:
            if wanted.has_system:
                found[name] = part
        elif name == VALUE_OF[kind]:
            found[name] = _written_value(part, kind, context)
        elif name in {"objectType", "valueType"}:
            names = [context.compact(word) for word in part]
            found[name] = names[0] if len(names) == 1 else names
        else:
            found[name] = part
    return found


def _linked(found: Any, context: Context, wanted: Wanted) -> Any:
    """Things pointed to, inside of what points to them; each is an entity and the names to show of it."""
    several = found if isinstance(found, list) else [found]
    written = [
        entity(one, context, replace(wanted, attributes=frozenset(), pick=pick, omit=frozenset()))
        for one, pick in several
    ]
    return written if isinstance(found, list) else written[0]


def _written_value(value: Any, kind: Kind, context: Context) -> Any:
    if kind is Kind.VOCAB:
        return _words(value, context)
    if kind is Kind.LIST_RELATIONSHIP and isinstance(value, list):
        return [{"object": part} for part in value]
    return value


def concise(instance: Instance, context: Context, wanted: Wanted = EVERYTHING) -> Any:
    """An attribute without what its form shows anyway; its bare value if nothing else is said of it."""
    found = normalized(instance, context, wanted)
    kind = Kind(found.pop("type"))
    value = found.get("value")
    if kind is Kind.PROPERTY and is_geometry(value):
        return {"type": kind.value} | found
    if kind is Kind.GEO and not is_geometry(value):
        return {"type": kind.value} | found
    if kind in {Kind.PROPERTY, Kind.GEO} and found.keys() == {"value"} and not looks_written(value):
        return value
    return found


def looks_written(value: Any) -> bool:
    """Whether a bare value would be taken for an attribute with members of its own."""
    if isinstance(value, list):
        return (
            bool(value)
            and all(looks_written(part) for part in value if not isinstance(part, list))
            and all(isinstance(part, dict) for part in value)
        )
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    return (isinstance(kind, str) and kind in KINDS) or any(member in value for member in KIND_OF)


def in_language(instance: Instance, wanted: str) -> Instance:
    """A LanguageProperty as a Property in the best language there is (clause 4.15)."""
    if not wanted or instance["type"] != Kind.LANGUAGE or not isinstance(instance.get("languageMap"), dict):
        return instance
    texts: Mapping[str, Any] = instance["languageMap"]
    if not texts:
        return instance
    found = best_language(wanted, list(texts))
    rest = {name: part for name, part in instance.items() if name not in {"type", "languageMap"}}
    return {"type": Kind.PROPERTY.value, "value": texts[found], "lang": found} | rest


def best_language(wanted: str, there: list[str]) -> str:
    """The language of those there that is wanted most (RFC 4647 lookup); else the default; else the first."""
    wishes = [match for part in wanted.split(",")[:20] if (match := _LANGUAGE.match(part))]
    by_lower = {language.lower(): language for language in there}
    for wish in sorted(wishes, key=lambda match: -float(match[2] or 1)):
        tag = wish[1].lower()
        while tag and tag != "*":
            if tag in by_lower:
                return by_lower[tag]
            tag = tag.rpartition("-")[0]
        near = [language for lower, language in by_lower.items() if lower.startswith(f"{wish[1].lower()}-")]
        if near:
            return near[0]
    return "@none" if "@none" in there else there[0]


def feature(found: Entity, context: Context, wanted: Wanted = EVERYTHING) -> dict[str, Any]:
    """An entity as a GeoJSON feature (clause 4.5.16); its geometry stays in its properties too."""
    place = wanted.geometry or "https://uri.etsi.org/ngsi-ld/location"
    shapes = [one for one in found.attributes.get(place, []) if one["type"] == Kind.GEO]
    if wanted.datasets:
        shapes = [one for one in shapes if one.get("datasetId", "@none") in wanted.datasets]
    default = [one for one in shapes if "datasetId" not in one] or shapes
    document = entity(found, context, wanted)
    document.pop("id", None)
    return {
        "id": found.id,
        "type": "Feature",
        "geometry": default[0].get("value") if default else None,
        "properties": document,
    }


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Many features as one document."""
    return {"type": "FeatureCollection", "features": features}
