# SPDX-License-Identifier: EUPL-1.2
"""Records of JSON become columns: flattened, typed by all their values, written to Parquet in two passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from enum import IntFlag
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from stoa.commons.reading.formats import refusals
from stoa.commons.reading.formats.asked import Asked
from stoa.commons.reading.formats.columns import json_text
from stoa.commons.reading.formats.raw import TypedTable

LEVELS = 2
BATCH = 10_000
FIXTURE = frozenset({"model", "pk", "fields"})
BIGGEST = 2**63 - 1
Records = Callable[[], Iterable[Any]]


class Seen(IntFlag):
    """Which types of values a column holds."""

    NOTHING = 0
    BOOL = 1
    INT = 2
    FLOAT = 4
    TEXT = 8


def stage_records(records: Records, name: str, format_: str, asked: Asked) -> TypedTable:
    """Write the records to a Parquet file: once through for the columns, once through for the values."""
    columns: dict[str, Seen] = {}
    rows = 0
    for rows, record in enumerate(records(), start=1):
        _see(flat(record), columns)
        if len(columns) > asked.limits.columns:
            raise refusals.too_many_columns(len(columns), asked.limits.columns)
        if rows > asked.limits.rows:
            raise refusals.too_many_rows(asked.limits.rows)
    if not rows or not columns:
        raise refusals.file_empty(asked.name)
    schema = pa.schema([(f"c{place}", arrow_type(seen)) for place, seen in enumerate(columns.values())])
    target = asked.workdir / "records.parquet"
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in _batches(map(flat, records())):
            arrays = [_array(batch, heading, seen) for heading, seen in columns.items()]
            writer.write_table(pa.table(arrays, schema=schema))
    return TypedTable(format_, name, target, tuple(columns), rows)


def flat(record: Any) -> dict[str, Any]:
    """One record with its objects unfolded: `at.street` becomes `at_street`, lists JSON text."""
    if not isinstance(record, dict):
        return {"value": json_text(record) if isinstance(record, list) else record}
    if record.keys() == FIXTURE and isinstance(record["fields"], dict):
        record = {"pk": record["pk"]} | record["fields"]
    return dict(_flat(record, "", LEVELS))


def _flat(value: dict[str, Any], before: str, levels: int) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        name = f"{before}_{key}" if before else str(key)
        if isinstance(inner, dict) and inner and levels:
            yield from _flat(inner, name, levels - 1)
        elif isinstance(inner, (dict, list)):
            yield name, json_text(inner) if inner else None
        else:
            yield name, inner


def _see(record: dict[str, Any], columns: dict[str, Seen]) -> None:
    for name, value in record.items():
        columns[name] = columns.get(name, Seen.NOTHING) | _seen(value)


def _seen(value: Any) -> Seen:
    if value is None:
        return Seen.NOTHING
    if isinstance(value, bool):
        return Seen.BOOL
    if isinstance(value, int):
        return Seen.INT if -BIGGEST <= value <= BIGGEST else Seen.TEXT
    return Seen.FLOAT if isinstance(value, float) else Seen.TEXT


def arrow_type(seen: Seen) -> Any:
    """The narrowest type that holds all values of a column."""
    if seen == Seen.BOOL:
        return pa.bool_()
    if seen == Seen.INT:
        return pa.int64()
    return pa.float64() if seen and not seen & (Seen.BOOL | Seen.TEXT) else pa.string()


def _batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _array(batch: list[dict[str, Any]], name: str, seen: Seen) -> Any:
    kind = arrow_type(seen)
    values = (record.get(name) for record in batch)
    if kind == pa.string():
        return pa.array([_text(value) for value in values], type=kind)
    if kind == pa.float64():
        floats = (None if value is None else float(value) for value in values)
        return pa.array([f if f is not None and math.isfinite(f) else None for f in floats], type=kind)
    return pa.array(list(values), type=kind)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        str(value).replace("\0", "").encode("utf-8", "replace").decode()
        if isinstance(value, str)
        else str(value)
    )
