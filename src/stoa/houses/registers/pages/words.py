# SPDX-License-Identifier: EUPL-1.2
"""Labels and values of a declaration in the words of the reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from stoa.houses.registers.rules.declaring import Field, FieldType, Label
from stoa.houses.registers.terms import TRUTH_LABELS
from stoa.web import notation


def worded(label: Label) -> str:
    """A label in the reader's language."""
    if not isinstance(label, str):
        return notation.label(label)
    return gettext(label) if label else ""


def option_words(field: Field) -> dict[str, str]:
    """What the codes of a field are called."""
    if field.type is FieldType.TRUTH:
        return {str(truth): gettext(words) for truth, words in TRUTH_LABELS.items()}
    return {term.code: worded(term.label) for term in field.vocabulary}


@dataclass(frozen=True, slots=True)
class Told:
    """One value as readers see it; with an address where it is one."""

    text: str
    url: str = ""


def told(field: Field, value: Any) -> list[Told]:
    """The value of a field in words, one for each of several; of a field of rows, nothing."""
    if value is None or field.type is FieldType.ROWS:
        return []
    if field.type in {FieldType.CODE, FieldType.TRUTH, FieldType.CODES}:
        words = option_words(field)
        codes = value if isinstance(value, list) else [value]
        return [Told(words.get(str(code), str(code))) for code in codes]
    return [Told(_text(field, one), _address(field, one)) for one in _several(field, value)]


def _several(field: Field, value: Any) -> list[Any]:
    return list(value) if field.type in {FieldType.WORDS, FieldType.THINGS, FieldType.ENTRIES} else [value]


def _text(field: Field, value: Any) -> str:
    if field.type is FieldType.DATE:
        return notation.day(dt.date.fromisoformat(str(value)))
    if field.type is FieldType.NUMBER:
        return notation.number(value)
    if field.type is FieldType.PLACE:
        lon, lat = value
        return gettext("%(lat)s north, %(lon)s east") % {
            "lat": notation.number(lat, 5),
            "lon": notation.number(lon, 5),
        }
    return str(value)


def _address(field: Field, value: Any) -> str:
    if field.type is FieldType.URL:
        return str(value)
    return f"mailto:{value}" if field.type is FieldType.EMAIL else ""


def in_one_line(field: Field, value: Any) -> str:
    """The same as one text, for lists and differences."""
    if field.type is FieldType.ROWS and value:
        return "; ".join(
            ", ".join(one.text for column in field.columns for one in told(column, row.get(column.name)))
            for row in value
        )
    return ", ".join(one.text for one in told(field, value))
