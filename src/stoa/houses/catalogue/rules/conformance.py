# SPDX-License-Identifier: EUPL-1.2
"""Whether a version keeps to the schema that its owner declared: a Table Schema (Frictionless, v2) or a JSON Schema
of a row or of a GeoJSON feature. Pure.

Judged by what is known of every version without reading its rows again: columns, kinds, empty cells, least and
greatest values. What a schema says beyond that (patterns, lists of values, references) is not checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stoa.ground.ids import column_name
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec, Kind
from stoa.ground.words import Saying, say

MOST_FIELDS = 1000
_PLACES = {"geopoint", "geojson"}
_NUMBERS = frozenset({Kind.NUMBER, Kind.INTEGER})
_WRITTEN = frozenset({Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
_TABLE_KINDS: Mapping[str, frozenset[Kind]] = {
    "string": frozenset({Kind.TEXT}),
    "integer": frozenset({Kind.INTEGER}),
    "year": frozenset({Kind.INTEGER}),
    "number": _NUMBERS,
    "boolean": frozenset({Kind.BOOLEAN}),
    "date": frozenset({Kind.DATE}),
    "datetime": frozenset({Kind.DATETIME}),
    "time": frozenset({Kind.TIME}),
}
_JSON_KINDS: Mapping[str, frozenset[Kind]] = {
    "string": _WRITTEN,  # JSON has no other way to write a day
    "integer": frozenset({Kind.INTEGER}),
    "number": _NUMBERS,
    "boolean": frozenset({Kind.BOOLEAN}),
}
_JSON_FORMATS: Mapping[str, frozenset[Kind]] = {
    "date": frozenset({Kind.DATE}),
    "date-time": frozenset({Kind.DATETIME}),
    "time": frozenset({Kind.TIME}),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """One column as it was declared."""

    name: str
    kinds: frozenset[Kind] = frozenset()
    """Any of these; empty: any kind."""
    is_required: bool = False
    """No cell may be empty."""
    must_exist: bool = True
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A schema as far as it is checked."""

    columns: tuple[Expected, ...]
    needs_place: bool = False
    is_exact: bool = False
    """There may be no other columns."""


@dataclass(frozen=True, slots=True)
class Found:
    """A version as it is."""

    columns: Sequence[ColumnSpec]
    has_place: bool
    empty: Mapping[str, int] = field(default_factory=dict)
    """Empty cells by column, as far as they were counted."""
    ends: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Least and greatest value by column."""


def read_schema(schema: Any) -> Declared:
    """What a schema demands; `Refused` if it is neither of the two kinds."""
    if isinstance(schema, Mapping):
        fields, properties = schema.get("fields"), schema.get("properties")
        if isinstance(fields, list) and 0 < len(fields) <= MOST_FIELDS:
            return _of_table(schema, fields)
        if isinstance(properties, Mapping) and 0 < len(properties) <= MOST_FIELDS:
            return _of_json(schema, properties)
    raise Refused(
        Problem(
            "catalogue.schema_unreadable",
            say("This is neither a Table Schema nor a JSON Schema."),
            say("Only a schema that names its columns can be checked."),
            say('Paste the whole JSON, with "fields" or "properties" in it.'),
            "declared_schema",
        )
    )


def _of_table(schema: Mapping[str, Any], fields: list[Any]) -> Declared:
    told = [one for one in fields if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
    places = [one for one in told if one.get("type") in _PLACES]
    columns = tuple(_field(one) for one in told if one not in places)
    return Declared(columns, bool(places), schema.get("fieldsMatch", "exact") == "exact")


def _field(one: Mapping[str, Any]) -> Expected:
    rules = one.get("constraints")
    rules = rules if isinstance(rules, Mapping) else {}
    kinds = _TABLE_KINDS.get(str(one.get("type", "any")), frozenset())
    required = rules.get("required") is True
    return Expected(
        str(one["name"]), kinds, required, True, _number(rules.get("minimum")), _number(rules.get("maximum"))
    )


def _of_json(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> Declared:
    """A GeoJSON feature has its columns one level deeper."""
    inner = properties.get("properties")
    if isinstance(inner, Mapping) and isinstance(inner.get("properties"), Mapping):
        deeper = _of_json(inner, inner["properties"])
        return Declared(deeper.columns, "geometry" in properties, deeper.is_exact)
    listed = schema.get("required")
    required = {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()
    columns = tuple(_property(name, one, name in required) for name, one in properties.items())
    return Declared(columns, False, schema.get("additionalProperties") is False)


def _property(name: str, one: Any, is_required: bool) -> Expected:  # noqa: FBT001 - one fact of three
    told = one if isinstance(one, Mapping) else {}
    types = told.get("type")
    listed = types if isinstance(types, list) else [types]
    may_be_empty = "null" in listed
    kinds = _JSON_FORMATS.get(str(told.get("format"))) or frozenset[Kind]().union(
        *(_JSON_KINDS.get(str(kind), frozenset()) for kind in listed)
    )
    return Expected(
        name,
        kinds,
        is_required and not may_be_empty,
        is_required,
        _number(told.get("minimum")),
        _number(told.get("maximum")),
    )


def _number(value: Any) -> float | None:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
        else None
    )


def deviations(declared: Declared, found: Found) -> list[Saying]:
    """Everything in which a version departs from its schema; empty: nothing."""
    by_name = {name: spec for spec in found.columns for name in (spec.label, spec.name)}
    said: list[Saying] = []
    met: set[str] = set()
    for one in declared.columns:
        spec = by_name.get(one.name) or by_name.get(column_name(one.name))
        if spec is None:
            said += [say("The column “%(name)s” is missing.", name=one.name[:80])] if one.must_exist else []
            continue
        met.add(spec.name)
        said += _of_column(one, spec, found)
    if declared.needs_place and not found.has_place:
        said.append(say("The rows have no places."))
    if declared.is_exact:
        others = [spec.label or spec.name for spec in found.columns if spec.name not in met]
        said += [say("The column “%(name)s” is not in the schema.", name=other[:80]) for other in others]
    return said


def _of_column(one: Expected, spec: ColumnSpec, found: Found) -> list[Saying]:
    name = (spec.label or spec.name)[:80]
    if one.kinds and spec.kind not in one.kinds:
        wanted = ", ".join(sorted(str(kind) for kind in one.kinds))
        return [
            say(
                "“%(name)s” is %(kind)s, declared is %(wanted)s.",
                name=name,
                kind=str(spec.kind),
                wanted=wanted,
            )
        ]
    said = []
    if one.is_required and found.empty.get(spec.name):
        said.append(
            say("“%(name)s” has %(n)s empty cells and may have none.", name=name, n=found.empty[spec.name])
        )
    least, most = (_number(end) for end in (*found.ends.get(spec.name, ()), None, None)[:2])
    if one.least is not None and least is not None and least < one.least:
        said.append(
            say(
                "“%(name)s” goes down to %(value)s, the least declared is %(limit)s.",
                name=name,
                value=least,
                limit=one.least,
            )
        )
    if one.most is not None and most is not None and most > one.most:
        said.append(
            say(
                "“%(name)s” goes up to %(value)s, the most declared is %(limit)s.",
                name=name,
                value=most,
                limit=one.most,
            )
        )
    return said
