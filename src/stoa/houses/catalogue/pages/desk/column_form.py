# SPDX-License-Identifier: EUPL-1.2
"""One column of a file as a line of the page: what was understood, how well it is filled, and a form to change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stoa.commons.reading.choices import checked
from stoa.commons.reading.recipe import RecipeColumn, Treatment
from stoa.commons.reading.report import ColumnReport, Inspection
from stoa.ground.problems import Refused
from stoa.ground.tables import Kind
from stoa.houses.catalogue.models import Delivery
from stoa.houses.catalogue.pages.desk.words import KINDS, PERSONAL, TREATMENTS, TREATMENTS_OF
from stoa.web.notation import in_words, number, percent

PAGE = 50
"""Columns on one page; wide tables have more pages, so that no form outgrows what a server takes."""
_THOUSANDS = (
    ("", _("nothing")),
    (".", _("point")),
    (",", _("comma")),
    (" ", _("blank")),
    ("'", _("apostrophe")),
)
_FIGURES = {Kind.INTEGER, Kind.NUMBER, Kind.TEXT}
_TIMES = {Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.TEXT}


class ColumnForm(forms.Form):
    """The decisions about one column."""

    source = forms.CharField(widget=forms.HiddenInput, strip=False)
    kind = forms.ChoiceField(label=_("What it holds"))
    treatment = forms.ChoiceField(label=_("How it is published"))
    label = forms.CharField(label=_("Heading for readers"), required=False, max_length=200)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    description = forms.CharField(label=_("Explanation"), required=False, max_length=1000)
    decimal = forms.ChoiceField(label=_("Decimal mark"), choices=((".", _("point")), (",", _("comma"))))
    thousands = forms.ChoiceField(label=_("Thousands are parted by"), choices=_THOUSANDS, required=False)
    date_format = forms.CharField(
        label=_("How dates are written"),
        required=False,
        max_length=60,
        help_text=_("%d day, %m month, %Y year, %H:%M time; empty: 2026-11-30; excel: serial numbers."),
    )
    name = forms.CharField(label=_("Name for programs"), max_length=60)
    is_code_list = forms.BooleanField(label=_("A list of few values: offer it as a filter"), required=False)
    is_key = forms.BooleanField(label=_("Names the row (key)"), required=False)

    def __init__(
        self, column: RecipeColumn, data: Any = None, *, is_key: bool = False, **kwargs: Any
    ) -> None:
        initial = {
            name: getattr(column, name)
            for name in (
                "source",
                "unit",
                "description",
                "decimal",
                "thousands",
                "date_format",
                "name",
                "is_code_list",
            )
        }
        initial |= {
            "kind": str(column.kind),
            "treatment": str(column.treatment),
            "label": column.label or column.source,
            "is_key": is_key,
        }
        super().__init__(data, initial=initial, **kwargs)
        ways = dict.fromkeys(
            [Treatment.KEEP, *TREATMENTS_OF.get(column.kind, ()), column.treatment, Treatment.DROP]
        )
        self.fields["kind"].choices = [(str(kind), gettext(words)) for kind, words in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["treatment"].choices = [(str(way), gettext(TREATMENTS[way])) for way in ways]  # type: ignore[attr-defined]
        if column.kind not in _FIGURES:
            del self.fields["decimal"], self.fields["thousands"]
        if column.kind not in _TIMES:
            del self.fields["date_format"]
        if column.treatment is Treatment.DROP:
            del self.fields["is_key"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors:
            try:
                checked({"columns": {said["source"]: self.changed()}})
            except Refused as refusal:
                problem = refusal.problem
                words = f"{in_words(problem.what)} {in_words(problem.do)}"
                self.add_error(problem.field if problem.field in self.fields else None, words)
        return said

    def changed(self) -> dict[str, Any]:
        """What the person decided otherwise, in the shape of choices."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name not in {"source", "is_key"} and name in self.cleaned_data
        }


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column as the page shows it."""

    number: int
    column: RecipeColumn
    report: ColumnReport
    form: ColumnForm
    rows: int
    is_changed: bool
    """Somebody has decided something about it already."""

    @property
    def kind(self) -> str:
        return gettext(KINDS[self.column.kind])

    @property
    def treatment(self) -> str:
        """How it is published, unless as it is."""
        return "" if self.column.treatment is Treatment.KEEP else gettext(TREATMENTS[self.column.treatment])

    @property
    def is_dropped(self) -> bool:
        return not self.column.is_kept

    @property
    def reasons(self) -> list[str]:
        # The reason why a column is text quotes a cell; of people nothing is quoted.
        return [] if self.report.personal else [in_words(reason) for reason in self.report.reasons]

    @property
    def filled(self) -> float:
        return (self.rows - self.report.empty - self.report.unreadable) / self.rows if self.rows else 0

    @property
    def fill_words(self) -> str:
        """How well it is filled, in one line."""
        if not self.rows:
            return ""
        parts = [
            gettext("%(share)s filled") % {"share": percent(self.filled, 0 if self.filled in {0, 1} else 1)}
        ]
        if self.report.unreadable:
            parts.append(gettext("%(n)s unreadable") % {"n": number(self.report.unreadable)})
        parts.append(gettext("%(n)s different") % {"n": number(self.report.distinct)})
        return ", ".join(parts)

    @property
    def mood(self) -> str:
        return "bad" if self.filled < 0.4 else "warn" if self.filled < 0.7 or self.report.unreadable else ""

    @property
    def span(self) -> str:
        return (
            f"{self.report.least} … {self.report.most}"
            if self.report.least and self.report.most and not self.report.personal
            else ""
        )

    @property
    def top(self) -> list[tuple[str, str]]:
        """The most frequent values of a code list; never of people."""
        shown = self.report.top if self.column.is_code_list and not self.report.personal else ()
        return [(value, number(n)) for value, n in shown[:8]]

    @property
    def personal(self) -> list[str]:
        return [gettext(PERSONAL[finding.kind]) for finding in self.report.personal]

    @property
    def must_look(self) -> bool:
        return bool(self.form.errors)


def lines_of(
    delivery: Delivery, inspection: Inspection, first: int, data: Mapping[str, Any] | None = None
) -> list[ColumnLine]:
    """One page of columns, with forms that hold what was typed (`data`) or what was understood."""
    decided = delivery.choices.get("columns") or {}
    key = inspection.recipe.key
    pairs = list(zip(inspection.recipe.columns, inspection.columns, strict=True))[first : first + PAGE]
    lines = []
    for place, (column, report) in enumerate(pairs, start=first):
        form = ColumnForm(column, data, is_key=column.name in key, prefix=f"c{place}", auto_id="id_%s")
        lines.append(ColumnLine(place + 1, column, report, form, inspection.rows, column.source in decided))
    return lines


def changed_columns(lines: list[ColumnLine]) -> dict[str, dict[str, Any]]:
    """What was decided otherwise about each column, by heading. A line for another column than it shows is skipped."""
    found = {}
    for line in lines:
        if line.form.cleaned_data["source"] == line.column.source and (told := line.form.changed()):
            found[line.column.source] = told
    return found


def chosen_key(lines: list[ColumnLine], inspection: Inspection) -> list[str] | None:
    """The key with the ticks of this page, by the columns' new names; None if it is as it was."""
    now = list(inspection.recipe.key)
    shown = {line.column.name: line for line in lines}
    wanted = [name for name in now if name not in shown or shown[name].form.cleaned_data.get("is_key")]
    wanted += [
        name for name, line in shown.items() if line.form.cleaned_data.get("is_key") and name not in now
    ]
    kept = [
        name
        for name in wanted
        if name not in shown or shown[name].form.cleaned_data.get("treatment") != Treatment.DROP
    ]
    renamed = [shown[name].form.cleaned_data["name"] if name in shown else name for name in kept]
    return None if renamed == now else renamed
