# SPDX-License-Identifier: EUPL-1.2
"""Entities and collections as JSON (18-088, clauses 8 and 9.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from stoa.standards.sensorthings.model import CONFORMANCE, MQTT_CREATE, MQTT_UPDATES, NEUTRAL, SETS, Kind
from stoa.standards.sensorthings.options import Options
from stoa.standards.sensorthings.paths import Id, address
from stoa.standards.sensorthings.values import write_value


class Entity(Protocol):
    """An entity as a house tells it, in neutral names."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> Id: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def related(self) -> Mapping[str, Entity | Listing | None]:
        """What was expanded, by the neutral name of the relation."""
        ...


class Listing(Protocol):
    """A page of entities."""

    @property
    def entities(self) -> Sequence[Entity]: ...
    @property
    def count(self) -> int | None:
        """All that there are, if it was asked."""
        ...

    @property
    def token(self) -> str:
        """Where the next page begins; empty on the last."""
        ...


EVERYTHING = Options()


def root_json(root: str, creating: Sequence[str] = (), updates: Sequence[str] = ()) -> dict[str, Any]:
    """The service document; `root` is the address that ends in `/v1.1`.

    `creating` and `updates`: where observations are published and where news are subscribed to over MQTT.
    """
    brokers = {MQTT_CREATE: list(creating), MQTT_UPDATES: list(updates)}
    spoken = {name: {"endpoints": where} for name, where in brokers.items() if where}
    return {
        "value": [{"name": name, "url": f"{root}/{name}"} for name in SETS],
        "serverSettings": {"conformance": [*CONFORMANCE, *spoken], **spoken},
    }


def entity_json(entity: Entity, root: str, asked: Options = EVERYTHING) -> dict[str, Any]:
    """One entity with what was selected and expanded."""
    kind = NEUTRAL[entity.kind]
    itself = f"{root}/{address(kind, entity.id)}"
    chosen = {name.split("/")[0] for name in asked.select}
    body: dict[str, Any] = {}
    if not chosen or "id" in chosen:
        body["@iot.id"] = entity.id
    if not chosen or chosen & {"selfLink", "@iot.selfLink"}:
        body["@iot.selfLink"] = itself
    for known in kind.listed:
        if (not chosen or known.name in chosen) and _is_told(kind, known.name, entity.values):
            body[known.name] = write_value(entity.values.get(known.neutral))
    _narrow(body, asked.select)
    for relation in kind.ways:
        if relation.name in asked.expand and relation.neutral in entity.related:
            body |= _expanded(entity, relation.name, root, itself, asked.expand[relation.name])
        elif (not chosen or relation.name in chosen) and relation.neutral not in entity.values.get(
            "without", ()
        ):
            body[f"{relation.name}@iot.navigationLink"] = f"{itself}/{relation.name}"
    return body


_ALWAYS = {"phenomenonTime", "resultTime", "result"}


def _is_told(kind: Kind, name: str, values: Mapping[str, Any]) -> bool:
    """Empty optional properties are left out, but for the times and the result of an observation."""
    if values.get(kind.properties[name].neutral) is not None:
        return True
    return kind.properties[name].is_needed or (kind.name == "Observation" and name in _ALWAYS)


def _narrow(body: dict[str, Any], select: Sequence[str]) -> None:
    """Keep of an object only the members that were selected by a path into it."""
    whole = {name for name in select if "/" not in name}
    for name in {path.split("/")[0] for path in select} - whole:
        paths = [path.split("/")[1:] for path in select if path.split("/")[0] == name]
        kept: dict[str, Any] = {}
        for path in paths:
            _copy(body.get(name), path, kept)
        body[name] = kept


def _copy(value: Any, path: Sequence[str], into: dict[str, Any]) -> None:
    for part in path[:-1]:
        value = value.get(part) if isinstance(value, dict) else None
        inner = into.setdefault(part, {})
        into = inner if isinstance(inner, dict) else {}
    if isinstance(value, dict) and path[-1] in value:
        into[path[-1]] = value[path[-1]]


def _expanded(entity: Entity, name: str, root: str, itself: str, asked: Options) -> dict[str, Any]:
    relation = NEUTRAL[entity.kind].relations[name]
    found = entity.related[relation.neutral]
    if found is None:
        return {}
    if not relation.is_many:
        return {name: entity_json(found, root, asked)}  # type: ignore[arg-type]  # one entity where not many
    listing: Listing = found  # type: ignore[assignment]
    body: dict[str, Any] = {name: [entity_json(one, root, asked) for one in listing.entities]}
    if listing.count is not None:
        body[f"{name}@iot.count"] = listing.count
    if listing.token:
        body[f"{name}@iot.nextLink"] = next_link(f"{itself}/{name}", asked.given, listing.token)
    return body


def collection_json(listing: Listing, root: str, asked: Options, more: str = "") -> dict[str, Any]:
    """A page of a set; `more` is the address of the next one."""
    return _page([entity_json(one, root, asked) for one in listing.entities], listing.count, more)


def refs_json(listing: Listing, root: str, more: str = "") -> dict[str, Any]:
    """Only the addresses of a page's entities (`$ref`)."""
    links = [{"@iot.selfLink": f"{root}/{address(NEUTRAL[one.kind], one.id)}"} for one in listing.entities]
    return _page(links, listing.count, more)


def _page(value: list[Any], count: int | None, more: str) -> dict[str, Any]:
    body: dict[str, Any] = {} if count is None else {"@iot.count": count}
    if more:
        body["@iot.nextLink"] = more
    return {**body, "value": value}


def next_link(here: str, pairs: Sequence[tuple[str, str]], token: str) -> str:
    """The address of the next page: all options stay but for where this page began."""
    kept = [(name, value) for name, value in pairs if name not in {"$skip", "$skiptoken"}]
    return f"{here}?{urlencode([*kept, ('$skiptoken', token)], safe='$', quote_via=quote)}"
