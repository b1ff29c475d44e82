# SPDX-License-Identifier: EUPL-1.2
"""Arrow columns made flat and plain: objects become several columns, lists JSON text, odd types text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LEVELS = 2
Named = tuple[str, Any]


def plain_columns(columns: Sequence[Named]) -> tuple[tuple[str, ...], list[Any]]:
    """Headings and columns with simple types only."""
    flat = [pair for name, column in columns for pair in _flat(name, column, LEVELS)]
    return tuple(name for name, _ in flat), [_plain(column) for _, column in flat]


def _flat(name: str, column: Any, levels: int) -> list[Named]:
    """An object's fields as columns `object_field`, so many levels deep."""
    kind = column.type
    if not pa.types.is_struct(kind) or not levels or not kind.num_fields:
        return [(name, column)]
    fields = [(kind.field(place).name, pc.struct_field(column, [place])) for place in range(kind.num_fields)]
    return [pair for field, part in fields for pair in _flat(f"{name}_{field}", part, levels - 1)]


def _plain(column: Any) -> Any:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_nested(kind):
        return pa.array([None if v is None else json_text(v) for v in column.to_pylist()], type=pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([None if v is None else v.hex() for v in column.to_pylist()], type=pa.string())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_duration(kind) or str(kind) in {"month_day_nano_interval", "halffloat"}:
        return pa.array([None if v is None else str(v) for v in column.to_pylist()], type=pa.string())
    if str(kind) in {"string_view", "large_string"}:
        return column.cast(pa.string())
    return column


def json_text(value: object) -> str:
    """A list or object as compact JSON."""
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
