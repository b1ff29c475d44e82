# SPDX-License-Identifier: EUPL-1.2
"""Writing the DataStore: every call makes the next immutable version, checked like any file that comes."""

from __future__ import annotations

from typing import Any

from stoa.commons.lake.values import Filter
from stoa.gates.ckan import datastore as reading_rows
from stoa.gates.ckan import entries, writing
from stoa.gates.ckan.calls import Call
from stoa.gates.ckan.calls import writing as writes
from stoa.ground.problems import NotFound
from stoa.houses.catalogue.door import recording
from stoa.houses.catalogue.door.finding import Entry
from stoa.houses.catalogue.door.recording import Change, Method
from stoa.standards.ckan import asked, datastore, tables
from stoa.standards.ckan.identifiers import resource_id
from stoa.standards.ckan.packages import TABLE
from stoa.standards.ckan.problems import invalid


@writes
def datastore_create(call: Call) -> dict[str, Any]:
    """A table, or more columns and rows of one: `resource_id` or `resource` ({"package_id": ...}), `fields`, `records`,
    `primary_key`. A table becomes public with its first rows and if the caller may publish."""
    entry = _entry(call)
    before = _before(call, entry)
    fresh, guessed = tables.new_columns(call.asked, before.columns)
    columns = (*before.columns, *fresh)
    if not columns:
        raise invalid("fields", "Missing value")
    key = tables.key_of(call.asked, columns, before.key)
    records = tables.records_of(call.asked, columns)
    if not records and not before.has_rows:
        recording.declare(city=call.city, by=call.by, uid=entry.card.uid, columns=columns, key=key)
    else:
        method = Method.UPSERT if key and before.has_rows else Method.INSERT
        _change(call, entry, Change(columns, method, _once(records, key), key), guessed)
    after = _before(call, _entry(call))
    return {
        "resource_id": str(resource_id(entry.card.uid, TABLE)),
        "method": "insert",
        "fields": [datastore.field_dict(column) for column in after.columns or columns],
        "primary_key": list(key),
        **({"resource": writing.table_resource(call, entry.card.uid)} if "resource" in call.asked else {}),
    }


@writes
def datastore_upsert(call: Call) -> dict[str, Any]:
    """Rows of a table (`resource_id`): `records` by `method` upsert (default), insert or update; the last two of these
    need a primary key; `dry_run` only checks."""
    entry = writing.writing_entry(call, "resource_id")
    told = asked.text(call.asked, "method", "upsert", most=20).lower()
    if told not in set(Method):
        raise invalid("method", f'"{told}" is not one of: {", ".join(Method)}')
    method, before = Method(told), _before(call, entry)
    if not before.columns:
        raise NotFound("table", entry.card.slug)
    records = tables.records_of(call.asked, before.columns)
    if not records:
        return _told(call, entry, method)
    _need_key(method, before.key, records)
    if not asked.yes(call.asked, "dry_run"):
        kept = records if method is Method.INSERT else _once(records, before.key)
        _change(call, entry, Change(before.columns, method, kept, before.key), before.guessed)
    return _told(call, entry, method)


@writes
def datastore_delete(call: Call) -> dict[str, Any]:
    """Take the rows that meet `filters` out of a table (`resource_id`). A whole table goes with `package_delete`."""
    entry = writing.writing_entry(call, "resource_id")
    before = _before(call, entry)
    if not before.has_rows:
        raise NotFound("table", entry.card.slug)
    names = frozenset({datastore.ID, *(column.name for column in before.columns)})
    found = datastore.filters(call.asked, names)
    if not found:
        raise invalid("filters", "A table does not lose all its rows: package_delete takes the dataset away")
    if not any(one.operator == "in" and not one.values for one in found):
        leave_out: tuple[Filter, ...] = reading_rows.filters_of(found)
        _change(call, entry, Change(before.columns, key=before.key, leave_out=leave_out), frozenset())
    kept = {name: call.asked[name] for name in ("filters",) if name in call.asked}
    return {"resource_id": str(resource_id(entry.card.uid, TABLE)), **kept}


@writes
def datastore_records_delete(call: Call) -> dict[str, Any]:
    """Take the rows that meet `filters` out of a table."""
    found: dict[str, Any] = datastore_delete(call)
    return found


def _entry(call: Call) -> Entry:
    """The dataset of `resource_id` or of `resource`, for somebody who may change it."""
    resource = asked.mapping(call.asked, "resource")
    if "resource" in call.asked and call.asked.get("resource_id"):
        raise invalid("resource", "resource cannot be used with resource_id")
    if not resource:
        return writing.writing_entry(call, "resource_id")
    entry = entries.entry_of(call, asked.needed(resource, "package_id", most=200))
    recording.need_editing(city=call.city, by=call.by, uid=entry.card.uid)
    return entry


def _before(call: Call, entry: Entry) -> recording.Shape:
    return recording.shape(city=call.city, by=call.by, uid=entry.card.uid)


def _once(records: list[dict[str, str | None]], key: tuple[str, ...]) -> list[recording.Record]:
    return recording.merged(records, key) if key else list(records)


def _need_key(method: Method, key: tuple[str, ...], records: list[dict[str, str | None]]) -> None:
    if method is not Method.INSERT and not key:
        raise invalid("table", "table does not have a unique key defined")
    for place, record in enumerate(records):
        missing = [name for name in key if record.get(name) is None]
        if missing:
            raise invalid(
                "key", f'row {place + 1}: fields "{", ".join(missing)}" are missing but needed as key'
            )


def _change(call: Call, entry: Entry, change: Change, guessed: frozenset[str]) -> None:
    recording.change_rows(
        city=call.city, by=call.by, uid=entry.card.uid, change=change, guessed=guessed, note="DataStore"
    )


def _told(call: Call, entry: Entry, method: Method) -> dict[str, Any]:
    found: dict[str, Any] = {"resource_id": str(resource_id(entry.card.uid, TABLE)), "method": str(method)}
    if asked.yes(call.asked, "include_records"):
        found["records"] = call.asked.get("records")
    return found
