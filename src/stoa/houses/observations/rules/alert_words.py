# SPDX-License-Identifier: EUPL-1.2
"""What an alert says of itself, as sayings: the value, the limit, since when. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stoa.ground.words import N_

LABELS = {
    "value": N_("Value"),
    "limit": N_("Limit"),
    "change": N_("Change"),
    "usual": N_("Usual at this hour"),
    "low": N_("Usual from"),
    "high": N_("Usual to"),
    "since": N_("Same value since"),
    "last_at": N_("Last value at"),
    "seconds": N_("Seconds without a value"),
}
"""The facts of an alert that people read, in their order; others are for programs."""
_WITH_UNIT = frozenset({"value", "limit", "change", "usual", "low", "high"})


def told_facts(facts: Mapping[str, Any]) -> list[tuple[str, Any, bool]]:
    """Label, value, and whether the value has the unit of the series; what is not known or empty is left out."""
    found = [
        (label, facts[name], name in _WITH_UNIT)
        for name, label in LABELS.items()
        if facts.get(name) not in (None, "") and not isinstance(facts[name], (dict, list))
    ]
    values = facts.get("values")
    if isinstance(values, Mapping):  # of a combination: every series by its letter
        found += [(str(letter), value, False) for letter, value in values.items() if value is not None]
    return found
