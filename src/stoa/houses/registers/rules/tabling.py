# SPDX-License-Identifier: EUPL-1.2
"""A register as a flat table: one row an entry, one column a public field, codes with their meaning in the dictionary."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stoa.ground.tables import Kind as ColumnKind
from stoa.ground.words import N_, pick
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, Label, Values

COLUMNS_FIRST = ("id", "code", "in_use", "department", "published_on", "ended_on")
"""What every register has, before the fields of the kind."""
_FIRST = {
    "id": (ColumnKind.TEXT, N_("Id"), N_("Stable id of the entry.")),
    "code": (
        ColumnKind.TEXT,
        N_("Short code"),
        N_("Part of the address of the entry, and of the sign at the thing."),
    ),
    "in_use": (ColumnKind.BOOLEAN, N_("In use"), N_("Whether it is still there.")),
    "department": (
        ColumnKind.TEXT,
        N_("Department"),
        N_("Short name of the department that answers for the entry."),
    ),
    "published_on": (ColumnKind.DATE, N_("Published on"), N_("Day of the first publication.")),
    "ended_on": (ColumnKind.DATE, N_("Ended on"), N_("Day on which the entry ended.")),
}
BETWEEN = " | "
"""Between several values in one cell."""
_KINDS = {
    FieldType.DATE: ColumnKind.DATE,
    FieldType.NUMBER: ColumnKind.INTEGER,
    FieldType.PLACE: ColumnKind.NUMBER,
}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the dataset; `part` says where in the entry it stands."""

    name: str
    kind: ColumnKind
    label: str
    description: str
    part: tuple[str, ...]


def in_language(label: Label, translate: Callable[[str], str]) -> str:
    return translate(label) if isinstance(label, str) and label else pick(label, ())


def columns_of(kind: Kind, translate: Callable[[str], str]) -> list[TableColumn]:
    """The columns of the dataset of a register, in the order of its declaration."""
    first = [
        TableColumn(name, column, translate(label), translate(about), ())
        for name, (column, label, about) in _FIRST.items()
    ]
    return first + [column for field in kind if field.is_public for column in _columns(field, translate)]


def _columns(field: Field, translate: Callable[[str], str]) -> list[TableColumn]:
    label, about = in_language(field.label, translate), _dictionary(field, translate)
    if field.type is FieldType.PLACE:
        return [
            TableColumn("longitude", ColumnKind.NUMBER, translate(N_("Longitude")), about, (field.name, "0")),
            TableColumn("latitude", ColumnKind.NUMBER, translate(N_("Latitude")), about, (field.name, "1")),
        ]
    if field.type is FieldType.ROWS:
        return [
            TableColumn(
                f"{field.name}_{column.name}",
                ColumnKind.TEXT,
                f"{label}: {in_language(column.label, translate)}",
                _dictionary(column, translate),
                (field.name, column.name),
            )
            for column in field.columns
            if column.is_public
        ]
    return [TableColumn(field.name, _KINDS.get(field.type, ColumnKind.TEXT), label, about, (field.name,))]


def _dictionary(field: Field, translate: Callable[[str], str]) -> str:
    """The help of the field, and what its codes mean."""
    codes = "; ".join(f"{term.code}: {in_language(term.label, translate)}" for term in field.vocabulary)
    return " ".join(part for part in (in_language(field.help, translate), codes) if part)


def row_of(table: Sequence[TableColumn], first: Mapping[str, str], shown: Values, kind: Kind) -> list[str]:
    """One row of the table, as text that the readers understand."""
    return [first[column.name] if not column.part else _cell(shown, column.part) for column in table]


def _cell(shown: Values, part: tuple[str, ...]) -> str:
    said: Any = shown.get(part[0])
    if said is None:
        return ""
    if len(part) == 1:
        return BETWEEN.join(map(str, said)) if isinstance(said, list) else str(said)
    if part[1].isdigit():
        return str(said[int(part[1])])
    return BETWEEN.join(str(row.get(part[1], "")) for row in said)
