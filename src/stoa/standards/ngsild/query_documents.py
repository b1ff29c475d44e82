# SPDX-License-Identifier: EUPL-1.2
"""Queries that come as a document: the Query of `entityOperations/query` and parts that subscriptions share (5.2.23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from stoa.ground.conditions import Node
from stoa.standards.ngsild import places, selectors
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import uri
from stoa.standards.ngsild.parameters import EntityQuery, Selector, query
from stoa.standards.ngsild.parsing import checked_name
from stoa.standards.ngsild.patterns import checked_pattern

_MEMBERS = frozenset(
    {"type", "entities", "attrs", "pick", "omit", "q", "geoQ", "csf", "temporalQ", "scopeQ", "lang", "expandValues",
     "join", "joinLevel", "containedBy", "datasetId", "local", "jsonKeys", "id"}
)  # fmt: skip
_TEXTS = ("q", "scopeQ", "lang", "join")
_LISTS = ("attrs", "pick", "omit", "containedBy", "datasetId", "expandValues")


def query_document(
    body: Any, values: Mapping[str, list[str]], context: Context
) -> tuple[EntityQuery, dict[str, str]]:
    """What a Query document asks, and its temporal part as parameters; `values` are those of the address."""
    if not isinstance(body, dict) or body.get("type") != "Query":
        raise unfit("The body is an object with type Query")
    if unknown := sorted(body.keys() - _MEMBERS):
        raise unfit(f"A Query has no member “{unknown[0][:60]}”")
    found = query(_as_parameters(body, values), context)
    if "geoQ" in body:
        found = replace(found, place=geo_query(body["geoQ"], context))
    if "entities" in body:
        found = replace(found, selectors=entity_selectors(body["entities"], context))
    return found, temporal_values(body.get("temporalQ"))


def _as_parameters(body: dict[str, Any], values: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The members of a Query that are the same as parameters of an address."""
    asked: dict[str, list[str]] = {name: list(said) for name, said in values.items()}
    for name in _TEXTS:
        if name in body:
            asked[name] = [_text(body[name], name)]
    for name in _LISTS:
        if name in body:
            asked[name] = [",".join(_texts(body[name], name))]
    if "joinLevel" in body:
        asked["joinLevel"] = [str(body["joinLevel"])]
    if body.get("entities") or "geoQ" in body or body.get("local") is True:
        asked.setdefault("local", ["true"])
    return asked


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise unfit(f"{name} is a text")
    return value


def _texts(value: Any, name: str) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    if not parts or not all(isinstance(part, str) and part and "," not in part for part in parts):
        raise unfit(f"{name} is a list of texts")
    return parts


def entity_selectors(value: Any, context: Context) -> tuple[Selector, ...]:
    """A list of EntitySelectors (clause 5.2.33): type with, if it is said, id or idPattern."""
    if not isinstance(value, list) or not 0 < len(value) <= 100:
        raise unfit("entities is a list of selectors")
    return tuple(_selector(one, context) for one in value)


def _selector(one: Any, context: Context) -> Selector:
    if not isinstance(one, dict) or not one or one.keys() - {"id", "idPattern", "type"}:
        raise unfit("A selector of entities has the members type, id and idPattern")
    ids = one.get("id")
    found = (
        tuple(uri(part, "id") for part in (ids if isinstance(ids, list) else [ids]))
        if ids is not None
        else ()
    )
    pattern = one.get("idPattern")
    types = one.get("type")
    return Selector(
        found,
        checked_pattern(_text(pattern, "idPattern"), "idPattern")
        if pattern is not None and not found
        else "",
        selectors.types(_text(types, "type"), context) if types is not None and types != "*" else None,
    )


def geo_query(value: Any, context: Context) -> Node:
    """A GeoQuery object (clause 5.2.13)."""
    allowed = {"geometry", "coordinates", "georel", "geoproperty"}
    if (
        not isinstance(value, dict)
        or value.keys() - allowed
        or not {"geometry", "coordinates", "georel"} <= value.keys()
    ):
        raise unfit("geoQ has the members georel, geometry, coordinates and geoproperty")
    name = value.get("geoproperty", "location")
    if not isinstance(name, str):
        raise unfit("geoproperty is a name")
    iri = context.expand(checked_name(name))
    georel, kind = _text(value["georel"], "georel"), _text(value["geometry"], "geometry")
    return places.condition(georel, kind, value["coordinates"], geoproperty=iri)


def temporal_values(value: Any) -> dict[str, str]:
    """A TemporalQuery object (clause 5.2.21) as the parameters it stands for."""
    if value is None:
        return {}
    allowed = {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN"}
    if not isinstance(value, dict) or value.keys() - allowed:
        raise unfit("temporalQ has the members timerel, timeAt, endTimeAt, timeproperty and lastN")
    return {name: str(part) for name, part in value.items()}
