# SPDX-License-Identifier: EUPL-1.2
"""Rows of a spreadsheet as values of entries: which heading means which field, and what a row then says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from stoa.ground.ids import plain
from stoa.houses.registers.rules.declaring import Field, FieldType, Kind, Label

LISTS = {FieldType.CODES, FieldType.WORDS, FieldType.THINGS, FieldType.ENTRIES}
"""Types whose values may be parted over several columns: theme 1, theme 2 ..."""
_LON = ("longitude", "lon", "long", "lng", "x", "lengtegraad", "laengengrad", "laenge")
_LAT = ("latitude", "lat", "y", "breedtegraad", "breitengrad", "breite")
_NOTHING = {"-", "–", "—", "/", "?", "n/a", "N/A"}
"""What people write into a cell that has nothing to say; `none` and `no` are answers."""
Translations = Callable[[str], Iterable[str]]
"""The words of a label in every language of the city."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where in an entry the cells of a column go."""

    field: str
    column: str = ""
    """Of a field of rows."""
    axis: int | None = None
    """0 for longitude, 1 for latitude, of a field of places."""


def targets(kind: Kind, headings: Sequence[str], translations: Translations) -> list[Target | None]:
    """For each heading the field that it means; None for those that mean nothing here. Each target is taken once.

    A field's own name comes before every other word for it: in a table with `id` and `reference`, the second is meant.
    """
    known, own = _known(kind, translations), _own_names(kind)
    taken = {own[name] for name in map(plain, headings) if name in own}
    found: list[Target | None] = []
    for heading in headings:
        target = own.get(plain(heading))
        if target is None:
            target = known.get(plain(heading)) or _numbered(kind, known, heading)
            if target in taken and kind.field(target.field).type not in LISTS:
                target = None
        if target is not None:
            taken.add(target)
        found.append(target)
    return found


def _own_names(kind: Kind) -> dict[str, Target]:
    """The headings of the template, each with what it means."""
    found: dict[str, Target] = {}
    for field in kind:
        if field.type is FieldType.PLACE:
            found |= {"longitude": Target(field.name, axis=0), "latitude": Target(field.name, axis=1)}
        elif field.type is FieldType.ROWS:
            found |= {
                plain(f"{field.name} {one.name}"): Target(field.name, one.name) for one in field.columns
            }
        else:
            found[plain(field.name)] = Target(field.name)
    return found


def _known(kind: Kind, translations: Translations) -> dict[str, Target]:
    """Every heading that is understood, in plain letters; earlier fields win."""
    found: dict[str, Target] = {}
    for field in kind:
        if field.type is FieldType.ROWS:
            for column in field.columns:
                _add(found, Target(field.name, column.name), _words(column, translations))
                _add(found, Target(field.name, column.name), [f"{field.name} {column.name}"])
            continue
        _add(found, Target(field.name), _words(field, translations))
    if kind.place_field:
        _add(found, Target(kind.place_field, axis=0), _LON)
        _add(found, Target(kind.place_field, axis=1), _LAT)
    return found


def _add(found: dict[str, Target], target: Target, words: Iterable[str]) -> None:
    for word in words:
        found.setdefault(plain(word), target)


def _words(field: Field, translations: Translations) -> list[str]:
    return [field.name, *_labels(field.label, translations), *field.headings]


def _labels(label: Label, translations: Translations) -> list[str]:
    return [*translations(label)] if isinstance(label, str) else [*label.values()]


def _numbered(kind: Kind, known: Mapping[str, Target], heading: str) -> Target | None:
    """`Theme 3` means the themes, of which a list holds several."""
    target = known.get(re.sub(r"\s*[0-9]{1,2}$", "", plain(heading)))
    return target if target and kind.field(target.field).type in LISTS else None


def raw_of(kind: Kind, found: Sequence[Target | None], cells: Sequence[Any]) -> dict[str, Any]:
    """What a row says, by field, as `reading.read_values` takes it; every field that has a column is in it."""
    raw: dict[str, Any] = {}
    for target, cell in zip(found, cells, strict=True):
        if target is None:
            continue
        text = text_of(cell)
        field = kind.field(target.field)
        if target.axis is not None:
            raw.setdefault(field.name, ["", ""])[target.axis] = text
        elif field.type is FieldType.ROWS:
            _put_rows(raw.setdefault(field.name, []), target.column, text)
        elif field.type in LISTS:
            raw.setdefault(field.name, []).extend(
                part.strip() for part in re.split(r"[\n;|,]" if field.vocabulary else r"[\n;|]", text)
            )
        else:
            raw[field.name] = text
    return raw


def _put_rows(rows: list[dict[str, str]], column: str, text: str) -> None:
    for place, part in enumerate(text.split("|") if text else []):
        while len(rows) <= place:
            rows.append({})
        rows[place][column] = part.strip()


def text_of(cell: Any) -> str:
    """A typed cell as it would have been written; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = cell.isoformat() if isinstance(cell, date) else str(cell).strip()
    return "" if text in _NOTHING else text


def merged(kind: Kind, known: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a known entry says after the upload: its own values, with those of the columns of the sheet instead."""
    names = {field.name for field in kind}
    return {name: value for name, value in {**known, **raw}.items() if name in names}


@dataclass(frozen=True, slots=True)
class HeadingMeant:
    """One column of the sheet, for the report."""

    heading: str
    target: Target | None

    def to_json(self) -> dict[str, str]:
        name = "" if self.target is None else self.target.field
        return {
            "heading": self.heading[:200],
            "field": name,
            "column": self.target.column if self.target else "",
        }


def headings_of(kind: Kind) -> list[str]:
    """The headings of an empty spreadsheet: the names of the fields, those of places and small tables spread out."""
    found: list[str] = []
    for field in kind:
        if field.type is FieldType.PLACE:
            found += ["longitude", "latitude"]
        elif field.type is FieldType.ROWS:
            found += [f"{field.name} {column.name}" for column in field.columns]
        else:
            found.append(field.name)
    return found
