# SPDX-License-Identifier: EUPL-1.2
"""Checks the choices of a dataset against the recipe's fields: a slip is told before anything is read."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Any

from stoa.commons.cityfolder.fields import Fields
from stoa.commons.reading.recipe import GeometryPlan, GeometrySource, Recipe, RecipeColumn, Treatment
from stoa.ground.tables import Kind
from stoa.ground.words import say

_VOCABULARY: Mapping[str, Collection[str]] = {
    "kind": [str(kind) for kind in Kind],
    "treatment": [str(treatment) for treatment in Treatment],
    "source": [str(source) for source in GeometrySource],
}


def check_choices(fields: Fields) -> Mapping[str, Any]:
    """The field `choices`, in the shape of `Recipe.to_json()`, columns by their heading in the file."""
    choices = fields.section("choices")
    _known(fields, "choices", choices, _names(Recipe))
    for part in ("geometry", "columns"):
        if not isinstance(choices.get(part, {}), dict):
            fields.wrong(
                "choice_malformed",
                "choices",
                say("%(where)s: %(part)s must be a table.", part=part),
                say("Mend it."),
            )
            return {}
    _known(fields, "choices.geometry", choices.get("geometry", {}), _names(GeometryPlan))
    for heading, changes in choices.get("columns", {}).items():
        where = f"choices.columns.{heading}"
        if not isinstance(changes, dict):
            fields.wrong(
                "choice_malformed",
                where,
                say("%(where)s: a table is expected."),
                say('Write { kind = "date" }.'),
            )
            continue
        _known(fields, where, changes, _names(RecipeColumn))
    return choices


def _names(values: type) -> set[str]:
    return {f.name for f in dataclasses.fields(values)}


def _known(fields: Fields, where: str, choices: Mapping[str, Any], names: set[str]) -> None:
    for key, value in choices.items():
        if key not in names:
            fields.wrong(
                "choice_unknown",
                f"{where}.{key}",
                say("%(where)s: a recipe has no such field."),
                say("Use one of: %(names)s.", names=", ".join(sorted(names))),
            )
        elif key in _VOCABULARY and value not in _VOCABULARY[key]:
            fields.wrong(
                "value_unknown",
                f"{where}.{key}",
                say("%(where)s: '%(value)s' is not a value of this list.", value=str(value)[:80]),
                say("Use one of: %(names)s.", names=", ".join(_VOCABULARY[key])),
            )
