# SPDX-License-Identifier: EUPL-1.2
"""What each kind of writing makes of an entity (clause 5.6): pure, nothing is changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from stoa.standards.ngsild.failures import missing, unfit
from stoa.standards.ngsild.kinds import (
    NULL,
    VALUE_OF,
    Attributes,
    Entity,
    Instance,
    Kind,
    kind_of,
    value_of,
)

_KEPT = ("createdAt", "instanceId")


@dataclass(frozen=True, slots=True)
class Changed:
    """An entity after a change, and which of its attributes (IRIs) the change reached or did not."""

    entity: Entity
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    not_updated: dict[str, str] = field(default_factory=dict)
    """Reason by attribute."""

    @property
    def touched(self) -> tuple[str, ...]:
        return self.updated + self.deleted


def created(fresh: Entity, now: str) -> Entity:
    """A new entity with its times."""
    found = {name: [stamped(one, now) for one in many] for name, many in fresh.attributes.items()}
    return replace(fresh, attributes=found, created_at=now, modified_at=now)


def stamped(instance: Instance, now: str, before: Instance | None = None) -> Instance:
    """An instance with its times, and those of its sub-attributes."""
    found: Instance = {}
    for name, part in instance.items():
        found[name] = (
            [stamped(one, now, _same((before or {}).get(name, []), one)) for one in part]
            if ":" in name
            else part
        )
    created_at = (before or {}).get("createdAt", now)
    return found | {"createdAt": created_at, "modifiedAt": now}


def _same(there: list[Instance], one: Instance) -> Instance | None:
    """The instance of the same dataset."""
    dataset = one.get("datasetId", "")
    return next((other for other in there if other.get("datasetId", "") == dataset), None)


def _joined(there: list[Instance], new: list[Instance], now: str) -> list[Instance]:
    """Instances where those of the same dataset are replaced and others stay."""
    found = list(there)
    for one in new:
        before = _same(found, one)
        fresh = stamped(one, now, before)
        found = [fresh if other is before else other for other in found] if before else [*found, fresh]
    return found


def _heading(old: Entity, part: Entity, *, adds_scopes: bool) -> Entity:
    """Types are added, never taken away; scopes are added or replaced."""
    types = tuple(dict.fromkeys(old.types + part.types))
    if not part.scopes:
        return replace(old, types=types)
    if part.scopes == (NULL,):
        return replace(old, types=types, scopes=())
    scopes = tuple(dict.fromkeys(old.scopes + part.scopes)) if adds_scopes else part.scopes
    return replace(old, types=types, scopes=scopes)


def replaced(old: Entity, new: Entity, now: str) -> Changed:
    """The whole entity anew (PUT); only its birth stays. Types may change, the id may not."""
    attributes = {
        name: [stamped(one, now, _same(old.attributes.get(name, []), one)) for one in many]
        for name, many in new.attributes.items()
    }
    gone = tuple(name for name in old.attributes if name not in new.attributes)
    whole = replace(new, id=old.id, types=new.types or old.types, attributes=attributes)
    return Changed(replace(whole, created_at=old.created_at, modified_at=now), tuple(attributes), gone)


def appended(old: Entity, part: Entity, now: str, *, overwrites: bool = True) -> Changed:
    """More attributes (POST attrs); those there already are replaced, or left alone and told so."""
    attributes = dict(old.attributes)
    updated, refused = [], {}
    for name, many in part.attributes.items():
        there = attributes.get(name, [])
        if not overwrites and any(_same(there, one) for one in many):
            refused[name] = "The entity has this attribute already, and noOverwrite was said"
            continue
        attributes[name] = _joined(there, many, now)
        updated.append(name)
    head = _heading(old, part, adds_scopes=True)
    if len(part.scopes) and not overwrites and old.scopes:
        head = replace(head, scopes=old.scopes)
    return _changed(head, attributes, now, (tuple(updated), (), refused))


def updated(old: Entity, part: Entity, now: str) -> Changed:
    """Attributes replaced (PATCH attrs, batch update of parts); those not there yet are not made, and told so."""
    attributes = dict(old.attributes)
    reached: list[str] = []
    gone: list[str] = []
    refused = {}
    for name, many in part.attributes.items():
        if name not in attributes:
            refused[name] = "The entity has no such attribute"
            continue
        attributes[name] = _kept(_joined(attributes[name], many, now))
        (reached if attributes[name] else gone).append(name)
        if not attributes[name]:
            del attributes[name]
    head = _heading(old, part, adds_scopes=False)
    return _changed(head, attributes, now, (tuple(reached), tuple(gone), refused))


def _kept(instances: list[Instance]) -> list[Instance]:
    return [one for one in instances if value_of(one) != NULL]


def _changed(
    head: Entity,
    attributes: Attributes,
    now: str,
    told: tuple[tuple[str, ...], tuple[str, ...], dict[str, str]],
) -> Changed:
    reached, gone, refused = told
    whole = replace(head, attributes=attributes, modified_at=now)
    return Changed(whole, reached, gone, refused)


def merged(old: Entity, part: Entity, now: str, *, observed_at: str = "", language: str = "") -> Changed:
    """A merge patch (clause 5.5.12): objects are merged member by member, null takes away, new attributes are made.

    `observed_at` is given to what had one and is not told a new one; `language` says which text a bare value is.
    """
    attributes = dict(old.attributes)
    reached, gone = [], []
    for name, many in part.attributes.items():
        there = list(attributes.get(name, []))
        for one in many:
            there = _one_merged(there, one, now, (observed_at, language))
        if there:
            attributes[name] = there
            reached.append(name)
        elif name in attributes:
            del attributes[name]
            gone.append(name)
    head = _heading(old, part, adds_scopes=False)
    return _changed(head, attributes, now, (tuple(reached), tuple(gone), {}))


def _one_merged(there: list[Instance], one: Instance, now: str, said: tuple[str, str]) -> list[Instance]:
    before = _same(there, one)
    if value_of(one) == NULL:
        return [other for other in there if other is not before]
    if before is None:
        fresh = without_null(one)
        return [*there, stamped(fresh, now)] if value_of(fresh) is not None else there
    fresh = merged_instance(before, one, now, language=said[1])
    if said[0] and "observedAt" in before and "observedAt" not in one:
        fresh["observedAt"] = said[0]
    return [fresh if other is before else other for other in there]


def without_null(instance: Instance) -> Instance:
    """An instance without the members that say null, for an attribute that is new."""
    found: Instance = {}
    for name, part in instance.items():
        if ":" in name:
            kept = [without_null(one) for one in part if value_of(one) != NULL]
            if kept:
                found[name] = kept
        elif part != NULL:
            found[name] = merged_value({}, part) if isinstance(part, dict) else part
    return found


def merged_instance(before: Instance, part: Instance, now: str, *, language: str = "") -> Instance:
    """One instance after a merge; its kind stays unless a value of another kind comes."""
    kind, told = kind_of(before), kind_of(part)
    if kind is Kind.LANGUAGE and told is Kind.PROPERTY and language and isinstance(part.get("value"), str):
        rest = {name: value for name, value in part.items() if name not in {"type", "value"}}
        part, told = {"type": kind.value, "languageMap": {language: part["value"]}} | rest, kind
    found = dict(before) if told is kind else _without_value(before) | {"type": told.value}
    for name, value in part.items():
        if ":" in name:
            merged_parts = list(found.get(name, []))
            for one in value:
                merged_parts = _one_merged(merged_parts, one, now, ("", language))
            _set(found, name, merged_parts or NULL)
        elif name != "type":
            old = found.get(name)
            is_open = name == VALUE_OF[told] and isinstance(value, dict) and told is not Kind.GEO
            _set(found, name, merged_value(old, value) if is_open else value)
    return found | {"modifiedAt": now}


def _set(found: Instance, name: str, value: Any) -> None:
    if value == NULL:
        found.pop(name, None)
    else:
        found[name] = value


def _without_value(instance: Instance) -> Instance:
    gone = VALUE_OF[kind_of(instance)]
    return {name: part for name, part in instance.items() if name != gone}


def merged_value(old: Any, new: Any) -> Any:
    """RFC 7396, with `urn:ngsi-ld:null` beside null."""
    if not isinstance(new, dict):
        return new
    found = dict(old) if isinstance(old, dict) else {}
    for name, part in new.items():
        if part is None or part == NULL:
            found.pop(name, None)
        else:
            found[name] = merged_value(found.get(name), part)
    return found


def partly_updated(old: Entity, name: str, part: Instance, now: str) -> Changed:
    """Members of one attribute replaced (PATCH attrs/{attr}); `Failed` (404) if there is no such instance."""
    there = old.attributes.get(name, [])
    before = _same(there, part)
    if before is None:
        raise missing("The entity has no such attribute, or none with this datasetId")
    if value_of(part) == NULL:
        return removed(old, name, now, dataset=part.get("datasetId", ""))
    fresh = dict(before)
    if "type" in part and part["type"] != before["type"] and value_of(part) is not None:
        raise unfit(f"The attribute is a {before['type']} and stays one")
    for member, value in part.items():
        if member == "type":
            continue
        if ":" in member:
            _set(fresh, member, [stamped(one, now) for one in value if value_of(one) != NULL] or NULL)
        else:
            _set(fresh, member, value)
    many = [fresh | {"modifiedAt": now} if other is before else other for other in there]
    return _changed(old, old.attributes | {name: many}, now, ((name,), (), {}))


def attribute_replaced(old: Entity, name: str, part: list[Instance], now: str) -> Changed:
    """One attribute anew (PUT attrs/{attr}); `Failed` (404) if it is not there."""
    there = old.attributes.get(name, [])
    if not there or not all(_same(there, one) for one in part):
        raise missing("The entity has no such attribute, or none with this datasetId")
    return _changed(old, old.attributes | {name: _joined(there, part, now)}, now, ((name,), (), {}))


def removed(old: Entity, name: str, now: str, *, dataset: str = "", everything: bool = False) -> Changed:
    """Without one instance of an attribute, or without all of them; `Failed` (404) if there is none."""
    there = old.attributes.get(name, [])
    left = [] if everything else [one for one in there if one.get("datasetId", "") != dataset]
    if len(left) == len(there):
        raise missing("The entity has no such attribute, or none with this datasetId")
    attributes = {key: many for key, many in old.attributes.items() if key != name}
    if left:
        attributes = old.attributes | {name: left}
    told = ((name,), ()) if left else ((), (name,))
    return _changed(old, attributes, now, (*told, {}))


def update_result(changed: Changed, compact: Any) -> dict[str, Any]:
    """The body of a 207 to a change of attributes (clause 5.2.18)."""
    return {
        "updated": [compact(name) for name in changed.touched],
        "notUpdated": [
            {"attributeName": compact(name), "reason": reason} for name, reason in changed.not_updated.items()
        ],
    }
