# SPDX-License-Identifier: EUPL-1.2
"""How a whole table is read, as a form: every guess with its reason beside the control that changes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.reading.recipe import GeometrySource, Recipe
from stoa.commons.reading.report import Inspection, TableOffer
from stoa.houses.catalogue.pages.desk.words import ENCODINGS, PLACES, QUOTES, SEPARATORS, SYSTEMS
from stoa.web.notation import in_words, number

_REASONS = {"geometry_source": "geometry", "crs": "geometry", "skip_rows": "header_rows"}
GROUPS = (
    (_("Which table, and how it is written"), ("table", "encoding", "separator", "quote")),
    (_("Which rows are data"), ("header_rows", "skip_rows", "footer_rows", "missing", "zone")),
    (_("Where each row is on the map"), ("geometry_source", "x", "y", "crs", "swapped")),
)


class RowNumbers(forms.CharField):
    """Row numbers as a person writes them: `3, 4` or `3-6`; empty for none."""

    def clean(self, value: Any) -> tuple[int, ...]:
        found: list[int] = []
        for part in re.split(r"[,;\s]+", str(super().clean(value)).replace("–", "-").strip()):
            match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part)
            if part and not match:
                raise forms.ValidationError(gettext("Write row numbers like 3 or 3, 4 or 3-6."))
            if match:
                first, last = int(match[1]), int(match[2] or match[1])
                if not 1 <= first <= last or last - first > 10_000:
                    raise forms.ValidationError(
                        gettext("Rows are counted from 1, and at most 10,000 can be named.")
                    )
                found += range(first, last + 1)
        return tuple(sorted(set(found)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "").strip() != str(data or "").strip()


def rows_in_words(rows: tuple[int, ...]) -> str:
    """Row numbers with runs put together: `3, 7-9`."""
    runs: list[list[int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


class ReadingForm(forms.Form):
    """The decisions about a table as a whole."""

    table = forms.ChoiceField(label=_("Table"), required=False, widget=forms.RadioSelect)
    encoding = forms.ChoiceField(label=_("Encoding of letters"), required=False)
    separator = forms.ChoiceField(label=_("Cells are parted by"), required=False)
    quote = forms.ChoiceField(label=_("Texts are quoted by"), required=False)
    header_rows = RowNumbers(
        label=_("Rows with the headings"), required=False, help_text=_("Empty: there are none.")
    )
    skip_rows = RowNumbers(
        label=_("Rows to leave out"),
        required=False,
        help_text=_("Sums between, units, repeated headings. For example 2, 17-19."),
    )
    footer_rows = forms.IntegerField(
        label=_("Rows at the end that are no data"), required=False, min_value=0, max_value=1_000_000
    )
    missing = forms.CharField(
        label=_("Words for “no value”"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One in each line, as they stand in the file. Empty cells always count."),
    )
    zone = forms.CharField(
        label=_("Time zone of the times"),
        required=False,
        max_length=50,
        help_text=_("For example Europe/Berlin."),
    )
    geometry_source = forms.ChoiceField(label=_("Places are written"), required=False)
    x = forms.ChoiceField(label=_("Longitude, easting, or the one column"), required=False)
    y = forms.ChoiceField(label=_("Latitude or northing"), required=False)
    crs = forms.CharField(
        label=_("Coordinate system"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "systems"}),
    )
    swapped = forms.BooleanField(label=_("The two are exchanged in the file"), required=False)

    def __init__(self, inspection: Inspection, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial=initial_of(inspection.recipe), **kwargs)
        recipe = inspection.recipe
        self.inspection = inspection
        self._offer("table", [(one.name, _table_in_words(one)) for one in inspection.tables])
        self._offer("encoding", [(one, one) for one in dict.fromkeys([recipe.encoding, *ENCODINGS])])
        self._offer("separator", _with(recipe.separator, SEPARATORS))
        self._offer("quote", _with(recipe.quote, QUOTES))
        self._offer("geometry_source", [(str(one), gettext(words)) for one, words in PLACES.items()])
        names = [("", "–"), *((column.name, column.label or column.source) for column in recipe.kept)]
        self._offer("x", names)
        self._offer("y", names)
        for name in _unneeded(inspection):
            del self.fields[name]
        for name, field in self.fields.items():
            reason = in_words(inspection.reasons.get(_REASONS.get(name, name)))
            if reason and name not in {"crs", "skip_rows"}:
                field.help_text = f"{reason} {field.help_text}".strip()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        found = [
            (str(title), [self[name] for name in names if name in self.fields]) for title, names in GROUPS
        ]
        return [(title, fields) for title, fields in found if fields]

    def changed(self) -> dict[str, Any]:
        """What the person decided otherwise, in the shape of choices."""
        said = {name: self.cleaned_data[name] for name in self.changed_data}
        plan = {"geometry_source": "source", "x": "x", "y": "y", "crs": "crs", "swapped": "swapped"}
        geometry = {plan[name]: said.pop(name) for name in list(said) if name in plan}
        for name in ("header_rows", "skip_rows"):
            if name in said:
                said[name] = list(said[name])
        if "footer_rows" in said:
            said["footer_rows"] = said["footer_rows"] or 0
        if "missing" in said:
            words = [line.strip() for line in said["missing"].splitlines() if line.strip()]
            said["missing"] = ["", *dict.fromkeys(words)]
        return said | ({"geometry": geometry} if geometry else {})


def initial_of(recipe: Recipe) -> dict[str, Any]:
    """A recipe as the form shows it."""
    plan = recipe.geometry
    return {
        "table": recipe.table,
        "encoding": recipe.encoding,
        "separator": recipe.separator,
        "quote": recipe.quote,
        "header_rows": rows_in_words(recipe.header_rows),
        "skip_rows": rows_in_words(recipe.skip_rows),
        "footer_rows": recipe.footer_rows,
        "missing": "\n".join(word for word in recipe.missing if word),
        "zone": recipe.zone,
        "geometry_source": str(plan.source),
        "x": plan.x,
        "y": plan.y,
        "crs": plan.crs,
        "swapped": plan.swapped,
    }


def _unneeded(inspection: Inspection) -> set[str]:
    """Controls that mean nothing for this kind of file."""
    recipe, gone = inspection.recipe, set()
    if len(inspection.tables) < 2:
        gone.add("table")
    if recipe.format != "csv":
        gone |= {"encoding", "separator", "quote"}
    if recipe.format not in {"csv", "xlsx", "xls", "xlsb", "ods"}:
        gone |= {"header_rows", "skip_rows", "footer_rows"}
    if recipe.geometry.source is GeometrySource.NATIVE:
        gone |= {"x", "y"}
    return gone


def _with(now: str, known: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    choices = [(value, gettext(words)) for value, words in known]
    return choices if now in dict(choices) else [(now, now), *choices]


def _table_in_words(offer: TableOffer) -> str:
    facts: Mapping[str, str] = {"rows": number(offer.rows), "columns": number(offer.columns)}
    size = (
        gettext("%(rows)s rows, %(columns)s columns") % facts
        if offer.rows is not None and offer.columns is not None
        else ""
    )
    parts = [offer.name or gettext("The table"), size, in_words(offer.reason)]
    return " · ".join(part for part in parts if part)


def systems() -> list[tuple[str, str]]:
    """Coordinate systems that are offered; any other may be typed."""
    return [(code, gettext(words)) for code, words in SYSTEMS]
