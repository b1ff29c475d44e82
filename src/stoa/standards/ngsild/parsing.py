# SPDX-License-Identifier: EUPL-1.2
"""From the three ways to write an entity (normalized, concise, simplified) to the one way it is kept (clause 4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.failures import unfit
from stoa.standards.ngsild.kinds import (
    KIND_OF,
    KINDS,
    MEMBERS,
    MOST_ATTRIBUTES,
    MOST_INSTANCES,
    MOST_IRI_LETTERS,
    MOST_NESTING,
    NULL,
    SYSTEM,
    VALUE_OF,
    Attributes,
    Entity,
    Instance,
    Kind,
    is_geometry,
    moment,
    uri,
)
from stoa.standards.ngsild.values import checked_value

_FORBIDDEN = re.compile(r"[\s<>\"'=;()\x00-\x1f\x7f]")
_SCOPE = re.compile(r"^/?[A-Za-z][\w-]*(?:/[A-Za-z0-9][\w-]*)*$")
_ENTITY_MEMBERS = frozenset({"id", "type", "scope", "@context", *SYSTEM})
_ALIASES = {"@id": "id", "@type": "type"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a document is to be read."""

    is_simplified: bool = False
    """Every attribute is its bare value (`options=keyValues`)."""
    may_remove: bool = False
    """A change, in which null takes away."""
    may_lack_value: bool = False
    """A part of an attribute, which may say something of it without its value."""
    many_at_times: bool = False
    """A history: several instances of one attribute differ in `observedAt`."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """What attributes are already; a simplified value keeps its attribute's kind."""


PLAIN = Style()


def entity(body: Any, context: Context, style: Style = PLAIN) -> Entity:
    """A whole entity, which needs id and type."""
    document = _object(body, "An entity")
    identifier = uri(document.get("id"), "The id of an entity")
    types = type_names(document.get("type"), context)
    if not types:
        raise unfit("An entity has a type")
    return Entity(identifier, types, attributes(document, context, style), scopes(document.get("scope")))


def fragment(body: Any, context: Context, style: Style = PLAIN, *, id: str = "") -> Entity:  # noqa: A002
    """Part of an entity: an id, if it has one, must be the one it is for; types and scopes may be absent."""
    document = _object(body, "The body")
    said = document.get("id", id)
    if id and said != id:
        raise unfit("The id in the body is not the id in the address")
    types = type_names(document.get("type"), context)
    scope = document.get("scope")
    return Entity(
        said, types, attributes(document, context, style), (NULL,) if scope == NULL else scopes(scope)
    )


