# SPDX-License-Identifier: EUPL-1.2
"""Which part of an entry is for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, Values


def public_part(kind: Kind, values: Values) -> dict[str, Any]:
    """What everybody may see of these values; what the declaration does not know is left out."""
    return {
        field.name: _public_value(field, values[field.name], values)
        for field in kind
        if field.name in values and field.is_shown(values)
    }


def _public_value(field: Field, value: Any, values: Values) -> Any:
    if field.type is not FieldType.ROWS:
        return value
    shown = [column.name for column in field.columns if column.is_shown(values)]
    return [{name: row[name] for name in shown if name in row} for row in value]


def lasting_part(kind: Kind, values: Values) -> dict[str, Any]:
    """What the history keeps for ever: all but what is personal."""
    kept = {field.name for field in kind if not field.is_personal}
    return {name: value for name, value in values.items() if name in kept}


def without_personal(kind: Kind, values: Values) -> dict[str, Any]:
    """The values after what is personal was erased; the same part that the history keeps."""
    return lasting_part(kind, values)


def still_public(kind: Kind, old: Values, since: Iterable[Values]) -> dict[str, Any]:
    """What the public may see today of an earlier state: what was public then, and what no later state closes.

    Whoever closes the place of a sensor closes the places where it stood before; what is unsaid later closes too.
    """
    shown = public_part(kind, old)
    for later in since:
        now = {**old, **{name: later.get(name) for name in _deciding(kind)}}
        shown = {name: value for name, value in shown.items() if kind.field(name).is_shown(now)}
    return shown


def _deciding(kind: Kind) -> set[str]:
    return {field.public_when.field for field in kind if field.public_when}
