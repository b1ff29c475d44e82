# SPDX-License-Identifier: EUPL-1.2
"""The observations that nearly every sensor sends, read in one step; None for everything that needs a closer look."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Reference(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """`{"@iot.id": 7}`"""

    id: int = msgspec.field(name="@iot.id")


class QuickObservation(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An observation that names its series and brings nothing that must be set up with it."""

    result: Any
    at: str | None = msgspec.field(name="phenomenonTime", default=None)
    result_at: str | None = msgspec.field(name="resultTime", default=None)
    datastream: Reference | UnsetType = msgspec.field(name="Datastream", default=UNSET)
    parameters: dict[str, Any] | None = None


class QuickTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One series' part of CreateObservations."""

    datastream: Reference = msgspec.field(name="Datastream")
    components: list[str]
    rows: list[list[Any]] = msgspec.field(name="dataArray")
    count: int | None = msgspec.field(name="dataArray@iot.count", default=None)


_observation = msgspec.json.Decoder(QuickObservation)
_tables = msgspec.json.Decoder(list[QuickTable])
KNOWN_COMPONENTS = frozenset({"phenomenonTime", "result", "resultTime", "parameters"})


def read_quick(body: bytes) -> QuickObservation | None:
    """An observation without anything unusual."""
    try:
        return _observation.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def read_quick_tables(body: bytes) -> list[QuickTable] | None:
    """CreateObservations with nothing but times and results, every row complete."""
    try:
        tables = _tables.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return tables if all(_is_quick(table) for table in tables) else None


def _is_quick(table: QuickTable) -> bool:
    names = table.components
    if "result" not in names or not KNOWN_COMPONENTS.issuperset(names) or len(set(names)) != len(names):
        return False
    texts = [names.index(name) for name in ("phenomenonTime", "resultTime") if name in names]
    return all(
        len(row) == len(names) and all(row[n] is None or isinstance(row[n], str) for n in texts)
        for row in table.rows
    )
