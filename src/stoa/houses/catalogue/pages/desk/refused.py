# SPDX-License-Identifier: EUPL-1.2
"""A file that could not be read: what can be tried with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.houses.catalogue.models import Delivery
from stoa.houses.catalogue.pages.desk.reading_form import RowNumbers, rows_in_words
from stoa.houses.catalogue.pages.desk.words import ENCODINGS, SEPARATORS

FORMATS = (
    ("csv", _("Delimited text (CSV)")),
    ("xlsx", _("Excel")),
    ("ods", _("OpenDocument spreadsheet")),
    ("json", "JSON"),
    ("geojson", "GeoJSON"),
    ("gpkg", "GeoPackage"),
    ("shp", _("Shapefile")),
    ("kml", "KML"),
    ("gml", "GML"),
    ("parquet", "Parquet"),
)


class RefusedForm(forms.Form):
    """The few decisions that may open a file after all; left empty, each is guessed."""

    format = forms.ChoiceField(label=_("Kind of file"), required=False)
    table = forms.CharField(label=_("Sheet, layer, or file in the archive"), required=False, max_length=300)
    encoding = forms.ChoiceField(label=_("Encoding of letters"), required=False)
    separator = forms.ChoiceField(label=_("Cells are parted by"), required=False)
    header_rows = RowNumbers(label=_("Rows with the headings"), required=False)

    def __init__(self, delivery: Delivery, data: Any = None, **kwargs: Any) -> None:
        told = delivery.choices
        initial = {name: told.get(name, "") for name in ("format", "table", "encoding", "separator")}
        initial["header_rows"] = rows_in_words(tuple(told.get("header_rows") or ()))
        super().__init__(data, initial=initial, **kwargs)
        guess = ("", gettext("to be guessed"))
        offers = {
            "format": FORMATS,
            "encoding": [(one, one) for one in ENCODINGS],
            "separator": [(value, gettext(words)) for value, words in SEPARATORS],
        }
        for name, choices in offers.items():
            self.fields[name].choices = [guess, *choices]  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What was decided, in the shape of choices."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        if "header_rows" in said:
            said["header_rows"] = list(said["header_rows"])
        return said
