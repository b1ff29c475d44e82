# SPDX-License-Identifier: EUPL-1.2
"""Fields and records as they are told to the DataStore: types of PostgreSQL as kinds, values as texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from stoa.ground.ids import column_name, unique
from stoa.ground.tables import ColumnSpec, Kind
from stoa.standards.ckan import asked
from stoa.standards.ckan.problems import invalid

MOST_FIELDS = 500
MOST_RECORDS = 100_000
_KINDS = {
    Kind.TEXT: ("text", "varchar", "char", "character varying", "name", "uuid", "citext"),
    Kind.INTEGER: ("int", "integer", "int2", "int4", "int8", "smallint", "bigint", "serial", "bigserial"),
    Kind.NUMBER: ("numeric", "decimal", "float", "float4", "float8", "real", "double precision", "money"),
    Kind.BOOLEAN: ("bool", "boolean"),
    Kind.DATE: ("date",),
    Kind.DATETIME: (
        "timestamp",
        "timestamptz",
        "timestamp with time zone",
        "timestamp without time zone",
        "datetime",
    ),
    Kind.TIME: ("time", "time without time zone"),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}


def kind_of(type_name: str) -> Kind:
    """The kind of a PostgreSQL type; arrays, JSON and what is not known are kept as text."""
    return _KIND_OF.get(type_name.strip().lower().partition("(")[0].strip(), Kind.TEXT)


def new_columns(
    given: Mapping[str, Any], present: Sequence[ColumnSpec]
) -> tuple[list[ColumnSpec], frozenset[str]]:
    """Columns that are told in `fields`, or that the first records have, beyond those that are there; and the
    names of those without a type, which is to be guessed."""
    told = _fields(given)
    records = asked.entries(given, "records", most=MOST_RECORDS)
    if not told and not present:
        told = [(name, None, "", "") for name in dict.fromkeys(key for one in records for key in one)]
    known = {name for column in present for name in (column.name, column.label)}
    fresh = [one for one in told if one[0] not in known and one[0] != "_id"]
    taken = [column.name for column in present]
    names = unique([*taken, *(column_name(one[0]) for one in fresh)])[len(taken) :]
    if len(names) + len(taken) > MOST_FIELDS:
        raise invalid("fields", f"At most {MOST_FIELDS} fields")
    columns, guessed = [], set()
    for name, (label, type_name, title, notes) in zip(names, fresh, strict=True):
        kind = kind_of(type_name) if type_name else _guessed(label, records)
        if not type_name and kind is Kind.TEXT:
            guessed.add(name)
        columns.append(ColumnSpec(name, title or label, kind, description=notes))
    return columns, frozenset(guessed)


def _fields(given: Mapping[str, Any]) -> list[tuple[str, str | None, str, str]]:
    """Id, type, label, notes of each field that is told."""
    found = []
    for one in asked.entries(given, "fields", most=MOST_FIELDS):
        label = asked.needed(one, "id", most=200)
        if (label.startswith("_") and label != "_id") or '"' in label:
            raise invalid("fields", f'"{label[:80]}" is not a valid field name')
        info = one["info"] if isinstance(one.get("info"), dict) else {}
        type_name = asked.text(one, "type", most=60) or None
        found.append(
            (label, type_name, asked.text(info, "label", most=200), asked.text(info, "notes", most=2000))
        )
    labels = [label for label, *_rest in found]
    if len(labels) != len(set(labels)):
        raise invalid("fields", "Duplicate field names")
    return found


def _guessed(label: str, records: Sequence[Mapping[str, Any]]) -> Kind:
    """By the JSON types of all values; texts are looked at like those of a file."""
    kinds = {type(one[label]) for one in records if one.get(label) is not None}
    if kinds == {bool}:
        return Kind.BOOLEAN
    if kinds == {int}:
        return Kind.INTEGER
    return Kind.NUMBER if kinds and kinds <= {int, float} else Kind.TEXT


def records_of(given: Mapping[str, Any], columns: Sequence[ColumnSpec]) -> list[dict[str, str | None]]:
    """Records with texts by column; the id of a field is the column's name or its heading."""
    by_name = {column.label: column.name for column in columns} | {
        column.name: column.name for column in columns
    }
    found = []
    for place, one in enumerate(asked.entries(given, "records", most=MOST_RECORDS)):
        unknown = [key for key in one if key not in by_name and key != "_id"]
        if unknown:
            raise invalid("records", f'row {place + 1} has extra keys "{", ".join(unknown)[:200]}"')
        found.append({by_name[key]: _text(value) for key, value in one.items() if key != "_id"})
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) and _is_sayable(value) else json.dumps(value)


def _is_sayable(value: float) -> bool:
    """A number that can be written out; a longer one is left to be refused as a text."""
    return not isinstance(value, int) or abs(value) < 2**63


def key_of(
    given: Mapping[str, Any], columns: Sequence[ColumnSpec], present: Sequence[str]
) -> tuple[str, ...]:
    """The columns that name a row: what is told, else those of the table before."""
    by_name = {column.label: column.name for column in columns} | {
        column.name: column.name for column in columns
    }
    told = asked.listed(given, "primary_key", most=20) or asked.listed(given, "unique_keys", most=20)
    unknown = [name for name in told if name not in by_name]
    if unknown:
        raise invalid("primary_key", f'field "{unknown[0][:80]}" not in table')
    return tuple(by_name[name] for name in told) or tuple(present)