def _object(body: Any, what: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise unfit(f"{what} is a JSON object")
    return {_ALIASES.get(str(name), str(name)): value for name, value in body.items()}


def type_names(value: Any, context: Context) -> tuple[str, ...]:
    """Types as IRIs, without repeats; empty if none are given."""
    names = value if isinstance(value, list) else [] if value is None else [value]
    if len(names) > 50 or not all(isinstance(name, str) and name for name in names):
        raise unfit("type is a name or a list of names")
    return tuple(dict.fromkeys(expanded(name, context) for name in names))


def scopes(value: Any) -> tuple[str, ...]:
    """Scopes with a slash at the front (clause 4.18), without repeats."""
    texts = value if isinstance(value, list) else [] if value is None else [value]
    if len(texts) > 100:
        raise unfit("An entity has at most 100 scopes")
    for text in texts:
        if not isinstance(text, str) or len(text) > 299 or not _SCOPE.match(text):
            raise unfit("scope is a path such as /Madrid/Gardens, or a list of paths")
    return tuple(dict.fromkeys(text if text.startswith("/") else f"/{text}" for text in texts))


def checked_name(name: str) -> str:
    """A name that may stand in a document (clause 4.6.2)."""
    if not name or name.startswith("@") or _FORBIDDEN.search(name) or len(name) > 1000:
        raise unfit(f"“{name[:80]}” is no name for an attribute or a type")
    return name


def expanded(name: str, context: Context) -> str:
    """The IRI of a type or an attribute, which is kept up to a length."""
    iri = context.expand(checked_name(name))
    if len(iri) > MOST_IRI_LETTERS:
        raise unfit(
            f"“{name[:80]}” is too long: with its address at most {MOST_IRI_LETTERS} letters are kept"
        )
    return iri


def attributes(document: Mapping[str, Any], context: Context, style: Style = PLAIN) -> Attributes:
    """All attributes of a document."""
    names = [name for name in document if name not in _ENTITY_MEMBERS]
    if len(names) > MOST_ATTRIBUTES:
        raise unfit(f"An entity has at most {MOST_ATTRIBUTES} attributes")
    found: Attributes = {}
    for name in names:
        iri = expanded(name, context)
        if iri in found:
            raise unfit(f"“{name[:80]}” is said twice")
        found[iri] = instances(document[name], context, style, (name, iri))
    return found


def instances(
    value: Any, context: Context, style: Style, who: tuple[str, str], depth: int = 0
) -> list[Instance]:
    """The instances of one attribute; `who` is its name as written and its IRI."""
    if depth > MOST_NESTING:
        raise unfit("Attributes of attributes are nested too deeply")
    name, iri = who
    if value is None and not style.may_remove:
        raise unfit(f"“{name[:80]}” is null: an attribute has a value")
    parts = _parts(value, style)
    if len(parts) > MOST_INSTANCES:
        raise unfit(f"“{name[:80]}” has more than {MOST_INSTANCES} instances")
    found = [
        _removing(dataset, style.kinds.get(iri))
        if style.may_remove and (part is None or part == NULL)
        else _instance(part, context, style, (who, dataset, depth))
        for part, dataset in parts
    ]
    _need_distinct(found, style, name)
    return found


def _parts(value: Any, style: Style) -> list[tuple[Any, str]]:
    """What is written for each instance, with the dataset that a simplified document names beside it."""
    if style.is_simplified:
        if isinstance(value, dict) and value.keys() == {"dataset"} and isinstance(value["dataset"], dict):
            return [(part, "" if name == "@none" else name) for name, part in value["dataset"].items()]
        return [(value, "")]
    if isinstance(value, list) and value and all(_is_attribute(part) for part in value):
        return [(part, "") for part in value]
    return [(value, "")]


def _removing(dataset: str, kind: Kind | None) -> Instance:
    kind = kind or Kind.PROPERTY
    found: Instance = {"type": kind.value, VALUE_OF[kind]: NULL}
    return found | {"datasetId": dataset} if dataset else found


def _need_distinct(found: list[Instance], style: Style, name: str) -> None:
    if style.many_at_times or len(found) < 2:
        return
    if len({instance.get("datasetId", "") for instance in found}) < len(found):
        raise unfit(
            f"The instances of “{name[:80]}” need a datasetId each, all different; one may go without"
        )


def _is_attribute(value: Any) -> bool:
    """Whether a value is written as an attribute and not as a bare value."""
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    if isinstance(kind, str) and kind in KINDS:
        return True
    return any(member in value for member in KIND_OF)


def _instance(
    value: Any, context: Context, style: Style, where: tuple[tuple[str, str], str, int]
) -> Instance:
    who, dataset, depth = where
    if style.is_simplified:
        found = _simplified(value, context, style.kinds.get(who[1]), who[0])
        return found | {"datasetId": uri(dataset, "A dataset", MOST_IRI_LETTERS)} if dataset else found
    if not _is_attribute(value) and not (style.may_lack_value and isinstance(value, dict)):
        kind = Kind.GEO if is_geometry(value) else Kind.PROPERTY
        return {
            "type": kind.value,
            "value": checked_value(value, kind, context, who[0], may_be_null=style.may_remove),
        }
    return _written(value, context, style, (who, depth))


def _written(value: Instance, context: Context, style: Style, where: tuple[tuple[str, str], int]) -> Instance:
    (name, iri), depth = where
    kind = _kind(value, style.kinds.get(iri), name, may_lack=style.may_lack_value)
    member = VALUE_OF[kind]
    if member not in value and not style.may_lack_value:
        raise unfit(f"“{name[:80]}” is a {kind} and needs the member {member}")
    found: Instance = {"type": kind.value}
    for key, part in value.items():
        if key in KIND_OF and key != member:
            raise unfit(f"“{name[:80]}” is a {kind} and cannot have the member {key}")
        if key == member:
            found[member] = checked_value(part, kind, context, name, may_be_null=style.may_remove)
        elif key in MEMBERS:
            found |= _member(key, part, context, style)
        else:
            part_iri = expanded(key, context)
            found[part_iri] = instances(part, context, style, (key, part_iri), depth + 1)
    return found


def _kind(value: Instance, known: Kind | None, name: str, *, may_lack: bool) -> Kind:
    """The kind an attribute says it is, or that its members show."""
    said = value.get("type")
    if isinstance(said, str) and said in KINDS:
        return Kind(said)
    shown = [kind for member, kind in KIND_OF.items() if member in value]
    if said is not None or len(shown) > 1 or not (shown or may_lack):
        detail = f": there is no “{str(said)[:40]}”" if said is not None else ""
        raise unfit(f"“{name[:80]}” is of no kind that an attribute can be{detail}")
    if not shown:
        return known or Kind.PROPERTY
    if shown == [Kind.PROPERTY] and (known is Kind.GEO or is_geometry(value["value"])):
        return Kind.GEO
    return shown[0]


def _member(key: str, part: Any, context: Context, style: Style) -> dict[str, Any]:
    """One of the standard's own members as it is kept; what only the server says is passed over."""
    if key == "type" or key in SYSTEM or key == "lang":
        return {}
    if style.may_remove and (part is None or part == NULL) and key in {"observedAt", "unitCode"}:
        return {key: NULL}
    if key == "observedAt":
        return {key: moment(part, key)}
    if key in {"datasetId", "instanceId"}:
        return {key: uri(part, key, MOST_IRI_LETTERS)}
    if key == "objectType" or key == "valueType":
        return {key: list(type_names(part, context))}
    if not isinstance(part, str) or not 0 < len(part) <= 200:
        raise unfit(f"{key} is a text")
    return {key: part}


def _simplified(value: Any, context: Context, known: Kind | None, name: str) -> Instance:
    """A bare value; what it is shows in its form, or is known from before."""
    if is_geometry(value) or (known is Kind.GEO and isinstance(value, str)):
        kind = Kind.GEO
    elif isinstance(value, dict) and len(value) == 1 and (only := next(iter(value))) in _WRAPPED:
        kind, value = _WRAPPED[only], value[only]
    elif known in _BARE and not isinstance(value, dict):
        kind = known
    else:
        kind = Kind.PROPERTY
    return {"type": kind.value, VALUE_OF[kind]: checked_value(value, kind, context, name, may_be_null=False)}


_BARE = frozenset({Kind.RELATIONSHIP, Kind.VOCAB, Kind.LIST, Kind.LIST_RELATIONSHIP})
_WRAPPED = {
    "languageMap": Kind.LANGUAGE,
    "vocab": Kind.VOCAB,
    "json": Kind.JSON,
    "valueList": Kind.LIST,
    "objectList": Kind.LIST_RELATIONSHIP,
}


def one_attribute(body: Any, context: Context, style: Style, who: tuple[str, str]) -> list[Instance]:
    """The body of a request for one attribute, with its own members at the top."""
    if isinstance(body, dict):
        body = {
            _ALIASES.get(str(name), str(name)): value for name, value in body.items() if name != "@context"
        }
    return instances(body, context, style, who)


def identifiers(body: Any) -> list[str]:
    """A list of ids of entities, as batch deletion takes it."""
    if not isinstance(body, list) or not body:
        raise unfit("The body is a list of ids, with one at least")
    return [part if isinstance(part, str) else "" for part in body]


def needs_instances(found: Iterable[Instance], name: str) -> None:
    """In a history every instance of a Property says when it was."""
    for instance in found:
        if "observedAt" not in instance:
            raise unfit(f"Every instance of “{name[:80]}” in a history needs observedAt")
