# SPDX-License-Identifier: EUPL-1.2
"""What stands between an entry and its readers, and how complete it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stoa.ground.problems import Problem
from stoa.ground.words import say
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, Values
from stoa.houses.registers.rules.reading import words_of


def objections(kind: Kind, values: Values) -> list[Problem]:
    """Everything that an entry lacks before anybody else may see it; empty: it may go on."""
    return [_missing(name, field) for name, field in _gaps(kind, values)]


def draft_objections(kind: Kind, values: Values) -> list[Problem]:
    """What even a draft needs: something to call it by."""
    field = kind.field(kind.title_field)
    return [] if values.get(field.name) else [_missing(field.name, field)]


def _gaps(kind: Kind, values: Values) -> Iterator[tuple[str, Field]]:
    for field in kind:
        said = values.get(field.name)
        if said is None:
            if field.needs_value(values):
                yield field.name, field
        elif field.type is FieldType.ROWS:
            for place, row in enumerate(said):
                for column in field.columns:
                    if row.get(column.name) is None and column.needs_value(values):
                        yield f"{field.name}.{place}.{column.name}", column


def _missing(name: str, field: Field) -> Problem:
    return Problem(
        "registers.value_missing",
        say("“%(field)s” is missing.", field=words_of(field.label)),
        say("The register asks for it of every entry of this kind."),
        say("Fill it in."),
        name,
    )


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what is needed or expected an entry says."""

    share: int
    """0 to 100, rounded down: 100 only if nothing is missing."""
    missing: tuple[str, ...]
    """Names of the fields that say nothing though they should, in the order of the form."""


def completeness(kind: Kind, values: Values) -> Completeness:
    """Counted over the fields that make sense for this entry; a row that lacks a column counts as said in part."""
    wanted = [
        field
        for field in kind
        if field.needs_value(values) or (field.name in kind.expected and field.makes_sense(values))
    ]
    holes = {name.partition(".")[0] for name, _field in _gaps(kind, values)}
    missing = tuple(field.name for field in wanted if values.get(field.name) is None or field.name in holes)
    share = 100 if not wanted else (len(wanted) - len(missing)) * 100 // len(wanted)
    return Completeness(share, missing)
