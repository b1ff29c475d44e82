# SPDX-License-Identifier: EUPL-1.2
"""What changed between two states of an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stoa.houses.registers.rules.declaring import Field, Kind, Values


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that says something else; None where nothing was said."""

    field: Field
    before: Any
    after: Any


def differences(kind: Kind, before: Values, after: Values) -> tuple[Difference, ...]:
    """In the order of the declaration; fields that it does not know any more are passed over."""
    return tuple(
        Difference(field, before.get(field.name), after.get(field.name))
        for field in kind
        if before.get(field.name) != after.get(field.name)
    )
